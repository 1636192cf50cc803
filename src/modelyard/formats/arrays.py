"""Arrays inside joblib files: how many bytes lie behind a NumpyArrayWrapper.

joblib pickles a small wrapper instead of an array and writes the array's own bytes right behind the
opcode that builds it, in the middle of the pickle (``joblib/numpy_pickle.py``). A reader that does
not pass over them takes numbers for opcodes.
"""

from __future__ import annotations

import math
import re
from typing import TYPE_CHECKING

from modelyard.formats.streams import BrokenStream
from modelyard.formats.symbols import Global, Instance

if TYPE_CHECKING:
    from modelyard.formats.streams import Stream
    from modelyard.formats.symbols import Symbol

__all__ = ["holds_objects", "is_plain_array", "is_wrapper", "skip_array", "states_one_width"]

_TYPE = re.compile(r"([?a-zA-Z])([0-9]{1,12})", re.ASCII)
_UNICODE_WIDTH = 4  # numpy keeps text as UCS-4, and counts characters
_STATE_WIDTH = 5
_STATE_FLAGS = 7
_FLAG_HAS_OBJECTS = 1
_PLAIN_MAKERS = frozenset({"_reconstruct", "_frombuffer"})


def is_wrapper(symbol: Symbol) -> bool:
    """Return whether array bytes follow once this object is built."""
    if not isinstance(symbol, Instance) or symbol.maker.name != "NumpyArrayWrapper":
        return False
    # scikit-learn before 0.23 brought its own copy: sklearn.externals.joblib.numpy_pickle.
    return f".{symbol.maker.module}".endswith(".joblib.numpy_pickle")


def is_plain_array(symbol: Symbol) -> bool:
    """Return whether this object is an array as pickle itself writes one, which joblib never does."""
    if not isinstance(symbol, Instance) or symbol.maker.name not in _PLAIN_MAKERS:
        return False
    # joblib leaves subclasses of arrays to pickle, so only a plain ndarray tells.
    kind = symbol.arguments[0] if symbol.arguments else None
    is_array = symbol.maker.name == "_frombuffer" or kind == Global("numpy", "ndarray")
    return is_array and symbol.maker.module.startswith("numpy.")


def holds_objects(wrapper: Symbol) -> bool:
    """Return whether a whole nested pickle follows, since the array holds Python objects.

    :raises BrokenStream: the wrapper does not say what its array holds.
    """
    return _element(_field(wrapper, "dtype"))[1]


def states_one_width(wrapper: Symbol) -> bool:
    """Return whether numpy takes an element for as wide as :func:`skip_array` does.

    The state of a type may give another width than its name, which only a forger has a use for.
    """
    dtype = _field(wrapper, "dtype")
    if not isinstance(dtype, Instance) or dtype.maker != Global("numpy", "dtype"):
        return False
    state = dtype.state
    if not isinstance(state, tuple) or len(state) <= _STATE_FLAGS:
        return False
    return state[_STATE_WIDTH] in (-1, _element(dtype)[0])


def skip_array(stream: Stream, wrapper: Symbol) -> None:
    """Pass the bytes of a wrapper's array of numbers or text, and the padding that aligns them.

    :raises BrokenStream: the stream ends inside, or the wrapper does not say how long the array is.
    """
    # joblib 1.2 and later write the number of padding bytes, then as many of them.
    if _field(wrapper, "numpy_array_alignment_bytes") is not None:
        stream.skip(stream.read(1)[0])
    shape = _field(wrapper, "shape")
    if not isinstance(shape, tuple):
        raise BrokenStream
    stream.skip(math.prod(_length(extent) for extent in shape) * _element(_field(wrapper, "dtype"))[0])


def _field(wrapper: Symbol, key: str) -> Symbol:
    state = wrapper.state if isinstance(wrapper, Instance) else None
    return state.get(key) if isinstance(state, dict) else None


def _length(extent: Symbol) -> int:
    if not isinstance(extent, int) or extent < 0:
        raise BrokenStream
    return extent


def _element(dtype: Symbol) -> tuple[int, bool]:
    """Return the bytes of one element, and whether it is or holds a Python object."""
    if not isinstance(dtype, Instance) or not dtype.arguments:
        raise BrokenStream
    code = _TYPE.fullmatch(str(dtype.arguments[0]))
    if not code:
        raise BrokenStream
    kind, width = code[1], int(code[2])
    return width * (_UNICODE_WIDTH if kind == "U" else 1), kind == "O" or _has_object_field(dtype.state)


def _has_object_field(state: Symbol) -> bool:
    flags = state[_STATE_FLAGS] if isinstance(state, tuple) and len(state) > _STATE_FLAGS else 0
    return isinstance(flags, int) and bool(flags & _FLAG_HAS_OBJECTS)
