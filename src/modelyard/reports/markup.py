"""Text of strangers inside Markdown: it is read, and nothing of it is obeyed.

GitHub and GitLab turn ``@team``, ``#1``, ``fixes #1`` and bare addresses into mentions and links after
Markdown has become HTML, but never inside ``code``. So each word that could be one of those is code, and
every sign that has a meaning to Markdown or HTML, in code or not, is a character reference.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from modelyard.reports.visible import visible

if TYPE_CHECKING:
    from collections.abc import Iterable

__all__ = ["code", "preformatted", "prose"]

# A word that no forge gives a meaning to, and what may stand around it.
_PLAIN = re.compile(r"[^\W_](?:[^\W_]|[-'’.,;?/()](?!$))*|[-–—…]+")  # noqa: RUF001 - a dash and an apostrophe of prose
_OPENING, _CLOSING = "'\"(‘“", "'\").,;:!?’”…"  # noqa: RUF001 - the quotation marks of prose
_LINKED = re.compile(r"(?i)www\.|gh-[0-9]|//")
# Within a line that we began: no sign that opens a structure, and no full stop of an address.
_SIGN = re.compile(r"(?i)(?<=www)\.|[\"#$%&*+:<=>@\[-`{-~]")


def code(text: str) -> str:
    """Return the text as code, in one line."""
    return f"<code>{_referenced(text)}</code>"


def preformatted(lines: Iterable[str]) -> str:
    """Return lines as a block of code; to Markdown it is HTML that ends with its own last line."""
    # A line break right behind the opening tag is none to HTML, so the first line may be empty.
    joined = "\n".join(map(_referenced, lines))
    return f"<pre><code>{joined}</code></pre>"


def prose(text: str) -> str:
    """Return a sentence, in one line; what stands in it between backticks is code."""
    # A backtick without its partner leaves no piece unescaped: each piece is text of the one kind or the other.
    pieces = visible(text).split("`")
    return "".join(code(piece) if index % 2 else _sentence(piece) for index, piece in enumerate(pieces) if piece)


def _sentence(text: str) -> str:
    return "".join(
        word if word == " " else _referenced(word) if _is_harmless(word) else code(word)
        for word in re.split(r"( )", text)
        if word
    )


def _is_harmless(word: str) -> bool:
    bare = word.lstrip(_OPENING).rstrip(_CLOSING)
    return not _LINKED.search(word) and (not bare or _PLAIN.fullmatch(bare) is not None)


def _referenced(text: str) -> str:
    return _SIGN.sub(lambda sign: f"&#{ord(sign[0])};", visible(text))
