"""Whether what a model answers is what was expected of it: value by value, within a tolerance."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from modelyard.values import dataclass

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

__all__ = ["Compared", "compare_shape", "compare_values"]


@dataclass(frozen=True)
class Compared:
    """How many values were compared, and a sentence for each that differs."""

    count: int
    differences: tuple[str, ...] = ()


def compare_values(name: str, expected: Any, found: Any, tolerance: float = 0.0) -> Compared:
    """Compare nested lists.

    Numbers may be apart by the tolerance, all else has to be equal; None is a missing number, and equals only itself.
    """
    pairs = list(_pairs(name, expected, found))
    told = (_difference(path, wanted, value, tolerance) for path, wanted, value in pairs)
    return Compared(len(pairs), tuple(each for each in told if each))


def compare_shape(name: str, lengths: Sequence[int], found: Any) -> Compared:
    """Compare the lengths of nested lists; -1 is any length."""
    shape = _shape(found)
    fits = len(shape) == len(lengths) and all(want in (-1, has) for want, has in zip(lengths, shape, strict=True))
    return Compared(1, () if fits else (f"{name} has the shape {list(shape)}, expected {list(lengths)}",))


def _pairs(path: str, expected: Any, found: Any) -> Iterator[tuple[str, Any, Any]]:
    """Yield the values that stand at the same place; lists of other lengths are one value."""
    if isinstance(expected, list) and isinstance(found, list) and len(expected) == len(found):
        for index, (wanted, value) in enumerate(zip(expected, found, strict=True)):
            yield from _pairs(f"{path}[{index}]", wanted, value)
    elif isinstance(expected, dict) and isinstance(found, dict) and set(expected) == set(found):
        for key, wanted in expected.items():
            yield from _pairs(f"{path}[{key!r}]", wanted, found[key])
    else:
        yield path, expected, found


def _difference(path: str, expected: Any, found: Any, tolerance: float) -> str | None:
    if isinstance(expected, list) or isinstance(found, list):
        return f"{path} is {_told(found)}, expected {_told(expected)}"
    if _is_number(expected) and _is_number(found):
        if expected == found or abs(expected - found) <= tolerance:
            return None
        return f"{path} is {found!r}, expected {expected!r}: {abs(expected - found):.3g} apart, tolerance {tolerance:g}"
    same = type(expected) is type(found) and expected == found
    return None if same else f"{path} is {_told(found)}, expected {_told(expected)}"


def _is_number(value: Any) -> bool:
    return isinstance(value, (int, float)) and not isinstance(value, bool)


def _told(value: Any) -> str:
    if isinstance(value, list):
        return f"a list of {len(value)}"
    return "a missing number" if value is None else repr(value)


def _shape(value: Any) -> tuple[int, ...]:
    if not isinstance(value, list):
        return ()
    return (len(value), *(_shape(value[0]) if value else ()))
