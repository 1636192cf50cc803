from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from modelyard.documents.model_patterns import ModelPattern
from modelyard.documents.scalars import InvalidScalar

# Few letters, so that a drawn name often follows a drawn pattern.
NAMES = st.text("ab-", max_size=12)
PATTERNS = st.text("ab-*", min_size=1, max_size=8)


@pytest.mark.parametrize(
    ("pattern", "name", "matched"),
    [
        ("fraud", "fraud", True),
        ("fraud", "fraud-eu", False),
        ("fraud-*", "fraud-eu", True),
        ("fraud-*", "fraud-", True),
        ("fraud-*", "fraud", False),
        ("*-eu", "fraud-eu", True),
        ("*-eu", "fraud-eu-2", False),
        ("*", "fraud", True),
        ("f*d-*-eu", "fraud-card-eu", True),
        ("a*a", "a", False),
        ("a*ba*a", "aba", False),
    ],
)
def test_which_models_a_pattern_matches(pattern: str, name: str, matched: bool) -> None:
    assert ModelPattern.parse(pattern).matches(name) is matched


@given(PATTERNS, NAMES)
def test_a_star_stands_for_any_characters(pattern: str, name: str) -> None:
    """p.matches(n) == whether n follows p with `.*` for each `*`"""
    expected = re.fullmatch(".*".join(map(re.escape, pattern.split("*"))), name) is not None
    assert ModelPattern.parse(pattern).matches(name) is expected


@given(PATTERNS)
def test_a_pattern_survives_its_text(text: str) -> None:
    """str(ModelPattern.parse(t)) == t"""
    assert str(ModelPattern.parse(text)) == text


@given(st.lists(NAMES, min_size=2, max_size=6), NAMES)
def test_parts_of_a_name_with_stars_between_them_match_it(parts: list[str], between: str) -> None:
    """parse("*".join(parts)) matches between.join(parts)"""
    assert ModelPattern.parse("*".join(parts)).matches(between.join(parts))


@pytest.mark.parametrize("text", ["", "Fraud-*", "fraud-.+", "fraud-[ab]", "fraud-?", "a" * 101, "fraud*\n"])
def test_what_no_model_is_called_is_no_pattern(text: str) -> None:
    with pytest.raises(InvalidScalar) as raised:
        ModelPattern.parse(text)
    assert raised.value.message.endswith(
        " is not a model name or a pattern of lower-case letters, digits, '-', '_' and '*'"
    )
