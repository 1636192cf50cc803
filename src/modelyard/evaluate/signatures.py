"""Signatures: whether whoever calls one model can call another, and what stands in the way."""

from __future__ import annotations

from typing import TYPE_CHECKING

from modelyard.values import dataclass

if TYPE_CHECKING:
    from collections.abc import Iterator

    from modelyard.documents.metadata_parts import Signature, Tensor

__all__ = ["Break", "breaks"]


@dataclass(frozen=True)
class Break:
    """One thing that breaks callers: what it is, and where it stands in the newer signature."""

    path: tuple[str | int, ...]
    message: str


def breaks(older: Signature, newer: Signature) -> tuple[Break, ...]:
    """Return what keeps callers of the older model from calling the newer one unchanged; nothing where they can.

    Every input that the newer one demands must have been demanded before, every input that was there
    must still be taken with the same type and shape, and every output that was there must still be
    given. What is new and optional breaks nobody, and neither does another order.
    """
    return (*_broken_inputs(older, newer), *_broken_outputs(older, newer))


def _broken_inputs(older: Signature, newer: Signature) -> Iterator[Break]:
    before = {tensor.name: tensor for tensor in older.inputs}
    for index, tensor in enumerate(newer.inputs):
        path = ("inputs", index)
        known = before.pop(tensor.name, None)
        if known is None:
            if not tensor.optional:
                yield Break(path, f"input {tensor.name!r} is new and demanded")
            continue
        if known.optional and not tensor.optional:
            yield Break(path, f"input {tensor.name!r} was optional and is demanded")
        if _kind(known) != _kind(tensor):
            yield Break(path, f"input {tensor.name!r} was {_kind(known)} and is {_kind(tensor)}")
    for name in before:
        yield Break(("inputs",), f"input {name!r} is gone")


def _broken_outputs(older: Signature, newer: Signature) -> Iterator[Break]:
    places = {tensor.name: index for index, tensor in enumerate(newer.outputs)}
    for known in older.outputs:
        index = places.get(known.name)
        if index is None:
            yield Break(("outputs",), f"output {known.name!r} is gone")
            continue
        tensor = newer.outputs[index]
        if _kind(known) != _kind(tensor):
            yield Break(("outputs", index), f"output {known.name!r} was {_kind(known)} and is {_kind(tensor)}")
        elif tensor.optional and not known.optional:
            yield Break(("outputs", index), f"output {known.name!r} was always there and is optional")


def _kind(tensor: Tensor) -> str:
    shape = (
        "" if tensor.shape is None else f"[{', '.join('any' if size == -1 else str(size) for size in tensor.shape)}]"
    )
    return f"{tensor.type}{shape}"
