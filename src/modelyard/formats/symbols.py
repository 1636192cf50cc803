"""Symbols: what stands on the stack of a pickle that is read and never loaded.

Only what tells a framework, or the length of an array, is kept; everything else is UNKNOWN. So a
symbol takes little memory, whatever the pickle would have built.
"""

from __future__ import annotations

from enum import Enum

from modelyard.values import dataclass

__all__ = ["UNKNOWN", "Global", "Instance", "Symbol", "Unknown", "flat_tuple"]

_LONGEST_TUPLE = 64


class Unknown(Enum):
    """The symbol of a value that nobody asks for."""

    UNKNOWN = "unknown"


UNKNOWN = Unknown.UNKNOWN


@dataclass(frozen=True)
class Global:
    """A class or a function by its name. It is never imported."""

    module: str
    name: str

    @property
    def is_plausible(self) -> bool:
        """Whether both names could be names in Python."""
        return all(part.isidentifier() for part in f"{self.module}.{self.name}".split("."))


@dataclass(eq=False)
class Instance:
    """What calling a global would give: its arguments, and the state that is set on it later."""

    __slots__ = ("arguments", "maker", "state")

    maker: Global
    arguments: tuple[Symbol, ...]
    state: Symbol


Symbol = str | int | None | Unknown | Global | Instance | tuple["Symbol", ...] | dict[str, "Symbol"]


def flat_tuple(items: list[Symbol]) -> Symbol:
    """Return a tuple's symbol: text, numbers and globals; anything deeper in it is UNKNOWN.

    So no pickle can build a chain of symbols out of tuples.
    """
    if len(items) > _LONGEST_TUPLE:
        return UNKNOWN
    return tuple(item if isinstance(item, (str, int, Global)) or item is None else UNKNOWN for item in items)
