"""Validation: what is judged, against what, and with which policy."""

from __future__ import annotations

import os
from datetime import datetime, timezone
from pathlib import Path
from typing import TYPE_CHECKING

from modelyard.api.artifacts_at_hand import ArtifactsAtHand
from modelyard.api.base import find_base
from modelyard.api.checkout import Checkout
from modelyard.api.past import CommittedPast, NoPast
from modelyard.errors import UsageError
from modelyard.git.location import COMMIT_HOOK
from modelyard.names import InvalidName, VersionId
from modelyard.rules.engine import Judgement, judge, judge_change
from modelyard.snapshot import ROOT, Snapshot, version_path
from modelyard.tree import StagedTree, WorkTree

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date

    from modelyard.git.objects import ObjectReader
    from modelyard.rules.rule import ArtifactBytes, Past

__all__ = ["validate_change", "validate_paths", "validate_staged"]


def validate_paths(paths: Sequence[Path], *, start: Path, artifacts: bool = True) -> Judgement:
    """Judge what lies in the work tree: everything, or what the paths name.

    :param start: where the registry is looked for when no path is given.
    :param artifacts: whether bytes that lie at hand are digested and compared.
    :raises UsageError: there is no registry, or a path names nothing in it.
    """
    root, checkout = _registry_root(paths[0] if paths else start)
    targets = tuple(_target(path, root) for path in paths) or (ROOT,)
    location = checkout.location if checkout else None
    scope = targets[0] if len(targets) == 1 else ROOT
    snapshot = Snapshot(WorkTree(root, location=location, scope=scope))
    if not snapshot.exists:
        raise UsageError(f"there is no registry in {root}", hint=f"modelyard init {root}")
    version_ids = _selected(snapshot, targets)
    at_hand = _at_hand(checkout) if artifacts and checkout else None
    return judge(snapshot, version_ids, artifacts=at_hand, within=targets, today=_today())


def validate_staged(start: Path, *, artifacts: bool = True) -> Judgement:
    """Judge what is staged against the last commit, as a commit hook must.

    :raises UsageError: this is no repository, or a merge is unfinished.
    """
    checkout = Checkout.at(start, keep=COMMIT_HOOK)
    with checkout.reading() as reader:
        base = checkout.commit(reader)
        head = Snapshot(StagedTree(reader))
        past = _past(reader, base.tree.commit)
        at_hand = _at_hand(checkout) if artifacts else None
        return judge_change(base, head, past=past, artifacts=at_hand, today=_today())


def validate_change(start: Path, *, base: str, head: str = "HEAD", artifacts: bool = True) -> Judgement:
    """Judge one commit against another.

    :param base: a revision, or ``auto`` for the commit that the change starts from.
    :raises UsageError: a revision is not one.
    :raises NotFinished: the base is not in this clone.
    """
    checkout = Checkout.at(start)
    with checkout.reading() as reader:
        head_id = reader.commit_id(head)
        base_id = find_base(checkout.location, reader, head_id) if base == "auto" else reader.commit_id(base)
        before, after = checkout.commit(reader, base_id), checkout.commit(reader, head_id)
        if not before.exists and not after.exists:
            raise UsageError(f"neither {base} nor {head} holds a registry", hint=f"modelyard init {checkout.root}")
        at_hand = _at_hand(checkout) if artifacts else None
        # A commit is judged by its own date, so that the verdict on it is the same for ever.
        day = reader.commit(head_id).committed_at.date()
        return judge_change(before, after, past=_past(reader, base_id), artifacts=at_hand, today=day)


def _today() -> date:
    return datetime.now(timezone.utc).date()


def _past(reader: ObjectReader, commit: str | None) -> Past:
    return CommittedPast(reader, commit) if commit else NoPast()


def _at_hand(checkout: Checkout) -> ArtifactBytes:
    return ArtifactsAtHand(checkout.root, checkout.cache)


def _registry_root(near: Path) -> tuple[Path, Checkout | None]:
    """Return the root of the registry that a path is in: a repository's, or a plain directory's."""
    directory = near if near.is_dir() else near.parent
    if not directory.exists():
        raise UsageError(f"{near} does not exist", hint="modelyard list")
    try:
        checkout = Checkout.at(directory)
    except UsageError:
        absolute = directory.absolute()
        for parent in (absolute, *absolute.parents):
            if (parent / ROOT).is_dir():
                return parent, None
        raise
    return checkout.root, checkout


def _target(path: Path, root: Path) -> str:
    if not path.exists() and not path.is_symlink():
        raise UsageError(f"{path} does not exist", hint="modelyard list")
    # The last component is not resolved: a symbolic link is itself what is judged.
    absolute = path.absolute().parent.resolve() / path.absolute().name
    relative = Path(os.path.relpath(absolute, root.resolve())).as_posix()
    if relative == ".":
        return ROOT
    if relative != ROOT and not relative.startswith(f"{ROOT}/"):
        raise UsageError(f"{path} is not in {ROOT}/ of {root}", hint=f"modelyard validate {ROOT}/<name>-<version>")
    parts = relative.split("/")
    try:
        version_id = VersionId.from_directory(parts[1]) if len(parts) > 1 else None
    except InvalidName:
        return relative
    # A version is judged as a whole, whichever of its files is named.
    return version_path(version_id) if version_id else ROOT


def _selected(snapshot: Snapshot, targets: tuple[str, ...]) -> tuple[VersionId, ...]:
    if ROOT in targets:
        return snapshot.version_ids
    return tuple(version_id for version_id in snapshot.version_ids if version_path(version_id) in targets)
