"""The files of a smoke test: an input, and the outputs that are expected for it.

Both are JSON. An input is a list of rows, each a list or a mapping by feature, or it is a mapping of
arrays by name. What is expected is the model's usual output, as a list, or a mapping of outputs by
name. Where ``{"shape": [2, -1]}`` stands for an output, only its shape is looked at, and -1 is any
number. ``null`` is a number that is missing: a NaN.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from modelyard.documents import json
from modelyard.documents.document import Unreadable
from modelyard.errors import Refused
from modelyard.values import dataclass

if TYPE_CHECKING:
    from collections.abc import Mapping

    from modelyard.documents.document import Value

__all__ = ["Expected", "Shape", "read_expected", "read_input"]

_HELP = "docs/how-to/load-and-smoke-test.md shows both files"


@dataclass(frozen=True)
class Shape:
    """The lengths of an array along its dimensions; -1 is any."""

    lengths: tuple[int, ...]


@dataclass(frozen=True)
class Expected:
    """What a model is expected to answer.

    :param outputs: by name.
    :param usual: whether the one output, of whatever name, is the model's usual one.
    """

    outputs: Mapping[str, Value | Shape]
    usual: bool = False

    @property
    def names(self) -> tuple[str, ...]:
        """The outputs to ask for by name; empty for the usual one."""
        return () if self.usual else tuple(self.outputs)


def read_input(path: str, data: bytes) -> list[Value] | dict[str, Value]:
    """Return the input of a smoke test.

    :raises Refused: it is none.
    """
    value = _read(path, data)
    if isinstance(value, dict):
        odd = [name for name, each in value.items() if not isinstance(each, list)]
        if odd:
            raise Refused(f"{path}: {odd[0]!r} is no array", hint=_HELP)
    return value


def read_expected(path: str, data: bytes) -> Expected:
    """Return what a smoke test expects.

    :raises Refused: it is no expectation.
    """
    value = _read(path, data)
    if isinstance(value, list):
        return Expected({"": value}, usual=True)
    if set(value) == {"shape"} and isinstance(value["shape"], list):
        return Expected({"": _output(path, "shape", value)}, usual=True)
    if not value:
        raise Refused(f"{path} expects nothing", hint=_HELP)
    return Expected({name: _output(path, name, each) for name, each in value.items()})


def _read(path: str, data: bytes) -> list[Value] | dict[str, Value]:
    try:
        value = json.read(data).value
    except Unreadable as unreadable:
        fault = unreadable.faults[0]
        place = f"{path}:{fault.position.line}:{fault.position.column}"
        raise Refused(f"{place}: {fault.message}", hint=fault.hint) from None
    if not isinstance(value, (list, dict)):
        raise Refused(f"{path} is neither a list nor a mapping of arrays by name", hint=_HELP)
    return value


def _output(path: str, name: str, value: Value) -> Value | Shape:
    if not isinstance(value, dict):
        return value
    lengths = value.get("shape")
    if set(value) != {"shape"} or not isinstance(lengths, list):
        raise Refused(f'{path}: {name!r} is neither an array nor {{"shape": [...]}}', hint=_HELP)
    whole = [each for each in lengths if isinstance(each, int) and not isinstance(each, bool) and each >= -1]
    if len(whole) < len(lengths):
        raise Refused(f"{path}: the shape of {name!r} is made of whole numbers, -1 for any", hint=_HELP)
    return Shape(tuple(whole))
