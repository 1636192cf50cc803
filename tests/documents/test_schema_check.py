from __future__ import annotations

import copy
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from modelyard.documents.document import Document, Marks
from modelyard.documents.schema_check import check
from modelyard.documents.schema_engine import ENGINES, engine_for
from modelyard.documents.schemas import DOCUMENTS, NAMES, load
from modelyard.problems import Position
from support.corpus import BROKEN, CORPUS, VALID, case_id, expected_path, read_document, schema_name, told

if TYPE_CHECKING:
    from pathlib import Path

    from modelyard.documents.document import Path as DocumentPath

WORDS = st.text(st.characters(exclude_categories=["Cs"]), max_size=8)
NUMBERS = st.integers(-(10**17), 10**17) | st.floats(allow_nan=False, allow_infinity=False)
SCALARS = st.none() | st.booleans() | NUMBERS | WORDS | st.sampled_from(["1.0.0", "fraud", "MIT", "a/b", "x-1"])
VALUES = st.recursive(SCALARS, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(WORDS, inner, max_size=3))


def unplaced(value: Any) -> Document:
    """Return a document whose text is not known."""
    return Document(value, dict)


@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize("path", VALID, ids=case_id)
def test_a_valid_document_has_no_fault(path: Path, engine: str) -> None:
    assert told(path, engine) == ""


@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize("path", BROKEN, ids=case_id)
def test_a_broken_document_is_told_why_and_where(path: Path, engine: str) -> None:
    assert told(path, engine) == expected_path(path).read_text(encoding="utf-8")


def test_the_corpus_is_whole() -> None:
    assert {schema_name(path) for path in VALID} == {schema_name(path) for path in BROKEN} == set(DOCUMENTS)
    assert sorted(CORPUS.glob("*/*/*.expected")) == sorted(map(expected_path, BROKEN))
    assert all(expected_path(path).stat().st_size for path in BROKEN)


def test_each_of_three_hundred_documents_and_more_has_a_reason_of_its_own() -> None:
    documents = [*VALID, *BROKEN]
    assert len(documents) >= 300
    assert len({(schema_name(path), path.read_bytes()) for path in documents}) == len(documents)
    assert len({case_id(path) for path in documents}) == len(documents)


@st.composite
def mutated_documents(draw: st.DrawFn) -> tuple[str, Any]:
    """Draw a schema and a document of the corpus that is changed in up to three places."""
    path = draw(st.sampled_from(VALID))
    holder = {"": copy.deepcopy(read_document(path).value)}
    for _ in range(draw(st.integers(1, 3))):
        container, key = draw(st.sampled_from(list(places(holder))))
        action = draw(st.sampled_from(["replace", "remove", "add"]))
        if action == "replace" or container is holder:
            container[key] = draw(VALUES)
        elif action == "remove":
            del container[key]
        elif isinstance(container, dict):
            container[draw(WORDS)] = draw(VALUES)
        else:
            container.append(copy.deepcopy(container[key]))
    return schema_name(path), holder[""]


def places(container: Any) -> list[tuple[Any, Any]]:
    """Return every container below one, with each of its keys."""
    keys = list(container) if isinstance(container, dict) else list(range(len(container)))
    found = [(container, key) for key in keys]
    inner = [container[key] for key in keys if isinstance(container[key], (dict, list))]
    return found + [place for each in inner for place in places(each)]


@given(mutated_documents())
def test_both_engines_tell_the_same(drawn: tuple[str, Any]) -> None:
    """check(name, d, engine=a) == check(name, d, engine=b)"""
    name, value = drawn
    assert check(name, unplaced(value), engine="jsonschema-rs") == check(name, unplaced(value), engine="jsonschema")


@given(mutated_documents(), st.sampled_from(list(ENGINES)))
def test_what_an_engine_refuses_is_told_in_words_of_ours(drawn: tuple[str, Any], engine: str) -> None:
    """findings(d) != {} implies check(d) != (), and each sentence is whole"""
    name, value = drawn
    faults = check(name, unplaced(value), engine=engine)
    assert bool(faults) >= bool(engine_for(name, engine).findings(value))
    for fault in faults:
        assert fault.message
        assert fault.hint
        assert not fault.message.endswith(".")
        assert "does not satisfy" not in fault.message


