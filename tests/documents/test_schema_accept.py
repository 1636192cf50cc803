"""The quick yes never says yes where an engine finds something."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from modelyard.documents.document import Document
from modelyard.documents.schema_accept import accepts, compiled
from modelyard.documents.schema_check import check
from modelyard.documents.schema_engine import ENGINES
from modelyard.documents.schemas import NAMES, prepared
from support.corpus import BROKEN, VALID, case_id, read_document, schema_name
from support.strategies import scalars

if TYPE_CHECKING:
    from hypothesis.strategies import DataObject


@pytest.mark.parametrize("path", VALID, ids=case_id)
def test_sound_documents_are_accepted_without_an_engine(path: Path) -> None:
    assert accepts(schema_name(path), read_document(path).value)


@pytest.mark.parametrize("path", BROKEN, ids=case_id)
def test_broken_documents_never_are(path: Path) -> None:
    assert not accepts(schema_name(path), read_document(path).value)


@pytest.mark.parametrize("name", NAMES)
def test_every_keyword_of_the_shipped_schemas_is_known(name: str) -> None:
    assert compiled(prepared(name)) is not None


@pytest.mark.parametrize("keyword", ["pattern", "contains", "not", "if", "dependentSchemas", "prefixItems"])
def test_an_unknown_keyword_is_left_to_an_engine(keyword: str) -> None:
    assert compiled({"properties": {"a": {"type": "string", keyword: {}}}}) is None


@settings(max_examples=300, deadline=None)
@given(st.data())
def test_what_is_accepted_has_no_findings_in_any_engine(data: DataObject) -> None:
    path = data.draw(st.sampled_from(VALID))
    value = _changed(read_document(path).value, data)
    if accepts(schema_name(path), value):
        document = Document(value, dict)
        assert [check(schema_name(path), document, engine=engine) for engine in ENGINES] == [()] * len(ENGINES)


def _changed(value: Any, data: DataObject) -> Any:
    """Return the value with one change somewhere: a part removed, added, doubled or of another type."""
    if isinstance(value, dict) and value and data.draw(st.integers(0, 3)):
        key = data.draw(st.sampled_from(sorted(value)))
        return {**value, key: _changed(value[key], data)}
    if isinstance(value, list) and value and data.draw(st.booleans()):
        index = data.draw(st.integers(0, len(value) - 1))
        return [*value[:index], _changed(value[index], data), *value[index:]]
    if isinstance(value, dict):
        key = data.draw(st.sampled_from([*value, "x-own", "unknown", ""]))
        return {**{name: each for name, each in value.items() if name != key}, **({key: 1} if key not in value else {})}
    return data.draw(st.one_of(scalars, st.just([value]), st.just({}), st.just([]), st.sampled_from([1.0, True, -1])))
