"""What a user may write to name a commit."""

from __future__ import annotations

from typing import TYPE_CHECKING

from modelyard.errors import UsageError
from modelyard.git.formats import zero_id

if TYPE_CHECKING:
    from modelyard.git.formats import Algorithm

__all__ = ["is_full_id", "require_branch", "require_revision"]

_HINT = "give a branch, a tag or a commit id"
_FORBIDDEN = frozenset(":?*[\\{ ")
_HEX = frozenset("0123456789abcdef")


def is_full_id(text: str, algorithm: Algorithm) -> bool:
    """Whether the text is the full id of an object, in lower-case digits, and not the id of none."""
    none = zero_id(algorithm)
    return len(text) == len(none) and text != none and set(text) <= _HEX


def require_revision(text: str) -> str:
    """Return the text where it can name one commit and nothing else.

    Refused are options, ranges, paths, searches, and what depends on this clone's reflog: a
    verdict must name the same commit everywhere.

    :raises UsageError: the text is none of a branch, a tag, a commit id, or one of these with ``~`` or ``^``.
    """
    if not text:
        raise UsageError("the revision is empty", hint=_HINT)
    if text[0] in "-^" or ".." in text or not _is_plain(text):
        raise UsageError(f"{text!r} is not a revision that names one commit", hint=_HINT)
    return text


def require_branch(text: str) -> str:
    """Return the text where it can be the name of a new branch, by the rules of git-check-ref-format(1).

    :raises UsageError: it cannot.
    """
    parts = text.split("/")
    plain = _is_plain(text) and not set(text) & set("~^") and ".." not in text
    if not plain or text in ("", "@", "HEAD") or text[0] == "-" or text[-1] == "." or not all(map(_is_part, parts)):
        raise UsageError(f"{text!r} cannot be the name of a branch", hint="use letters, digits and single '-', '/'")
    return text


def _is_part(text: str) -> bool:
    return bool(text) and not text.startswith(".") and not text.endswith(".lock")


def _is_plain(text: str) -> bool:
    return text.isprintable() and not set(text) & _FORBIDDEN
