"""Surveys of pickles: what a stream of opcodes tells of its makers, found without loading it."""

from __future__ import annotations

import contextlib
from typing import TYPE_CHECKING

from modelyard.formats.arrays import holds_objects, is_plain_array, is_wrapper, skip_array
from modelyard.formats.boosters import version_in_xgboost_end
from modelyard.formats.frameworks import Framework, claimed_version, package_of
from modelyard.formats.machine import SKLEARN_VERSION, Machine
from modelyard.formats.opcodes import read_argument, read_opcode
from modelyard.formats.streams import BrokenStream
from modelyard.formats.symbols import Global, Instance
from modelyard.values import dataclass

if TYPE_CHECKING:
    from modelyard.formats.opcodes import Opcode
    from modelyard.formats.streams import Stream
    from modelyard.formats.symbols import Symbol

__all__ = ["Survey", "survey"]

# A few seconds of reading. A vocabulary of half a million words still ends before it.
_MOST_STEPS = 2_000_000
_HIGHEST_PROTOCOL = 5
_NAMES = frozenset({"GLOBAL", "INST", "STACK_GLOBAL"})
_CALLS = frozenset({"BUILD", "INST", "NEWOBJ", "NEWOBJ_EX", "OBJ", "REDUCE"})
_BYTES = frozenset({"BINBYTES", "BINBYTES8", "BYTEARRAY8"})
_TELLING = _NAMES | _CALLS | _BYTES
_VERSIONED = frozenset({"scikit-learn", "xgboost"})


@dataclass
class Survey:
    """What was found.

    :param is_pickle: whether a loader would run these bytes: they start as a pickle of protocol 2 or
        later, or call something, or are one whole pickle from the first byte to the last.
    :param has_joblib_arrays: whether arrays are written as joblib does; None where no array was met.
    :param package: the framework of the first class that belongs to one.
    """

    is_pickle: bool = False
    has_joblib_arrays: bool | None = None
    package: str | None = None
    version: str | None = None

    @property
    def framework(self) -> Framework | None:
        """The framework with its version, or None."""
        return Framework(self.package, self.version) if self.package else None


def survey(stream: Stream, *, find_arrays: bool) -> Survey:
    """Read a stream until everything is found, it ends or breaks, or two million opcodes were read.

    :param find_arrays: whether it matters how arrays are written.
    """
    surveyor = _Surveyor(stream, find_arrays=find_arrays)
    with contextlib.suppress(BrokenStream):
        surveyor.walk()
    return surveyor.found


class _Surveyor:
    def __init__(self, stream: Stream, *, find_arrays: bool) -> None:
        self.found = Survey()
        self._stream = stream
        self._find_arrays = find_arrays
        self._steps = 0

    def walk(self) -> None:
        """Read the whole stream, one pickle, as far as it is of interest."""
        machine = Machine()
        starts = self._step(machine)
        if starts.name == "PROTO":
            self._step(machine)
            self.found.is_pickle = True
        self._walk_on(machine, nested=False)
        if not self._is_settled:
            self.found.is_pickle |= self._stream.at_end

    def _walk_on(self, machine: Machine, *, nested: bool) -> None:
        while not self._is_settled:
            opcode = self._step(machine)
            if opcode.name == "STOP":
                return
            if opcode.name == "BUILD" and is_wrapper(machine.top) and not nested:
                self.found.has_joblib_arrays = True
                self._pass_array(machine.top)
            elif opcode.name in _CALLS and is_plain_array(machine.top) and not nested:
                self.found.has_joblib_arrays = False

    def _pass_array(self, wrapper: Symbol) -> None:
        if holds_objects(wrapper):
            # joblib gives it to the plain pickler, so nothing in it is written joblib's way.
            self._walk_on(Machine(), nested=True)
        else:
            skip_array(self._stream, wrapper)

    def _step(self, machine: Machine) -> Opcode:
        self._steps += 1
        if self._steps > _MOST_STEPS:
            raise BrokenStream
        opcode = read_opcode(self._stream)
        argument = read_argument(self._stream, opcode)
        if opcode.name == "PROTO" and argument[0] > _HIGHEST_PROTOCOL:
            raise BrokenStream
        machine.execute(opcode, argument)
        if opcode.name in _TELLING:
            self._note(opcode, argument, machine.top)
        return opcode

    def _note(self, opcode: Opcode, argument: bytes, symbol: Symbol) -> None:
        if opcode.name in _BYTES:
            if self.found.package == "xgboost":
                self.found.version = version_in_xgboost_end(argument) or self.found.version
            return
        maker = symbol.maker if isinstance(symbol, Instance) else symbol
        if isinstance(maker, Global) and maker.is_plausible:
            self.found.is_pickle |= opcode.name in _CALLS
            self.found.package = self.found.package or package_of(maker.module)
        if opcode.name == "BUILD" and self.found.package == "scikit-learn":
            self._note_sklearn(symbol)

    def _note_sklearn(self, symbol: Symbol) -> None:
        # Only scikit-learn's own classes record it, whatever their subclasses elsewhere inherit.
        if not isinstance(symbol, Instance) or package_of(symbol.maker.module) != "scikit-learn":
            return
        if isinstance(symbol.state, dict):
            self.found.version = self.found.version or claimed_version(symbol.state.get(SKLEARN_VERSION))

    @property
    def _is_settled(self) -> bool:
        if self.found.package is None or (self.found.package in _VERSIONED and self.found.version is None):
            return False
        return self.found.is_pickle and (self.found.has_joblib_arrays is not None or not self._find_arrays)
