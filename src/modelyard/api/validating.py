"""Validation of what lies in the work tree: everything, or what paths name."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

from modelyard.api.artifacts_at_hand import ArtifactsAtHand
from modelyard.api.checkout import Checkout
from modelyard.api.clock import now
from modelyard.api.inquiry import Inquiry
from modelyard.errors import UsageError
from modelyard.names import InvalidName, VersionId
from modelyard.rules.engine import judge
from modelyard.rules.judgement import Subject
from modelyard.snapshot import ROOT, Snapshot, version_path
from modelyard.tree import WorkTree
from modelyard.values import replace

if TYPE_CHECKING:
    from collections.abc import Sequence

    from modelyard.rules.judgement import Judgement

__all__ = ["validate_paths"]


def validate_paths(paths: Sequence[Path], inquiry: Inquiry | None = None, *, start: Path) -> Judgement:
    """Judge what lies in the work tree: everything, or what the paths name.

    :param start: where the registry is looked for when no path is given.
    :param inquiry: remotes, where they are asked, are those of the clone's own configuration.
    :raises UsageError: there is no registry, or a path names nothing in it that could be judged.
    :raises NotFinished: a remote cannot be reached, and its answer is required.
    """
    inquiry = inquiry or Inquiry()
    root, checkout = _registry_root(paths[0] if paths else start)
    targets = tuple(_target(path, root) for path in paths) or (ROOT,)
    location = checkout.location if checkout else None
    snapshot = Snapshot(WorkTree(root, location=location))
    if not snapshot.exists:
        raise UsageError(f"there is no registry in {root}", hint=f"modelyard init {root}")
    for path in paths:
        _require_match(snapshot, path, _target(path, root))
    version_ids = _selected(snapshot, targets)
    at_hand = ArtifactsAtHand(checkout) if inquiry.artifacts and checkout else None
    moment = now()
    judgement = judge(snapshot, version_ids, artifacts=at_hand, within=targets, moment=moment)
    judgement = replace(judgement, subject=Subject.WORK_TREE)
    if inquiry.asking is None:
        return judgement
    if checkout is None:
        raise UsageError(f"{root} is no Git repository, which has no remote to ask", hint="leave --remote out")
    from modelyard.api.asking_remotes import asked

    return asked(judgement, checkout, head=snapshot, base=None, moment=moment, asking=inquiry.asking)


def _registry_root(near: Path) -> tuple[Path, Checkout | None]:
    """Return the root of the registry that a path is in: a repository's, or a plain directory's."""
    directory = near if near.is_dir() else near.parent
    if not directory.exists():
        raise _missing(near)
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
        raise _missing(path)
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


def _missing(path: Path) -> UsageError:
    """Return the exception for a path that is not there, and the one that was meant where it can be told."""
    for parse in (VersionId.from_directory, VersionId.parse):
        try:
            return UsageError(f"{path} does not exist", hint=f"did you mean {version_path(parse(str(path)))}?")
        except InvalidName:
            continue
    return UsageError(f"{path} does not exist", hint="modelyard list")


def _require_match(snapshot: Snapshot, path: Path, target: str) -> None:
    if target == ROOT:
        # The repository's own directory says where to look, and not what for.
        if not snapshot.version_ids and path.absolute().name == ROOT:
            raise UsageError(f"nothing matched: {ROOT}/ holds no version yet", hint="modelyard register --help")
    elif snapshot.tree.id(target) is None:
        reason = "is ignored by Git, or is an empty directory"
        raise UsageError(f"nothing matched: {path} {reason}", hint=f"git check-ignore --verbose {path}")


def _selected(snapshot: Snapshot, targets: tuple[str, ...]) -> tuple[VersionId, ...]:
    if ROOT in targets:
        return snapshot.version_ids
    return tuple(version_id for version_id in snapshot.version_ids if version_path(version_id) in targets)
