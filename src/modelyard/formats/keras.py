"""Keras models: which of their layers bring code along, told from the configuration and without Keras.

A ``.keras`` archive holds ``config.json``; an HDF5 file holds the same JSON in its attribute ``model_config``. A
Lambda layer in it is Python bytecode, and a function or class of another module is imported by its name.
"""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING

from modelyard.values import dataclass

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from zipfile import ZipFile

    from modelyard.formats.source import Source

__all__ = ["Layers", "layers_of"]

_ZIP = b"PK\x03\x04"
_HDF5 = b"\x89HDF\r\n\x1a\n"
_CONFIG = "config.json"
_ATTRIBUTE = b"model_config"
_PIECE = 1 << 20
_LARGEST = 16 << 20  # of one configuration, and of all that looks like one
_FIRST_LOOK = 256
_OPENING = re.compile(rb'\{[ \t\r\n]*"')
_CONTROL = re.compile(rb"[\x00-\x08\x0b\x0c\x0e-\x1f]")
_KERAS = frozenset({"keras", "keras_core", "keras_cv", "keras_hub", "keras_nlp", "tf_keras"})
_IN_TENSORFLOW = ("tensorflow.keras", "tensorflow.python.keras")
# TFOpLambda calls a function of TensorFlow by its name. These compute; others read, write and call back.
_COMPUTING = frozenset({"bitwise", "image", "keras", "linalg", "math", "nn", "random", "signal", "sparse", "strings"})
_CALLING = frozenset({"load_library", "load_op_library", "numpy_function", "print", "py_function"})


@dataclass(frozen=True)
class Layers:
    """What the layers of a Keras model bring along.

    :param code: a clause for each thing that loading the model would run or import, sorted.
    :param doubt: why these may not be all; None where the whole configuration was read.
    """

    code: tuple[str, ...] = ()
    doubt: str | None = None


class _Doubtful(Exception):
    """The configuration cannot be read; the text says why."""


def layers_of(source: Source) -> Layers:
    """Return what the layers of a file bring along that will be loaded as a Keras model.

    Nothing is imported, and no bytecode is looked into. A bounded part of the file is held in memory. An HDF5 file
    without any configuration holds weights alone, and brings nothing.
    """
    found: set[str] = set()
    try:
        for configuration in _configurations(source):
            found.update(_code_in(configuration))
    except _Doubtful as doubtful:
        return Layers(tuple(sorted(found)), str(doubtful))
    except RecursionError:
        return Layers(tuple(sorted(found)), "its configuration is nested too deep")
    return Layers(tuple(sorted(found)))


def _configurations(source: Source) -> Iterator[object]:
    if source.head.startswith(_ZIP):
        yield _in_archive(source)
    elif source.head.startswith(_HDF5):
        yield from _in_hdf5(source)
    else:
        raise _Doubtful("it is neither an archive of Keras nor an HDF5 file")


def _in_archive(source: Source) -> object:
    from zipfile import ZipFile

    # zipfile meets broken archives with a dozen kinds of exception, and says of none that it may.
    try:
        with ZipFile(source.file) as archive:
            return _read_member(archive)
    except (_Doubtful, RecursionError):
        raise
    except Exception as error:
        raise _Doubtful("its archive, or config.json in it, cannot be read") from error


def _read_member(archive: ZipFile) -> object:
    if [member.filename for member in archive.infolist()].count(_CONFIG) != 1:
        raise _Doubtful("its archive holds no config.json, or more than one")
    with archive.open(_CONFIG) as member:
        data = member.read(_LARGEST + 1)
    if len(data) > _LARGEST:
        raise _Doubtful("its configuration is larger than 16 MiB")
    return json.loads(data)


