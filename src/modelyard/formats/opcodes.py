"""The opcodes of pickle: how each one's argument is read, and what it does to the stack.

Both come from the standard library's own table (:data:`pickletools.opcodes`), so protocols 0 to 5
are read alike. Nothing here builds, imports or calls anything.
"""

from __future__ import annotations

import pickletools
from typing import TYPE_CHECKING

from modelyard.formats.streams import BrokenStream
from modelyard.values import dataclass

if TYPE_CHECKING:
    from modelyard.formats.streams import Stream

__all__ = ["Opcode", "read_argument", "read_opcode"]

_TWO_LINES = "stringnl_noescape_pair"
_COUNTED = {
    pickletools.TAKEN_FROM_ARGUMENT1: 1,
    pickletools.TAKEN_FROM_ARGUMENT4: 4,
    pickletools.TAKEN_FROM_ARGUMENT4U: 4,
    pickletools.TAKEN_FROM_ARGUMENT8U: 8,
}


@dataclass(frozen=True)
class Opcode:
    """One opcode.

    :param width: bytes of its argument.
    :param count: bytes of the number, before the argument, that says how long it is.
    :param lines: lines that its argument takes, instead of a width or a count.
    :param pops: values that it takes from the stack, below the mark where it takes a whole mark.
    :param takes_mark: whether it takes everything down to the last mark.
    :param pushes: values that it leaves on the stack.
    """

    name: str
    width: int
    count: int
    lines: int
    pops: int
    takes_mark: bool
    pushes: int


def read_opcode(stream: Stream) -> Opcode:
    """Return the next opcode of a stream.

    :raises BrokenStream: the next byte is none, or there is no next byte.
    """
    try:
        return _OPCODES[stream.read(1)]
    except KeyError:
        raise BrokenStream from None


def read_argument(stream: Stream, opcode: Opcode) -> bytes:
    r"""Return the argument of an opcode as its plain bytes, without a count or a final ``\n``.

    Of a long one only a part is kept: the last :data:`~modelyard.formats.streams.KEPT` bytes where a
    count says how long it is, the first ones of a line.

    :raises BrokenStream: the stream ends inside.
    """
    if opcode.width:
        return stream.read(opcode.width)
    if opcode.count:
        return stream.read_end(int.from_bytes(stream.read(opcode.count), "little"))
    if opcode.lines:
        return b"\n".join([stream.read_line() for _ in range(opcode.lines)])
    return b""


def _opcode(info: pickletools.OpcodeInfo) -> Opcode:
    width = info.arg.n if info.arg else 0
    before = info.stack_before
    takes_mark = pickletools.markobject in before
    return Opcode(
        name=info.name,
        width=max(width, 0),
        count=_COUNTED.get(width, 0),
        lines=_lines(info.arg),
        pops=before.index(pickletools.markobject) if takes_mark else len(before),
        takes_mark=takes_mark,
        pushes=len(info.stack_after),
    )


def _lines(argument: pickletools.ArgumentDescriptor | None) -> int:
    if argument is None or argument.n != pickletools.UP_TO_NEWLINE:
        return 0
    return 2 if argument.name == _TWO_LINES else 1


_OPCODES = {info.code.encode("latin-1"): _opcode(info) for info in pickletools.opcodes}
