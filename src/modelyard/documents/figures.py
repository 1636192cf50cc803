"""Figures as prose quotes them, and whether a measured number rounds to one."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from modelyard.values import dataclass

if TYPE_CHECKING:
    from decimal import Decimal

__all__ = ["Figure", "read_figure"]

_NUMBER = r"[+-]?(?:[1-9][0-9]{0,2}(?:,[0-9]{3})+|[0-9]{1,18})(?:\.[0-9]{1,18})?(?:[eE][+-]?[0-9]{1,2})?"
# Behind the number may stand how sure it is, or a mark of a footnote; a word would make it something else.
_FIGURE = re.compile(rf"[*_`~≈\s]*({_NUMBER})[*_`]*\s*(%)?[*_`]*\s*(?=$|±|\+/-|[(\[†‡^<])", re.ASCII)
_LARGEST = 1e30


@dataclass(frozen=True)
class Figure:
    """A number as it is quoted; ``offset`` is where it begins in its text."""

    text: str
    percent: bool
    offset: int = 0

    def shows(self, actual: float) -> bool:
        """Whether the number, rounded to the digits that are quoted, is this one; halves go either way."""
        return self._quoted() in self._rounded(actual)

    def of(self, actual: float) -> str:
        """Return the number as it would be quoted here."""
        return f"{min(self._rounded(actual)):f}" + (" %" if self.percent else "")

    def _quoted(self) -> Decimal:
        from decimal import Decimal

        return Decimal(self.text.replace(",", ""))

    def _rounded(self, actual: float) -> set[Decimal]:
        from decimal import ROUND_HALF_DOWN, ROUND_HALF_UP, Context, Decimal

        exact = Decimal(repr(float(actual))) * (100 if self.percent else 1)
        unit = Decimal((0, (1,), int(self._quoted().as_tuple().exponent)))
        context = Context(prec=80)
        return {exact.quantize(unit, rounding, context) for rounding in (ROUND_HALF_UP, ROUND_HALF_DOWN)}


def read_figure(text: str, *, percent: bool = False) -> Figure | None:
    """Return the number that a text begins with, or None where it begins with none.

    What follows it, such as an interval, is not read. Bounds (``> 0.9``) and decimal commas are no figures.

    :param percent: whether the number is a percentage without a sign of its own.
    """
    found = _FIGURE.match(text)
    if not found or abs(float(found[1].replace(",", ""))) > _LARGEST:
        return None
    return Figure(found[1], bool(found[2]) or percent, found.start(1))
