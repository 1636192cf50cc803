"""The line of first parents: the states that a branch was in, one after the other, and what changed between them.

On a branch that takes its changes by merges these are the merges. Commits of the branches that were merged are
not on it, and neither is what no branch has merged.
"""

from __future__ import annotations

from datetime import datetime, timezone
from typing import TYPE_CHECKING, NamedTuple

from modelyard.errors import NotFinished
from modelyard.git.people import Person
from modelyard.git.revisions import require_revision

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from modelyard.git.location import Location

__all__ = [
    "FileChange",
    "LineCommit",
    "bare_line",
    "first_parent_line",
    "first_parent_times",
    "require_whole_history",
    "whole_line",
]

_LAST_SECOND = 253402300799
_FIELDS = ("%H", "%P", "%an", "%ae", "%cn", "%ce", "%ct", "%B")
# Whatever the user's own configuration says of logs and differences: it is the same line everywhere.
_WRITTEN = ("-z", "--no-notes", "--encoding=UTF-8", f"--format={'%x00'.join(_FIELDS)}")
_TOLD = (
    *("--diff-merges=first-parent", "--raw", "--no-abbrev", "--no-renames", "--no-relative", "--no-ext-diff"),
    *("--ignore-submodules=none", "-O/dev/null", *_WRITTEN),
)
_LOGGING = (
    *("-c", "log.follow=false", "-c", "log.showRoot=true", "-c", "log.mailmap=false"),
    *("log", "--no-color", "--no-decorate"),
)
_LOG = (*_LOGGING, "--first-parent", *_TOLD)
_BARE = (*_LOGGING, "--no-walk=unsorted", "--stdin", "--no-patch", *_WRITTEN)
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
    require_whole_history(location, f"the history of {' and '.join(map(repr, paths))}")
    return _parse(location.run(*_LOG, *_ends(tip, since), "--", *paths))


def whole_line(location: Location, tip: str, path: str, *, since: str | None = None) -> Iterator[LineCommit]:
    """Yield what :func:`first_parent_line` yields, for a path that nearly every commit changes; two git processes.

    A log over a path compares trees twice, to find the commits and to tell what they changed. Here each pair is
    compared once, in two thirds of the time. For a path that few commits change the log is quicker: it stops at the
    first difference, and a commit-graph spares it most of them.

    :raises NotFinished: the clone's history is cut off.
    """
    require_whole_history(location, f"the history of {path!r}")
    commits = location.run("rev-list", "--first-parent", *_ends(tip, since))
    return _parse(location.run(*_EACH, "--", path, stdin=commits))


def bare_line(location: Location, commit_ids: Sequence[str]) -> Iterator[LineCommit]:
    """Yield commits in the order of their ids, without what they changed; one git process, where there are any.

    :param commit_ids: full ids of commits that are here.
    """
    # Asked about nothing, git would tell of HEAD.
    return (
        _parse(location.run(*_BARE, stdin="".join(f"{each}\n" for each in commit_ids).encode()))
        if commit_ids
        else iter(())
    )


def _ends(tip: str, since: str | None) -> tuple[str, ...]:
    return (require_revision(tip), *(() if since is None else (f"^{require_revision(since)}",)))


def first_parent_times(location: Location, tip: str) -> list[tuple[str, datetime]]:
    """Return id and committer's time of every commit of the line, oldest first; one git process.

    :param tip: the full id of the commit that the line ends at.
    :raises NotFinished: the clone's history is cut off.
    """
    require_whole_history(location, "the history of the registry")
    words = ("--first-parent", "--reverse", "--no-commit-header", "--format=%H %ct")
    lines = location.run("rev-list", *words, require_revision(tip)).decode("ascii").splitlines()
    return [(commit, _moment(seconds)) for commit, _, seconds in (line.partition(" ") for line in lines)]


def require_whole_history(location: Location, what: str) -> None:
    """Refuse to read a line that would be wrong at its end.

    :param what: what is asked for, as the beginning of a sentence.
    :raises NotFinished: the clone's history is cut off.
    """
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
