"""What a change does to a registry: base against head, by Git tree ids."""

from __future__ import annotations

from typing import TYPE_CHECKING

from modelyard.dvc_files import DVC_CONFIG, DVC_LOCAL_CONFIG
from modelyard.names import VersionId, model_of_directory
from modelyard.portable import folded
from modelyard.snapshot import ARCHIVE, MODELS, POLICY, ROOT, STAGES, model_path, stage_path
from modelyard.tree import join
from modelyard.values import dataclass

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from modelyard.names import ModelName
    from modelyard.snapshot import Snapshot
    from modelyard.tree import Tree

__all__ = ["DELIVERING", "JUDGING", "Changes", "StageChange", "find_changes"]

DELIVERING = (
    DVC_CONFIG,
    DVC_LOCAL_CONFIG,
    ".dvcignore",
    ".gitattributes",
    ".gitmodules",
    ".lfsconfig",
    "dvc.lock",
    "dvc.yaml",
)
"""Files outside the registry that decide which bytes DVC and Git deliver for a path in it."""

# DVC looks for them in every folder, and a stage of a pipeline in one of them may write into any other.
_OBEYED = frozenset({".dvcignore", "dvc.lock", "dvc.yaml"})
# At the root, a name that macOS and Windows take for one of these is one of these.
_ROOTED = frozenset({ROOT, *(path.partition("/")[0] for path in DELIVERING)})

JUDGING = (
    ".github/CODEOWNERS",
    ".github/actions",
    ".github/workflows",
    ".gitlab-ci.yml",
    ".gitlab/CODEOWNERS",
    ".pre-commit-config.yaml",
    "CODEOWNERS",
    "docs/CODEOWNERS",
    "schemas",
    "scripts/validate_model_metadata.py",
)
"""Files and folders outside the registry that decide who and what judges a change of it."""


@dataclass(frozen=True)
class StageChange:
    """One model's document in one stage that differs between base and head."""

    stage: str
    name: ModelName

    @property
    def path(self) -> str:
        """The document's path."""
        return stage_path(self.stage, self.name)


@dataclass(frozen=True)
class Changes:
    """What differs between two snapshots, sorted.

    ``registered`` versions are new on the head, ``edited`` ones have another tree, ``removed`` ones
    are gone; ``strays`` are paths at the registry's root that are no version, and ``folders`` the
    registry's own folders in which anything differs at all. ``files`` are all files of the registry
    that differ and are in no version. ``delivering`` and ``judging`` are files outside the registry
    (see :data:`DELIVERING`, :data:`JUDGING`).
    """

    registered: tuple[VersionId, ...]
    edited: tuple[VersionId, ...]
    removed: tuple[VersionId, ...]
    models: tuple[ModelName, ...]
    stages: tuple[StageChange, ...]
    strays: tuple[str, ...]
    folders: tuple[str, ...]
    policy: bool
    files: tuple[str, ...] = ()
    delivering: tuple[str, ...] = ()
    judging: tuple[str, ...] = ()

    @property
    def touched(self) -> tuple[VersionId, ...]:
        """The versions of the head that the change brings or alters."""
        return tuple(sorted((*self.registered, *self.edited)))

    @property
    def empty(self) -> bool:
        """Whether nothing under the registry's root differs in these ways."""
        return not (self.content or self.strays or self.policy)

    @property
    def content(self) -> bool:
        """Whether a version differs, or anything in the registry's own folders."""
        return bool(self.touched or self.removed or self.folders)


