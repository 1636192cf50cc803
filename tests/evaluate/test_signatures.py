from __future__ import annotations

import pytest

from modelyard.documents.metadata_parts import Signature, Tensor
from modelyard.evaluate.signatures import Break, breaks

A, B, MAYBE_B = Tensor("a", "float"), Tensor("b", "float"), Tensor("b", "float", optional=True)
WIDE = Tensor("a", "float", (-1, 2))


@pytest.mark.parametrize(
    ("older", "newer", "found"),
    [
        ((A,), (A,), ()),
        ((A,), (A, MAYBE_B), ()),
        ((A, B), (B, A), ()),
        ((A, B), (A, MAYBE_B), ()),
        ((A,), (A, B), (Break(("inputs", 1), "input 'b' is new and demanded"),)),
        ((A, B), (A,), (Break(("inputs",), "input 'b' is gone"),)),
        ((A, MAYBE_B), (A, B), (Break(("inputs", 1), "input 'b' was optional and is demanded"),)),
        ((A,), (Tensor("a", "text"),), (Break(("inputs", 0), "input 'a' was float and is text"),)),
        ((A,), (WIDE,), (Break(("inputs", 0), "input 'a' was float and is float[any, 2]"),)),
    ],
)
def test_what_breaks_callers_by_inputs(
    older: tuple[Tensor, ...], newer: tuple[Tensor, ...], found: tuple[Break, ...]
) -> None:
    assert breaks(Signature(older, (A,)), Signature(newer, (A,))) == found


@pytest.mark.parametrize(
    ("older", "newer", "found"),
    [
        ((A,), (A, B), ()),
        ((A, MAYBE_B), (A, B), ()),
        ((A, B), (A,), (Break(("outputs",), "output 'b' is gone"),)),
        ((A,), (WIDE,), (Break(("outputs", 0), "output 'a' was float and is float[any, 2]"),)),
        ((A, B), (A, MAYBE_B), (Break(("outputs", 1), "output 'b' was always there and is optional"),)),
    ],
)
def test_what_breaks_callers_by_outputs(
    older: tuple[Tensor, ...], newer: tuple[Tensor, ...], found: tuple[Break, ...]
) -> None:
    assert breaks(Signature((A,), older), Signature((A,), newer)) == found