@given(st.sampled_from(NAMES), VALUES)
def test_any_value_at_all_is_judged_alike(name: str, value: Any) -> None:
    """check(name, d, engine=a) == check(name, d, engine=b)"""
    assert check(name, unplaced(value), engine="jsonschema-rs") == check(name, unplaced(value), engine="jsonschema")


def test_faults_stand_at_the_key_the_value_or_the_mapping() -> None:
    marks: dict[DocumentPath, Marks] = {
        (): Marks(Position(1, 1), None, None),
        ("version",): Marks(Position(2, 10), Position(2, 1), "1.10"),
        ("evidence",): Marks(Position(4, 3), Position(3, 1), None),
        ("evidence", "tol"): Marks(Position(4, 8), Position(4, 3), "x"),
    }
    document = Document({"version": 1.1, "evidence": {"tol": "x"}}, lambda: marks)
    assert [(fault.path, fault.position) for fault in check("STAGE_SCHEMA", document)] == [
        (("evidence", "digest"), Position(3, 1)),
        (("evidence", "tol"), Position(4, 3)),
        (("evidence", "tool"), Position(3, 1)),
        (("version",), Position(2, 10)),
    ]


def test_a_number_where_text_belongs_is_shown_as_it_is_written() -> None:
    marks: dict[DocumentPath, Marks] = {("version",): Marks(Position(1, 10), Position(1, 1), "1.10")}
    document = Document({"version": 1.1}, lambda: marks)
    (fault,) = check("STAGE_SCHEMA", document)
    assert (fault.keyword, fault.message) == ("type", "`version` must be a string, not the number 1.10")
    assert fault.hint == 'quote it: version: "1.10"'
    assert fault.meaning == "the champion: the version that `<name>@<stage>` means"


@pytest.mark.parametrize("engine", ENGINES)
def test_a_document_of_another_schema_version_gets_no_other_fault(engine: str) -> None:
    (fault,) = check("STAGE_SCHEMA", unplaced({"schema_version": 2, "champion": "1.0.0"}), engine=engine)
    assert fault.message == "schema_version 2 is not known to this modelyard; it knows 1"
    assert fault.hint == "write schema_version: 1, or use a newer modelyard"


@pytest.mark.parametrize("engine", ENGINES)
def test_a_number_that_is_not_finite_is_no_metric(engine: str) -> None:
    for value in (float("nan"), float("inf")):
        (fault,) = check("METRICS_SCHEMA", unplaced({"auc": value}), engine=engine)
        assert fault.message == f"`auc` must be a number or a mapping, not the number {value}"


def test_thousands_of_unknown_keys_are_all_told_in_good_time() -> None:
    keys = [f"licens{number}" for number in range(3000)]
    faults = check(
        "MODEL_METADATA_SCHEMA", unplaced({**load("MODEL_METADATA_SCHEMA")["examples"][0], **dict.fromkeys(keys)})
    )
    assert [fault.path[0] for fault in faults] == sorted(keys)
    assert sum(fault.hint == "did you mean `license`?" for fault in faults) == 20


def test_a_long_key_is_cut_where_it_is_shown() -> None:
    (fault,) = check("STAGE_SCHEMA", unplaced({"version": "1.0.0", "k" * 5000: 1}))
    assert fault.message == f"unknown key `'{'k' * 60}'…`"
    assert fault.hint == "remove it"


def test_a_hint_writes_a_key_as_a_document_may() -> None:
    value = load("MODEL_METADATA_SCHEMA")["examples"][0]
    (fault,) = check("MODEL_METADATA_SCHEMA", unplaced({**value, "evaluation": {"test": {"n": "1200"}}}))
    assert fault.message == "`evaluation.test.n` must be a whole number, not the string '1200'"
    assert fault.hint == "write n: 1200"
