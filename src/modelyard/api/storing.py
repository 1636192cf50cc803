"""Artifacts on their way into a registry: checked, hashed, stored."""

from __future__ import annotations

from difflib import get_close_matches
from typing import TYPE_CHECKING

from modelyard.documents.metadata_parts import FileRecord
from modelyard.documents.paths import parse_file_name
from modelyard.documents.pointer import SUFFIX, Pointer
from modelyard.documents.scalars import InvalidScalar
from modelyard.errors import UsageError
from modelyard.formats import inspect
from modelyard.lifecycle.register import StoredArtifact
from modelyard.storage.digests import Digests, digest_bytes
from modelyard.storage.progress import SILENT
from modelyard.storage.sealing import seal_file
from modelyard.values import replace

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from modelyard.documents.sealed import Sealed, Steps
    from modelyard.storage.cache import Cache
    from modelyard.storage.progress import Progress
    from modelyard.version_directory import VersionDirectory

__all__ = ["as_proposed", "check_artifacts", "keep_in_git", "originals", "store", "store_sealed"]

_RESERVED = ("metadata.", "model_card", "metrics.json", "dataset-manifest", ".git", "license", "dvc.")
MODEL_ROLE = "model"


def check_artifacts(artifacts: Iterable[tuple[str, Path]]) -> None:
    """Make sure that each artifact can be registered, before any work is done.

    :raises UsageError: one is missing, empty, a symbolic link, not named plainly, or named as another.
    """
    names: set[str] = set()
    for _role, path in artifacts:
        _check(path)
        if path.name.lower() in names:
            raise UsageError(f"two files are named {path.name}", hint="rename one of them")
        names.add(path.name.lower())


def _check(path: Path) -> None:
    if path.is_symlink():
        raise UsageError(f"artifact {path} is a symbolic link", hint=f"name the file itself: {path.resolve()}")
    if not path.exists():
        names = [each.name for each in path.parent.iterdir()] if path.parent.is_dir() else []
        near = get_close_matches(path.name, names, n=1)
        hint = f"did you mean {path.parent / near[0]}?" if near else "check the path"
        raise UsageError(f"artifact {path} does not exist", hint=hint)
    if not path.is_file() and not path.is_dir():
        raise UsageError(f"artifact {path} is neither a file nor a directory", hint="name the file of the model")
    members = [path] if path.is_file() else sorted(path.rglob("*"))
    link = next((each for each in members if each.is_symlink()), None)
    if link:
        raise UsageError(f"artifact {path} holds a symbolic link, {link}", hint="put the file itself there")
    files = [each for each in members if each.is_file()]
    empty = next((each for each in files if each.stat().st_size == 0), None)
    if empty or not files:
        raise UsageError(f"artifact {empty or path} is empty", hint="save the model again, then register it")
    _check_name(path.name)


def _check_name(name: str) -> None:
    try:
        parse_file_name(name)
    except InvalidScalar as invalid:
        raise UsageError(f"artifact name {invalid.message}", hint="rename it, for example to model.joblib") from None
    if name.lower().startswith(_RESERVED) or name.startswith(("-", ".")):
        raise UsageError(f"artifact name {name!r} has a meaning of its own here", hint="rename it: model.joblib")


def store(role: str, path: Path, cache: Cache, *, progress: Progress = SILENT) -> StoredArtifact:
    """Take an artifact into the DVC cache, and return its records and its pointer.

    :raises NotFinished: the disk is full, or refuses.
    """
    if path.is_file():
        digests = cache.add_file(path, progress=progress)
        record = _record(role, path, digests)
        return StoredArtifact(path.name, {path.name: record}, Pointer(path.name, digests.md5, digests.size))
    directory = cache.add_directory(path, progress=progress)
    files = {
        f"{path.name}/{relpath}": _record(role, path / relpath, digests) for relpath, digests in directory.files.items()
    }
    pointer = Pointer(path.name, directory.oid, directory.size, directory.nfiles)
    return StoredArtifact(path.name, files, pointer)


def store_sealed(role: str, path: Path, cache: Cache, steps: Steps, *, progress: Progress = SILENT) -> StoredArtifact:
    """Take an artifact into the DVC cache, each file of it sealed, and return its records and its pointer.

    A file has the suffix of the steps behind its name; a directory has its own, and in it each file has the suffix.

    :raises UsageError: a library that seals is not installed.
    :raises NotFinished: the disk is full, or refuses.
    """
    members = [path] if path.is_file() else sorted(each for each in path.rglob("*") if each.is_file())
    with cache.staging() as staging:
        inside: dict[str, tuple[Path, Sealed]] = {}
        for each in members:
            name = each.relative_to(path.parent).as_posix() + steps.suffix
            inside[name] = each, seal_file(each, staging / name, steps, progress=progress)
        stored = store(role, staging / (path.name + steps.suffix if path.is_file() else path.name), cache)
    files = {
        name: replace(record, format=inspect(inside[name][0]).format, sealed=inside[name][1])
        for name, record in stored.files.items()
    }
    return replace(stored, files=files)


def as_proposed(stored: StoredArtifact, proposed: VersionDirectory, cache: Cache) -> StoredArtifact:
    """Return what a proposal has stored of the same files, sealed alike, where the cache has it; else what was given.

    A file that is encrypted again is another file, and the same registration has to make the same change.
    """
    metadata = proposed.metadata.value if proposed.metadata else None
    parsed = proposed.pointers.get(stored.path + SUFFIX)
    pointer = parsed.value if parsed else None
    if metadata is None or pointer is None or not cache.holds(pointer.md5):
        return stored
    before = {path: metadata.files[path] for path in stored.files if path in metadata.files}
    same = before.keys() == stored.files.keys() and all(
        before[path].sealed and before[path].opened == record.opened and before[path].sealed == record.sealed
        for path, record in stored.files.items()
    )
    return replace(stored, files=before, pointer=pointer) if same else stored


def originals(artifacts: Iterable[tuple[str, Path]], stored: Iterable[StoredArtifact]) -> dict[str, Path]:
    """Return the file that each sealed one was made of, by the path that it has in the version."""
    beside = {path.name: path.parent for _role, path in artifacts}
    found = {
        name: record.sealed.opened(name) for each in stored for name, record in each.files.items() if record.sealed
    }
    return {name: beside[opened.split("/")[0]] / opened for name, opened in found.items()}


def keep_in_git(role: str, path: Path) -> StoredArtifact:
    """Return an artifact whose bytes go into Git itself."""
    members = [path] if path.is_file() else sorted(each for each in path.rglob("*") if each.is_file())
    contents = {each.relative_to(path.parent).as_posix(): each.read_bytes() for each in members}
    files = {name: _record(role, path.parent / name, digest_bytes(data)) for name, data in contents.items()}
    return StoredArtifact(path.name, files, contents=contents)


def _record(role: str, path: Path, digests: Digests) -> FileRecord:
    return FileRecord(digests.sha256, digests.size, role, inspect(path).format)
