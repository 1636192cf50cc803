"""Markdown, as the generated pages need it."""

from __future__ import annotations

import inspect
import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

__all__ = ["anchor", "cell", "docstring", "prose", "sentence", "table"]

_ROLE = re.compile(r":[a-z]+:`~?([^`]+)`")
_FIELD = re.compile(r":(param|raises|ivar) ([\w.]+): ?(.*)")
_WORDS = {"param": "`{}`: ", "ivar": "`{}`: ", "raises": "raises `{}`: "}


def table(header: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """Return a table; cells may hold anything."""
    lines = [header, ["---"] * len(header), *([cell(text) for text in row] for row in rows)]
    return "".join(f"| {' | '.join(line)} |\n" for line in lines)


def cell(text: str) -> str:
    """Return text for one cell of a table."""
    return " ".join(text.replace("|", "\\|").split())


def anchor(title: str) -> str:
    """Return the anchor that GitHub gives a heading."""
    return re.sub(r"[^\w -]", "", title.lower()).replace(" ", "-")


def sentence(text: str) -> str:
    """Return text with a capital letter, its angle brackets kept from being taken for HTML."""
    return (text[:1].upper() + text[1:]).replace("<", "&lt;")


def prose(text: str) -> str:
    """Return reStructuredText of our docstrings as Markdown."""
    return _ROLE.sub(r"`\1`", text).replace("``", "`")


def docstring(thing: object) -> str:
    """Return the docstring of a class or function, its fields as a list."""
    lines: list[str] = []
    items: list[str] = []
    for line in inspect.cleandoc(getattr(thing, "__doc__", None) or "").splitlines():
        field = _FIELD.match(line)
        if field:
            items.append(_WORDS[field[1]].format(field[2]) + field[3])
        elif items and line.startswith("    "):
            items[-1] += f" {line.strip()}"
        else:
            lines.append(line)
    text = prose("\n".join(lines)).strip()
    listed = "\n".join(f"- {prose(item)}" for item in items)
    return "\n\n".join(part for part in (text, listed) if part)
