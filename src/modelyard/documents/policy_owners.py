"""Who may change what: what a policy says of owners, groups of them, and how an actor is known."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from modelyard.values import dataclass, field

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

__all__ = ["Owners"]


@dataclass(frozen=True, kw_only=True)
class Owners:
    """Owners beside those that models and stages name themselves.

    :param policy: who may change the policy; empty: anybody.
    :param registrars: who may register the first version of a model; empty: anybody.
    :param groups: members by the name of their group.
    :param variable: the environment variable in which CI names the actor.
    :param signers: SSH public keys by the name of the actor who signs commits with them.
    :param openpgp: armoured OpenPGP public keys by the name of the actor who signs commits with them.
    :param signed: whether the head commit of each change must be signed with one of those keys.
    """

    policy: tuple[str, ...] = ()
    registrars: tuple[str, ...] = ()
    groups: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    variable: str | None = None
    signers: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    openpgp: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    signed: bool = False

    @property
    def keys_known(self) -> bool:
        """Whether there is any key that may sign."""
        return bool(self.signers or self.openpgp)

    @classmethod
    def from_value(cls, value: dict[str, Any]) -> Owners:
        """Return the owners of a mapping that the schema has accepted."""
        return cls(
            policy=tuple(value.get("policy", ())),
            registrars=tuple(value.get("registrars", ())),
            groups={name: tuple(members) for name, members in value.get("groups", {}).items()},
            variable=value.get("variable"),
            signers={name: tuple(keys) for name, keys in value.get("signers", {}).items()},
            openpgp={name: tuple(keys) for name, keys in value.get("openpgp", {}).items()},
            signed=value.get("signed", False),
        )

    def cover(self, actor: str, owners: Iterable[str]) -> bool:
        """Whether an actor is one of the owners, or a member of a group among them.

        Names are compared without a leading ``@`` and without regard to case, as forges do.
        Groups have no groups as members.
        """
        groups = {_folded(name): members for name, members in self.groups.items()}
        for owner in owners:
            members = groups.get(_folded(owner), ())
            if _folded(actor) in {_folded(owner), *map(_folded, members)}:
                return True
        return False


def _folded(name: str) -> str:
    return name.removeprefix("@").casefold()
