"""Editing YAML in place: comments, order, quotes, blank lines and all that is not named survive.

Every result is read again and compared with the value that was asked for before anybody sees it. A document that
stands as modelyard writes it has nothing that could be lost, and is written anew: that needs no parser.
"""

from __future__ import annotations

import json
from functools import reduce
from typing import TYPE_CHECKING

from modelyard.documents import yaml
from modelyard.documents.document import Unreadable
from modelyard.documents.faults import shown
from modelyard.documents.nodes import MappingNode, Node, ScalarNode, SequenceNode, children
from modelyard.documents.writable import Unwritable, require_writable
from modelyard.documents.yaml_surgery import Surgery, find
from modelyard.documents.yaml_text import Style, inline, render
from modelyard.errors import ModelyardError, UsageError

if TYPE_CHECKING:
    from modelyard.documents.document import Path, Value

__all__ = ["remove", "set_value"]


def set_value(data: bytes, path: Path, value: Value) -> bytes:
    """Return the document with the value at the path; missing parent mappings are made.

    An index that equals the length of a list appends to it. A mapping or a list in the place of
    another is set key by key, so that what they share keeps its comments.

    :raises Unreadable: the bytes are not a strict document.
    :raises Unwritable: the value cannot stand in one.
    :raises UsageError: the path leads through a scalar, or past the end of a list.
    :raises ModelyardError: the text cannot be edited without changing something else.
    """
    require_writable(value)
    before = yaml.read(data).value
    expected = _with(before, path, path, value)
    if _may_be_set_anew(before, path) and _is_as_rendered(data, before):
        return render(expected)
    text = data.decode()
    indent = _indent(text)
    # A literal block would swallow an indented comment below it; where it does, quotes do not.
    for style in (Style(indent), Style(indent, literals=False)):
        edited = _set_if_sound(text, path, value, style)
        if edited is not None and _means(edited, expected):
            return edited
    raise _not_in_place(path)


def remove(data: bytes, path: Path) -> bytes:
    """Return the document without the entry or item at the path, unchanged where there is none.

    A mapping or list that loses its last child stays, empty.

    :raises Unreadable: the bytes are not a strict document.
    :raises UsageError: the path is empty.
    :raises ModelyardError: the text cannot be edited without changing something else.
    """
    if not path:
        raise UsageError("a document cannot be removed from itself", hint="name a key")
    before = yaml.read(data).value
    if _may_be_removed_anew(before, path) and _is_as_rendered(data, before):
        return render(_without(before, path))
    text = data.decode()
    root = _root(text)
    if root is None or find(root, path) is None:
        return data
    edited = _remove(text, path, Style(_indent(text))).encode()
    if not _means(edited, _without(before, path)):
        raise _not_in_place(path)
    return edited


def _may_be_set_anew(before: Value, path: Path) -> bool:
    """Whether rendering gives what an edit would: the key is new, or its value a scalar without quotes to keep."""
    if not isinstance(before, dict) or not before or len(path) != 1 or not isinstance(path[0], str):
        return False
    if path[0] not in before:
        return True
    old = before[path[0]]
    return inline(old) == old if isinstance(old, str) else not isinstance(old, (dict, list))


def _may_be_removed_anew(before: Value, path: Path) -> bool:
    return isinstance(before, dict) and len(before) > 1 and len(path) == 1


def _is_as_rendered(data: bytes, value: Value) -> bool:
    try:
        return render(value) == data
    except Unwritable:
        return False


def _set_if_sound(text: str, path: Path, value: Value, style: Style) -> bytes | None:
    try:
        return _set(text, path, value, style).encode()
    except Unreadable:
        return None


def _set(text: str, path: Path, value: Value, style: Style) -> str:
    root = _root(text)
    if root is None or (isinstance(root, ScalarNode) and root.start == root.end):
        return Surgery(text, style).found(_wrapped(path, value))
    site = find(root, path)
    if site is None:
        return _insert(text, path, value, style)
    old = site.node
    if _is_same(old.value, value):
        return text
    if isinstance(old, MappingNode) and isinstance(value, dict) and old.pairs and value:
        return _merge_mapping(text, path, old, value, style)
    if isinstance(old, SequenceNode) and isinstance(value, list) and old.items and value:
        return _merge_sequence(text, path, old, value, style)
    return Surgery(text, style).replace(site, value)


