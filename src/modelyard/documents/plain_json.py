"""JSON files that programs write, read at the cost of ``json`` alone: no YAML, no schema engine.

What is refused is refused as the strict reader of :mod:`modelyard.documents.json` would; that one is only asked
where something is wrong, to say at which line and column. What a file may hold is judged value by value by those
who know it: they raise :class:`Misfit`, and never meet a key that stands twice.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, NoReturn, TypeVar

from modelyard.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from modelyard.documents.document import Path
    from modelyard.problems import Position

__all__ = ["Misfit", "Unfit", "mapping_at", "only_keys", "read", "render", "required", "text_at"]

T = TypeVar("T")

MAX_BYTES = 64 << 20
"""A file of a hundred thousand lines, and no more than any machine can hold."""

_SHOWN = 60


class Misfit(Exception):
    """A value does not belong where it stands.

    :param path: the keys that lead to it.
    :param at_key: whether the key is at fault and not its value.
    """

    def __init__(self, path: Path, message: str, hint: str, *, at_key: bool = False) -> None:
        super().__init__(message)
        self.path = path
        self.message = message
        self.hint = hint
        self.at_key = at_key


class Unfit(UsageError, ValueError):
    """A file is not what it should be; the message says where, as ``name:line:column: what``.

    :ivar position: the place, None where the file is too large to look for it.
    """

    def __init__(self, name: str, position: Position | None, message: str, *, hint: str) -> None:
        place = f"{name}:{position.line}:{position.column}" if position else name
        super().__init__(f"{place}: {message}", hint=hint)
        self.position = position


def read(data: bytes, build: Callable[[dict[str, Any]], T], *, name: str) -> T:
    """Return what is built of the mapping that the bytes spell.

    :param build: raises :class:`Misfit` where a value does not belong.
    :param name: of the file, for messages.
    :raises Unfit: the bytes are no JSON, a key stands twice in a mapping, or a value does not belong.
    """
    if len(data) > MAX_BYTES:
        raise Unfit(
            name, None, f"the file has {len(data):,} bytes, at most {MAX_BYTES:,} are read", hint="write it anew"
        )
    try:
        value = json.loads(data.decode(), object_pairs_hook=_mapping, parse_constant=_refuse)
    except (ValueError, RecursionError):
        raise _unreadable(data, name) from None
    try:
        return build(_mapping_of(value))
    except Misfit as misfit:
        raise Unfit(name, _position(data, misfit), misfit.message, hint=misfit.hint) from None


def render(value: Mapping[str, Any]) -> bytes:
    """Return the mapping as JSON, the same bytes for the same content.

    Keys are sorted, and a mapping that holds no other stands on one line. So a file that changes is
    one line of a diff, and changes of different files merge.
    """
    return ("\n".join(_lines(value, "")) + "\n").encode()


def only_keys(value: Mapping[str, Any], known: tuple[str, ...], path: Path, hint: str) -> None:
    """Do nothing where the mapping holds known keys alone.

    :raises Misfit: it holds another one.
    """
    for key in value:
        if key not in known:
            raise Misfit((*path, key), f"the key {shown(key)} is not known here", hint, at_key=True)


def required(value: Mapping[str, Any], key: str, path: Path, hint: str) -> Any:
    """Return what stands at a key.

    :raises Misfit: nothing does.
    """
    if key not in value:
        raise Misfit(path, f"the key {key!r} is missing", hint)
    return value[key]


def text_at(value: Mapping[str, Any], key: str, path: Path, hint: str) -> str:
    """Return the text at a key.

    :raises Misfit: there is none.
    """
    text = required(value, key, path, hint)
    if not isinstance(text, str):
        raise Misfit((*path, key), f"{key!r} must be text", hint)
    return text


def mapping_at(value: Mapping[str, Any], key: str, path: Path, hint: str) -> dict[str, Any]:
    """Return the mapping at a key.

    :raises Misfit: there is none.
    """
    found = required(value, key, path, hint)
    if not isinstance(found, dict):
        raise Misfit((*path, key), f"{key!r} must be a mapping", hint)
    return found


def shown(text: str) -> str:
    """Return hostile text as one short, quoted, printable word for a message."""
    return repr(text if len(text) <= _SHOWN else f"{text[:_SHOWN]}…")


def _mapping(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    mapping = dict(pairs)
    if len(mapping) != len(pairs):
        raise ValueError
    return mapping


def _mapping_of(value: object) -> dict[str, Any]:
    if isinstance(value, dict):
        return value
    raise Misfit((), "the file must hold one mapping", "write it anew")


def _refuse(constant: str) -> NoReturn:
    raise ValueError(constant)


def _unreadable(data: bytes, name: str) -> Unfit:
    from modelyard.documents.document import Unreadable
    from modelyard.documents.json import read as read_strictly

    try:
        read_strictly(data)
    except Unreadable as unreadable:
        fault = unreadable.faults[0]
        return Unfit(name, fault.position, fault.message, hint=fault.hint)
    return Unfit(name, None, "the file is no JSON that can be read", hint="write it anew")


def _position(data: bytes, misfit: Misfit) -> Position | None:
    from modelyard.documents.document import Unreadable
    from modelyard.documents.json import read as read_strictly

    try:
        document = read_strictly(data)
    except Unreadable:
        return None  # larger than any file that a person would look into
    return document.locate_key(misfit.path) if misfit.at_key else document.locate(misfit.path)


def _lines(value: Mapping[str, Any], indent: str) -> list[str]:
    inner = indent + "  "
    lines = ["{"]
    for key, child in sorted(value.items()):
        name = json.dumps(key, ensure_ascii=False)
        if isinstance(child, dict) and any(isinstance(each, dict) for each in child.values()):
            first, *others = _lines(child, inner)
            lines += [f"{inner}{name}: {first}", *others[:-1], f"{others[-1]},"]
        else:
            lines.append(f"{inner}{name}: {json.dumps(child, ensure_ascii=False, sort_keys=True)},")
    lines[-1] = lines[-1].removesuffix(",") if len(lines) > 1 else lines[-1]
    return [*lines, f"{indent}}}"]
