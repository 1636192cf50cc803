from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from modelyard.documents import dataset_manifest, metadata, model, stage, yaml, yaml_text
from modelyard.documents.dataset_manifest import DatasetManifest
from modelyard.documents.metadata import SCHEMA, Metadata
from modelyard.documents.metadata_parts import (
    Ensemble,
    Environment,
    Evaluation,
    FileRecord,
    FrameworkRecord,
    Interval,
    MlflowRun,
    Signature,
    SmokeTest,
    Source,
    Tensor,
    Training,
)
from modelyard.documents.model import Model
from modelyard.documents.parsed import Parsed, parse
from modelyard.documents.schema_check import check
from modelyard.documents.stage import Promotion
from support.corpus import VALID, case_id, read_document, schema_name
from support.names import model_names, version_ids, versions

KINDS: dict[str, type[Metadata | Model | Promotion | DatasetManifest]] = {
    metadata.SCHEMA: Metadata,
    model.SCHEMA: Model,
    stage.SCHEMA: Promotion,
    dataset_manifest.SCHEMA: DatasetManifest,
}
TYPED = [path for path in VALID if schema_name(path) in KINDS]
HEX = "0123456789abcdef"
words = st.text("abc é", min_size=1, max_size=8)
keys = st.text("abc", min_size=1, max_size=5)
sha256 = st.text(HEX, min_size=64, max_size=64)
commits = st.text(HEX, min_size=40, max_size=40)
moments = st.datetimes().map(lambda moment: moment.strftime("%Y-%m-%dT%H:%M:%SZ").rjust(20, "0"))
sizes = st.integers(0, 10**12)
numbers = st.floats(-1e6, 1e6)


def maybe(strategy: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    return st.none() | strategy


def some(strategy: st.SearchStrategy[Any]) -> st.SearchStrategy[tuple[Any, ...]]:
    return st.lists(strategy, max_size=2, unique_by=str).map(tuple)


tensors = st.builds(
    Tensor,
    words,
    keys,
    shape=maybe(st.lists(st.integers(-1, 9), max_size=3).map(tuple)),
    optional=st.booleans(),
)
records = st.builds(FileRecord, sha256, sizes, st.sampled_from(["model", "preprocessor"]), st.just("joblib"))
evaluations = st.builds(
    Evaluation,
    maybe(words),
    maybe(st.integers(1, 10**6)),
    st.dictionaries(keys, st.builds(Interval, numbers, numbers, st.just(0.95)), max_size=2),
)
documents = st.builds(
    Metadata,
    name=model_names,
    version=versions,
    description=words,
    source=st.builds(Source, st.just("."), commits),
    dataset_manifest=st.just("dataset-manifest.yaml"),
    training_hash=commits.map(lambda commit: f"git:{commit}"),
    license=st.sampled_from(["MIT", "Apache-2.0"]),
    artifact=st.just("model.joblib"),
    files=st.dictionaries(st.sampled_from(["model.joblib", "b/c.bin"]), records, min_size=1),
    created_at=moments,
    model_type=maybe(words),
    framework=maybe(st.builds(FrameworkRecord, keys, maybe(keys))),
    task=maybe(keys),
    tags=some(keys),
    params=st.dictionaries(keys, st.integers(1 - 10**18, 10**18 - 1) | words | st.booleans(), max_size=2),
    feature_names=some(words),
    training=maybe(st.builds(Training, maybe(sizes), maybe(moments), maybe(moments))),
    signature=maybe(st.builds(Signature, some(tensors), some(tensors))),
    parents=some(version_ids),
    mlflow=maybe(
        st.builds(MlflowRun, st.text(HEX, min_size=32, max_size=32), maybe(st.just("sqlite:///a.db")), maybe(words))
    ),
    dvc_remote=maybe(keys),
    environment=maybe(st.builds(Environment, sha256, maybe(st.just("uv.lock")))),
    ensemble=maybe(st.builds(Ensemble, keys, st.lists(version_ids, min_size=1, max_size=2, unique=True).map(tuple))),
    data_quality=st.dictionaries(keys, numbers, max_size=2),
    smoke_test=maybe(st.builds(SmokeTest, st.just("in.json"), st.just("out.json"), maybe(st.floats(0, 1)))),
    evaluation=st.dictionaries(keys, evaluations, max_size=2),
    extensions=st.dictionaries(keys.map(lambda key: f"x-{key}"), words, max_size=2),
)


@given(documents)
def test_metadata_reads_back_as_it_is_written(document: Metadata) -> None:
    """from_value(to_value(m)) == m, through the bytes of a YAML file as well"""
    assert Metadata.from_value(document.to_value()) == document
    read = yaml.read(yaml_text.render(document.to_value()))
    assert Metadata.from_value(read.mapping()) == document


@pytest.mark.parametrize("path", TYPED, ids=case_id)
def test_every_valid_document_of_the_corpus_has_a_value(path: Any) -> None:
    """Keys of one's own are free wherever the schema frees them, so none of them may trip a constructor."""
    name = schema_name(path)
    parsed: Parsed[Any] = parse(path.as_posix(), path.read_bytes(), name, KINDS[name])
    assert parsed.all_faults == ()
    assert isinstance(parsed.value, KINDS[name])


@pytest.mark.parametrize("path", TYPED, ids=case_id)
def test_keys_of_ones_own_change_no_value(path: Any) -> None:
    name = schema_name(path)
    value = read_document(path).mapping()
    assert KINDS[name].from_value(sprinkled(value)) is not None


def sprinkled(value: Any) -> Any:
    """Return the document with a key of one's own in each mapping that has a fixed set of keys."""
    if isinstance(value, list):
        return [sprinkled(each) for each in value]
    if not isinstance(value, dict):
        return value
    inner = {key: sprinkled(child) for key, child in value.items()}
    fixed = {
        "repo",
        "sha256",
        "run_id",
        "metric",
        "reason",
        "rows",
        "low",
        "input",
        "method",
        "remote",
        "inputs",
        "digest",
    }
    return {**inner, "x-own": 1} if fixed & inner.keys() else inner


def test_a_version_claims_to_be_what_it_says() -> None:
    path = next(each for each in TYPED if each.stem == "everything" and schema_name(each) == SCHEMA)
    value = Metadata.from_value(read_document(path).mapping())
    assert str(value.id) == "fraud@1.2.0"
    assert value.size == 48213
    assert value.files_with_role("model") == ("model.joblib",)
    assert value.files_with_role("preprocessor") == ()
    assert value.extensions == {"x-ticket": "RISK-42"}
    assert check(SCHEMA, yaml.read(yaml_text.render(value.to_value()))) == ()
