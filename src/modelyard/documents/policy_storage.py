"""What a policy demands of artifacts in each DVC remote."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from modelyard.documents.sealed import Steps
from modelyard.values import dataclass, field

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["RemoteDemand", "Storage"]


@dataclass(frozen=True)
class RemoteDemand:
    """What one remote demands; what is not said is as anybody likes.

    :param steps: how each file is sealed before it leaves.
    :param server_side_encryption: how an S3 server must encrypt, as its ``sse`` setting says it to DVC.
    """

    steps: Steps = field(default_factory=Steps)
    server_side_encryption: str | None = None

    @classmethod
    def from_value(cls, value: dict[str, Any]) -> RemoteDemand:
        """Return the demand of a mapping that the schema has accepted."""
        recipients = tuple(sorted(value.get("encrypt", {}).get("age", ())))
        return cls(Steps(value.get("compress"), recipients), value.get("server_side_encryption"))


_NOTHING = RemoteDemand()


@dataclass(frozen=True)
class Storage:
    """What is demanded of each remote, by its name in lower case, as DVC keeps it."""

    remotes: Mapping[str, RemoteDemand] = field(default_factory=dict)

    @classmethod
    def from_value(cls, value: dict[str, Any]) -> Storage:
        """Return the demands of a mapping that the schema has accepted."""
        remotes = value.get("remotes", {})
        return cls({name.lower(): RemoteDemand.from_value(each) for name, each in remotes.items()})

    def demands_of(self, remote: str | None) -> RemoteDemand:
        """Return what a remote demands: nothing where the policy does not name it."""
        return self.remotes.get((remote or "").lower(), _NOTHING)
