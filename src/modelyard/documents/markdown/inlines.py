"""What stands in a text of Markdown beside words: code, comments, links and tags (CommonMark 0.31, chapter 6)."""

from __future__ import annotations

import re
from bisect import bisect_right
from typing import TYPE_CHECKING

from modelyard.documents.markdown.html import AMBIGUOUS_COMMENT, Tag, comment_end, inline_tag
from modelyard.values import dataclass

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = ["Inlines", "Link", "blanked", "holds_inlines", "read_inlines"]

_SPECIAL = re.compile(r"[\\`<\[\]]")
_TICKS = re.compile(r"`+")
_AUTOLINK = re.compile(r"<([A-Za-z][A-Za-z0-9+.-]{1,31}:[^\s<>]*)>", re.ASCII)
_SPACE = re.compile(r"[ \t]*\n?[ \t]*")
_BRACKETED = re.compile(r"<((?:[^<>\n\\]|\\.)*)>")
# Brackets may lie two deep in one another; no address needs more.
_PIECE = r"[^\s()\\]|\\."
_ADDRESS = re.compile(rf"(?!<)(?:{_PIECE}|\((?:{_PIECE}|\((?:{_PIECE})*\))*\))*")
_TITLE = re.compile(r"""\"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*'|\((?:[^()\\]|\\.)*\)""", re.DOTALL)
_LABEL = re.compile(r"\[((?:[^\[\]\\]|\\.)+)\]:", re.DOTALL)
_BARE = re.compile(r"[^\s<]\S*")
_LINE_END = re.compile(r"[ \t]*(?:\n|$)")


@dataclass(frozen=True)
class Link:
    """One link or image: its destination as it is written, and the offset where that begins.

    :param footnote: whether it is the definition of ``[^…]``, which is a link only to readers without footnotes.
    """

    destination: str
    offset: int
    footnote: bool = False


@dataclass(frozen=True)
class Inlines:
    """What one text holds. ``hidden`` are the spans that are no prose: code and comments, in order."""

    links: tuple[Link, ...] = ()
    tags: tuple[Tag, ...] = ()
    hidden: tuple[tuple[int, int], ...] = ()

    def shifted(self, by: int) -> Inlines:
        """Return the same of a text in which all stands so much later."""
        return Inlines(
            tuple(Link(each.destination, each.offset + by, each.footnote) for each in self.links),
            tuple(tag.shifted(by) for tag in self.tags),
            tuple((start + by, end + by) for start, end in self.hidden),
        )


_NOTHING = Inlines()


def holds_inlines(text: str) -> bool:
    """Whether a text may hold any; most hold words alone."""
    # Five searches for one character cost less than one for any of five.
    return "[" in text or "]" in text or "`" in text or "<" in text or "\\" in text


def read_inlines(text: str) -> Inlines:
    """Return what a text holds that is no code and no HTML block."""
    if not holds_inlines(text):
        return _NOTHING
    scanner = _Scanner(text)
    scanner.scan()
    return Inlines(tuple(scanner.links), tuple(scanner.tags), tuple(scanner.hidden))


