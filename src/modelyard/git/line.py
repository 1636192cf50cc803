"""The line of first parents: the states that a branch was in, one after the other, and what changed between them.

On a branch that takes its changes by merges these are the merges. Commits of the branches that were merged are
not on it, and neither is what no branch has merged.
"""

from __future__ import annotations

from datetime import datetime, timezone
from typing import TYPE_CHECKING, NamedTuple

from modelyard.errors import NotFinished
from modelyard.git.formats import encode_path
from modelyard.git.people import Person
from modelyard.git.revisions import require_revision

if TYPE_CHECKING:
    from collections.abc import Iterator

    from modelyard.git.location import Location
    from modelyard.git.objects import ObjectReader

__all__ = ["FileChange", "LineCommit", "file_line", "first_parent_line", "first_parent_times", "whole_line"]

_LAST_SECOND = 253402300799
_LONGEST_MODE, _LONGEST_ID = 6, 32  # bytes, in a tree
_FIELDS = ("%H", "%P", "%an", "%ae", "%cn", "%ce", "%ct", "%B")
# Whatever the user's own configuration says of logs and differences: it is the same line everywhere.
_TOLD = (
    *("--diff-merges=first-parent", "--raw", "--no-abbrev", "-z", "--no-renames", "--no-relative", "--no-ext-diff"),
    *("--no-notes", "--ignore-submodules=none", "-O/dev/null", "--encoding=UTF-8"),
    f"--format={'%x00'.join(_FIELDS)}",
)
_LOG = (
    *("-c", "log.follow=false", "-c", "log.showRoot=true", "-c", "log.mailmap=false"),
    *("log", "--first-parent", "--no-color", "--no-decorate", *_TOLD),
)
_EACH = ("diff-tree", "--stdin", "-r", "--root", *_TOLD)


class FileChange(NamedTuple):
    """A path at which something differs from the first parent: ids of blobs, None where there is no plain file."""

    path: str
    before: str | None
    after: str | None


class LineCommit(NamedTuple):
    """One commit on the line.

    :param parents: ids; the first is the one before it on the line.
    :param time: when it was committed, in UTC, as the committer's clock had it.
    :param changes: what it changed below the paths that were asked for, in Git's order.
    """

    id: str
    parents: tuple[str, ...]
    author: Person
    committer: Person
    time: datetime
    message: str
    changes: tuple[FileChange, ...]

    @property
    def subject(self) -> str:
        """The first line of the message."""
        return self.message.partition("\n")[0]


def first_parent_line(location: Location, tip: str, *paths: str, since: str | None = None) -> Iterator[LineCommit]:
    """Yield the commits of the line that changed anything at or below the paths, newest first; one git process.

    The order is that of parents and children. Dates play no part in it.

    :param tip: the full id of the commit that the line ends at.
    :param since: the full id of a commit on the line; it and what came before it are left out.
    :raises NotFinished: the clone's history is cut off, so the line would be wrong at its end.
    """
    _require_whole_history(location, f"the history of {' and '.join(map(repr, paths))}")
    return _parse(location.run(*_LOG, *_ends(tip, since), "--", *paths))


def whole_line(location: Location, tip: str, path: str, *, since: str | None = None) -> Iterator[LineCommit]:
    """Yield what :func:`first_parent_line` yields, for a path that nearly every commit changes; two git processes.

    A log over a path compares trees twice, to find the commits and to tell what they changed. Here each pair is
    compared once, in two thirds of the time. For a path that few commits change the log is quicker: it stops at the
    first difference, and a commit-graph spares it most of them.

    :raises NotFinished: the clone's history is cut off.
    """
    _require_whole_history(location, f"the history of {path!r}")
    commits = location.run("rev-list", "--first-parent", *_ends(tip, since))
    return _parse(location.run(*_EACH, "--", path, stdin=commits))


