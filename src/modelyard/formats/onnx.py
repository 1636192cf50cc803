"""ONNX models: the fields of a ModelProto, read by hand from the protobuf wire format.

Field numbers are those of ``onnx/onnx.proto``. The graph, nearly all of a model's bytes, is passed over.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from modelyard.formats.facts import ArtifactFacts
from modelyard.formats.frameworks import Framework, claimed_framework
from modelyard.formats.streams import BrokenStream, Stream

if TYPE_CHECKING:
    from modelyard.formats.source import Source

__all__ = ["recognise"]

_IR_VERSION, _PRODUCER_NAME, _PRODUCER_VERSION, _GRAPH, _OPSETS = 1, 2, 3, 7, 8
_VARINT, _FIXED64, _COUNTED, _FIXED32 = 0, 1, 2, 5
_WIRE_TYPES = {
    _IR_VERSION: _VARINT,
    _PRODUCER_NAME: _COUNTED,
    _PRODUCER_VERSION: _COUNTED,
    _GRAPH: _COUNTED,
    _OPSETS: _COUNTED,
}
_NEWEST_IR_VERSION = 1000
_HIGHEST_FIELD = 1000
_MOST_FIELDS = 100_000
_LONGEST_VARINT = 10


def recognise(source: Source) -> ArtifactFacts | None:
    """Return the facts of an ONNX model, or None.

    It must be protobuf from the first byte to the last, and hold an IR version, a graph and the
    operator sets that it uses. The framework is the one that produced it, ``onnx`` where it names none.
    """
    source.file.seek(0)
    try:
        fields = _fields(Stream(source.file, size=source.size))
    except BrokenStream:
        return None
    ir_version = fields.get(_IR_VERSION)
    if (
        not isinstance(ir_version, int)
        or not 0 < ir_version <= _NEWEST_IR_VERSION
        or not fields.keys() >= {_GRAPH, _OPSETS}
    ):
        return None
    producer = claimed_framework(_text(fields, _PRODUCER_NAME), _text(fields, _PRODUCER_VERSION))
    return ArtifactFacts("onnx", producer or Framework("onnx", None))


def _fields(stream: Stream) -> dict[int, int | bytes]:
    """Return what the fields of a whole message hold: numbers, or the end of what is counted."""
    fields: dict[int, int | bytes] = {}
    for _ in range(_MOST_FIELDS):
        if stream.at_end:
            return fields
        field, wire_type = divmod(_varint(stream), 8)
        if not 0 < field <= _HIGHEST_FIELD or _WIRE_TYPES.get(field, wire_type) != wire_type:
            raise BrokenStream
        fields[field] = _value(stream, wire_type)
    raise BrokenStream


def _value(stream: Stream, wire_type: int) -> int | bytes:
    if wire_type == _VARINT:
        return _varint(stream)
    if wire_type == _COUNTED:
        return stream.read_end(_varint(stream))
    if wire_type == _FIXED64:
        return stream.read(8)
    if wire_type == _FIXED32:
        return stream.read(4)
    raise BrokenStream


def _varint(stream: Stream) -> int:
    number = 0
    for place in range(_LONGEST_VARINT):
        byte = stream.read(1)[0]
        number |= (byte & 0x7F) << (7 * place)
        if byte < 0x80:
            return number
    raise BrokenStream


def _text(fields: dict[int, int | bytes], field: int) -> str:
    value = fields.get(field, b"")
    return value.decode("utf-8", "replace") if isinstance(value, bytes) else ""
