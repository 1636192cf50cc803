from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import pytest
from jsonschema import Draft202012Validator

from modelyard.documents.schema_engine import ENGINES, build
from modelyard.documents.schema_formats import FORMATS, PREFIX
from modelyard.documents.schemas import APPLICATION, NAMES, load, prepare, prepared
from modelyard.errors import ModelyardError
from modelyard.formats import FORMATS as FILE_FORMATS

if TYPE_CHECKING:
    from collections.abc import Iterator

# The hub's front matter and DVC's pointers are not ours to extend with keys; in what an application lists and locks,
# any key that is not known is a mistake.
CLOSED = [name for name in NAMES if name not in ("CARD_SCHEMA", "POINTER_SCHEMA", *APPLICATION)]


def subschemas(node: Any, place: str = "#") -> Iterator[tuple[str, dict[str, Any]]]:
    """Yield every schema in a schema that describes a value, with its place."""
    if not isinstance(node, dict):
        return
    yield place, node
    for keyword in ("properties", "patternProperties", "$defs"):
        for key, child in node.get(keyword, {}).items():
            yield from subschemas(child, f"{place}/{keyword}/{key}")
    for keyword in ("additionalProperties", "items"):
        yield from subschemas(node.get(keyword), f"{place}/{keyword}")


@pytest.mark.parametrize("name", NAMES)
def test_a_schema_is_a_schema(name: str) -> None:
    schema = load(name)
    Draft202012Validator.check_schema(schema)
    assert schema["$schema"] == "https://json-schema.org/draft/2020-12/schema"
    assert schema["$id"] == f"https://modelyard.example.org/schemas/{name}.json"


@pytest.mark.parametrize("name", NAMES)
def test_an_editor_can_explain_every_value(name: str) -> None:
    silent = [
        (place, word)
        for place, schema in subschemas(load(name))
        for word in ("title", "description", "examples")
        if not schema.get(word) and "/$defs/" not in place and not (word == "examples" and "patternProperties" in place)
    ]
    assert silent == []


@pytest.mark.parametrize("name", NAMES)
def test_a_description_begins_a_sentence_and_ends_it(name: str) -> None:
    descriptions = [schema["description"] for _, schema in subschemas(load(name)) if "description" in schema]
    assert [text for text in descriptions if not re.fullmatch(r"[A-Z`].*\.", text)] == []


@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize("name", NAMES)
def test_every_example_satisfies_its_own_schema(name: str, engine: str) -> None:
    wrong = [
        (place, example)
        for place, schema in subschemas(prepared(name))
        for example in schema.get("examples", ())
        if build(schema, engine).findings(example)
    ]
    assert wrong == []


@pytest.mark.parametrize("name", CLOSED)
def test_only_keys_that_start_with_x_are_free(name: str) -> None:
    mappings = [(place, schema) for place, schema in subschemas(load(name)) if "properties" in schema]
    assert [
        place
        for place, schema in mappings
        if schema["additionalProperties"] is not False or list(schema["patternProperties"]) != ["^x-"]
    ] == []


@pytest.mark.parametrize("name", NAMES)
def test_every_required_key_is_described(name: str) -> None:
    for place, schema in subschemas(load(name)):
        assert set(schema.get("required", ())) <= set(schema.get("properties", ())), place


@pytest.mark.parametrize("name", NAMES)
def test_a_format_of_ours_has_a_parser_and_a_pattern_in_ascii(name: str) -> None:
    for place, schema in subschemas(load(name)):
        if "format" in schema or "pattern" in schema:
            assert schema["format"] in FORMATS, place
            assert schema["pattern"].isascii(), place
            assert re.fullmatch(r"\^.*\$", schema["pattern"]), place


def test_every_format_is_used_by_a_schema() -> None:
    used = {schema["format"] for name in NAMES for _, schema in subschemas(load(name)) if "format" in schema}
    assert set(FORMATS) == used
    assert all(name.startswith(PREFIX) for name in FORMATS)


def test_file_formats_are_those_that_are_read() -> None:
    files = load("MODEL_METADATA_SCHEMA")["properties"]["files"]["additionalProperties"]
    forbidden = load("POLICY_SCHEMA")["properties"]["formats"]["properties"]["forbid"]
    required = load("POLICY_SCHEMA")["$defs"]["stage"]["properties"]["require"]["properties"]["formats"]
    assert files["properties"]["format"]["enum"] == list(FILE_FORMATS)
    assert forbidden["items"]["enum"] == list(FILE_FORMATS)
    assert required["items"]["enum"] == list(FILE_FORMATS)


def test_a_stage_can_require_each_field_of_the_metadata_that_is_optional() -> None:
    metadata = load("MODEL_METADATA_SCHEMA")
    required = load("POLICY_SCHEMA")["$defs"]["stage"]["properties"]["require"]["properties"]["metadata"]
    optional = [field for field in metadata["properties"] if field not in metadata["required"]]
    assert required["items"]["enum"] == optional


@pytest.mark.parametrize("name", NAMES)
def test_engines_get_no_pattern_no_reference_and_no_definition(name: str) -> None:
    # A property may have the name of a keyword; none of ours does.
    keywords = {keyword for _, schema in subschemas(prepared(name)) for keyword in schema}
    assert keywords.isdisjoint({"$ref", "$defs", "pattern"})


def test_preparing_resolves_a_reference_and_keeps_what_stands_beside_it() -> None:
    schema = {
        "properties": {"version": {"description": "The version.", "$ref": "#/$defs/version"}},
        "$defs": {"version": {"type": "string", "format": "modelyard-version", "pattern": "^1$", "maxLength": 9}},
    }
    assert prepare(schema) == {
        "properties": {"version": {"description": "The version.", "type": "string", "format": "modelyard-version"}}
    }


@pytest.mark.parametrize(
    "reference", ["http://127.0.0.1/s.json", "other.json", "#/$defs/missing", "a.json#/$defs/there"]
)
def test_preparing_refuses_a_reference_that_leads_outside(reference: str) -> None:
    with pytest.raises(ModelyardError) as raised:
        prepare({"items": {"$ref": reference}, "$defs": {"there": {}}})
    assert raised.value.message == (
        f"schema reference {reference!r} leads outside the schema, and schemas are never fetched"
    )


@pytest.mark.parametrize("name", ["NO_SCHEMA", "../schemas/STAGE_SCHEMA", ""])
def test_loading_an_unknown_schema_names_those_there_are(name: str) -> None:
    with pytest.raises(ModelyardError) as raised:
        load(name)
    assert raised.value.message == f"no schema {name!r} is shipped with modelyard"
    assert raised.value.hint == (
        "the schemas are ADDRESSES_SCHEMA, APPLICATION_SCHEMA, CARD_SCHEMA, COMPARISON_SCHEMA, "
        "DATASET_MANIFEST_SCHEMA, EVENT_SCHEMA, GARBAGE_SCHEMA, LEADERBOARD_SCHEMA, LOCKING_SCHEMA, LOCK_SCHEMA, "
        "METRICS_SCHEMA, MODEL_METADATA_SCHEMA, MODEL_SCHEMA, OUTDATED_SCHEMA, POINTER_SCHEMA, POLICY_SCHEMA, "
        "PULL_SCHEMA, PUSH_SCHEMA, REPORT_SCHEMA, "
        "REVIEW_SCHEMA, SMOKE_SCHEMA, STAGE_SCHEMA, STATS_SCHEMA, SYNC_SCHEMA, UPDATE_SCHEMA, "
        "VERIFICATION_SCHEMA"
    )
