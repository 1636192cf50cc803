"""Keys in the order of their schema: whole entries of a YAML mapping move, with the comments above them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from modelyard.documents import yaml
from modelyard.documents.nodes import MappingNode
from modelyard.documents.yaml_engines import engine_for
from modelyard.documents.yaml_nodes import compose

if TYPE_CHECKING:
    from collections.abc import Sequence

__all__ = ["in_order"]


def in_order(data: bytes, keys: Sequence[str]) -> bytes:
    """Return the document with its top-level entries in the order of the keys; unknown ones keep theirs, behind them.

    A comment goes with the entry that it stands above; what stands above the first entry is about the whole document,
    and stays at its top. Where the document is no block mapping, or is in order, it is returned as it is.

    :raises Unreadable: the bytes are not a strict document.
    """
    before = yaml.read(data).value
    text = data.decode()
    root = compose(text, engine_for(text)).root
    if not isinstance(root, MappingNode) or root.flow or not isinstance(before, dict):
        return data
    names = [str(key.value) for key, _ in root.pairs]
    wanted = [*(key for key in keys if key in names), *(name for name in names if name not in keys)]
    if names == wanted:
        return data
    head, blocks, tail = _cut(text, [key.start for key, _ in root.pairs])
    by_name = dict(zip(names, blocks, strict=True))
    moved = (head + "".join(by_name[name] for name in wanted) + tail).encode()
    return moved if yaml.read(moved).value == before else data


def _cut(text: str, starts: list[int]) -> tuple[str, list[str], str]:
    """Return what stands above the first entry, the entries as whole lines, and comments at the end."""
    lines = text.splitlines(keepends=True)
    if not lines[-1].endswith("\n"):
        lines[-1] += "\n"
    keys = [text.count("\n", 0, start) for start in starts]
    firsts = [keys[0], *(_with_comments(lines, key) for key in keys[1:])]
    end = len(lines)
    while end > firsts[-1] and (not lines[end - 1].strip() or lines[end - 1].startswith("#")):
        end -= 1
    ends = [*firsts[1:], end]
    blocks = ["".join(lines[first:last]) for first, last in zip(firsts, ends, strict=True)]
    return "".join(lines[: firsts[0]]), blocks, "".join(lines[end:])


def _with_comments(lines: list[str], first: int) -> int:
    """Return the first line of the comment right above an entry, else that of the entry."""
    while first and lines[first - 1].startswith("#"):
        first -= 1
    return first
