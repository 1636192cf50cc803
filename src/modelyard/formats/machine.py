"""The stack machine of pickle, run on symbols: nothing is imported, called or built."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from modelyard.formats.literals import LITERALS
from modelyard.formats.streams import BrokenStream
from modelyard.formats.symbols import UNKNOWN, Global, Instance, Symbol, flat_tuple

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from modelyard.formats.opcodes import Opcode

__all__ = ["SKLEARN_VERSION", "Machine"]

SKLEARN_VERSION = "_sklearn_version"
_KEPT_KEYS = frozenset({SKLEARN_VERSION, "dtype", "numpy_array_alignment_bytes", "shape"})
_MOST_MEMORIES = 2**19
_HIGHEST_STACK = 2**19

# How copyreg makes an object without its constructor: the class is the first argument.
_RECONSTRUCTORS = frozenset({"_reconstructor", "__newobj__", "__newobj_ex__"})


class Machine:
    """The stack and the memo of one pickle.

    :ivar forgot: whether a memory was not kept, so that a later one may be told wrongly.

    Of a dictionary only the few keys are kept that anybody asks for. Only the first half million
    memories are kept, the others are UNKNOWN; a stack higher than that is broken.
    """

    def __init__(self) -> None:
        self._stack: list[Symbol] = []
        self._below: list[list[Symbol]] = []
        self._memo: dict[int, Symbol] = {}
        self.forgot = False

    @property
    def top(self) -> Symbol:
        """What was pushed or built last; UNKNOWN on an empty stack."""
        return self._stack[-1] if self._stack else UNKNOWN

    def execute(self, opcode: Opcode, argument: bytes) -> None:
        """Do on symbols what the opcode does.

        :raises BrokenStream: the stack does not hold what it takes, or its argument says nothing.
        """
        name = opcode.name
        try:
            if name in LITERALS:
                self._stack.append(LITERALS[name](argument))
            elif name in self._HANDLERS:
                self._HANDLERS[name](self, argument)
            else:
                self._shift(opcode)
        except (IndexError, ValueError) as error:
            raise BrokenStream from error
        if len(self._stack) > _HIGHEST_STACK or len(self._below) > _HIGHEST_STACK:
            raise BrokenStream

    def _shift(self, opcode: Opcode) -> None:
        if opcode.takes_mark:
            self._pop_mark()
        for _ in range(opcode.pops):
            self._stack.pop()
        self._stack.extend([UNKNOWN] * opcode.pushes)

    def _pop_mark(self) -> list[Symbol]:
        items, self._stack = self._stack, self._below.pop()
        return items

    def _mark(self, _: bytes) -> None:
        self._below.append(self._stack)
        self._stack = []

    def _pop(self, _: bytes) -> None:
        if self._stack:
            self._stack.pop()
        else:
            self._pop_mark()

    def _duplicate(self, _: bytes) -> None:
        self._stack.append(self._stack[-1])

    def _append(self, _: bytes) -> None:
        self._stack.pop()

    def _extend(self, _: bytes) -> None:
        self._pop_mark()

    def _memoize(self, _: bytes) -> None:
        # As many as there are: pickle counts those that were put by number too.
        self._remember(len(self._memo))

    def _put(self, argument: bytes) -> None:
        self._remember(int.from_bytes(argument, "little"))

    def _put_decimal(self, argument: bytes) -> None:
        self._remember(int(argument))

    def _remember(self, key: int) -> None:
        if 0 <= key < _MOST_MEMORIES:
            self._memo[key] = self._stack[-1]
        else:
            self.forgot = True

    def _get(self, argument: bytes) -> None:
        self._stack.append(self._memo.get(int.from_bytes(argument, "little"), UNKNOWN))

    def _get_decimal(self, argument: bytes) -> None:
        self._stack.append(self._memo.get(int(argument), UNKNOWN))

    def _tuple(self, _: bytes) -> None:
        items = self._pop_mark()
        self._stack.append(flat_tuple(items))

    def _single(self, _: bytes) -> None:
        self._tuple_of(1)

    def _pair(self, _: bytes) -> None:
        self._tuple_of(2)

    def _triple(self, _: bytes) -> None:
        self._tuple_of(3)

    def _tuple_of(self, count: int) -> None:
        items = [self._stack.pop() for _ in range(count)]
        self._stack.append(flat_tuple(items[::-1]))

    def _dictionary(self, _: bytes) -> None:
        items = self._pop_mark()
        self._stack.append({})
        self._update(items)

    def _set_item(self, _: bytes) -> None:
        value, key = self._stack.pop(), self._stack.pop()
        self._update([key, value])

    def _set_items(self, _: bytes) -> None:
        self._update(self._pop_mark())

    def _update(self, items: list[Symbol]) -> None:
        target = self._stack[-1]
        if isinstance(target, dict):
            for key, value in zip(items[::2], items[1::2], strict=True):
                if isinstance(key, str) and key in _KEPT_KEYS:
                    target[key] = value

    def _global(self, argument: bytes) -> None:
        module, name = argument.decode("utf-8", "replace").split("\n")
        self._stack.append(Global(module, name))

    def _stack_global(self, _: bytes) -> None:
        name, module = self._stack.pop(), self._stack.pop()
        known = isinstance(name, str) and isinstance(module, str)
        self._stack.append(Global(module, name) if known else UNKNOWN)  # type: ignore[arg-type]

    def _reduce(self, _: bytes) -> None:
        arguments, maker = self._stack.pop(), self._stack.pop()
        if isinstance(maker, Global) and maker.name in _RECONSTRUCTORS and isinstance(arguments, tuple) and arguments:
            maker, arguments = arguments[0], arguments[1:]
        self._make(maker, arguments)

    def _new(self, _: bytes) -> None:
        arguments, maker = self._stack.pop(), self._stack.pop()
        self._make(maker, arguments)

    def _new_with_keywords(self, argument: bytes) -> None:
        self._stack.pop()
        self._new(argument)

    def _object(self, _: bytes) -> None:
        items = self._pop_mark()
        self._make(items[0], flat_tuple(items[1:]))

    def _instance(self, argument: bytes) -> None:
        items = self._pop_mark()
        self._global(argument)
        self._make(self._stack.pop(), flat_tuple(items))

    def _make(self, maker: Symbol, arguments: Symbol) -> None:
        known = arguments if isinstance(arguments, tuple) else ()
        self._stack.append(Instance(maker, known, UNKNOWN) if isinstance(maker, Global) else UNKNOWN)

    def _build(self, _: bytes) -> None:
        state = self._stack.pop()
        target = self._stack[-1]
        if isinstance(target, Instance):
            target.state = state

    # Opcodes in neither table only move values that are UNKNOWN anyway.
    _HANDLERS: ClassVar[Mapping[str, Callable[[Machine, bytes], None]]] = {
        "MARK": _mark,
        "POP": _pop,
        "DUP": _duplicate,
        "APPEND": _append,
        "APPENDS": _extend,
        "ADDITEMS": _extend,
        "MEMOIZE": _memoize,
        "PUT": _put_decimal,
        "BINPUT": _put,
        "LONG_BINPUT": _put,
        "GET": _get_decimal,
        "BINGET": _get,
        "LONG_BINGET": _get,
        "TUPLE": _tuple,
        "TUPLE1": _single,
        "TUPLE2": _pair,
        "TUPLE3": _triple,
        "DICT": _dictionary,
        "SETITEM": _set_item,
        "SETITEMS": _set_items,
        "GLOBAL": _global,
        "STACK_GLOBAL": _stack_global,
        "REDUCE": _reduce,
        "NEWOBJ": _new,
        "NEWOBJ_EX": _new_with_keywords,
        "OBJ": _object,
        "INST": _instance,
        "BUILD": _build,
    }