def _insert(text: str, path: Path, value: Value, style: Style) -> str:
    """Put a value below the deepest node of its path that exists."""
    root = _sound_root(text)
    length = next(length for length in range(len(path) - 1, -1, -1) if find(root, path[:length]))
    site = find(root, path[:length])
    if site is None:
        raise _not_in_place(path)
    if isinstance(site.node, ScalarNode) or not any(children(site.node)):
        return Surgery(text, style).replace(site, _wrapped(path[length:], value))
    return Surgery(text, style).insert(site.node, str(path[length]), _wrapped(path[length + 1 :], value))


def _merge_mapping(text: str, path: Path, old: MappingNode, value: dict[str, Value], style: Style) -> str:
    for key, child in value.items():
        text = _set(text, (*path, key), child, style)
    gone = [str(key.value) for key, _ in old.pairs if key.value not in value]
    return reduce(lambda rest, key: _remove(rest, (*path, key), style), gone, text)


def _merge_sequence(text: str, path: Path, old: SequenceNode, value: list[Value], style: Style) -> str:
    for index, child in enumerate(value):
        text = _set(text, (*path, index), child, style)
    gone = range(len(old.items) - 1, len(value) - 1, -1)
    return reduce(lambda rest, index: _remove(rest, (*path, index), style), gone, text)


def _remove(text: str, path: Path, style: Style) -> str:
    root = _sound_root(text)
    parent, site = find(root, path[:-1]), find(root, path)
    if parent is None or site is None:
        raise _not_in_place(path)
    surgery = Surgery(text, style)
    if len(list(children(parent.node))) > 1:
        return surgery.remove(site)
    return surgery.replace(parent, {} if isinstance(parent.node, MappingNode) else [])


def _root(text: str) -> Node | None:
    # A parser takes as long to load as all else that a promotion needs.
    from modelyard.documents.yaml_engines import engine_for
    from modelyard.documents.yaml_nodes import compose

    composition = compose(text, engine_for(text))
    composition.faults.refuse_any()
    return composition.root


def _sound_root(text: str) -> Node:
    root = _root(text)
    if root is None:
        raise _not_in_place(())
    return root


def _indent(text: str) -> str:
    """Return what the text moves the keys of an inner mapping by, two spaces where it has none."""
    root = _root(text)
    if isinstance(root, MappingNode) and not root.flow:
        for _, child in root.pairs:
            if isinstance(child, MappingNode) and not child.flow:
                return " " * (child.start - text.rfind("\n", 0, child.start) - 1)
    return "  "


def _wrapped(path: Path, value: Value) -> Value:
    for step in reversed(path):
        value = {step: value} if isinstance(step, str) else [value]
    return value


def _with(value: Value, path: Path, whole: Path, new: Value) -> Value:
    """Return the value as it shall be."""
    if not path:
        return new
    step, rest = path[0], path[1:]
    if isinstance(step, str) and (value is None or isinstance(value, dict)):
        mapping = value or {}
        return {**mapping, step: _with(mapping.get(step), rest, whole, new)}
    if isinstance(step, int) and (value is None or isinstance(value, list)) and 0 <= step <= len(value or []):
        items = value or []
        child = items[step] if step < len(items) else None
        return [*items[:step], _with(child, rest, whole, new), *items[step + 1 :]]
    raise UsageError(f"there is no place for {shown(_dotted(whole))} in the document", hint="check the path")


def _without(value: Value, path: Path) -> Value:
    step, rest = path[0], path[1:]
    if isinstance(value, dict):
        return {
            key: _without(child, rest) if key == step else child for key, child in value.items() if rest or key != step
        }
    if isinstance(value, list):
        return [
            _without(child, rest) if index == step else child
            for index, child in enumerate(value)
            if rest or index != step
        ]
    return value


def _means(data: bytes, expected: Value) -> bool:
    try:
        return _is_same(yaml.read(data).value, expected)
    except Unreadable:
        return False


def _is_same(one: Value, other: Value) -> bool:
    """Whether two values are equal, and 1, 1.0 and true are three."""
    return json.dumps(one, sort_keys=True) == json.dumps(other, sort_keys=True)


def _dotted(path: Path) -> str:
    return ".".join(str(step) for step in path)


def _not_in_place(path: Path) -> ModelyardError:
    place = shown(_dotted(path)) if path else "the document"
    return ModelyardError(
        f"{place} cannot be changed without touching the text around it",
        hint="change it in an editor",
    )
