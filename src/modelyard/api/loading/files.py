"""Verified bytes in, an object out: nothing is loaded that was not compared with its digest before."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from modelyard.api.loading.table import DIRECTORIES, LOADERS
from modelyard.errors import DigestMismatch, NotFinished, Refused, UsageError
from modelyard.formats import RUNS_CODE
from modelyard.storage.digests import digest_bytes

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from modelyard.api.loading.loader import DirectoryLoader, Loader, Trust
    from modelyard.documents.metadata_parts import FileRecord

__all__ = ["directory_loader", "load_directory", "load_file", "loader_of"]

_AGAIN = "have the right bytes put there again: version.pull(), or in an application modelyard sync"


def load_file(path: Path, record: FileRecord, trust: Trust) -> Any:
    """Return the object that a file holds.

    The bytes are read once, compared with the digest that was reviewed, and loaded from memory: a
    format that can run code gets no other bytes than those.

    :raises DigestMismatch: the bytes are not those of the record.
    :raises Refused: the format runs code, and that is forbidden; or skops meets a type that is not trusted.
    :raises UsageError: the format is not loaded here, or the library that loads it is not installed.
    """
    loader = loader_of(path, record)
    if trust.safe and record.format in RUNS_CODE:
        raise _unsafe(f"{path.name} is {record.format}, a format that can run code when it is loaded")
    library = loader.library.load()
    return loader.open(library, _verified(path, record), trust)


def loader_of(path: Path, record: FileRecord) -> Loader:
    """Return what opens the file.

    :raises UsageError: nothing here does.
    """
    loader = LOADERS.get(record.format)
    if loader is None:
        raise UsageError(
            f"modelyard does not load format {record.format!r}; it loads {', '.join(sorted(LOADERS))}",
            hint=f"open the verified file with its own library: {path}",
        )
    return loader


def load_directory(directory: Path, records: Mapping[str, FileRecord], trust: Trust) -> Any:
    """Return the object that a directory holds, by its files' paths in it.

    Every file is verified while it is copied into a directory that only this user can enter, and the
    library gets that copy. The copy stays until the object is gone, for what it reads later.

    :raises DigestMismatch: a file's bytes are not those of its record.
    :raises Refused: code that runs is forbidden.
    :raises UsageError: the directory is of no kind that is loaded here, or the library is not installed.
    """
    loader = directory_loader(directory, records)
    if trust.safe:
        raise _unsafe(f"{directory.name} is {loader.title}, which can run code when it is loaded")
    library = loader.library.load()
    import shutil
    import weakref
    from pathlib import Path
    from tempfile import mkdtemp

    # mkdtemp makes a directory that belongs to us, with mode 0700.
    private = Path(mkdtemp(prefix="modelyard-"))
    try:
        for name, record in records.items():
            target = private / directory.name / name
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(_verified(directory / name, record))
        loaded = loader.open(library, private / directory.name)
    except BaseException:
        shutil.rmtree(private)
        raise
    weakref.finalize(loaded, shutil.rmtree, private, ignore_errors=True)
    return loaded


def directory_loader(directory: Path, records: Mapping[str, FileRecord]) -> DirectoryLoader:
    """Return what opens the directory.

    :raises UsageError: nothing here does.
    """
    for loader in DIRECTORIES:
        if loader.marker in records:
            return loader
    kinds = ", ".join(f"{loader.title} (with a file {loader.marker})" for loader in DIRECTORIES)
    raise UsageError(
        f"modelyard does not know how to load the directory {directory.name!r}; it loads {kinds}",
        hint=f"load its verified files yourself, below {directory}",
    )


def _verified(path: Path, record: FileRecord) -> bytes:
    try:
        data = path.read_bytes()
    except OSError as error:
        raise NotFinished(f"{path} cannot be read: {error.strerror}", hint=_AGAIN) from error
    found = digest_bytes(data)
    if (found.sha256, found.size) != (record.sha256, record.size):
        raise DigestMismatch(
            f"{path} has sha256 {found.sha256}, expected {record.sha256}; nothing was loaded",
            hint=_AGAIN,
        )
    return data


def _unsafe(reason: str) -> Refused:
    safe = ", ".join(sorted(set(LOADERS) - RUNS_CODE))
    return Refused(
        f"{reason}, and safe loading was asked for; nothing was loaded",
        hint=f"register it in a format that runs none ({safe}), or load it without that if you trust its reviewers",
    )
