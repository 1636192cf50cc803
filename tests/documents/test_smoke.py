"""The two files of a smoke test."""

from __future__ import annotations

import pytest

from modelyard.documents.smoke import Expected, Shape, read_expected, read_input
from modelyard.errors import Refused


def test_inputs_and_expectations() -> None:
    assert read_input("in.json", b"[[1, 2]]") == [[1, 2]]
    assert read_input("in.json", b'{"X": [[1, 2]]}') == {"X": [[1, 2]]}
    usual = read_expected("out.json", b"[0, 1]")
    assert (usual, usual.names) == (Expected({"": [0, 1]}, usual=True), ())
    named = read_expected("out.json", b'{"label": [0], "probabilities": {"shape": [-1, 2]}}')
    assert (named.outputs, named.names) == (
        {"label": [0], "probabilities": Shape((-1, 2))},
        ("label", "probabilities"),
    )
    assert read_expected("out.json", b'{"shape": [3]}') == Expected({"": Shape((3,))}, usual=True)


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (b"3", "smoke.json is neither a list nor a mapping of arrays by name"),
        (b"{}", "smoke.json expects nothing"),
        (b'{"a": {"size": 1}}', "smoke.json: 'a' is neither an array nor {\"shape\": [...]}"),
        (b'{"a": {"shape": [1.5]}}', "smoke.json: the shape of 'a' is made of whole numbers, -1 for any"),
        (b'{"a": {"shape": [-2]}}', "smoke.json: the shape of 'a' is made of whole numbers, -1 for any"),
    ],
)
def test_what_expects_nothing_that_can_be_compared(data: bytes, message: str) -> None:
    with pytest.raises(Refused) as caught:
        read_expected("smoke.json", data)
    assert (caught.value.message, caught.value.hint) == (
        message,
        "docs/how-to/load-and-smoke-test.md shows both files",
    )


def test_an_input_of_scalars_by_name() -> None:
    with pytest.raises(Refused) as caught:
        read_input("smoke.json", b'{"X": 1}')
    assert caught.value.message == "smoke.json: 'X' is no array"


def test_json_that_is_none_is_located() -> None:
    with pytest.raises(Refused) as caught:
        read_input("smoke.json", b"[[1,\n NaN]]")
    assert caught.value.message.startswith("smoke.json:2:2: ")
