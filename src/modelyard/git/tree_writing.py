"""Trees of Git, written from another one and what is to be different: only the directories that change are read."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, TypeAlias

from modelyard.errors import UsageError
from modelyard.git.formats import encode_path
from modelyard.git.writing import write

if TYPE_CHECKING:
    from collections.abc import Mapping

    from modelyard.git.location import Location
    from modelyard.git.objects import ObjectReader

__all__ = ["write_tree"]

_FILE, _DIRECTORY = "100644", "040000"
_KINDS = {_DIRECTORY: "tree", "160000": "commit"}

# What shall be different in a directory, by name: a blob's id, None for what goes, or the same of a directory in it.
_Changes: TypeAlias = "dict[str, str | _Changes | None]"


def write_tree(location: Location, reader: ObjectReader, base: str | None, files: Mapping[str, bytes | None]) -> str:
    """Write the tree that a tree becomes with some files changed, and return its full id.

    What did not change is taken over by its id, and need not be here.

    :param base: the full id of a tree, None for one without files.
    :param files: path from the root -> bytes of a regular file; None removes the file or directory.
    :raises UsageError: Git takes no such path.
    """
    blobs = {
        path: None if content is None else write(location, "hash-object", "-w", "--stdin", stdin=content)
        for path, content in files.items()
    }
    _require_taken(location, {path: blob for path, blob in blobs.items() if blob})
    return _written(location, reader, base, _nested(blobs)) or write(location, "mktree", stdin=b"")


def _nested(blobs: Mapping[str, str | None]) -> _Changes:
    root: _Changes = {}
    for path, blob in blobs.items():
        *directories, name = path.split("/")
        place = root
        for directory in directories:
            inside = place.get(directory)
            if not isinstance(inside, dict):
                inside = place[directory] = {}
            place = inside
        place[name] = blob
    return root


def _written(location: Location, reader: ObjectReader, base: str | None, changes: _Changes) -> str | None:
    """Return the id of a directory's tree after the changes, None where nothing is left in it."""
    entries = {entry.name: (entry.mode, entry.id) for entry in reader.entries(base)} if base else {}
    for name, change in changes.items():
        if isinstance(change, dict):
            mode, found = entries.get(name, ("", ""))
            inside = found if mode == _DIRECTORY else None
            made = _written(location, reader, inside, change)
            if made:
                entries[name] = (_DIRECTORY, made)
            elif inside:
                del entries[name]
        elif change:
            entries[name] = (_FILE, change)
        else:
            entries.pop(name, None)
    if not entries:
        return None
    lines = (
        b"%s %s %s\t%s\0" % (mode.encode(), _KINDS.get(mode, "blob").encode(), found.encode(), encode_path(name))
        for name, (mode, found) in entries.items()
    )
    return write(location, "mktree", "-z", "--missing", stdin=b"".join(lines))


def _require_taken(location: Location, blobs: Mapping[str, str]) -> None:
    """Let Git judge the paths by putting them into an index of their own.

    `git update-index` passes over a path that it refuses, such as `.git/config`, and ends with 0; `git mktree` would
    take any name.
    """
    if not blobs:
        return
    with tempfile.TemporaryDirectory(prefix="modelyard-") as scratch:
        index = str(Path(scratch, "index"))
        lines = (b"%s %s\t%s\0" % (_FILE.encode(), blob.encode(), encode_path(path)) for path, blob in blobs.items())
        write(location, "update-index", "-z", "--index-info", stdin=b"".join(lines), GIT_INDEX_FILE=index)
        taken = frozenset(location.with_variables(GIT_INDEX_FILE=index).run("ls-files", "-z").split(b"\0"))
    for path in blobs:
        if not path or encode_path(path) not in taken:
            raise UsageError(f"{path!r} is not a path that Git takes")
