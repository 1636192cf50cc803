"""YAML text to nodes, with every fault and its place: the pass that decides.

It is iterative, so no nesting can exhaust the stack, and it runs only where the fast pass of
:mod:`modelyard.documents.yaml` has a doubt, or where somebody asks for places.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, cast

from yaml import events

from modelyard.documents.characters import describe, first_forbidden
from modelyard.documents.document import FaultKind
from modelyard.documents.faults import Faults, shown
from modelyard.documents.limits import MAX_DEPTH, MAX_NODES, TOO_DEEP, TOO_MANY
from modelyard.documents.nodes import MappingNode, Node, ScalarNode, SequenceNode
from modelyard.documents.yaml_engines import ENGINE_ERRORS
from modelyard.documents.yaml_scalars import Ambiguous, resolve, resolve_key
from modelyard.documents.yaml_syntax import explain
from modelyard.values import dataclass, field

if TYPE_CHECKING:
    from yaml.reader import Reader

    from modelyard.documents.document import Value
    from modelyard.documents.yaml_engines import Engine

__all__ = ["Composition", "compose"]

_COLON = re.compile(r"\s*:")
_PROPERTY = re.compile(r"[!&*][^\s,\[\]{}]*")
_DIRECTIVE = re.compile(r"%\S*")
_BLOCK_STYLES = ("|", ">")
_KEEPS_LINES = re.compile(r"[|>][0-9]?\+")


@dataclass(frozen=True)
class Composition:
    """What one text holds; None as root where it holds no document at all."""

    root: Node | None
    faults: Faults


class _Stop(Exception):
    """What follows cannot be judged any more."""


@dataclass
class _Frame:
    """A collection that is still open, and the key that waits for its value."""

    node: MappingNode | SequenceNode
    key: ScalarNode | None = None
    expects_key: bool = True
    first: dict[str, int] = field(default_factory=dict)


def compose(text: str, engine: Engine) -> Composition:
    """Return nodes and faults of a text whose characters are sound."""
    composer = _Composer(text)
    parser = engine(text)
    try:
        for event in iter(parser.get_event, None):
            composer.feed(event)
    except _Stop:
        pass
    except ENGINE_ERRORS as error:
        fault = explain(error, cast("Reader", parser))
        composer.faults.add(fault.kind, fault.offset, fault.sentences)
    return Composition(composer.root, composer.faults)


class _Composer:
    """Builds nodes from events, one at a time."""

    def __init__(self, text: str) -> None:
        self.root: Node | None = None
        self.faults = Faults(text)
        self._text = text
        self._open: list[_Frame] = []
        self._count = 0
        self._documents = 0

    def feed(self, event: events.Event) -> None:
        """Take one event.

        :raises _Stop: a limit is passed, or a second document starts.
        """
        start, end = _offsets(event)
        if isinstance(event, events.ScalarEvent):
            self._count_node(start)
            self._refuse_properties(event, start)
            self._place(self._scalar(event, start, end))
        elif isinstance(event, events.CollectionStartEvent):
            self._count_node(start)
            self._refuse_properties(event, start)
            self._enter(event, start, end)
        elif isinstance(event, events.CollectionEndEvent):
            self._leave(end)
        elif isinstance(event, events.AliasEvent):
            self._add(FaultKind.FEATURE, start, f"the alias {self._written(start)} is not allowed", "repeat the value")
            self._place(ScalarNode(start, end, "", "", "*"))
        elif isinstance(event, events.DocumentStartEvent):
            self._start_document(start)

    def _add(self, kind: FaultKind, offset: int, message: str, hint: str) -> None:
        self.faults.add(kind, offset, (message, hint))

    def _start_document(self, start: int) -> None:
        self._documents += 1
        if self._documents > 1:
            self._add(FaultKind.FEATURE, start, "a second document starts here", "keep one document in a file")
            raise _Stop
        directive = _DIRECTIVE.match(self._text, start)
        if directive:
            message = f"the directive {shown(directive.group())} is not allowed"
            self._add(FaultKind.FEATURE, start, message, "delete the line")

    def _count_node(self, start: int) -> None:
        self._count += 1
        if self._count > MAX_NODES:
            self.faults.add(FaultKind.LIMIT, start, TOO_MANY)
            raise _Stop

    def _refuse_properties(self, event: events.ScalarEvent | events.CollectionStartEvent, start: int) -> None:
        if event.anchor is not None:
            self._add(FaultKind.FEATURE, start, f"the anchor {shown('&' + event.anchor)} is not allowed", "delete it")
        elif event.tag is not None:
            self._add(FaultKind.FEATURE, start, f"the tag {self._written(start)} is not allowed", "delete it")

    def _written(self, start: int) -> str:
        match = _PROPERTY.search(self._text, start)
        return shown(match.group() if match else "")

    def _scalar(self, event: events.ScalarEvent, start: int, end: int) -> ScalarNode:
        style = event.style or ""
        if style in _BLOCK_STYLES:
            end = start + len(self._block(start, end))
        raw = event.value
        return ScalarNode(start, end, self._resolved(raw, start, plain=event.implicit[0]), raw, style)

    def _block(self, start: int, end: int) -> str:
        """Return a block scalar without the line breaks that are no part of its value."""
        written = self._text[start:end]
        if _KEEPS_LINES.match(written):
            return written.removesuffix("\n").removesuffix("\r")
        return written.rstrip("\r\n")

    def _resolved(self, raw: str, start: int, *, plain: bool) -> Value:
        forbidden = first_forbidden(raw)
        if forbidden:
            self.faults.add(FaultKind.CHARACTER, start, describe(forbidden))
        # A merge key is spoken of where keys are judged.
        is_key = self._awaits_key()
        if not plain or (is_key and raw == "<<"):
            return raw
        try:
            return resolve_key(raw) if is_key else resolve(raw)
        except Ambiguous as ambiguous:
            self._add(ambiguous.kind, start, ambiguous.message, ambiguous.hint)
            return raw

    def _awaits_key(self) -> bool:
        return bool(self._open) and isinstance(self._open[-1].node, MappingNode) and self._open[-1].expects_key

    def _enter(self, event: events.CollectionStartEvent, start: int, end: int) -> None:
        if len(self._open) == MAX_DEPTH:
            self.faults.add(FaultKind.LIMIT, start, TOO_DEEP)
            raise _Stop
        flow = bool(event.flow_style)
        node: MappingNode | SequenceNode
        if isinstance(event, events.MappingStartEvent):
            node = MappingNode(start, end, flow)
        else:
            node = SequenceNode(start, end, flow)
        self._open.append(_Frame(node))

    def _leave(self, end: int) -> None:
        node = self._open.pop().node
        if node.flow and self._text[node.start] in "[{":
            node.end = end
        elif isinstance(node, MappingNode):
            node.end = node.pairs[-1][1].end if node.pairs else node.start
        else:
            # A tag before an empty list hides its bracket.
            node.end = node.items[-1].end if node.items else end
        self._place(node)

    def _place(self, node: Node) -> None:
        if not self._open:
            self.root = node
            return
        frame = self._open[-1]
        if isinstance(frame.node, SequenceNode):
            frame.node.items.append(node)
        elif frame.expects_key:
            frame.key = self._key(frame, node)
            frame.expects_key = False
        else:
            if frame.key:
                self._move_empty_value(frame.key, node)
                frame.node.pairs.append((frame.key, node))
            frame.expects_key = True

    def _move_empty_value(self, key: ScalarNode, node: Node) -> None:
        # The parsers place a value that is not there differently: behind the colon is where it belongs.
        if isinstance(node, ScalarNode) and node.start == node.end:
            colon = _COLON.match(self._text, key.end)
            node.start = node.end = colon.end() if colon else key.end

    def _key(self, frame: _Frame, node: Node) -> ScalarNode | None:
        if not isinstance(node, ScalarNode):
            self._add(FaultKind.FEATURE, node.start, "a key is a list or a mapping", "use a string as the key")
            return None
        if frame.node.flow and self._text[: node.start].rstrip(" ").endswith("?"):
            self._add(
                FaultKind.FEATURE, node.start, "the key indicator '?' is not allowed", "quote the '?', or delete it"
            )
            return None
        if node.value is None:
            self._add(FaultKind.FEATURE, node.start, f"the key {shown(node.raw)} is empty", "quote it, or name it")
            return None
        if not isinstance(node.value, str):
            message = f"the key {shown(node.raw)} is not a string"
            self._add(FaultKind.FEATURE, node.start, message, f"quote it: '{node.raw}'")
            return None
        if node.raw == "<<" and not node.style:
            self._add(FaultKind.FEATURE, node.start, "the merge key '<<' is not allowed", "write the keys out")
            return None
        return self._first_of_its_name(frame, node, node.value)

    def _first_of_its_name(self, frame: _Frame, node: ScalarNode, name: str) -> ScalarNode | None:
        first = frame.first.setdefault(name, node.start)
        if first == node.start or node.style == "*":
            return node
        self.faults.add_duplicate_key(name, node.start, first=first)
        return None


def _offsets(event: events.Event) -> tuple[int, int]:
    start, end = event.start_mark, event.end_mark
    return (start.index if start else 0), (end.index if end else 0)
