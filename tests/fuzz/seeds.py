"""What fuzzing starts from: every document that the tests hold, and every input that once found something."""

from __future__ import annotations

from pathlib import Path

from fuzz.target import SLOTS, as_input
from support.cases import CASES
from support.cases import VALID as VALID_REGISTRY
from support.corpus import BROKEN, VALID, schema_name

__all__ = ["FINDINGS", "seeds"]

FINDINGS = sorted((Path(__file__).parent / "findings").glob("*.bin"))
_VERSION = "model_registry/fraud-1.1.0"
_SLOTS = {
    "MODEL_METADATA_SCHEMA": f"{_VERSION}/metadata.yaml",
    "METRICS_SCHEMA": f"{_VERSION}/metrics.json",
    "DATASET_MANIFEST_SCHEMA": f"{_VERSION}/dataset-manifest.yaml",
    "POINTER_SCHEMA": f"{_VERSION}/model.joblib.dvc",
    "POLICY_SCHEMA": "model_registry/registry.yaml",
    "MODEL_SCHEMA": "model_registry/models/fraud.yaml",
    "STAGE_SCHEMA": "model_registry/stages/production/fraud.yaml",
}


def seeds() -> list[bytes]:
    """Return the inputs, each once, in a stable order."""
    found = {path.read_bytes() for path in FINDINGS}
    for root in (VALID_REGISTRY, *CASES):
        for path in root.rglob("*"):
            slot = "model_registry/" + path.as_posix().rpartition("/model_registry/")[2]
            if path.is_file() and slot in SLOTS:
                found.add(as_input(slot, path.read_bytes()))
    for path in (*VALID, *BROKEN):
        if schema_name(path) in _SLOTS:
            found.add(as_input(_SLOTS[schema_name(path)], path.read_bytes()))
    return sorted(found)
