"""Who wrote what lies at a path, by the commits that brought it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from modelyard.errors import NotFinished
from modelyard.git.people import Person
from modelyard.git.revisions import require_revision

if TYPE_CHECKING:
    from modelyard.git.location import Location

__all__ = ["authors_of", "commits_at"]

_FIELDS = "%an%x00%ae%x00%(trailers:key=Co-authored-by,valueonly,separator=%x01)%x00"


def commits_at(location: Location, tip: str, path: str) -> tuple[str, ...]:
    """Return the commits along first parents that changed what lies at a path, the one that brought it first.

    :param tip: a full id.
    :raises NotFinished: the clone's history is cut off.
    """
    if location.is_shallow:
        raise NotFinished(f"the history of {path!r} is cut off in this shallow clone", hint="git fetch --unshallow")
    changes = location.run("rev-list", "--first-parent", "--reverse", require_revision(tip), "--", path)
    return tuple(changes.decode("ascii").split())


def authors_of(location: Location, tip: str, path: str) -> tuple[Person, ...]:
    """Return who wrote what lies at a path, each once, sorted.

    Those are the authors and co-authors of each commit along first parents that changed it. For a merge they are those
    of the commits that it brought in and that touch the path, else its own.

    :param tip: a full id.
    :raises NotFinished: the clone's history is cut off.
    """
    found: set[Person] = set()
    for commit in commits_at(location, tip, path):
        found |= _authors(_brought(location, commit, path) or _log(location, "--max-count=1", commit))
    return tuple(sorted(found, key=str))


def _brought(location: Location, commit: str, path: str) -> bytes:
    parents = location.run("rev-list", "--parents", "--max-count=1", commit).split()[1:]
    if len(parents) < 2:
        return b""
    return _log(location, "--no-merges", commit, f"^{parents[0].decode('ascii')}", "--", path)


def _log(location: Location, *arguments: str) -> bytes:
    return location.run("rev-list", "--no-commit-header", "--encoding=UTF-8", f"--format={_FIELDS}", *arguments)


def _authors(output: bytes) -> set[Person]:
    fields = output.decode("utf-8", "replace").split("\0")[:-1]
    found: set[Person] = set()
    for start in range(0, len(fields), 3):
        name, email, trailers = fields[start : start + 3]
        found.add(Person(name.strip("\n"), email))
        found.update(map(Person.parse, filter(None, trailers.split("\1"))))
    return found
