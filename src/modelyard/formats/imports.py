"""Imports of pickles: every global that a loader would look up, told without looking one up.

A survey (:mod:`modelyard.formats.survey`) stops once it knows what a file is; this reads to the last
byte, since what matters may stand there. Whatever cannot be read to its end, or read in more than one
way, is told as such: to be unsure is never to be clean.
"""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, cast

from modelyard.formats.arrays import holds_objects, is_wrapper, skip_array, states_one_width
from modelyard.formats.compression import compression_of, decompressed
from modelyard.formats.machine import Machine
from modelyard.formats.opcodes import read_argument, read_opcode
from modelyard.formats.streams import BrokenStream, Stream
from modelyard.formats.symbols import Global
from modelyard.values import dataclass

if TYPE_CHECKING:
    from io import BufferedReader
    from zipfile import ZipFile

    from modelyard.formats.source import Source

__all__ = ["Imports", "imports_of", "is_allowed"]

_MOST_STEPS = 2_000_000
_MOST_MEMBERS = 1_000
_NAMING = frozenset({"GLOBAL", "INST", "STACK_GLOBAL"})
_REGISTERED = frozenset({"EXT1", "EXT2", "EXT4"})
_HIGHEST_PROTOCOL = 5
_ZIP = b"PK\x03\x04"
_ALLOWED = Path(__file__).parent / "allowed_globals.txt"
# torch.save wrote five pickles and then the bytes of its tensors, before it wrote zip archives.
_TORCH_START = b"\x8a\x0a\x6c\xfc\x9c\x46\xf9\x20\x6a\xa8\x50\x19."
_TORCH_PICKLES = 5


@dataclass(frozen=True)
class Imports:
    """What a pickle-based file would import.

    :param names: ``module:name`` of each global, sorted.
    :param doubt: why these may not be all; None where the file was read to its last byte.
    """

    names: tuple[str, ...]
    doubt: str | None = None


class _Doubtful(Exception):
    """The bytes can be read in more than one way, or not at all; the text says why."""


def is_allowed(name: str) -> bool:
    """Whether a global is one that only builds plain data: an estimator, an array, a container."""
    return name in _allowed()


def imports_of(source: Source, declared: str) -> Imports:
    """Return what a file of a pickle-based format would import.

    Nothing is imported, called or built. At most two million opcodes are read, and a bounded part of
    the file is held in memory.

    :param declared: the format by which it will be loaded.
    """
    scan = _Scan(declared)
    try:
        scan.file(source)
    except _Doubtful as doubtful:
        return Imports(scan.sorted_names(), str(doubtful))
    except BrokenStream:
        return Imports(scan.sorted_names(), "it ends too early, or is no pickle")
    return Imports(scan.sorted_names())


class _Scan:
    def __init__(self, declared: str) -> None:
        self._names: set[str] = set()
        self._is_joblib = declared == "joblib"
        self._steps = 0

    def sorted_names(self) -> tuple[str, ...]:
        return tuple(sorted(self._names))

    def file(self, source: Source) -> None:
        """Read every pickle of a file.

        :raises _Doubtful: it can be read in more than one way, or not to its end.
        :raises BrokenStream: it ends too early.
        """
        if source.head.startswith(_ZIP):
            self._archive(source.file)
        elif compression := compression_of(source.head):
            stream = decompressed(source.file, compression)
            if stream is None:
                raise _Doubtful(f"it is compressed by {compression}, which this Python cannot read")
            self._pickles(stream, count=1)
        else:
            source.file.seek(0)
            is_torch = source.head[2:].startswith(_TORCH_START)
            self._pickles(Stream(source.file, size=source.size), count=_TORCH_PICKLES if is_torch else 1)

    def _archive(self, file: BufferedReader) -> None:
        from zipfile import ZipFile

        # zipfile meets broken archives with a dozen kinds of exception, and says of none that it may.
        try:
            with ZipFile(file) as archive:
                self._members(archive)
        except (_Doubtful, BrokenStream):
            raise
        except Exception as error:
            raise _Doubtful("it is a zip archive that cannot be read") from error

    def _members(self, archive: ZipFile) -> None:
        members = archive.infolist()
        names = [member.filename for member in members]
        if len(members) > _MOST_MEMBERS or len(set(names)) < len(names):
            raise _Doubtful("its archive names a member twice, or has more than a thousand")
        pickled = [name for name in names if name.endswith(".pkl")]
        if not pickled:
            raise _Doubtful("its archive holds no pickle")
        for name in pickled:
            with archive.open(name) as member:
                self._pickles(Stream(cast("BufferedReader", member), size=None), count=1)

    def _pickles(self, stream: Stream, *, count: int) -> None:
        # Behind the last pickle nothing may follow, but the tensors of an old PyTorch file.
        for _ in range(count):
            self._pickle(stream)
        if count == 1 and not stream.at_end:
            raise _Doubtful("bytes follow behind its end")

    def _pickle(self, stream: Stream) -> None:
        machine = Machine()
        while True:
            self._steps += 1
            if self._steps > _MOST_STEPS:
                raise _Doubtful(f"it has more than {_MOST_STEPS:,} steps")
            opcode = read_opcode(stream)
            argument = read_argument(stream, opcode)
            if opcode.name == "STOP":
                return
            if opcode.name in _REGISTERED or (opcode.name == "PROTO" and argument[0] > _HIGHEST_PROTOCOL):
                raise _Doubtful("it names globals by number")
            machine.execute(opcode, argument)
            if machine.forgot:
                raise _Doubtful("it keeps too many values in memory")
            if opcode.name in _NAMING:
                self._note(machine, opcode.name, argument)
            elif opcode.name == "BUILD" and is_wrapper(machine.top):
                self._array(stream, machine)

    def _note(self, machine: Machine, opcode: str, argument: bytes) -> None:
        if opcode == "INST":
            module, name = argument.decode("utf-8", "replace").split("\n")
            self._names.add(f"{module}:{name}")
        elif isinstance(machine.top, Global):
            self._names.add(f"{machine.top.module}:{machine.top.name}")
        else:
            raise _Doubtful("it computes the name of a global")

    def _array(self, stream: Stream, machine: Machine) -> None:
        # Only joblib takes the bytes behind a wrapper for an array; any other loader runs them.
        if not self._is_joblib or not states_one_width(machine.top):
            raise _Doubtful("an array in it can be read in more than one way")
        if holds_objects(machine.top):
            self._pickle(stream)
        else:
            skip_array(stream, machine.top)


@cache
def _allowed() -> frozenset[str]:
    lines = _ALLOWED.read_text(encoding="utf-8").splitlines()
    return frozenset(line for line in lines if line and not line.startswith("#"))
