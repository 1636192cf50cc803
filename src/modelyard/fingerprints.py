"""Fingerprints: names of the code that a verdict or an event is made of, so that other code believes neither."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING
from zlib import crc32

from modelyard.index.file import SCHEMA

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

__all__ = ["answers_fingerprint", "context_of", "events_fingerprint", "fingerprint"]

# The code that an event is made of.
_TELLERS = ("history", "documents")
_TELLING_MODULES = ("git/line.py", "git/people.py", "git/commits.py", "names.py", "snapshot.py")
# The code that prints an event.
_PRINTING_MODULES = (
    *("cli/history_command.py", "cli/events.py", "cli/console.py", "reports/columns.py", "reports/visible.py"),
    *("history/rows.py", "api/chronicle.py"),
)
# The code that a verdict on a version or on a commit is made of.
_JUDGES = ("rules", "documents", "formats", "evaluate")
_JUDGING_MODULES = (
    *("problems.py", "names.py", "portable.py", "exports.py", "ranges.py", "refs.py", "values.py"),
    *("content.py", "dvc_files.py", "version_directory.py", "snapshot.py", "changes.py", "codeowners.py"),
)


def fingerprint() -> str:
    """Return what names the code that judges: another release, or one changed line of it, gives another name."""
    from hashlib import sha256

    import yaml

    digest = sha256(f"{yaml.__version__} {SCHEMA}".encode())
    for piece in _code(_JUDGES, _JUDGING_MODULES, (".py", ".json", ".txt")):
        digest.update(piece)
    return digest.hexdigest()


def events_fingerprint() -> str:
    """Return what names the code that tells what happened, as :func:`fingerprint` does for that which judges."""
    # Nothing here is hostile, and a kept history is looked up in less time than it takes to import hashlib.
    total = SCHEMA
    for piece in _code(_TELLERS, _TELLING_MODULES, (".py", ".json")):
        total = crc32(piece, total)
    return f"{total:08x}"


def answers_fingerprint() -> str:
    """Return what names the code that tells and prints what happened: ours, and Python's with its characters."""
    total = crc32(sys.version.encode(), SCHEMA)
    for piece in _code(_TELLERS, (*_TELLING_MODULES, *_PRINTING_MODULES), (".py", ".json")):
        total = crc32(piece, total)
    return f"{total:08x}"


def _code(directories: Iterable[str], modules: Iterable[str], suffixes: tuple[str, ...]) -> Iterator[bytes]:
    from modelyard import __version__

    yield __version__.encode()
    package = Path(__file__).parent
    schemas = sorted(path for path in (package / "schemas", package.parents[1] / "schemas") if path.is_dir())
    for directory in (*(package / name for name in directories), *schemas):
        yield from _below(directory, suffixes)
    for name in modules:
        yield (package / name).read_bytes()


def _below(directory: Path | os.DirEntry[str], suffixes: tuple[str, ...]) -> Iterator[bytes]:
    # Asked for by each command that looks something up; Path.rglob takes three times as long.
    with os.scandir(directory) as entries:
        found = sorted(entries, key=lambda entry: entry.name)
    for entry in found:
        if entry.name.endswith(suffixes):
            with open(entry, "rb") as file:  # noqa: PTH123
                yield b"%s\0%s\0" % (entry.name.encode(), file.read())
        elif entry.is_dir(follow_symlinks=False) and entry.name != "__pycache__":
            yield from _below(entry, suffixes)


def context_of(policy: object, code: str) -> str:
    """Return the context of verdicts under a policy, found by the code that :func:`fingerprint` names."""
    from hashlib import sha256

    return sha256(f"{code} {policy!r}".encode("utf-8", "surrogateescape")).hexdigest()
