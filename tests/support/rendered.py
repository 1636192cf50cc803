"""Markdown as a forge renders it, before it sanitizes."""

from __future__ import annotations

import re
from typing import Any

import html5lib
from markdown_it import MarkdownIt

__all__ = ["FORGE_LINK", "elements_of", "outside_code"]

# As a forge renders Markdown before it sanitizes: HTML passes, bare addresses become links where they are told apart.
RENDERER = MarkdownIt("commonmark", {"html": True}).enable(["table", "strikethrough"])
FORGE_LINK = re.compile(
    r"@\w|(?<!\w)[#!$&~%^]\w|\bGH-\d|\bwww\.|://|:\w+:|\b(?:fix|clos|resolv)e[sd]? +[^ ]*#\d", re.IGNORECASE
)


def elements_of(markdown: str) -> list[Any]:
    """Return the elements that a browser makes of the report."""
    return list(html5lib.parse(RENDERER.render(markdown), namespaceHTMLElements=False).iter())


def outside_code(element: Any) -> str:
    """Return the text that a forge looks for mentions and references in."""
    if element.tag == "code":
        return "\0" + (element.tail or "")
    return (element.text or "") + "".join(map(outside_code, element)) + (element.tail or "")
