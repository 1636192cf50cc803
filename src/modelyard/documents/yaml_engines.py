"""The two YAML parsers of PyYAML: libyaml, which is fast, and the one in Python, which decides.

Where both accept a text they yield the same events, but for the few spellings listed here; those
are left to the parser in Python, as is every text that libyaml refuses. So the verdict is the same
on a machine without libyaml.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Protocol

import yaml
from yaml.parser import Parser
from yaml.reader import Reader
from yaml.scanner import Scanner

if TYPE_CHECKING:
    from yaml.events import Event

__all__ = ["ENGINE_ERRORS", "FASTEST", "PURE", "Engine", "EventParser", "engine_for", "is_disputed"]

# The parser in Python lets an escape beyond Unicode escape as one of the last two.
ENGINE_ERRORS = (yaml.YAMLError, ValueError, OverflowError)

_HEADER_COMMENT = re.compile(r"[|>][-+0-9]*#")


class EventParser(Protocol):
    """A parser of one text; events come one by one, then None."""

    def get_event(self) -> Event | None:
        """Return the next event."""


class Engine(Protocol):
    """Makes a parser for one text."""

    def __call__(self, text: str, /) -> EventParser:
        """Return a parser that stands at the start of the text."""


class _PureParser(Reader, Scanner, Parser):
    """PyYAML's parser in Python, without the constructors and resolvers of its loaders."""

    def __init__(self, text: str) -> None:
        Reader.__init__(self, text)
        Scanner.__init__(self)
        Parser.__init__(self)

    def get_event(self) -> Event | None:
        event: Event | None = super().get_event()  # type: ignore[no-untyped-call]
        return event


PURE: Engine = _PureParser


def _fastest() -> Engine:
    try:
        from yaml.cyaml import CBaseLoader
    except ImportError:
        return PURE
    return CBaseLoader


FASTEST: Engine = _fastest()
"""libyaml where PyYAML was built with it."""


def is_disputed(text: str) -> bool:
    """Whether the text holds a spelling that libyaml reads with more lenience than the parser in Python.

    A tab between tokens, a question mark in a flow collection, a comment glued to the header of a
    block scalar, and anything that could be a directive.
    """
    return (
        "\t" in text
        or ("?" in text and ("{" in text or "[" in text))
        or ("#" in text and _HEADER_COMMENT.search(text) is not None)
        or ("%" in text and (text.startswith("%") or "\n%" in text))
    )


def engine_for(text: str, fast: Engine = FASTEST) -> Engine:
    """Return the engine whose word counts for a text that has been accepted."""
    return PURE if is_disputed(text) else fast
