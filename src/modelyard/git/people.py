"""Who had a hand in a merge, and by which pull request it came: what commit messages say of it."""

from __future__ import annotations

import re
from typing import NamedTuple

__all__ = ["Person", "find_pull_request", "find_reviewers"]

# Compiled when a message is read: a history that was kept has none to read.
_TRAILER = r"^(?:Reviewed-by|Approved-by):[ \t]*(?P<name>[^<\n]*?)[ \t]*(?:<(?P<email>[^<>\n]*)>)?[ \t]*$"
# What forges write into the subject of a merge, or at the end of that of a squashed one.
_SUBJECTS = (
    r"Merge pull request #([0-9]{1,9}) from ",  # GitHub
    r"Merge pull request '.*' \(#([0-9]{1,9})\) from ",  # Gitea, Forgejo
    r"Merged in .+ \(pull request #([0-9]{1,9})\)$",  # Bitbucket
    r"Merged PR ([0-9]{1,9}): ",  # Azure DevOps
    r".+ \(#([0-9]{1,9})\)$",  # GitHub, squashed or rebased
)
_GITLAB = r"^See merge request \S*!([0-9]{1,9})$"


class Person(NamedTuple):
    """Somebody, as a commit names them; what is not stated is empty. Anybody can write anything there."""

    name: str
    email: str

    def __str__(self) -> str:
        return f"{self.name} <{self.email}>".strip() if self.email else self.name

    @classmethod
    def parse(cls, text: str) -> Person:
        """Return whom a line ``Name <email>`` names; what has no brackets is a name."""
        name, _, rest = text.partition("<")
        return cls(name.strip(), rest.partition(">")[0].strip())


def find_reviewers(message: str) -> tuple[Person, ...]:
    """Return those whom ``Reviewed-by`` and ``Approved-by`` lines name, each once, in their order.

    Only the last paragraph is read, as git-interpret-trailers(1) does: what a description quotes is no trailer.
    Whoever writes a commit can write such lines, so they are a record and no proof.
    """
    subject, _, last = message.rstrip().rpartition("\n\n")
    if not subject:
        return ()
    flags = re.MULTILINE | re.IGNORECASE | re.ASCII
    found = (Person(match["name"], match["email"] or "") for match in re.finditer(_TRAILER, last, flags))
    return tuple(dict.fromkeys(person for person in found if any(person)))


def find_pull_request(message: str) -> int | None:
    """Return the number of the pull request, or merge request, that a merge's message names.

    Known are the messages of GitHub, GitLab, Gitea, Forgejo, Bitbucket and Azure DevOps.
    """
    subject, _, body = message.partition("\n")
    for pattern in _SUBJECTS:
        if match := re.match(pattern, subject, re.ASCII):
            return int(match[1])
    lines = re.findall(_GITLAB, body, re.MULTILINE | re.ASCII)
    return int(lines[-1]) if lines else None
