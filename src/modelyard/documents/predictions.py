"""``predictions.csv``: what a version said for each row of a split, beside what is true."""

from __future__ import annotations

import csv
from hashlib import sha256
from typing import TYPE_CHECKING

from modelyard.documents.file_names import PREDICTIONS
from modelyard.values import dataclass

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

__all__ = ["COLUMNS", "FILE", "MAX_BYTES", "InvalidPredictions", "Predictions", "Row"]

FILE = PREDICTIONS
COLUMNS = ["split", "row", "truth", "prediction"]
MAX_BYTES = 64 << 20
"""Size of the largest file that is read: some two million rows."""


class InvalidPredictions(ValueError):
    """The file is no table of predictions; the message says where and why."""


@dataclass(frozen=True)
class Row:
    """What is true of one row, and what the version said, as they are written."""

    truth: str
    prediction: str


@dataclass(frozen=True)
class Predictions:
    """The predictions of one version, by split and by the name of the row.

    :param sha256: of the bytes that they were read from.
    """

    splits: Mapping[str, Mapping[str, Row]]
    sha256: str = ""

    @classmethod
    def parse(cls, data: bytes) -> Predictions:
        """Return the predictions that CSV in UTF-8 holds, with exactly the header ``split,row,truth,prediction``.

        :raises InvalidPredictions: it is no such table, or names a row of a split twice.
        """
        try:
            lines = data.decode("utf-8").splitlines()
        except UnicodeDecodeError:
            raise InvalidPredictions("line 1: the file is not UTF-8") from None
        splits: dict[str, dict[str, Row]] = {}
        for number, (split, row, truth, prediction) in _cells(lines):
            rows = splits.setdefault(split, {})
            if row in rows:
                raise InvalidPredictions(f"line {number}: row {row!r} of {split!r} was there before")
            rows[row] = Row(truth, prediction)
        return cls(splits, sha256(data).hexdigest())


def _cells(lines: list[str]) -> Iterator[tuple[int, list[str]]]:
    reader = csv.reader(lines, strict=True)
    try:
        if next(reader, None) != COLUMNS:
            raise InvalidPredictions(f"line 1: the header is not {','.join(COLUMNS)}")
        for cells in reader:
            if len(cells) != len(COLUMNS) or not all(cells):
                raise InvalidPredictions(f"line {reader.line_num}: there are not {len(COLUMNS)} cells with something")
            yield reader.line_num, cells
    except csv.Error as error:
        raise InvalidPredictions(f"line {reader.line_num}: the quotes or separators of CSV are wrong") from error
