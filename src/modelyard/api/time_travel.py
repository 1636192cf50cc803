"""Time travel: the commit that a registry was at on a day, at a moment, or by its own name."""

from __future__ import annotations

from typing import TYPE_CHECKING

from modelyard.errors import UsageError
from modelyard.git.line import first_parent_times
from modelyard.git.references import main_line
from modelyard.history.as_of import HINT, newest_at, parse_moment

if TYPE_CHECKING:
    from datetime import datetime
    from pathlib import Path

    from modelyard.api.repository import Repository
    from modelyard.git.location import Location

__all__ = ["commit_as_of", "mirrored_commit_as_of"]

# From what git itself prints at least, to what is no abbreviation.
_SHORTEST, _LONGEST = 7, 40


def commit_as_of(repository: Repository, text: str) -> str:
    """Return the full id of the commit that a registry was at.

    A commit, a tag or a branch means itself. At a moment it is the newest commit that the main branch was at: what
    was on another branch had not happened yet.

    :raises UsageError: there is no such commit, or nothing was there yet.
    :raises NotFinished: the clone's history is cut off.
    """
    moment = parse_moment(text)
    with repository.reading() as reader:
        if moment is None:
            try:
                return reader.commit_id(text)
            except UsageError as error:
                # Fetching brings no `yesterday`: whoever wrote that meant a day.
                raise UsageError(f"--as-of {text!r} is no moment, and names no commit here", hint=HINT) from error
        line = first_parent_times(repository.location, reader.commit_id(main_line(repository.location)))
    return _newest(line, moment, text)


def mirrored_commit_as_of(url: str, directory: Path, text: str, *, offline: bool) -> str | None:
    """Return the full id of a commit of a remote repository's default branch; one fetch.

    It is the one that the branch was at at a moment, or the one that an abbreviated id means in its history.

    :param directory: where mirrors are kept.
    :return: None where the text is neither, and can only be a full id, or the name of a branch or a tag.
    :raises UsageError: nothing was there yet, or the beginning of an id is that of several.
    :raises NotFinished: the remote can't be reached.
    """
    moment = parse_moment(text)
    if moment is None and not _may_abbreviate(text):
        return None
    from modelyard.git.mirror import mirrored_line

    location, tip = mirrored_line(url, directory, offline=offline)
    if moment is None:
        return _abbreviated(location, text)
    return _newest(first_parent_times(location, tip), moment, text)


def _may_abbreviate(text: str) -> bool:
    return _SHORTEST <= len(text) < _LONGEST and set(text) <= set("0123456789abcdef")


def _abbreviated(location: Location, text: str) -> str | None:
    # A server that leaves nothing out has sent other objects, too. What names none may still be a branch or a tag.
    listed = location.run("rev-parse", f"--disambiguate={text}").decode("ascii").split()
    found = [each for each in listed if location.run("cat-file", "-t", each) == b"commit\n"]
    if len(found) > 1:
        raise UsageError(f"--as-of {text!r} is the beginning of {len(found)} ids", hint=f"--as-of {found[0]}")
    return found[0] if found else None


def _newest(line: list[tuple[str, datetime]], moment: datetime, text: str) -> str:
    commit = newest_at(line, moment)
    if commit is None:
        first, time = line[0]
        raise UsageError(
            f"there was no commit yet as of {text}",
            hint=f"the first one is {first[:12]}, of {time:%Y-%m-%dT%H:%M:%SZ}",
        )
    return commit
