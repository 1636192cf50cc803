"""What a user may write to name a commit."""

from __future__ import annotations

from modelyard.errors import UsageError

__all__ = ["require_branch", "require_revision"]

_HINT = "give a branch, a tag or a commit id"
_FORBIDDEN = frozenset(":?*[\\{ ")


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
