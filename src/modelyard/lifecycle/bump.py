"""The next version of a model: by hand, or from commits and signatures."""

from __future__ import annotations

import re
from enum import Enum
from typing import TYPE_CHECKING

from modelyard.evaluate.signatures import breaks
from modelyard.names import Version
from modelyard.values import dataclass

if TYPE_CHECKING:
    from collections.abc import Sequence

    from modelyard.documents.metadata_parts import Signature

__all__ = ["FIRST_VERSION", "Bump", "BumpReason", "CommitMessage", "decide_bump", "next_version"]

FIRST_VERSION = Version(1, 0, 0)

_HEADER = re.compile(r"([A-Za-z]+)(?:\([^)]*\))?(!)?: ", re.ASCII)
_BREAKING_FOOTER = re.compile(r"^BREAKING[ -]CHANGE: ", re.ASCII | re.MULTILINE)


class Bump(str, Enum):
    """Which part of a version goes up."""

    MAJOR = "major"
    MINOR = "minor"
    PATCH = "patch"


@dataclass(frozen=True)
class CommitMessage:
    """One commit of the training repository."""

    subject: str
    body: str = ""


@dataclass(frozen=True)
class BumpReason:
    """A bump, and one sentence on why it is this one."""

    bump: Bump
    reason: str


def next_version(previous: Version | None, bump: Bump) -> Version:
    """Return the version after the newest one, or 1.0.0 for a model that has none."""
    return previous.bumped(bump.value) if previous else FIRST_VERSION


def decide_bump(
    commits: Sequence[CommitMessage],
    *,
    before: Signature | None = None,
    after: Signature | None = None,
) -> BumpReason:
    """Return the bump that commits and signatures call for.

    Commits are read by Conventional Commits 1.0.0 (conventionalcommits.org): a breaking change is a
    major bump, ``feat`` a minor one, all else a patch. A signature that callers of the version before
    could not use unchanged is a major bump, whatever the commits say.
    """
    if before and after and breaks(before, after):
        return BumpReason(Bump.MAJOR, "the signature breaks callers of the version before")
    for bump in (Bump.MAJOR, Bump.MINOR):
        found = next((commit for commit in commits if _bump_of(commit) is bump), None)
        if found:
            return BumpReason(bump, f"commit {found.subject!r}")
    if not commits:
        return BumpReason(Bump.PATCH, "no commits since that version")
    counted = "1 commit" if len(commits) == 1 else f"{len(commits)} commits"
    return BumpReason(Bump.PATCH, f"{counted}, none a feature or a breaking change")


def _bump_of(commit: CommitMessage) -> Bump:
    header = _HEADER.match(commit.subject)
    if (header and header[2]) or _BREAKING_FOOTER.search(commit.body):
        return Bump.MAJOR
    return Bump.MINOR if header and header[1].lower() == "feat" else Bump.PATCH
