"""Trees of Git, written from another one and what is to be different: only the directories that change are read."""

from __future__ import annotations

import re
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, TypeAlias

from modelyard.errors import NotFinished, UsageError
from modelyard.git.formats import TreeEntry, encode_path, object_id, render_tree
from modelyard.git.writing import write

if TYPE_CHECKING:
    from collections.abc import Mapping

    from modelyard.git.location import Location
    from modelyard.git.objects import ObjectReader

__all__ = ["write_tree"]

_FILE, _DIRECTORY = "100644", "040000"
# What Git takes for certain: no name starts with a dot, and none is another spelling of `.git`, as `GIT~1` is.
_PLAIN = re.compile(r"[A-Za-z0-9_][A-Za-z0-9._-]*(?:/[A-Za-z0-9_][A-Za-z0-9._-]*)*")

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
    trees: dict[str, bytes] = {}
    root = _changed(location, reader, base, _nested(blobs), trees)
    if root is None:
        return write(location, "mktree", stdin=b"")
    # One process writes all of them, since the ids by which one names another are computed here.
    made = write(location, "mktree", "-z", "--missing", "--batch", stdin=b"\0".join(trees.values())).split("\n")
    if made != list(trees):
        raise NotFinished("Git and modelyard do not name the same trees alike", hint="git fsck")
    return root


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


def _changed(
    location: Location, reader: ObjectReader, base: str | None, changes: _Changes, trees: dict[str, bytes]
) -> str | None:
    """Return the id of a directory's tree after the changes, None where nothing is left in it.

    :param trees: gets what `git mktree` makes that tree of, by its id, after those of the directories in it.
    """
    entries = dict(reader.listing(base)) if base else {}
    for name, change in changes.items():
        if isinstance(change, dict):
            found = entries.get(name)
            inside = found.id if found and found.kind == "tree" else None
            made = _changed(location, reader, inside, change, trees)
            if made:
                entries[name] = TreeEntry(name, _DIRECTORY, "tree", made)
            elif inside:
                del entries[name]
        elif change:
            entries[name] = TreeEntry(name, _FILE, "blob", change)
        else:
            entries.pop(name, None)
    if not entries:
        return None
    tree = object_id("tree", render_tree(entries.values()), location.algorithm)
    trees[tree] = b"".join(
        b"%s %s %s\t%s\0" % (mode.encode(), kind.encode(), found_id.encode(), encode_path(name))
        for name, mode, kind, found_id in entries.values()
    )
    return tree


def _require_taken(location: Location, blobs: Mapping[str, str]) -> None:
    """Let Git judge the paths, unless none can be in doubt, by putting them into an index of their own.

    `git update-index` passes over a path that it refuses, such as `.git/config`, and ends with 0; `git mktree` would
    take any name.
    """
    if all(map(_PLAIN.fullmatch, blobs)) and not any(_parents(path) & blobs.keys() for path in blobs):
        return
    with tempfile.TemporaryDirectory(prefix="modelyard-") as scratch:
        index = str(Path(scratch, "index"))
        lines = (b"%s %s\t%s\0" % (_FILE.encode(), blob.encode(), encode_path(path)) for path, blob in blobs.items())
        write(location, "update-index", "-z", "--index-info", stdin=b"".join(lines), GIT_INDEX_FILE=index)
        taken = frozenset(location.with_variables(GIT_INDEX_FILE=index).run("ls-files", "-z").split(b"\0"))
    for path in blobs:
        if not path or encode_path(path) not in taken:
            raise UsageError(f"{path!r} is not a path that Git takes")


def _parents(path: str) -> set[str]:
    """Return the directories above a path."""
    parts = path.split("/")
    return {"/".join(parts[:count]) for count in range(1, len(parts))}