def _in_hdf5(source: Source) -> Iterator[object]:
    """Yield every JSON object in the file: HDF5 keeps the text of an attribute in one piece, as it is.

    The structure around it is not followed, so nothing in it can lead astray.
    """
    looked_at, any_found = 0, False
    end = 0
    for opening in _openings(source):
        if opening < end:
            continue
        text = _text_at(source, opening)
        looked_at += len(text)
        if looked_at > _LARGEST:
            raise _Doubtful("it holds more than 16 MiB of what looks like a configuration")
        try:
            value, length = json.JSONDecoder().raw_decode(text)
        except ValueError:
            continue
        end = opening + len(text[:length].encode())
        any_found = True
        yield value
    if not any_found and _holds(source, _ATTRIBUTE):
        raise _Doubtful("its configuration is not where it can be read")


def _pieces(source: Source, cut: Callable[[bytes], int]) -> Iterator[tuple[int, bytes]]:
    """Yield the file in pieces, each with its offset, and after the part of the one before that begins at its cut."""
    offset, carried = 0, b""
    while piece := source.read(offset, _PIECE):
        whole = carried + piece
        yield offset - len(carried), whole
        carried = whole[cut(whole) :]
        if len(carried) > _LARGEST:
            raise _Doubtful("it holds more than 16 MiB of what looks like a configuration")
        offset += len(piece)


def _openings(source: Source) -> Iterator[int]:
    for start, piece in _pieces(source, _last_opening):
        yield from (start + match.start() for match in _OPENING.finditer(piece))


def _last_opening(piece: bytes) -> int:
    """Return where an opening begins that goes on in the next piece."""
    last = piece.rfind(b"{")
    return last if last >= 0 and not piece[last + 1 :].strip(b" \t\r\n") else len(piece)


def _holds(source: Source, word: bytes) -> bool:
    return any(word in piece for _start, piece in _pieces(source, lambda piece: len(piece) - len(word) + 1))


def _text_at(source: Source, offset: int) -> str:
    """Return the text from an offset up to what can stand in no JSON; of random bytes it is short."""
    size = _FIRST_LOOK
    while True:
        data = source.read(offset, size)
        stop = _CONTROL.search(data)
        cut = data[: stop.start()] if stop else data
        try:
            text = cut.decode()
        except UnicodeDecodeError as error:
            # A character may be cut by the end of what was read.
            wrong = error.start < len(cut) - 3 or stop
            text = cut[: error.start].decode()
            if wrong:
                return text
        if stop or len(data) < size or size > _LARGEST:
            return text
        size *= 16


def _code_in(configuration: object) -> Iterator[str]:
    # By hand and not by recursion: how deep it goes is the file's choice.
    waiting = [configuration]
    while waiting:
        node = waiting.pop()
        if isinstance(node, dict):
            clause = _clause(node)
            if clause:
                yield clause
            waiting.extend(node.values())
        elif isinstance(node, list):
            waiting.extend(node)


def _clause(node: dict[str, object]) -> str | None:
    """Return what one object of a configuration brings along, None where it is nothing."""
    kind, module, config = node.get("class_name"), node.get("module"), node.get("config")
    inner: dict[str, object] = config if isinstance(config, dict) else {}
    if not isinstance(kind, str):
        return None
    if kind == "Lambda":
        return f"layer {_shown(inner.get('name'))} is a Lambda"
    if kind == "__lambda__":
        return "a function is kept as bytecode"
    if kind in ("TFOpLambda", "SlicingOpLambda") and not _computes(inner.get("function")):
        return f"layer {_shown(inner.get('name'))} calls {_shown(inner.get('function'))} of TensorFlow"
    if isinstance(module, str) and not _is_keras(module):
        return f"{_shown(config if kind == 'function' else kind)} is imported from {_shown(module)}"
    return None


def _computes(function: object) -> bool:
    if not isinstance(function, str):
        return False
    head, dot, _ = function.partition(".")
    return head in _COMPUTING if dot else head not in _CALLING


def _is_keras(module: str) -> bool:
    return module.partition(".")[0] in _KERAS or f"{module}.".startswith(tuple(f"{each}." for each in _IN_TENSORFLOW))


def _shown(value: object) -> str:
    return ascii(value)[:80] if isinstance(value, str) else "without a name"
