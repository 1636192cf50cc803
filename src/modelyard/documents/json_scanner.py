"""JSON text to nodes, with every fault and its place: the pass that decides.

RFC 8259, read by an iterative scanner. A fault in the syntax or a limit ends the scan; a duplicate
key, a constant such as ``NaN``, or a number out of range is noted, and the scan goes on.
"""

from __future__ import annotations

import json
import math
import re
from typing import TYPE_CHECKING, NoReturn

from modelyard.documents.characters import describe, first_forbidden
from modelyard.documents.document import FaultKind
from modelyard.documents.faults import Faults, shown
from modelyard.documents.limits import MAX_DEPTH, MAX_DIGITS, MAX_NODES, TOO_DEEP, TOO_MANY
from modelyard.documents.nodes import MappingNode, Node, ScalarNode, SequenceNode
from modelyard.values import dataclass, field

if TYPE_CHECKING:
    from modelyard.documents.document import Value

__all__ = ["scan"]

_SPACE = re.compile(r"[ \t\r\n]*")
_STRING = re.compile(r'"(?:[^"\\\n]|\\[^\n])*"')
_BAD_ESCAPE = re.compile(r'\\(?:u(?![0-9A-Fa-f]{4})|[^"\\/bfnrtu])')
_ESCAPE = re.compile(r"\\.")
_NUMBER = re.compile(r"-?(?:0|[1-9][0-9]*)(\.[0-9]+)?([eE][-+]?[0-9]+)?", re.ASCII)
_WORD = re.compile(r"[^\s,\[\]{}:\"]+")
_CONSTANTS: dict[str, Value] = {"null": None, "true": True, "false": False}
_NOT_NUMBERS = frozenset({"NaN", "Infinity", "-Infinity"})
_CLOSES = {"]": "[", "}": "{"}

_COMMENT = ("JSON has no comments", "delete the comment")
_QUOTE = 'write it in double quotes, such as "this"'


class _Stop(Exception):
    """What follows cannot be judged any more."""


@dataclass
class _Frame:
    """A collection that is still open, and the key that waits for its value."""

    node: MappingNode | SequenceNode
    key: ScalarNode | None = None
    first: dict[str, int] = field(default_factory=dict)

    @property
    def is_empty(self) -> bool:
        return not (self.first if isinstance(self.node, MappingNode) else self.node.items)


def scan(text: str) -> tuple[Node | None, Faults]:
    """Return the root node, None where the scan ended early, and the faults of a text with sound characters."""
    scanner = _Scanner(text)
    try:
        return scanner.scan(), scanner.faults
    except _Stop:
        return None, scanner.faults


