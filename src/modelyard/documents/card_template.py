"""What the template of a model card says of its own, so that a card can be told from it."""

from __future__ import annotations

import re
from functools import cache

from modelyard import templates

__all__ = ["TEMPLATE", "guidance", "words"]

TEMPLATE = "model_card_template.md"

_PARAGRAPHS = re.compile(r"\n[ \t]*\n")


@cache
def guidance() -> frozenset[str]:
    """Return the words of each paragraph of the template that tells what to write."""
    _, _, body = templates.load(TEMPLATE).removeprefix("---\n").partition("\n---\n")
    paragraphs = (each for each in _PARAGRAPHS.split(body) if each.strip() and not each.lstrip().startswith("#"))
    return frozenset(words(paragraph) for paragraph in paragraphs)


def words(text: str) -> str:
    """Return what two texts share that say the same: their words, without case, punctuation and a leading mark."""
    found = re.findall(r"[^\W_]+", text.casefold())
    return " ".join(found[1:] if found[:1] == ["todo"] else found)
