"""MY623: is whoever makes a change one of those who own what it touches?"""

from __future__ import annotations

from typing import TYPE_CHECKING

from modelyard.rules.finding import Finding
from modelyard.snapshot import ARCHIVE, POLICY, model_path, version_path
from modelyard.values import dataclass

if TYPE_CHECKING:
    from collections.abc import Iterator

    from modelyard.names import ModelName
    from modelyard.rules.finding import Findings
    from modelyard.rules.transition import Transition

__all__ = ["UNKNOWN_SIGNER", "not_covered"]

UNKNOWN_SIGNER = "an unknown signer"
"""The actor of a commit that nobody's key signed, where the policy says whose keys there are."""


@dataclass(frozen=True)
class Owned:
    """What owns a thing: a word for it, the owners, and where they are named. No owners: anybody."""

    what: str
    owners: tuple[str, ...]
    place: str


def not_covered(transition: Transition) -> Findings:
    """A change is made by an owner of everything that it touches, or by a member of a group that is one.

    Owners are those of the base: of a model, what its document in `models/` says; of a stage, what the policy says,
    or else the owners of the model; of the policy and of new models, what `owners` in the policy says, or anybody.
    It is judged only where the actor is known: from `--actor`, from the variable that the policy names, or from the
    key that signed the commit. Elsewhere nobody is held against anything, and the report says so.

    Bad:
        # made by eve
        M model_registry/stages/production/fraud.yaml   # owners: [ada]
    Good:
        # made by ada
        M model_registry/stages/production/fraud.yaml
    """
    if transition.actor is None or transition.founds:
        return
    for path, owned in _owned(transition):
        if owned.owners and not transition.policy.owners.cover(transition.actor, owned.owners):
            message = f"{transition.actor} is no owner of {owned.what}; its owners are {', '.join(owned.owners)}"
            hint = f"let one of them make this change, or add {transition.actor} to {owned.place} first"
            if transition.actor == UNKNOWN_SIGNER:
                hint = f"git commit --amend --gpg-sign with a key that stands under `owners.signers` in {POLICY}"
            yield Finding(path, message, hint)


def _owned(transition: Transition) -> Iterator[tuple[str, Owned]]:
    """Yield each path that the change touches, with its owner."""
    changes = transition.changes
    for version_id in (*changes.touched, *changes.removed):
        yield version_path(version_id), _model(transition, version_id.name)
    for name in changes.models:
        yield model_path(name), _model(transition, name)
    for path in changes.files:
        folder, _, file = path.rpartition("/")
        for name in transition.base.model_names if folder == ARCHIVE else ():
            if file == f"{name}.jsonl":
                yield path, _model(transition, name)
    for change in changes.stages:
        yield change.path, _stage(transition, change.stage) or _model(transition, change.name)
    if changes.policy:
        yield POLICY, Owned("the policy", transition.policy.owners.policy, f"`owners.policy` in {POLICY}")


def _model(transition: Transition, name: ModelName) -> Owned:
    parsed = transition.base.model(name)
    if parsed and parsed.value:
        return Owned(f"model {name}", parsed.value.owners, f"`owners` in {parsed.path}")
    what = f"model {name}, whose document cannot be read" if parsed else f"model {name}, which is new"
    return Owned(what, transition.policy.owners.registrars, f"`owners.registrars` in {POLICY}")


def _stage(transition: Transition, name: str) -> Owned | None:
    stage = transition.policy.stage(name)
    if stage is None or not stage.owners:
        return None
    return Owned(f"stage {name}", stage.owners, f"`owners` of the stage in {POLICY}")
