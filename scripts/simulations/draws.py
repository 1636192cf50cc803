"""Draws from a fixed seed: of a generator only what Python promises never to change."""

from __future__ import annotations

from math import log, sqrt
from random import Random
from statistics import NormalDist

__all__ = ["Draws", "mean_and_error"]


class Draws:
    """Samples from distributions."""

    def __init__(self, seed: str) -> None:
        self._random = Random(seed).random  # noqa: S311 - nothing here is secret

    def hits(self, share: float, rows: int) -> int:
        """Return how many of the rows are right."""
        return sum(self._random() < share for _ in range(rows))

    def pairs(self, both: float, only_first: float, only_second: float, rows: int) -> tuple[int, int, int]:
        """Return how many rows both have right, only the first, and only the second."""
        found = [0, 0, 0]
        for _ in range(rows):
            drawn = self._random()
            if drawn < both:
                found[0] += 1
            elif drawn < both + only_first:
                found[1] += 1
            elif drawn < both + only_first + only_second:
                found[2] += 1
        return found[0], found[1], found[2]

    def normal(self, mean: float, deviation: float, rows: int) -> list[float]:
        """Return a sample of a normal distribution."""
        inverse = NormalDist(mean, deviation).inv_cdf
        return [inverse(self._open()) for _ in range(rows)]

    def skewed(self, rows: int) -> list[float]:
        """Return a sample of the exponential distribution of mean 1."""
        return [-log(self._open()) for _ in range(rows)]

    def _open(self) -> float:
        return self._random() or 0.5


def mean_and_error(sample: list[float]) -> tuple[float, float]:
    """Return the mean of a sample and its standard error."""
    mean = sum(sample) / len(sample)
    return mean, sqrt(sum((each - mean) ** 2 for each in sample) / (len(sample) - 1) / len(sample))
