"""What is fuzzed: one hostile file of a registry, through the whole gate and every report.

No content may make the gate fail in another way than by a problem or a sentence. An input is one byte that
says which file it is (see :data:`SLOTS`), then the file's bytes.
"""

from __future__ import annotations

import os
from datetime import datetime, timezone
from typing import TYPE_CHECKING

from modelyard.names import VersionId
from modelyard.reports import github, json, text
from modelyard.rules.engine import judge, judge_change
from modelyard.snapshot import Snapshot
from modelyard.tree import MemoryTree
from support.cases import KnownPast, valid_files

if TYPE_CHECKING:
    from modelyard.rules.judgement import Judgement

__all__ = ["SLOTS", "as_input", "judge_input"]

_VERSION = "model_registry/fraud-1.1.0"
SLOTS = (
    f"{_VERSION}/metadata.yaml",
    f"{_VERSION}/metadata.json",
    f"{_VERSION}/MODEL_CARD.md",
    f"{_VERSION}/metrics.json",
    f"{_VERSION}/dataset-manifest.yaml",
    f"{_VERSION}/model.joblib.dvc",
    f"{_VERSION}/.gitignore",
    f"{_VERSION}/LICENSE",
    f"{_VERSION}/dvc.yaml",
    f"{_VERSION}/dvc.lock",
    f"{_VERSION}/predictions.csv",
    "model_registry/registry.yaml",
    "model_registry/models/fraud.yaml",
    "model_registry/stages/production/fraud.yaml",
    "model_registry/archive/fraud.jsonl",
)
_FIRST_BESIDE = SLOTS.index("model_registry/registry.yaml")
_NAME_SLOT = len(SLOTS)
"""The input is the name of a file in a version's directory, and not its content."""

_MOMENT = datetime(2026, 6, 1, tzinfo=timezone.utc)
_REPORTS = (text, json, github)


def as_input(path: str, content: bytes) -> bytes:
    """Return the input that puts the content at the path."""
    return bytes([SLOTS.index(path)]) + content


def judge_input(data: bytes) -> None:
    """Judge the version that holds the hostile file; where it lies beside the versions, the whole as a change.

    :raises Exception: any but those that the gate tells its users in a sentence.
    """
    if data:
        slot = data[0] % (_NAME_SLOT + 1)
        files = _files(slot, data[1:])
        judgement = _judged_version(files) if slot == _NAME_SLOT or slot < _FIRST_BESIDE else _judged_change(files)
        for report in _REPORTS:
            report.render(judgement)


def _files(slot: int, content: bytes) -> dict[str, bytes]:
    files = valid_files()
    if slot == _NAME_SLOT:
        # What Git can hold: no empty name, no NUL, no slash within the name.
        name = os.fsdecode(content.replace(b"\0", b"").replace(b"/", b""))
        return files if name in ("", ".", "..") else files | {f"{_VERSION}/{name}": b"x"}
    if SLOTS[slot].endswith("metadata.json"):
        del files[f"{_VERSION}/metadata.yaml"]
    return files | {SLOTS[slot]: content}


def _judged_version(files: dict[str, bytes]) -> Judgement:
    return judge(Snapshot(MemoryTree(files)), [VersionId.parse("fraud@1.1.0")], within=(_VERSION,), moment=_MOMENT)


def _judged_change(files: dict[str, bytes]) -> Judgement:
    base, head = (Snapshot(MemoryTree(each)) for each in (valid_files(), files))
    return judge_change(base, head, past=KnownPast(), moment=_MOMENT)
