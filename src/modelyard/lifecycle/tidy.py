"""Tidying of one text file: what changes how it is written, and never what it says."""

from __future__ import annotations

import codecs
from typing import TYPE_CHECKING

from modelyard.documents import card, edit, edit_order, schemas, yaml
from modelyard.documents.document import FaultKind, Unreadable
from modelyard.documents.nodes import ScalarNode, children
from modelyard.documents.schema_check import check
from modelyard.documents.yaml_engines import PURE
from modelyard.documents.yaml_nodes import compose
from modelyard.documents.yaml_text import double_quoted

if TYPE_CHECKING:
    from collections.abc import Iterator

    from modelyard.documents.document import Path
    from modelyard.documents.nodes import Node

__all__ = ["tidy_card", "tidy_text", "tidy_yaml"]

_TAB = "  "


def tidy_text(data: bytes) -> bytes:
    """Return a text in UTF-8 without a byte order mark, each line ended by a line feed, the last one too.

    Bytes that are not UTF-8 are returned as they are, since nobody can tell what they mean.
    """
    for mark, encoding in (
        (codecs.BOM_UTF8, "utf-8"),
        (codecs.BOM_UTF16_LE, "utf-16-le"),
        (codecs.BOM_UTF16_BE, "utf-16-be"),
    ):
        if data.startswith(mark):
            data = _recoded(data, mark, encoding)
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError:
        return data
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    return (text if not text or text.endswith("\n") else f"{text}\n").encode()


def tidy_yaml(data: bytes, schema: str, *, ordered: bool = True) -> bytes:
    """Return a YAML document, tidied: indented by spaces, without spaces at line ends, ambiguous scalars quoted.

    So are numbers and the like where the schema wants a string. What cannot be read even then is returned with its text
    tidied alone.

    :param ordered: whether the keys shall come in the order of the schema.
    """
    data = tidy_text(data)
    for step in (_spaces_for_tabs, _without_trailing_spaces):
        data = _if_better(data, step(data))
    try:
        data = _strings_quoted(_ambiguous_quoted(data, schema), schema)
        return edit_order.in_order(data, list(schemas.load(schema).get("properties", {}))) if ordered else data
    except Unreadable:
        return data


def tidy_card(data: bytes, stated: dict[str, str]) -> bytes:
    """Return a model card with its text tidied, and its front matter as YAML.

    :param stated: what the front matter must say where it has such a key.
    """
    data = tidy_text(data)
    opening, closing = b"---\n", b"\n---\n"
    if not data.startswith(opening) or closing not in data:
        return data
    end = data.index(closing) + 1
    front_matter = tidy_yaml(data[len(opening) : end], card.FRONT_MATTER_SCHEMA, ordered=False)
    try:
        before = yaml.read(front_matter).value
        for key, value in stated.items():
            if isinstance(before, dict) and str(before.get(key, value)).casefold() != value.casefold():
                front_matter = edit.set_value(front_matter, (key,), value)
    except Unreadable:
        return data
    return opening + front_matter + data[end:]


def _recoded(data: bytes, mark: bytes, encoding: str) -> bytes:
    try:
        return data[len(mark) :].decode(encoding).encode()
    except UnicodeError:
        return data


def _if_better(before: bytes, after: bytes) -> bytes:
    """Return the later text where it says the same, or can be read and the earlier one cannot."""
    if before == after:
        return before
    try:
        value = yaml.read(after).value
    except Unreadable:
        return before
    try:
        return after if yaml.read(before).value == value else before
    except Unreadable:
        return after


def _spaces_for_tabs(data: bytes) -> bytes:
    lines = data.decode("utf-8", "surrogateescape").split("\n")
    moved = []
    for line in lines:
        rest = line.lstrip(" \t")
        moved.append(line[: len(line) - len(rest)].replace("\t", _TAB) + rest)
    return "\n".join(moved).encode("utf-8", "surrogateescape")


def _without_trailing_spaces(data: bytes) -> bytes:
    return b"\n".join(line.rstrip(b" \t") for line in data.split(b"\n"))


def _ambiguous_quoted(data: bytes, schema: str) -> bytes:
    """Return the document with each ambiguous scalar in quotes, where a string may stand there.

    :raises Unreadable: anything else is wrong with it.
    """
    try:
        yaml.read(data)
    except Unreadable as unreadable:
        if any(fault.kind is not FaultKind.AMBIGUOUS for fault in unreadable.faults):
            raise
        places = {fault.position for fault in unreadable.faults}
    else:
        return data
    text = data.decode()
    composition = compose(text, PURE)
    found = _scalars(composition.root)
    scalars = [(path, node) for path, node in found if composition.faults.lines.position(node.start) in places]
    quoted = _with_quotes(text, [node for _, node in scalars])
    refused = {fault.path for fault in check(schema, yaml.read(quoted)) if fault.keyword == "type"}
    # A number that was written oddly is no string: its author must say which number it is.
    return data if refused & {path for path, _ in scalars} else quoted


def _strings_quoted(data: bytes, schema: str) -> bytes:
    """Return the document with quotes around each number or truth value that stands where a string must."""
    document = yaml.read(data)
    refused = {fault.path for fault in check(schema, document) if fault.keyword == "type"}
    if not refused:
        return data
    text = data.decode()
    nodes = [
        node
        for path, node in _scalars(compose(text, PURE).root)
        if path in refused and not node.style and isinstance(node.value, (int, float))
    ]
    quoted = _with_quotes(text, nodes)
    still = {fault.path for fault in check(schema, yaml.read(quoted)) if fault.keyword == "type"}
    return quoted if still < refused else data


def _with_quotes(text: str, nodes: list[ScalarNode]) -> bytes:
    for node in sorted(nodes, key=lambda node: node.start, reverse=True):
        text = text[: node.start] + double_quoted(node.raw) + text[node.end :]
    return text.encode()


def _scalars(root: Node | None) -> Iterator[tuple[Path, ScalarNode]]:
    waiting: list[tuple[Path, Node]] = [((), root)] if root else []
    while waiting:
        path, node = waiting.pop()
        if isinstance(node, ScalarNode):
            yield path, node
        for step, key, child in children(node):
            if key:
                yield (*path, step), key
            waiting.append(((*path, step), child))
