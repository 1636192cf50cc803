"""The strict JSON reader, and rendering: RFC 8259 without what two readers would take differently.

Refused besides what is not JSON: keys that stand twice, ``NaN`` and ``Infinity``, numbers that no
float or 64-bit integer holds, characters that :mod:`modelyard.documents.characters` forbids, and
more depth, nodes or bytes than :mod:`modelyard.documents.limits` allows.
"""

from __future__ import annotations

import json
import math
import re
from functools import partial
from typing import TYPE_CHECKING, NoReturn

from modelyard.documents.characters import decode
from modelyard.documents.document import Document
from modelyard.documents.json_scanner import scan
from modelyard.documents.limits import MAX_DEPTH, MAX_DIGITS, MAX_NODES
from modelyard.documents.nodes import marks
from modelyard.documents.writable import require_size, require_writable

if TYPE_CHECKING:
    from collections.abc import Mapping

    from modelyard.documents.document import Marks, Path, Value

__all__ = ["read", "render"]

# Escapes that can spell a character no value may hold.
_RISKY_ESCAPE = re.compile(r"\\[bfru]")


def read(data: bytes) -> Document:
    """Return the document that the bytes spell.

    :raises Unreadable: with every fault that one pass finds; a fault in the syntax or a limit ends
        the pass.
    """
    text = decode(data)
    return Document(_build_or_judge(text), partial(_marks, text))


def render(value: Value) -> bytes:
    """Return the value as JSON: two spaces of indentation, keys in their order, a line feed at the end.

    :raises Unwritable: the value cannot stand in a strict document; it is a ValueError too.
    """
    require_writable(value)
    return require_size((json.dumps(value, indent=2, ensure_ascii=False, allow_nan=False) + "\n").encode())


def _build_or_judge(text: str) -> Value:
    try:
        return _build(text)
    except (ValueError, RecursionError):
        pass
    return _judge(text)


def _judge(text: str) -> Value:
    root, faults = scan(text)
    faults.refuse_any()
    return root.value if root else None


def _marks(text: str) -> Mapping[Path, Marks]:
    root, faults = scan(text)
    return marks(root, faults.lines) if root else {}


# The standard library's parser is fast and takes too much: whatever it could take wrongly is left
# to the scanner, which decides.
def _build(text: str) -> Value:
    openings = text.count("[") + text.count("{")
    if _RISKY_ESCAPE.search(text) or openings + text.count(",") + text.count(":") >= MAX_NODES:
        raise ValueError
    value: Value = json.loads(
        text, object_pairs_hook=_mapping, parse_float=_float, parse_int=_integer, parse_constant=_refuse
    )
    if openings > MAX_DEPTH and not _is_shallow(value):
        raise ValueError
    return value


def _mapping(pairs: list[tuple[str, Value]]) -> dict[str, Value]:
    mapping = dict(pairs)
    if len(mapping) != len(pairs):
        raise ValueError
    return mapping


def _float(text: str) -> float:
    number = float(text)
    if not math.isfinite(number):
        raise ValueError
    return number


def _integer(text: str) -> int:
    if len(text) > MAX_DIGITS:
        raise ValueError
    return int(text)


def _refuse(constant: str) -> NoReturn:
    raise ValueError(constant)


def _is_shallow(value: Value) -> bool:
    waiting = [(value, 1)]
    while waiting:
        node, depth = waiting.pop()
        if isinstance(node, (dict, list)):
            if depth > MAX_DEPTH:
                return False
            waiting.extend((child, depth + 1) for child in (node.values() if isinstance(node, dict) else node))
    return True
