"""The studentised bootstrap of a difference between errors that were measured on the same rows."""

from __future__ import annotations

from math import sqrt
from typing import TYPE_CHECKING, Any

from modelyard.errors import NotFinished
from modelyard.evaluate.differences import Difference

if TYPE_CHECKING:
    from collections.abc import Sequence

__all__ = ["RESAMPLES", "bootstrap"]

RESAMPLES = 1999
_METHOD = "paired bootstrap"


def bootstrap(
    first: Sequence[float],
    second: Sequence[float],
    *,
    rooted: bool = False,
    level: float = 0.95,
    resamples: int = RESAMPLES,
) -> Difference:
    """Return the difference of the means of two columns, or of the roots of their means, row by row.

    The seed is the digest of the columns, and of the generator only the raw bits are used, which NumPy promises not to
    change: the same rows give the same figures everywhere.

    :raises NotFinished: NumPy is not installed.

    Source: B. Efron and R. J. Tibshirani, "An Introduction to the Bootstrap" (1993), chapters 12 and 16; the standard
    error is that of the delta method.
    """
    numpy = _numpy()
    columns = numpy.array([first, second], dtype=float)
    effect, error = _studentised(numpy, columns, rooted=rooted)
    if not error:
        return Difference(effect, effect, effect, 0.0 if effect else 1.0, _METHOD)
    bits = numpy.random.PCG64(_seed(columns))
    rows = columns.shape[1]
    ratios = []
    for _ in range(resamples):
        # A product of 32 random bits and the number of rows, less its lower 32 bits, is an even choice of a row.
        chosen = ((bits.random_raw(rows) >> 32) * rows) >> 32
        again, spread = _studentised(numpy, columns[:, chosen], rooted=rooted)
        if spread:
            ratios.append((again - effect) / spread)
    return _read_off(numpy, effect, error, numpy.sort(ratios), level)


def _read_off(numpy: Any, effect: float, error: float, ratios: Any, level: float) -> Difference:
    low, high = numpy.quantile(ratios, [(1 - level) / 2, (1 + level) / 2])
    seen = effect / error
    tail = min(int((ratios >= seen).sum()), int((ratios <= seen).sum()))
    p_value = min(1.0, 2 * (tail + 1) / (len(ratios) + 1))
    return Difference(effect, effect - float(high) * error, effect - float(low) * error, p_value, _METHOD)


def _studentised(numpy: Any, columns: Any, *, rooted: bool) -> tuple[float, float]:
    """Return the difference, and its standard error."""
    means = columns.mean(axis=1)
    if rooted:
        roots = numpy.sqrt(means)
        slopes = numpy.divide(0.5, roots, out=numpy.zeros(2), where=roots > 0)
        means = roots
    else:
        slopes = numpy.ones(2)
    influence = slopes[1] * columns[1] - slopes[0] * columns[0]
    return float(means[1] - means[0]), float(influence.std()) / sqrt(len(influence))


def _seed(columns: Any) -> int:
    from hashlib import sha256

    return int.from_bytes(sha256(columns.astype("<f8").tobytes()).digest()[:16], "big")


def _numpy() -> Any:
    try:
        import numpy as np
    except ImportError as error:
        raise NotFinished(
            "predictions are compared by a bootstrap, and NumPy is not installed", hint="pip install 'modelyard[stats]'"
        ) from error
    return np
