from __future__ import annotations

import re
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from modelyard.documents.schema_formats import FORMATS, follows, reason
from modelyard.documents.schemas import NAMES, load

DEFINITIONS = {
    schema["format"]: schema for name in NAMES for schema in load(name).get("$defs", {}).values() if "format" in schema
}
# Grammars that are regular: the pattern says all that the parser does.
REGULAR = [
    f"modelyard-{noun}"
    for noun in (
        *("digest", "duration", "md5", "model-name", "model-pattern", "object-id", "rule-code"),
        *("run-id", "sha256", "training-hash", "word"),
    )
]
# Each law is tried for each format.
few = settings(max_examples=40)
TEXT = st.text(st.characters(exclude_categories=["Cs"]))


def matches(schema: dict[str, Any], text: str) -> bool:
    """Whether an editor accepts the text; `$` is the end to it, and not also before a last newline."""
    return re.search(schema["pattern"], text) is not None and len(text) <= schema.get("maxLength", len(text))


@st.composite
def near_matches(draw: st.DrawFn, name: str) -> str:
    """Draw a text that follows a pattern, or one that did until a character was put in or taken out."""
    text = draw(st.from_regex(DEFINITIONS[name]["pattern"], fullmatch=True) | TEXT)
    at = draw(st.integers(0, len(text)))
    return draw(st.sampled_from([text, text[:at] + text[at + 1 :], text[:at] + draw(TEXT) + text[at:]]))


@pytest.mark.parametrize("name", FORMATS)
def test_examples_follow_format_and_pattern(name: str) -> None:
    for example in DEFINITIONS[name]["examples"]:
        assert reason(name, example) is None
        assert matches(DEFINITIONS[name], example)


@pytest.mark.parametrize("name", FORMATS)
@few
@given(data=st.data())
def test_an_editor_never_refuses_what_the_gate_accepts(name: str, data: st.DataObject) -> None:
    """follows(format, t) implies pattern matches t"""
    text = data.draw(near_matches(name))
    assert not follows(name, text) or matches(DEFINITIONS[name], text)


@pytest.mark.parametrize("name", REGULAR)
@few
@given(data=st.data())
def test_a_regular_format_and_its_pattern_agree(name: str, data: st.DataObject) -> None:
    """follows(format, t) == pattern matches t, for t without a newline at its end"""
    text = data.draw(near_matches(name).filter(lambda text: not text.endswith("\n")))
    assert follows(name, text) == matches(DEFINITIONS[name], text)


@pytest.mark.parametrize("name", FORMATS)
def test_a_newline_at_the_end_is_refused(name: str) -> None:
    for example in DEFINITIONS[name]["examples"]:
        assert not follows(name, f"{example}\n")


@pytest.mark.parametrize("name", FORMATS)
@few
@given(text=TEXT)
def test_a_format_gives_a_reason_for_any_text_and_never_fails(name: str, text: str) -> None:
    """reason(format, t) is None, or says something about t"""
    invalid = reason(name, text)
    assert invalid is None or invalid.message


@pytest.mark.parametrize("name", FORMATS)
@few
@given(data=st.data())
def test_what_is_suggested_follows_the_format(name: str, data: st.DataObject) -> None:
    """reason(format, t).hint == "write it as u" implies follows(format, u)"""
    invalid = reason(name, data.draw(near_matches(name)))
    if invalid and invalid.hint.startswith("write it as "):
        assert follows(name, invalid.hint.removeprefix("write it as "))


@pytest.mark.parametrize("value", [1, 1.0, None, True, [], {}])
def test_a_format_says_nothing_about_other_types(value: object) -> None:
    assert all(follows(name, value) for name in FORMATS)


@pytest.mark.parametrize(
    ("noun", "text", "hint"),
    [
        ("version", "v1.2.0", "write it as 1.2.0"),
        ("version", "1.2", "write it as 1.2.0"),
        ("version", " 1.2.0", "write it as 1.2.0"),
        ("version", "one", ""),
        ("model-name", "Fraud Score (EU)", "write it as fraud-score-eu"),
        ("sha256", "AB" * 32, f"write it as {'ab' * 32}"),
        ("digest", "ab" * 32, f"write it as sha256:{'ab' * 32}"),
        ("training-hash", "ab" * 20, f"write it as git:{'ab' * 20}"),
        ("rule-code", "my101", "write it as MY101"),
        ("url", " https://example.org/a", "write it as https://example.org/a"),
        ("url", f" https://example.org/{'a' * 200}", ""),
    ],
)
def test_what_was_meant_is_suggested_where_it_is_near(noun: str, text: str, hint: str) -> None:
    invalid = reason(f"modelyard-{noun}", text)
    assert invalid is not None
    assert invalid.hint == hint
