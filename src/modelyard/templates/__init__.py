"""Files that a new registry starts with."""

from __future__ import annotations

from pathlib import Path

__all__ = ["load"]

_HERE = Path(__file__).parent
# In a checkout the card's template lies among the documents; the wheel holds it beside this file.
_PLACES = (_HERE, _HERE.parents[2] / "docs")


def load(name: str) -> str:
    """Return the text of a template that ships with modelyard."""
    place = next(place for place in _PLACES if (place / name).is_file())
    return (place / name).read_text(encoding="utf-8")