def file_line(reader: ObjectReader, tip: str, path: str) -> Iterator[LineCommit]:
    """Yield what :func:`first_parent_line` yields, for a file that few commits change; two git processes at most.

    A log compares all folders above the file at each commit, and a registry's own holds thousands of names. Here the
    reader is asked for the file's own folder at each, and only commits that may have changed the file are compared.

    :raises NotFinished: the clone's history is cut off.
    """
    location = reader.location
    _require_whole_history(location, f"the history of {path!r}")
    folder, _, name = path.rpartition("/")
    commits = location.run("rev-list", "--first-parent", require_revision(tip)).decode("ascii").split()
    # A line break ends a question. And what no commit has may be missing from the clone, which a log notices.
    trees = [] if "\n" in folder else reader.trees_at(commits, folder)
    if not any(trees):
        return first_parent_line(location, tip, path)
    told = {tree: _told_of(encode_path(name), raw) for tree, raw in reader.raw_trees(filter(None, trees))}
    states = [told[tree] if tree else None for tree in trees]
    pairs = zip(commits, states, [*states[1:], None], strict=True)
    changing = [commit for commit, now, before in pairs if now != before]
    return _parse(location.run(*_EACH, "--", path, stdin="".join(f"{each}\n" for each in changing).encode()))


def _told_of(name: bytes, tree: bytes) -> bytes | None:
    """Return of a raw tree what it says of a name, and at times more: it is not the same once mode or id are others."""
    mark = b" %s\0" % name
    start = tree.find(mark)
    if start < 0:
        return None
    # Another name may end like this one.
    is_clear = tree.find(mark, start + 1) < 0
    return tree[start - _LONGEST_MODE : start + len(mark) + _LONGEST_ID] if is_clear else tree


def _ends(tip: str, since: str | None) -> tuple[str, ...]:
    return (require_revision(tip), *(() if since is None else (f"^{require_revision(since)}",)))


def first_parent_times(location: Location, tip: str) -> list[tuple[str, datetime]]:
    """Return id and committer's time of every commit of the line, oldest first; one git process.

    :param tip: the full id of the commit that the line ends at.
    :raises NotFinished: the clone's history is cut off.
    """
    _require_whole_history(location, "the history of the registry")
    words = ("--first-parent", "--reverse", "--no-commit-header", "--format=%H %ct")
    lines = location.run("rev-list", *words, require_revision(tip)).decode("ascii").splitlines()
    return [(commit, _moment(seconds)) for commit, _, seconds in (line.partition(" ") for line in lines)]


def _require_whole_history(location: Location, what: str) -> None:
    if location.is_shallow:
        raise NotFinished(f"{what} is cut off in this shallow clone", hint="git fetch --unshallow")


def _moment(seconds: str) -> datetime:
    # A commit can lack its time, or have one that no calendar has.
    return datetime.fromtimestamp(max(0, min(int(seconds or 0), _LAST_SECOND)), tz=timezone.utc)


def _parse(output: bytes) -> Iterator[LineCommit]:
    tokens = output.decode("utf-8", "surrogateescape").split("\0")
    count = len(_FIELDS)
    start = 0
    while len(tokens) - start > count:
        fields = tokens[start : start + count]
        commit, parents, author, author_email, committer, committer_email, seconds, message = fields
        start += count
        changes = []
        while tokens[start][:1] in (":", "\n"):
            changes.append(_change(tokens[start], tokens[start + 1]))
            start += 2
        yield LineCommit(
            commit,
            tuple(parents.split()),
            Person(_legible(author), _legible(author_email)),
            Person(_legible(committer), _legible(committer_email)),
            _moment(seconds),
            _legible(message).strip("\n"),
            tuple(changes),
        )


def _change(raw: str, path: str) -> FileChange:
    # A mode of zeros says that there is nothing, and 120000 or 160000 that it is a link or a submodule.
    old_mode, new_mode, before, after, _ = raw.lstrip("\n").removeprefix(":").split(" ")
    return FileChange(
        path, before if old_mode.startswith("100") else None, after if new_mode.startswith("100") else None
    )


def _legible(text: str) -> str:
    if text.isascii():
        return text
    return text.encode("utf-8", "surrogateescape").decode("utf-8", "replace")
