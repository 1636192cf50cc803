from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from modelyard.documents import json
from modelyard.documents.metrics import SCHEMA, Metrics, full_names
from modelyard.documents.schema_check import check

NAMES = st.lists(st.sampled_from(["a", "b", "test", "map@0"]), min_size=1, max_size=5).map(".".join)
NUMBERS = st.floats(allow_nan=False, allow_infinity=False)


def test_nested_names_are_joined_by_dots() -> None:
    value = {"loss": 0.1, "test": {"auc": 0.9, "country=de": {"auc": 0.8}}}
    metrics = Metrics.from_value(value)
    assert metrics.values == {"loss": 0.1, "test.auc": 0.9, "test.country=de.auc": 0.8}
    assert json.read(metrics.render()).value == value


def test_a_metric_is_found_by_split_by_full_name_and_in_the_test_split() -> None:
    metrics = Metrics({"auc": 0.7, "test.auc": 0.9, "test.f1": 0.5, "val.auc": 0.8})
    assert metrics.find("auc") == 0.7
    assert metrics.find("f1") == 0.5
    assert metrics.find("val.auc") == 0.8
    assert metrics.find("auc", split="val") == 0.8
    assert metrics.find("f1", split="val") is None
    assert metrics.find("brier") is None


def test_a_name_that_is_a_part_of_another_stays_whole() -> None:
    metrics = Metrics({"map.50": 0.5, "map": 0.6, "test.auc": 0.9, "test.auc.de": 0.8})
    assert json.read(metrics.render()).value == {"map.50": 0.5, "map": 0.6, "test": {"auc": 0.9, "auc.de": 0.8}}


def test_two_metrics_may_have_one_full_name() -> None:
    assert list(full_names({"test.auc": 0.9, "test": {"auc": 0.5}})) == [("test.auc", 0.9), ("test.auc", 0.5)]


@given(st.dictionaries(NAMES, NUMBERS, min_size=1))
def test_metrics_read_back_as_they_are_written(values: dict[str, float]) -> None:
    """from_value(read(render(m))) == m, and what is written keeps its schema"""
    document = json.read(Metrics(values).render())
    assert Metrics.from_value(document.mapping()).values == values
    assert check(SCHEMA, document) == ()
