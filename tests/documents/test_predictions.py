from __future__ import annotations

from hashlib import sha256

import pytest

from modelyard.documents.predictions import InvalidPredictions, Predictions, Row

HEADER = "split,row,truth,prediction\n"


def test_predictions_are_told_by_split_and_row() -> None:
    data = (HEADER + 'test,1,yes,no\ntest,2,"a, b",no\r\ntrain,1,0.5,0.25\n').encode()
    assert Predictions.parse(data) == Predictions(
        {"test": {"1": Row("yes", "no"), "2": Row("a, b", "no")}, "train": {"1": Row("0.5", "0.25")}},
        sha256(data).hexdigest(),
    )


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (b"", "line 1: the header is not split,row,truth,prediction"),
        (b"row,truth,prediction\n", "line 1: the header is not split,row,truth,prediction"),
        (b"\xff", "line 1: the file is not UTF-8"),
        (f"{HEADER}test,1,yes\n".encode(), "line 2: there are not 4 cells with something"),
        (f"{HEADER}test,1,yes,\n".encode(), "line 2: there are not 4 cells with something"),
        (f"{HEADER}test,1,yes,no\n\n".encode(), "line 3: there are not 4 cells with something"),
        (f"{HEADER}test,1,a,b\ntest,1,a,b\n".encode(), "line 3: row '1' of 'test' was there before"),
        (f'{HEADER}test,1,"a"b,c\n'.encode(), "line 2: the quotes or separators of CSV are wrong"),
        (f"{HEADER}test,1,a,{'b' * 200_000}\n".encode(), "line 2: the quotes or separators of CSV are wrong"),
    ],
)
def test_what_is_no_table_of_predictions_says_where(data: bytes, message: str) -> None:
    with pytest.raises(InvalidPredictions) as caught:
        Predictions.parse(data)
    assert str(caught.value) == message
