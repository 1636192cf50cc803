"""One hostile document in an otherwise sound registry, through the whole gate: what must hold whatever it is."""

from __future__ import annotations

import unicodedata
from typing import TYPE_CHECKING

import pytest

from modelyard.documents import yaml
from modelyard.documents.document import Unreadable
from modelyard.documents.yaml_engines import FASTEST, PURE
from modelyard.errors import UsageError
from modelyard.reports import github, json, text
from modelyard.rules.engine import judge, judge_change
from modelyard.snapshot import Snapshot
from modelyard.tree import MemoryTree
from support.cases import KnownPast, valid_files
from support.corpus import BROKEN, VALID, schema_name

if TYPE_CHECKING:
    from collections.abc import Iterator

    from modelyard.documents.yaml_engines import Engine
    from modelyard.rules.judgement import Judgement

__all__ = ["PLACES", "assert_shown", "check", "check_encoded", "decoded", "encoded", "files_with", "seeds"]

ROOT = "model_registry/"
VERSION = f"{ROOT}fraud-1.1.0/"
METADATA = f"{VERSION}metadata.yaml"
POLICY = f"{ROOT}registry.yaml"

PLACES = (
    METADATA,
    f"{VERSION}metadata.json",
    f"{VERSION}MODEL_CARD.md",
    f"{VERSION}metrics.json",
    f"{VERSION}dataset-manifest.yaml",
    f"{VERSION}model.joblib.dvc",
    f"{VERSION}.gitignore",
    f"{ROOT}models/fraud.yaml",
    f"{ROOT}stages/production/fraud.yaml",
    POLICY,
)
"""Where a document can stand; a place is told by its index."""

UNSEEN = frozenset({"Cc", "Cf", "Cs", "Zl", "Zp"})

_SCHEMAS = {
    "MODEL_METADATA_SCHEMA": METADATA,
    "CARD_SCHEMA": f"{VERSION}MODEL_CARD.md",
    "METRICS_SCHEMA": f"{VERSION}metrics.json",
    "DATASET_MANIFEST_SCHEMA": f"{VERSION}dataset-manifest.yaml",
    "POINTER_SCHEMA": f"{VERSION}model.joblib.dvc",
    "MODEL_SCHEMA": f"{ROOT}models/fraud.yaml",
    "STAGE_SCHEMA": f"{ROOT}stages/production/fraud.yaml",
    "POLICY_SCHEMA": POLICY,
}


def check(place: str, data: bytes) -> None:
    """Judge the registry with these bytes at a place, and assert what holds for each document.

    The gate ends with a judgement, never with another exception than that the policy is broken; every problem has a
    place within the document; each line of a report is printable; both YAML engines say the same.
    """
    for judgement in _judgements(files_with(place, data)):
        _check_places(judgement, place, data)
        for report in (text.render(judgement), github.render(judgement)):
            assert_shown(report)
        json.render(judgement).encode()
    if not place.endswith((".json", ".md", ".gitignore")):
        assert _verdict(data, FASTEST) == _verdict(data, PURE)


def files_with(place: str, data: bytes) -> dict[str, bytes]:
    """Return the files of the sound registry with these bytes at a place."""
    files = valid_files() | {place: data}
    if place == f"{VERSION}metadata.json":
        del files[METADATA]
    return files


def check_encoded(data: bytes) -> None:
    """Check one input of a fuzzer."""
    check(*decoded(data))


def decoded(data: bytes) -> tuple[str, bytes]:
    """Return what one input of a fuzzer says: the first byte is the place, the rest the document."""
    return PLACES[sum(data[:1]) % len(PLACES)], data[1:]


def assert_shown(report: str) -> None:
    """Assert that no character of a report hides, commands a terminal, or stands for a byte that is no text."""
    assert [each for each in report if unicodedata.category(each) in UNSEEN and each != "\n"] == []


def encoded(place: str, data: bytes) -> bytes:
    """Return the input of a fuzzer for a document at a place."""
    return bytes([PLACES.index(place)]) + data


def seeds() -> Iterator[tuple[str, bytes]]:
    """Yield documents to begin with, each with its place: the valid ones, and those that are broken for a reason."""
    yield from ((place, valid_files()[place]) for place in PLACES if place in valid_files())
    for path in (*VALID, *BROKEN):
        data, place = path.read_bytes(), _SCHEMAS[schema_name(path)]
        if place.endswith(".md"):
            yield place, b"---\n" + data + b"---\n# Fraud\n"
        else:
            yield (f"{VERSION}metadata.json" if place == METADATA and path.suffix == ".json" else place), data


def _judgements(files: dict[str, bytes]) -> Iterator[Judgement]:
    base, head = Snapshot(MemoryTree(valid_files())), Snapshot(MemoryTree(files))
    yield judge_change(base, head, past=KnownPast())
    if head.parsed_policy and head.parsed_policy.value is None:
        with pytest.raises(UsageError, match=r"\Athe policy is broken: "):
            judge(head, head.version_ids)
    else:
        yield judge(head, head.version_ids)


def _check_places(judgement: Judgement, place: str, data: bytes) -> None:
    lines = data.count(b"\n") + 1
    for problem in (*judgement.problems, *judgement.pre_existing):
        assert problem.message
        assert problem.hint
        if problem.position and problem.path == place:
            assert 1 <= problem.position.line <= lines + 1
            assert problem.position.column >= 1


def _verdict(data: bytes, engine: Engine) -> object:
    try:
        document = yaml._read(data, engine)
    except Unreadable as unreadable:
        return unreadable.faults
    return repr(document.value), dict(document._all_marks())