def find_changes(base: Snapshot, head: Snapshot) -> Changes:
    """Return what differs, comparing Git ids and reading no document.

    Of names that both have with the same id nothing more is asked: ten thousand versions beside the
    one that changed cost two milliseconds.
    """
    differing = _differing(base, head, ROOT)
    versions = [VersionId.from_directory(name) for name in differing if model_of_directory(name)]
    before, after = ({each for each in versions if snapshot.has(each)} for snapshot in (base, head))
    strays = tuple(_changed_strays(base, head, differing))
    return Changes(
        registered=tuple(sorted(after - before)),
        edited=tuple(sorted(before & after)),
        removed=tuple(sorted(before - after)),
        models=_changed_models(base, head),
        stages=_changed_stages(base, head),
        strays=strays,
        folders=tuple(path for path in (ARCHIVE, MODELS, STAGES) if _moved(base, head, path)),
        policy=_differs(base, head, POLICY),
        files=tuple(_each(base, head, sorted({*strays, ARCHIVE, MODELS, STAGES, POLICY}))),
        delivering=tuple(_changed_delivery(base, head)),
        judging=tuple(_each(base, head, JUDGING)),
    )


def _differing(base: Snapshot, head: Snapshot, directory: str) -> list[str]:
    before, after = base.tree.listing(directory), head.tree.listing(directory)
    changed = [name for name, entry in after.items() if before.get(name) != entry]
    return [*changed, *(before.keys() - after.keys())]


def _changed_strays(base: Snapshot, head: Snapshot, differing: list[str]) -> list[str]:
    return sorted(f"{ROOT}/{name}" for name in differing if base.is_stray(name) or head.is_stray(name))


def _changed_delivery(base: Snapshot, head: Snapshot) -> list[str]:
    found = {path for path in DELIVERING if _differs(base, head, path)}
    if base.exists:
        found.update(_obeyed(base, head))
    return sorted(found)


def _obeyed(base: Snapshot, head: Snapshot) -> Iterator[str]:
    """Yield the files that DVC obeys wherever they lie, outside the registry; only folders that differ are read."""
    unread = [""]
    while unread:
        directory = unread.pop()
        for name in {*_names(base.tree, directory), *_names(head.tree, directory)}:
            path = join(directory, name)
            if path == ROOT or not _differs(base, head, path):
                continue
            if name in _OBEYED or (not directory and name not in _ROOTED and folded(name) in _ROOTED):
                yield path
            unread.append(path)


def _each(base: Snapshot, head: Snapshot, paths: Iterable[str]) -> Iterator[str]:
    for path in paths:
        yield from _differing_files(base, head, path)


def _differing_files(base: Snapshot, head: Snapshot, path: str) -> Iterator[str]:
    """Yield what differs at or below a path, file by file, and read no folder that does not."""
    if not _differs(base, head, path):
        return
    if _kind(base, path) or _kind(head, path) or not (_names(base.tree, path) or _names(head.tree, path)):
        yield path
    for name in sorted(_differing(base, head, path)):
        yield from _differing_files(base, head, f"{path}/{name}")


def _names(tree: Tree, directory: str) -> list[str]:
    return [entry.name for entry in tree.entries(directory)]


def _differs(base: Snapshot, head: Snapshot, path: str) -> bool:
    # The id of a file says nothing of its mode; that of a folder says all.
    return _moved(base, head, path) or _kind(base, path) != _kind(head, path)


def _moved(base: Snapshot, head: Snapshot, path: str) -> bool:
    return base.tree.id(path) != head.tree.id(path)


def _kind(snapshot: Snapshot, path: str) -> str | None:
    leaf = snapshot.tree.leaf(path)
    return leaf.kind if leaf else None


def _changed_models(base: Snapshot, head: Snapshot) -> tuple[ModelName, ...]:
    if not _moved(base, head, MODELS):
        return ()
    names = set(base.model_names) | set(head.model_names)
    return tuple(sorted(name for name in names if _differs(base, head, model_path(name))))


def _changed_stages(base: Snapshot, head: Snapshot) -> tuple[StageChange, ...]:
    if not _moved(base, head, STAGES):
        return ()
    found = []
    for stage in sorted({*base.stage_names, *head.stage_names}):
        differing = set(_differing(base, head, f"{STAGES}/{stage}"))
        names = {name for name in (*base.models_in(stage), *head.models_in(stage)) if f"{name}.yaml" in differing}
        found += [StageChange(stage, name) for name in sorted(names) if _differs(base, head, stage_path(stage, name))]
    return tuple(found)