class _Scanner:
    """Reads one text from its start to its end."""

    def __init__(self, text: str) -> None:
        self.faults = Faults(text)
        self._text = text
        self._at = 0
        self._count = 0
        self._open: list[_Frame] = []

    def scan(self) -> Node:
        """Return the one value of the text.

        :raises _Stop: it cannot be read to its end; the reason is noted.
        """
        if not self._peek():
            self._stop(0, "the document is empty", "write {} for an empty mapping")
        node = self._value()
        while self._open:
            node = self._step()
        if self._peek():
            self._stop_at_oddity("the document ends before this", "keep one value in a file")
        return node

    def _step(self) -> Node:
        """Take the next member, item or closing bracket of the innermost collection, and return what stands there."""
        frame = self._open[-1]
        character = self._peek()
        if character in ("]", "}") and _CLOSES[character] == self._text[frame.node.start]:
            return self._close(frame)
        if not frame.is_empty:
            self._take_comma(frame)
        if isinstance(frame.node, MappingNode):
            frame.key = self._key(frame)
        return self._value()

    def _take_comma(self, frame: _Frame) -> None:
        closing = "}" if isinstance(frame.node, MappingNode) else "]"
        if not self._peek():
            self._stop(frame.node.start, "this bracket is never closed", f"add a '{closing}'")
        if self._peek() != ",":
            self._stop_at_oddity(f"a ',' or '{closing}' is missing here", "check the brackets and quotes before it")
        comma = self._at
        self._at += 1
        if self._peek() == closing:
            self._stop(comma, f"a comma stands before the closing '{closing}'", "delete the comma")

    def _key(self, frame: _Frame) -> ScalarNode:
        if not self._peek():
            self._stop(frame.node.start, "this bracket is never closed", "add a '}'")
        if self._peek() != '"':
            self._stop_at_oddity("a key is not a string", _QUOTE)
        self._count_node()
        key = self._string()
        name = str(key.value)
        first = frame.first.setdefault(name, key.start)
        if first != key.start:
            self.faults.add_duplicate_key(name, key.start, first=first)
        if self._peek() != ":":
            self._stop_at_oddity("a ':' is missing after the key", 'write "key": value')
        self._at += 1
        return key

    def _value(self) -> Node:
        character = self._peek()
        self._count_node()
        node: Node
        if character == "{":
            node = MappingNode(self._at, self._at + 1, flow=True)
        elif character == "[":
            node = SequenceNode(self._at, self._at + 1, flow=True)
        else:
            node = self._string() if character == '"' else self._word()
        self._attach(node)
        if not isinstance(node, ScalarNode):
            self._enter(node)
        return node

    def _attach(self, node: Node) -> None:
        if self._open:
            frame = self._open[-1]
            if isinstance(frame.node, SequenceNode):
                frame.node.items.append(node)
            elif frame.key:
                frame.node.pairs.append((frame.key, node))

    def _enter(self, node: MappingNode | SequenceNode) -> None:
        if len(self._open) == MAX_DEPTH:
            self.faults.add(FaultKind.LIMIT, self._at, TOO_DEEP)
            raise _Stop
        self._open.append(_Frame(node))
        self._at += 1

    def _close(self, frame: _Frame) -> Node:
        self._open.pop()
        self._at += 1
        frame.node.end = self._at
        return frame.node

    def _string(self) -> ScalarNode:
        match = _STRING.match(self._text, self._at)
        if not match:
            self._stop(self._at, "this quote is never closed", "close it on the same line")
        start, self._at = match.span()
        for escape in _ESCAPE.finditer(match.group()):
            bad = _BAD_ESCAPE.match(match.group(), escape.start())
            if bad:
                self._stop(start + bad.start(), "the escape in this string is unknown", r"write \\ for a backslash")
        tab = match.group().find("\t")
        if tab >= 0:
            self._stop(start + tab, "a tab stands in a string", r"write \t")
        value = json.loads(match.group())
        forbidden = first_forbidden(value)
        if forbidden:
            self.faults.add(FaultKind.CHARACTER, start, describe(forbidden))
        return ScalarNode(start, self._at, value, value, '"')

    def _word(self) -> ScalarNode:
        match = _WORD.match(self._text, self._at)
        if not match:
            self._stop_without_value()
        word, start = match.group(), self._at
        value = self._meaning(word, start)
        self._at = match.end()
        return ScalarNode(start, self._at, value, word)

    def _meaning(self, word: str, start: int) -> Value:
        if word in _CONSTANTS:
            return _CONSTANTS[word]
        if word in _NOT_NUMBERS:
            self.faults.add(FaultKind.SYNTAX, start, (f"{word} is not a JSON number", "write null, or leave it out"))
            return None
        number = _NUMBER.fullmatch(word)
        if not number:
            hint = "write numbers as 0.5, -1 or 1e5" if word[0] in "+-.0123456789" else _QUOTE
            self._stop_at_oddity(f"{shown(word)} is not a JSON value", hint)
        return self._number(word, start, is_integer=not number.group(1) and not number.group(2))

    def _number(self, word: str, start: int, *, is_integer: bool) -> Value:
        if is_integer:
            if len(word.lstrip("-")) <= MAX_DIGITS:
                return int(word)
            message = f"the integer {shown(word)} has more than {MAX_DIGITS} digits"
        else:
            if math.isfinite(float(word)):
                return float(word)
            message = f"the number {shown(word)} is too large"
        self.faults.add(FaultKind.LIMIT, start, (message, "write it as a string in double quotes"))
        return None

    def _stop_without_value(self) -> NoReturn:
        if not self._peek() and self._open:
            frame = self._open[-1]
            if isinstance(frame.node, SequenceNode) and not frame.node.items:
                self._stop(frame.node.start, "this bracket is never closed", "add a ']'")
        self._stop_at_oddity("a value is missing here", "write one, such as null")

    def _peek(self) -> str:
        """Skip white space and return the next character, empty at the end."""
        match = _SPACE.match(self._text, self._at)
        self._at = match.end() if match else self._at
        return self._text[self._at : self._at + 1]

    def _count_node(self) -> None:
        self._count += 1
        if self._count > MAX_NODES:
            self.faults.add(FaultKind.LIMIT, self._at, TOO_MANY)
            raise _Stop

    def _stop_at_oddity(self, message: str, hint: str) -> NoReturn:
        """Note what is wrong here; a comment is named as what it is."""
        if self._text.startswith(("//", "/*", "#"), self._at):
            message, hint = _COMMENT
        self._stop(self._at, message, hint)

    def _stop(self, offset: int, message: str, hint: str) -> NoReturn:
        self.faults.add(FaultKind.SYNTAX, offset, (message, hint))
        raise _Stop
