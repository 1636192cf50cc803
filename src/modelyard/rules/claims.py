"""What each path below the registry is: a part of exactly one thing, or of nothing that the gate knows."""

from __future__ import annotations

from enum import Enum
from typing import TYPE_CHECKING

from modelyard.names import InvalidName, VersionId, looks_like_model_name
from modelyard.rules.finding import Finding
from modelyard.snapshot import ARCHIVE, MODELS, POLICY, ROOT, STAGES

if TYPE_CHECKING:
    from modelyard.rules.finding import Findings
    from modelyard.rules.transition import Transition

__all__ = ["Claim", "claim_of", "unclaimed"]


class Claim(Enum):
    """What a path can be a part of, and the first of the rules that judge a change there."""

    VERSION = "MY601"
    MODEL = "MY622"
    PROMOTION = "MY609"
    ARCHIVE = "MY620"
    POLICY = "MY616"


def claim_of(path: str) -> Claim | None:
    """Return what a path below the registry's root is a part of, None where it is a part of nothing."""
    if path == POLICY:
        return Claim.POLICY
    folder, _, name = path.rpartition("/")
    if folder == MODELS and _is_of_model(name, ".yaml"):
        return Claim.MODEL
    if folder == ARCHIVE and _is_of_model(name, ".jsonl"):
        return Claim.ARCHIVE
    if folder.rpartition("/")[0] == STAGES and _is_of_model(name, ".yaml"):
        return Claim.PROMOTION
    return Claim.VERSION if _is_in_version(path) else None


def unclaimed(transition: Transition) -> Findings:
    """Every path below the registry that a change touches belongs to something whose rules judge it.

    What is in no version, and is no document of a model, a stage or an archive, nobody judges. A new path of this
    kind is refused by the rules on layout (MY101, MY108, MY109, MY110). One that lay there before the gate may stay
    until somebody removes it, but does not change.

    Bad:
        model_registry/
          notes/todo.txt      # older than the gate, and edited now
    Good:
        docs/todo.txt         # outside the registry
    """
    for path in transition.changes.files:
        here = transition.head.tree.id(path) is not None
        if here and claim_of(path) is None and transition.base.tree.id(_told_of(path)) is not None:
            message = f"{path!r} is changed, but is no part of a registry, so no rule judges it"
            yield Finding(path, message, f"move it out of {ROOT}, or leave it as it was")


def _is_of_model(name: str, suffix: str) -> bool:
    return name.endswith(suffix) and looks_like_model_name(name.removesuffix(suffix))


def _is_in_version(path: str) -> bool:
    root, _, rest = path.partition("/")
    try:
        return root == ROOT and bool(VersionId.from_directory(rest.partition("/")[0]))
    except InvalidName:
        return False


def _told_of(path: str) -> str:
    """Return the path at which the rules on layout tell of something that does not belong."""
    parts = path.split("/")
    folder = "/".join(parts[:2])
    depth = {MODELS: 3, ARCHIVE: 3, STAGES: 4}.get(folder, 2)
    return "/".join(parts[:depth])
