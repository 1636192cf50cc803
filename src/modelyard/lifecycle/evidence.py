"""Evidence beside what it speaks of: a stage's document says on which figures it was decided."""

from __future__ import annotations

from typing import TYPE_CHECKING

from modelyard.documents import edit
from modelyard.evaluate.evidence import decides, evidence
from modelyard.names import looks_like_model_name, parse_model_name
from modelyard.snapshot import STAGES, Snapshot
from modelyard.tree import OverlayTree
from modelyard.values import replace

if TYPE_CHECKING:
    from modelyard.documents.document import Value
    from modelyard.lifecycle.edits import Edits

__all__ = ["with_evidence"]


def with_evidence(edits: Edits, base: Snapshot) -> Edits:
    """Return the edits with the evidence in each stage's document that decides what serves.

    :param base: what the edits are made of; its policy is the judging one.
    """
    head = Snapshot(OverlayTree(base.tree, edits.changes))
    files = {path: _with_evidence(path, data, base, head) for path, data in edits.files.items()}
    return replace(edits, files=files)


def _with_evidence(path: str, data: bytes, base: Snapshot, head: Snapshot) -> bytes:
    stage, _, file = path.removeprefix(f"{STAGES}/").partition("/")
    word = file.removesuffix(".yaml")
    if not path.startswith(f"{STAGES}/") or not looks_like_model_name(word):
        return data
    name = parse_model_name(word)
    before, after = base.promotion(stage, name), head.promotion(stage, name)
    # What has faults is for the gate to say.
    if after is None or after.value is None or not decides(before.value if before else None, after.value):
        return data
    found = evidence(stage, name, after.value, base=base, head=head, policy=base.policy)
    value: Value = {"digest": found.digest, "tool": found.tool}
    return edit.set_value(data, ("evidence",), value)
