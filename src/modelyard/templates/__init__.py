"""Files that a new registry starts with."""

from __future__ import annotations

from pathlib import Path

__all__ = ["load"]

_HERE = Path(__file__).parent
# In a checkout what people copy by hand as well lies among the documents; the wheel holds it beside this file.
_DOCS = _HERE.parents[2] / "docs"
_PLACES = (_HERE, _DOCS, _DOCS / "examples" / "gitlab")


def load(name: str) -> str:
    """Return the text of a template that ships with modelyard."""
    place = next(place for place in _PLACES if (place / name).is_file())
    return (place / name).read_text(encoding="utf-8")
