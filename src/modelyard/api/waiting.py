"""Versions that lie in a clone's work tree and wait for their commit: nothing reads them before that."""

from __future__ import annotations

from typing import TYPE_CHECKING

from modelyard.api.origin import CloneOrigin
from modelyard.errors import UsageError
from modelyard.names import VersionId
from modelyard.refs import InStage, Ref
from modelyard.resolve import resolve
from modelyard.snapshot import ROOT

if TYPE_CHECKING:
    from modelyard.api.origin import Origin
    from modelyard.snapshot import Snapshot

__all__ = ["not_committed", "resolve_committed", "waiting_versions"]


def waiting_versions(origin: Origin, committed: Snapshot) -> tuple[VersionId, ...]:
    """Return the versions that lie in a clone's work tree and not in its last commit.

    What a pull left behind for another branch is none: a version has metadata, or a card at least.
    """
    if not isinstance(origin, CloneOrigin) or origin.is_past:
        return ()
    from modelyard.documents import card, metadata

    documents = (metadata.YAML_FILE, metadata.JSON_FILE, card.FILE)
    work = origin.checkout.work_tree()
    fresh = (work.version(each) for each in work.version_ids if not committed.has(each))
    return tuple(each.id for each in fresh if any(name in each for name in documents))


def resolve_committed(reference: str, origin: Origin, snapshot: Snapshot, *, allow_yanked: bool = False) -> VersionId:
    """Return the id of the version that a reference means in the snapshot of the origin's last commit.

    :param allow_yanked: whether a version that was yanked is meant where it is named itself.
    :raises UsageError: it means nothing there; the message says where a version, or its promotion, only waits
        for a commit.
    :raises InvalidName: it is no reference.
    """
    ref = Ref.parse(reference)
    origin.expect(ref, snapshot)
    try:
        version_id = resolve(ref, snapshot, allow_yanked=allow_yanked)
    except UsageError:
        if origin.is_past and _is_empty_stage(ref, snapshot):
            raise _empty_then(ref) from None
        for waiting in waiting_versions(origin, snapshot):
            if waiting.name == ref.name and ref.selector in (waiting.version, "latest"):
                raise not_committed(waiting) from None
        promoted = _promoted(ref, origin)
        if promoted:
            raise _not_committed_yet(promoted, ref) from None
        raise
    origin.expect_version(version_id, snapshot)
    return version_id


def _is_empty_stage(ref: Ref, snapshot: Snapshot) -> bool:
    if not isinstance(ref.selector, InStage) or ref.name not in snapshot.model_names:
        return False
    stage = ref.selector.stage
    return snapshot.policy.stage(stage) is not None and not snapshot.promotion(stage, ref.name)


def _empty_then(ref: Ref) -> UsageError:
    # What was then nobody can change, so a hint how to promote would be of no use.
    stage = str(ref).rpartition("@")[2]
    return UsageError(
        f"{ref} resolves to nothing: no version of {ref.name!r} was in {stage} then",
        hint=f"in a clone, since when one is: modelyard history {ref.name} --stage {stage}",
    )


def _promoted(ref: Ref, origin: Origin) -> VersionId | None:
    """Return the version that the work tree alone puts into the stage that is asked for."""
    if not isinstance(origin, CloneOrigin) or origin.is_past or not isinstance(ref.selector, InStage):
        return None
    parsed = origin.checkout.work_tree().promotion(ref.selector.stage, ref.name)
    return VersionId(ref.name, parsed.value.version) if parsed and parsed.value else None


def _not_committed_yet(promoted: VersionId, ref: Ref) -> UsageError:
    stage = str(ref).rpartition("@")[2]
    return UsageError(
        f"{promoted} is put into {stage} by the work tree, but by no commit yet",
        hint=f'git add {ROOT} && git commit -m "Promote {promoted} to {stage}"',
    )


def not_committed(version_id: VersionId) -> UsageError:
    """Return the refusal of a version that is in no commit yet."""
    return UsageError(
        f"{version_id} lies in the work tree, but in no commit yet",
        hint=f'git add {ROOT} && git commit -m "Register {version_id}"',
    )
