"""Questions about the shape of history; each is one git process."""

from __future__ import annotations

from datetime import datetime, timezone
from typing import TYPE_CHECKING

from modelyard.errors import NotFinished
from modelyard.git.failures import GitFailed
from modelyard.git.revisions import require_revision
from modelyard.values import dataclass

if TYPE_CHECKING:
    from collections.abc import Iterator

    from modelyard.git.location import Location

__all__ = [
    "LogEntry",
    "commits_between",
    "first_parent_changes",
    "is_ancestor",
    "is_on_first_parents",
    "merge_base",
]

_UNSHALLOW = "git fetch --unshallow"


@dataclass(frozen=True)
class LogEntry:
    """One commit of a log.

    :param author: the author's name.
    :param time: when it was committed, in UTC.
    :param body: the message after its subject, without blank lines at its ends.
    """

    commit: str
    author: str
    time: datetime
    subject: str
    body: str


def merge_base(location: Location, one: str, other: str) -> str | None:
    """Return the best common ancestor of two commits, None where their histories never met.

    :param one: a full id, as is ``other``.
    :raises NotFinished: the clone's history is cut off before the answer is certain.
    """
    found = _merge_base(location, one, other)
    if location.is_shallow and (found is None or _is_cut_off(location, one, other, found)):
        raise NotFinished("the clone is too shallow to hold the merge base", hint=_UNSHALLOW)
    return found


def _merge_base(location: Location, one: str, other: str) -> str | None:
    try:
        return location.run("merge-base", require_revision(one), require_revision(other)).decode("ascii").strip()
    except GitFailed as error:
        if error.returncode != 1:
            raise
        return None


def _is_cut_off(location: Location, one: str, other: str, base: str) -> bool:
    # Behind a commit that is cut off there may be a better common ancestor, unless the base covers it.
    after_base = location.run("rev-list", one, other, f"^{base}").decode("ascii").split()
    return not location.cut_off.isdisjoint(after_base)


def is_ancestor(location: Location, old: str, new: str) -> bool:
    """Whether everything in ``old`` is also in ``new``; both are full ids.

    :raises GitFailed: an object is missing.
    """
    try:
        location.run("merge-base", "--is-ancestor", require_revision(old), require_revision(new))
    except GitFailed as error:
        if error.returncode != 1:
            raise
        return False
    return True


def is_on_first_parents(location: Location, commit: str, tip: str) -> bool:
    """Whether a branch has ever been at a commit that it holds: whether first parents lead there from its tip."""
    if commit == tip:
        return True
    # The last of those that the commit does not hold is where the line of first parents enters its history.
    output = location.run("rev-list", "--first-parent", "--parents", require_revision(tip), f"^{commit}")
    lines = output.decode("ascii").splitlines()
    return bool(lines) and lines[-1].split()[1:2] == [commit]


def first_parent_changes(location: Location, old: str, new: str, path: str) -> tuple[str, ...]:
    """Return the ids of the commits along first parents since ``old`` that changed what is at the path, oldest first.

    :param old: a full id, as is ``new``.
    """
    since = ("--first-parent", "--reverse", require_revision(new), f"^{require_revision(old)}", "--", path)
    return tuple(location.run("rev-list", *since).decode("ascii").split())


def commits_between(location: Location, old: str, new: str, path: str | None = None) -> tuple[LogEntry, ...]:
    """Return the commits that are in ``new`` and not in ``old``, newest first, without merges.

    :param old: a full id, as is ``new``.
    :param path: only commits that changed what is at this path.
    :raises NotFinished: the clone's history is cut off, so commits may be missing.
    """
    if location.is_shallow:
        raise NotFinished(f"the commits since {old[:12]} are cut off in this shallow clone", hint=_UNSHALLOW)
    return tuple(_log(location, "--no-merges", require_revision(new), f"^{require_revision(old)}", path=path))


def _log(location: Location, *arguments: str, path: str | None) -> Iterator[LogEntry]:
    limit = ("--", path) if path else ("--",)
    output = location.run(
        "rev-list",
        "--no-commit-header",
        "--encoding=UTF-8",
        "--format=%H%x00%an%x00%ct%x00%s%x00%b%x00",
        *arguments,
        *limit,
    )
    fields = output.decode("utf-8", "replace").split("\0")[:-1]
    for start in range(0, len(fields), 5):
        commit, author, seconds, subject, body = fields[start : start + 5]
        time = datetime.fromtimestamp(int(seconds), tz=timezone.utc)
        yield LogEntry(commit.strip(), author, time, subject, body.strip())
