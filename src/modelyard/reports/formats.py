"""The formats of a report, each in a module of its own that is imported when it is asked for."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Protocol, cast

from modelyard.errors import UsageError

if TYPE_CHECKING:
    from modelyard.rules.judgement import Judgement

__all__ = ["FORMATS", "render"]

FORMATS = ("text", "json", "github", "gitlab", "sarif", "junit", "markdown")


class _Format(Protocol):
    def render(self, judgement: Judgement) -> str: ...


def render(judgement: Judgement, name: str) -> str:
    """Return a judgement in one of :data:`FORMATS`; the same judgement gives the same text, without colour.

    :raises UsageError: there is no such format.
    """
    if name not in FORMATS:
        raise UsageError(f"there is no report format {name!r}", hint=f"the formats are {', '.join(FORMATS)}")
    return cast("_Format", import_module(f"modelyard.reports.{name}")).render(judgement)
