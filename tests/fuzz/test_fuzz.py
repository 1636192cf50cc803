from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from fuzz.seeds import FINDINGS, seeds
from fuzz.target import SLOTS, as_input, judge_input
from support.strategies import values, yaml_like

if TYPE_CHECKING:
    from pathlib import Path

SLOT = st.sampled_from(SLOTS)
ENDLESS = settings(deadline=None)  # the first example compiles what the others use

_PIECES = (
    "# ¦## Limitations¦---¦\n¦\n\n¦| a | 0.9 |¦|---|¦```¦~~~¦<!--¦-->¦<script>¦[x](y)¦](¦![¦<a href=¦&#x6A;¦\\¦`¦{{¦}}¦"
    "TODO¦license: mit¦a¦ ¦\t¦0.91"
)
MARKDOWN = st.lists(st.sampled_from(_PIECES.split("¦")), max_size=30).map("".join)


def test_every_seed_is_judged() -> None:
    for seed in seeds():
        judge_input(seed)


@pytest.mark.parametrize("path", FINDINGS, ids=lambda path: path.stem)
def test_what_was_once_found_is_judged(path: Path) -> None:
    judge_input(path.read_bytes())


@ENDLESS
@given(SLOT, st.binary(max_size=400))
def test_arbitrary_bytes_are_judged(slot: str, content: bytes) -> None:
    judge_input(as_input(slot, content))


@ENDLESS
@given(SLOT, yaml_like)
def test_what_looks_like_yaml_is_judged(slot: str, text: str) -> None:
    judge_input(as_input(slot, text.encode("utf-8", "surrogatepass")))


@ENDLESS
@given(SLOT, values)
def test_any_json_is_judged(slot: str, value: object) -> None:
    judge_input(as_input(slot, json.dumps(value).encode()))


@ENDLESS
@given(MARKDOWN)
def test_any_markdown_is_judged(text: str) -> None:
    judge_input(as_input("model_registry/fraud-1.1.0/MODEL_CARD.md", text.encode()))


@ENDLESS
@given(st.binary(min_size=1, max_size=255))
@example(b"-rf")
@example(b"a\nb")
@example(b"\xff\xfe")
@example(b"x" * 255)
def test_any_file_name_is_judged(name: bytes) -> None:
    judge_input(bytes([len(SLOTS)]) + name)
