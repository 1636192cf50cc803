"""The index and the work tree, as far as git alone can answer for them."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from modelyard.errors import UsageError
from modelyard.git.formats import decode_path
from modelyard.git.revisions import require_revision

if TYPE_CHECKING:
    from modelyard.git.location import Location

__all__ = ["StagedChange", "ignored", "staged_changes"]


class StagedChange(NamedTuple):
    """What the index holds at a path: the blob's mode (six octal digits) and full id."""

    mode: str
    id: str


def staged_changes(location: Location, base: str, path: str = "") -> dict[str, StagedChange | None]:
    """Return where the index differs from the commit or tree ``base``, at or below a path.

    A path is mapped to None where the index no longer holds it. One git process.

    :param base: a full id; the caller has resolved it.
    :raises UsageError: the index holds paths of an unfinished merge.
    """
    limit = ("--", path) if path else ()
    arguments = ("--cached", "--raw", "-z", "--no-renames", "--no-abbrev", require_revision(base), *limit)
    output = location.run("diff-index", *arguments)
    fields = output.split(b"\0")[:-1]
    changes: dict[str, StagedChange | None] = {}
    for summary, raw_path in zip(fields[::2], fields[1::2], strict=True):
        changed = decode_path(raw_path)
        _, mode, _, new_id, status = summary.decode("ascii").split(" ")
        if status == "U":
            raise UsageError(f"{changed!r} is not merged yet", hint="git status")
        changes[changed] = None if status == "D" else StagedChange(mode, new_id)
    return changes


def ignored(location: Location, path: str = "") -> frozenset[str]:
    """Return the untracked files and directories at or below a path that Git ignores; one git process.

    Where a directory is ignored as a whole, it is named, and of what it holds nothing need be.
    """
    limit = ("--", path) if path else ()
    output = location.run("ls-files", "--others", "--ignored", "--exclude-standard", "--directory", "-z", *limit)
    return frozenset(decode_path(raw.rstrip(b"/")) for raw in output.split(b"\0")[:-1])
