"""Tags in HTML, read as a browser reads them: whatever starts like one, closed or not.

Two grammars meet here. In a block of HTML everything goes to the browser, so its rules count. In a line of text only a
tag that is well-formed by CommonMark does; what is not well-formed is still noted with its name, since other renderers
are less strict.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from modelyard.values import dataclass

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = ["AMBIGUOUS_COMMENT", "Attribute", "Tag", "comment_end", "inline_tag", "read_html"]

AMBIGUOUS_COMMENT = "!--"

_NAME = re.compile(r"[A-Za-z][^\s/>]*")
_GAP = re.compile(r"[\s/]*")
_ATTRIBUTE_NAME = re.compile(r"[^\s/>][^\s/>=]*")
_VALUE = re.compile(r"""\s*=\s*(?:"([^"]*)"|'([^']*)'|(?!["'])([^\s>]*))""")
_UNCLOSED_VALUE = re.compile(r"""\s*=\s*["']""")
_DECLARATION = re.compile(r"<(!(?:\[CDATA\[|[A-Za-z]+)|\?)")
_COMMENT_END = re.compile(r"--!?>")
_STRICT_ATTRIBUTE = r"""\s+[A-Za-z_:][A-Za-z0-9_.:-]*(?:\s*=\s*(?:[^\s"'=<>`]+|'[^']*'|"[^"]*"))?"""
_STRICT = re.compile(rf"<(?:[A-Za-z][A-Za-z0-9-]*(?:{_STRICT_ATTRIBUTE})*\s*/?|/[A-Za-z][A-Za-z0-9-]*\s*)>", re.ASCII)
_LOOSE = re.compile(r"</?([A-Za-z][^\s/<>]*)([^<>]*)")
_HANDLER = re.compile(r"[\s/\"'](on[a-z]+)\s*=", re.IGNORECASE | re.ASCII)


@dataclass(frozen=True)
class Attribute:
    """One attribute; the name in lower case, the value as it is written, the offset of the name."""

    name: str
    value: str
    offset: int


@dataclass(frozen=True)
class Tag:
    """One tag, opening or closing, or a declaration, whose name starts with ``!`` or ``?``.

    :param whole: whether it is closed by ``>`` where it stands.
    :param closing: whether it ends an element, as ``</b>`` does.
    """

    name: str
    offset: int
    end: int
    attributes: tuple[Attribute, ...] = ()
    whole: bool = True
    closing: bool = False

    def shifted(self, by: int) -> Tag:
        """Return the tag as a text has it in which it stands so much later."""
        moved = tuple(Attribute(each.name, each.value, each.offset + by) for each in self.attributes)
        return Tag(self.name, self.offset + by, self.end + by, moved, self.whole, self.closing)


def read_html(text: str) -> Iterator[Tag]:
    """Yield each tag of a block of HTML, those in comments left out."""
    start = text.find("<")
    while start >= 0:
        end = start + 1
        if text.startswith("<!--", start):
            end, clear = comment_end(text, start)
            if not clear:
                yield Tag(AMBIGUOUS_COMMENT, start, end)
        else:
            tag = _declaration(text, start) or _tag(text, start)
            if tag:
                yield tag
                end = tag.end
        start = text.find("<", end)


def inline_tag(text: str, start: int) -> tuple[Tag | None, int]:
    """Return the tag that starts in a line of text at ``<``, if there is one, and where the text after it begins."""
    declaration = _declaration(text, start)
    if declaration:
        return declaration, start + 1
    strict = _STRICT.match(text, start)
    if strict:
        tag = _tag(strict.group(), 0)
        return tag.shifted(start) if tag else None, strict.end()
    loose = _LOOSE.match(text, start)
    if not loose:
        return None, start + 1
    handlers = tuple(
        Attribute(each[1].lower(), "", loose.start(2) + each.start(1)) for each in _HANDLER.finditer(loose[2])
    )
    closing = text.startswith("</", start)
    return Tag(loose[1].lower(), start, loose.end(), handlers, whole=False, closing=closing), start + 1


def comment_end(text: str, start: int) -> tuple[int, bool]:
    """Return where the comment at ``<!--`` ends for a browser, and whether every reader agrees with it.

    Where nothing closes it, that is the end of the text, and readers disagree.
    """
    found = _COMMENT_END.search(text, start + 2)
    if not found:
        return len(text), False
    return found.end(), found.group() == "-->" and found.start() >= start + len("<!--")


def _declaration(text: str, start: int) -> Tag | None:
    found = _DECLARATION.match(text, start)
    return Tag(found[1].lower(), start, found.end()) if found else None


def _tag(text: str, start: int) -> Tag | None:
    closing = text.startswith("</", start)
    name = _NAME.match(text, start + (2 if closing else 1))
    if not name:
        return None
    attributes: list[Attribute] = []
    position, whole = name.end(), True
    while whole:
        position = _end_of(_GAP, text, position)
        if text[position : position + 1] in ("", ">"):
            break
        attribute = _ATTRIBUTE_NAME.match(text, position)
        written = attribute.group() if attribute else ""
        value = _VALUE.match(text, position + len(written))
        attributes.append(Attribute(written.lower(), _group(value), position))
        position = value.end() if value else position + len(written)
        whole = bool(value) or not _UNCLOSED_VALUE.match(text, position)
    whole = whole and position < len(text)
    end = position + 1 if whole else len(text)
    return Tag(name.group().lower(), start, end, tuple(attributes), whole, closing)


def _end_of(pattern: re.Pattern[str], text: str, position: int) -> int:
    found = pattern.match(text, position)
    return found.end() if found else position


def _group(value: re.Match[str] | None) -> str:
    return next((each for each in value.groups() if each is not None), "") if value else ""
