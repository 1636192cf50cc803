"""What differs between two texts of one document, in words: which fields, from what to what."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from modelyard.documents import json as json_document
from modelyard.documents import yaml as yaml_document
from modelyard.documents.document import Unreadable
from modelyard.problems import Position

if TYPE_CHECKING:
    from collections.abc import Iterator

    from modelyard.documents.document import Document, Path, Value

__all__ = ["differing_fields", "first_differing_line"]

_READERS = {
    "json": json_document.read,
    "yaml": yaml_document.read,
    "yml": yaml_document.read,
    "dvc": yaml_document.read,
}
_LONGEST = 40
_ABSENT = object()


def differing_fields(name: str, before: bytes, after: bytes) -> list[tuple[str, Position | None]]:
    """Return each field that differs, with its place in the later text.

    Nothing is returned where the name is no document's, where one of the texts cannot be read, and where no value
    differs: then the difference lies in comments or in layout.
    """
    read = _READERS.get(name.rpartition(".")[2])
    try:
        old, new = (read(before), read(after)) if read else (None, None)
    except Unreadable:
        return []
    return list(_told(old, new)) if old and new else []


def first_differing_line(before: bytes, after: bytes) -> Iterator[tuple[str, Position | None]]:
    """Yield the first line that differs, where both are texts."""
    if b"\0" in before or b"\0" in after:
        return
    old, new = before.split(b"\n"), after.split(b"\n")
    same = next((index for index, (one, two) in enumerate(zip(old, new, strict=False)) if one != two), None)
    line = (min(len(old), len(new)) if same is None else same) + 1
    yield f"line {line} differs", Position(min(line, len(new)), 1)


def _told(old: Document, new: Document) -> Iterator[tuple[str, Position | None]]:
    before, after = dict(_leaves(old.value)), dict(_leaves(new.value))
    for path in dict.fromkeys((*after, *before)):
        was, now = before.get(path, _ABSENT), after.get(path, _ABSENT)
        if not path and _ABSENT in (was, now):
            continue  # one of the two is empty, and what that lacks is told field by field
        field = _field(path)
        if was is _ABSENT:
            yield f"`{field}` was added", new.locate_key(path)
        elif now is _ABSENT:
            yield f"`{field}` was removed", new.locate_key(path[:-1])
        elif type(was) is not type(now) or was != now:
            yield f"`{field}` from {_short(was)} to {_short(now)}", new.locate(path)


def _leaves(value: Value, path: Path = ()) -> Iterator[tuple[Path, object]]:
    if isinstance(value, dict) and value:
        for key, child in value.items():
            yield from _leaves(child, (*path, key))
    elif isinstance(value, list) and value:
        for index, child in enumerate(value):
            yield from _leaves(child, (*path, index))
    else:
        yield path, value


def _field(path: Path) -> str:
    return "".join(f"[{part}]" if isinstance(part, int) else f".{part}" for part in path).removeprefix(".")


def _short(value: object) -> str:
    text = json.dumps(value, ensure_ascii=False)
    return text if len(text) <= _LONGEST else f"{text[: _LONGEST - 1]}…"
