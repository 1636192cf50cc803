"""The way through YAML for what is not written plainly: libyaml's events, and in any doubt every reason why not.

It is imported only where a document takes it, since PyYAML is dear to import.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from yaml.events import (
    AliasEvent,
    CollectionEndEvent,
    CollectionStartEvent,
    MappingEndEvent,
    MappingStartEvent,
    ScalarEvent,
)

from modelyard.documents.characters import first_forbidden
from modelyard.documents.limits import MAX_DEPTH, MAX_NODES
from modelyard.documents.nodes import marks
from modelyard.documents.yaml_engines import ENGINE_ERRORS, FASTEST, PURE, engine_for, is_disputed
from modelyard.documents.yaml_nodes import compose
from modelyard.documents.yaml_scalars import resolve, resolve_key

if TYPE_CHECKING:
    from collections.abc import Mapping

    from modelyard.documents.document import Marks, Path, Value
    from modelyard.documents.yaml_engines import Engine

__all__ = ["marks_of", "read_strict"]


class _Doubt(ValueError):
    """The fast pass saw something to be judged with care."""


def read_strict(text: str, engine: Engine = FASTEST) -> Value:
    """Return what a text of sound characters spells.

    :raises Unreadable: with every fault that one pass finds.
    """
    if is_disputed(text):
        return _judge(text)
    try:
        return _build(text, engine)
    except ENGINE_ERRORS:
        pass
    return _judge(text)


def marks_of(text: str, engine: Engine = FASTEST) -> Mapping[Path, Marks]:
    """Return where everything stands in a text that has been accepted."""
    composition = compose(text, engine_for(text, engine))
    return marks(composition.root, composition.faults.lines) if composition.root else {}


def _judge(text: str) -> Value:
    composition = compose(text, PURE)
    composition.faults.refuse_any()
    return composition.root.value if composition.root else None


# The fast pass reads every document of a registry, so it does nothing but build: no places, no
# sentences. A mapping gathers keys and values alternately until it ends.
def _build(text: str, engine: Engine) -> Value:
    has_escapes = "\\" in text
    items: list[Value] = []
    stack: list[tuple[list[Value], bool]] = []
    in_mapping = False
    for count, event in enumerate(iter(engine(text).get_event, None)):
        if count > MAX_NODES or isinstance(event, AliasEvent):
            raise _Doubt
        if isinstance(event, ScalarEvent):
            is_key = in_mapping and not len(items) % 2
            items.append(_scalar(event, is_key=is_key, has_escapes=has_escapes))
        elif isinstance(event, CollectionStartEvent):
            if event.tag is not None or event.anchor is not None or len(stack) == MAX_DEPTH:
                raise _Doubt
            stack.append((items, in_mapping))
            items, in_mapping = [], isinstance(event, MappingStartEvent)
        elif isinstance(event, CollectionEndEvent):
            value = _mapping(items) if isinstance(event, MappingEndEvent) else items
            items, in_mapping = stack.pop()
            items.append(value)
    if len(items) > 1:
        raise _Doubt
    return items[0] if items else None


def _scalar(event: ScalarEvent, *, is_key: bool, has_escapes: bool) -> Value:
    if event.tag is not None or event.anchor is not None:
        raise _Doubt
    if event.implicit[0]:
        return resolve_key(event.value) if is_key else resolve(event.value)
    if has_escapes and first_forbidden(event.value):
        raise _Doubt
    return event.value


def _mapping(items: list[Value]) -> dict[str, Value]:
    names = items[::2]
    if not all(type(name) is str for name in names):
        raise _Doubt
    mapping = dict(zip(cast("list[str]", names), items[1::2], strict=True))
    if len(mapping) != len(names):
        raise _Doubt
    return mapping
