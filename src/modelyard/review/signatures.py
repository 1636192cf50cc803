"""What became of a signature: what breaks callers, and what is new to them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from modelyard.evaluate.signatures import breaks
from modelyard.values import dataclass

if TYPE_CHECKING:
    from modelyard.documents.metadata_parts import Signature

__all__ = ["SignatureChange", "signature_changes"]


@dataclass(frozen=True)
class SignatureChange:
    """One difference, as a phrase, and whether callers of the older version stumble over it."""

    message: str
    breaks: bool


def signature_changes(newer: Signature | None, older: Signature | None) -> tuple[SignatureChange, ...] | None:
    """Return what is different for whoever calls the model, what breaks callers first; None where neither has one."""
    if newer is None or older is None:
        if newer is older:
            return None
        return (SignatureChange("the signature is new" if newer else "the signature is gone", breaks=newer is None),)
    broken = [SignatureChange(each.message, breaks=True) for each in breaks(older, newer)]
    inputs, outputs = ({tensor.name for tensor in tensors} for tensors in (older.inputs, older.outputs))
    added = [f"input {each.name!r} may be given" for each in newer.inputs if each.optional and each.name not in inputs]
    added += [f"output {each.name!r} is new" for each in newer.outputs if each.name not in outputs]
    return (*broken, *(SignatureChange(message, breaks=False) for message in added))
