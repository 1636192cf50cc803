"""What the template of a model card says of its own, so that a card can be told from it."""

from __future__ import annotations

import re
from functools import cache

from modelyard import templates

__all__ = ["TEMPLATE", "is_guidance"]

TEMPLATE = "model_card_template.md"

_WORD = re.compile(r"[^\W_]+")
_PARAGRAPHS = re.compile(r"\n[ \t]*\n")


def is_guidance(text: str) -> bool:
    """Whether a text says what a paragraph of the template says, which tells what to write."""
    first = _WORD.search(text)
    # Most paragraphs are told apart by their first word.
    return first is not None and first[0].casefold() in _openings() and _words(text) in _guidance()


@cache
def _openings() -> frozenset[str]:
    return frozenset(("todo", *(said.partition(" ")[0] for said in _guidance())))


@cache
def _guidance() -> frozenset[str]:
    _, _, body = templates.load(TEMPLATE).removeprefix("---\n").partition("\n---\n")
    paragraphs = (each for each in _PARAGRAPHS.split(body) if each.strip() and not each.lstrip().startswith("#"))
    return frozenset(_words(paragraph) for paragraph in paragraphs)


def _words(text: str) -> str:
    """Return what two texts share that say the same: their words, without case, punctuation and a leading mark."""
    found = _WORD.findall(text.casefold())
    return " ".join(found[1:] if found[:1] == ["todo"] else found)