class _Scanner:
    """One pass over the special characters of a text, from left to right."""

    def __init__(self, text: str) -> None:
        self.links: list[Link] = []
        self.tags: list[Tag] = []
        self.hidden: list[tuple[int, int]] = []
        self._text = text
        self._open_brackets = 0
        self._runs: dict[int, list[int]] | None = None

    def scan(self) -> None:
        position = self._definitions()
        while True:
            found = _SPECIAL.search(self._text, position)
            if not found:
                return
            position = self._step(found.group(), found.start())

    def _step(self, mark: str, start: int) -> int:
        """Take one special character; return where to go on."""
        if mark == "\\":
            return start + 2
        if mark == "`":
            return self._code(start)
        if mark == "<":
            return self._angle(start)
        if mark == "[":
            self._open_brackets += 1
            return start + 1
        return self._bracket(start)

    def _code(self, start: int) -> int:
        if self._runs is None:
            self._runs = {}
            for run in _TICKS.finditer(self._text):
                self._runs.setdefault(run.end() - run.start(), []).append(run.start())
        opening = _TICKS.match(self._text, start)
        length = opening.end() - start if opening else 1
        closers = self._runs.get(length, [])
        number = bisect_right(closers, start)
        if number == len(closers):
            return start + length
        self.hidden.append((start, closers[number] + length))
        return closers[number] + length

    def _angle(self, start: int) -> int:
        autolink = _AUTOLINK.match(self._text, start)
        if autolink:
            self.links.append(Link(autolink[1], start + 1))
            return autolink.end()
        if self._text.startswith("<!--", start):
            return self._comment(start)
        tag, position = inline_tag(self._text, start)
        if tag:
            self.tags.append(tag)
        return position

    def _comment(self, start: int) -> int:
        end, clear = comment_end(self._text, start)
        if not clear:
            self.tags.append(Tag(AMBIGUOUS_COMMENT, start, end))
        # Without an end it is text to CommonMark, so what follows is judged as well.
        if end == len(self._text) and not self._text.endswith("-->"):
            return start + len("<!--")
        self.hidden.append((start, end))
        return end

    def _bracket(self, start: int) -> int:
        if self._open_brackets:
            self._open_brackets -= 1
            if self._text.startswith("(", start + 1):
                link, end = self._destination(start + 2)
                if link:
                    self.links.append(link)
                    return end
        return start + 1

    def _destination(self, start: int) -> tuple[Link | None, int]:
        """Return the link whose destination begins behind a bracket, and where its text ends."""
        begin = _end_of(_SPACE, self._text, start)
        bracketed = _BRACKETED.match(self._text, begin)
        if bracketed:
            link, end = Link(bracketed[1], begin + 1), bracketed.end()
        else:
            end = _end_of(_ADDRESS, self._text, begin)
            link = Link(self._text[begin:end], begin)
        close = _end_of(_SPACE, self._text, self._end_of_title(end))
        return (link, close + 1) if self._text.startswith(")", close) else (None, start)

    def _end_of_title(self, end: int) -> int:
        """Return where the title ends that stands behind a destination, after a space; without one, the same place."""
        begin = _end_of(_SPACE, self._text, end)
        return _end_of(_TITLE, self._text, begin) if begin > end else end

    def _definitions(self) -> int:
        """Take the link definitions that a paragraph begins with; return where its text begins."""
        position = 0
        while True:
            link, end = self._definition(position)
            if not link:
                return position
            self.links.append(link)
            position = end

    def _definition(self, start: int) -> tuple[Link | None, int]:
        label = _LABEL.match(self._text, start)
        if not label:
            return None, start
        begin = _end_of(_SPACE, self._text, label.end())
        bracketed = _BRACKETED.match(self._text, begin)
        bare = None if bracketed else _BARE.match(self._text, begin)
        end = bracketed.end() if bracketed else _end_of(_BARE, self._text, begin)
        for close in (self._end_of_title(end), end):
            line = _LINE_END.match(self._text, close)
            if line and (bracketed or bare):
                destination = bracketed[1] if bracketed else self._text[begin:end]
                return Link(destination, begin + bool(bracketed), footnote=label[1].startswith("^")), line.end()
        return None, start


def _end_of(pattern: re.Pattern[str], text: str, position: int) -> int:
    found = pattern.match(text, position)
    return found.end() if found else position


def blanked(text: str, spans: Iterator[tuple[int, int]]) -> str:
    """Return the text with spaces in the place of the spans, on the same lines."""
    parts, position = [], 0
    for start, end in spans:
        parts += [text[position:start], re.sub(r"[^\n]", " ", text[start:end])]
        position = max(position, end)
    return "".join([*parts, text[position:]])
