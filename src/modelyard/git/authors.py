"""Who wrote what came in at a path, by the commits that a merge brought."""

from __future__ import annotations

from typing import TYPE_CHECKING

from modelyard.errors import NotFinished
from modelyard.git.revisions import require_revision
from modelyard.values import dataclass

if TYPE_CHECKING:
    from modelyard.git.location import Location

__all__ = ["Author", "authors_of", "first_seen"]

_FIELDS = "%an%x00%ae%x00%(trailers:key=Co-authored-by,valueonly,separator=%x01)%x00"


@dataclass(frozen=True)
class Author:
    """Who wrote a commit, as the commit says; anybody can write anything there."""

    name: str
    email: str

    def __str__(self) -> str:
        return f"{self.name} <{self.email}>"

    @classmethod
    def parse(cls, text: str) -> Author:
        """Return the author of a line ``Name <email>``; what has no brackets is a name."""
        name, _, rest = text.partition("<")
        return cls(name.strip(), rest.partition(">")[0].strip())


def first_seen(location: Location, tip: str, path: str) -> str | None:
    """Return the commit along first parents that brought a path, None where none of them holds it.

    :param tip: a full id.
    :raises NotFinished: the clone's history is cut off.
    """
    if location.is_shallow:
        raise NotFinished(f"the history of {path!r} is cut off in this shallow clone", hint="git fetch --unshallow")
    changes = location.run("rev-list", "--first-parent", "--reverse", require_revision(tip), "--", path)
    return next(iter(changes.decode("ascii").split()), None)


def authors_of(location: Location, commit: str, path: str) -> tuple[Author, ...]:
    """Return who wrote what a commit brought at a path, each once, sorted.

    Those are the authors and co-authors of the commits that a merge brought in and that touch the path; of any
    other commit, and of a merge of none such, its own.

    :param commit: a full id.
    """
    parents = location.run("rev-list", "--parents", "--max-count=1", require_revision(commit)).split()[1:]
    brought: bytes = b""
    if len(parents) > 1:
        since = f"^{parents[0].decode('ascii')}"
        brought = _log(location, "--no-merges", commit, since, "--", path)
    return tuple(sorted(_authors(brought or _log(location, "--max-count=1", commit)), key=str))


def _log(location: Location, *arguments: str) -> bytes:
    return location.run("rev-list", "--no-commit-header", "--encoding=UTF-8", f"--format={_FIELDS}", *arguments)


def _authors(output: bytes) -> set[Author]:
    fields = output.decode("utf-8", "replace").split("\0")[:-1]
    found: set[Author] = set()
    for start in range(0, len(fields), 3):
        name, email, trailers = fields[start : start + 3]
        found.add(Author(name.strip("\n"), email))
        found.update(map(Author.parse, filter(None, trailers.split("\1"))))
    return found
