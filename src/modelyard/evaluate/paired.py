"""Pairs: two versions compared by what they said for the same rows."""

from __future__ import annotations

from math import isclose, isfinite, sqrt
from typing import TYPE_CHECKING

from modelyard.evaluate.mcnemar import mcnemar

if TYPE_CHECKING:
    from collections.abc import Mapping

    from modelyard.documents.predictions import Row
    from modelyard.evaluate.differences import Difference

__all__ = ["Contradiction", "paired_difference"]

# Figures are stated with three digits or more.
_ROUNDED = 5e-4

_ERRORS: Mapping[str, tuple[bool, bool]] = {
    # Whether each row's error is squared, and whether the root of their mean is taken.
    "mae": (False, False),
    "mean_absolute_error": (False, False),
    "mse": (True, False),
    "mean_squared_error": (True, False),
    "rmse": (True, True),
    "root_mean_squared_error": (True, True),
}

Table = tuple["Mapping[str, Row]", float]


class Contradiction(ValueError):
    """Predictions are not of the same rows, or not those that the stated figure was computed from."""


def paired_difference(metric: str, older: Table, newer: Table, *, level: float) -> Difference | None:
    """Return the difference of a metric that can be computed from rows; None of any other.

    ``accuracy`` is compared by McNemar's test, and the mean absolute, mean squared and root mean squared error by
    a studentised bootstrap.

    :param older: the rows of the older version, and the figure that it states; so ``newer``.
    :raises Contradiction: the rows are not the same, or do not give the figure that is stated.
    :raises NotFinished: rows are to be resampled, and NumPy is not installed.
    """
    if metric != "accuracy" and metric not in _ERRORS:
        return None
    first, second = older[0], newer[0]
    if first.keys() != second.keys() or any(first[row].truth != second[row].truth for row in first):
        raise Contradiction("the predictions of the two are not for the same rows")
    names = sorted(first)
    if metric == "accuracy":
        hits = [[table[name].truth == table[name].prediction for name in names] for table in (first, second)]
        for right, (_, stated) in zip(hits, (older, newer), strict=True):
            _hold_to(stated, sum(right) / len(names))
        lost = sum(before and not after for before, after in zip(*hits, strict=True))
        gained = sum(after and not before for before, after in zip(*hits, strict=True))
        return mcnemar(lost, gained, len(names), level=level)
    from modelyard.evaluate.bootstrap import bootstrap

    squared, rooted = _ERRORS[metric]
    losses = [[_error(table[name], squared=squared) for name in names] for table in (first, second)]
    for loss, (_, stated) in zip(losses, (older, newer), strict=True):
        mean = sum(loss) / len(names)
        _hold_to(stated, sqrt(mean) if rooted else mean)
    return bootstrap(losses[0], losses[1], rooted=rooted, level=level)


def _error(row: Row, *, squared: bool) -> float:
    try:
        error = abs(float(row.prediction) - float(row.truth))
    except ValueError:
        raise Contradiction(f"the predictions hold {row.prediction!r} for {row.truth!r}, and no numbers") from None
    if not isfinite(error):
        raise Contradiction(f"the predictions hold {row.prediction!r} for {row.truth!r}, and no finite numbers")
    return error * error if squared else error


def _hold_to(stated: float, computed: float) -> None:
    if not isclose(stated, computed, rel_tol=_ROUNDED, abs_tol=_ROUNDED):
        raise Contradiction(f"metrics.json states {stated:g} where the predictions give {computed:.4g}")
