"""Intervals and p-values: how often the one holds the truth, and the other is small without a difference."""

from __future__ import annotations

from dataclasses import dataclass
from math import exp, log
from typing import TYPE_CHECKING

from modelyard.evaluate.bootstrap import bootstrap
from modelyard.evaluate.differences import Difference, difference
from modelyard.evaluate.mcnemar import mcnemar
from modelyard.evaluate.measurements import Measurement
from modelyard.evaluate.statistics import normal_quantile, wilson_interval
from modelyard.evaluate.student import t_quantile
from simulations.draws import Draws, mean_and_error

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

__all__ = ["RUNS", "Row", "rows"]

RUNS = 2000
# The bootstrap takes its time; it is on few rows that it could err.
_BOOTSTRAP_RUNS = {50: RUNS, 200: 500}
_RESAMPLES = 399
_LEVEL = 0.95
_ALPHA = 0.05


@dataclass(frozen=True)
class Row:
    """One line of the table; None for a rate that a method has not."""

    method: str
    truth: str
    runs: int
    coverage: float | None
    errors: float | None


def rows() -> Iterator[Row]:
    """Yield what was counted, method by method."""
    for share, count in ((0.5, 50), (0.86, 200), (0.98, 200), (0.98, 1000)):
        yield _wilson(share, count)
    for first, second, count in ((0.5, 0.5, 50), (0.9, 0.9, 200), (0.98, 0.98, 200), (0.85, 0.9, 200)):
        yield _newcombe(first, second, count)
    for apart, count in ((0.2, 50), (0.1, 200), (0.02, 200)):
        yield _mcnemar(apart, apart, count)
    yield _mcnemar(0.05, 0.1, 200)
    for deviations, counts in (((1, 1), (20, 20)), ((1, 3), (40, 15))):
        yield _welch(deviations, counts)
    yield _from_bounds(100)
    yield _from_bounds(400)
    for count, rooted in ((50, False), (200, False), (200, True)):
        yield _bootstrap(count, rooted=rooted)


def _counted(method: str, truth: str, effect: float, draw: Callable[[Draws], Difference], runs: int = RUNS) -> Row:
    draws = Draws(f"{method}: {truth}")
    found = [draw(draws) for _ in range(runs)]
    held = sum(_low(each) <= effect <= _high(each) for each in found)
    alarms = sum(each.p_value is not None and each.p_value < _ALPHA for each in found)
    return Row(method, truth, runs, held / runs, None if effect else alarms / runs)


def _low(found: Difference) -> float:
    return float("nan") if found.low is None else found.low


def _high(found: Difference) -> float:
    return float("nan") if found.high is None else found.high


def _wilson(share: float, count: int) -> Row:
    draws = Draws(f"Wilson: {share} of {count}")
    found = [wilson_interval(draws.hits(share, count) / count, count) for _ in range(RUNS)]
    held = sum(low <= share <= high for low, high in found)
    return Row("Wilson", f"a share of {share} of {count} rows", RUNS, held / RUNS, None)


def _newcombe(first: float, second: float, count: int) -> Row:
    def measured(share: float, draws: Draws) -> Measurement:
        point = draws.hits(share, count) / count
        return Measurement(point, *wilson_interval(point, count), rows=count)

    return _counted(
        "Newcombe",
        f"shares of {first} and {second}, each of {count} rows",
        second - first,
        lambda draws: _apart(measured(first, draws), measured(second, draws), "Newcombe"),
    )


def _apart(older: Measurement, newer: Measurement, method: str) -> Difference:
    found = difference(newer, older, level=_LEVEL)
    assert found.method == method
    return found


def _mcnemar(lost: float, gained: float, count: int) -> Row:
    def draw(draws: Draws) -> Difference:
        _, only_first, only_second = draws.pairs(0.8, lost / 2, gained / 2, count)
        return mcnemar(only_first, only_second, count, level=_LEVEL)

    truth = f"{count} pairs, of which the first alone has {lost / 2:.1%} right and the second alone {gained / 2:.1%}"
    return _counted("McNemar mid-p", truth, (gained - lost) / 2, draw)


def _welch(deviations: tuple[int, int], counts: tuple[int, int]) -> Row:
    def measured(deviation: float, count: int, draws: Draws) -> Measurement:
        mean, error = mean_and_error(draws.normal(0, deviation, count))
        half = t_quantile((1 - _LEVEL) / 2, count - 1) * error
        return Measurement(mean, mean - half, mean + half, rows=count, level=_LEVEL)

    truth = "normal rows, {} and {}, with deviations of {} and {}".format(*counts, *deviations)
    (first, rows), (second, others) = zip(deviations, counts, strict=True)
    return _counted(
        "Welch", truth, 0, lambda draws: _apart(measured(first, rows, draws), measured(second, others, draws), "Welch")
    )


def _from_bounds(count: int) -> Row:
    """Draw means whose intervals are computed on the logarithm and are not symmetrical."""

    def measured(draws: Draws) -> Measurement:
        mean, error = mean_and_error(draws.skewed(count))
        half = normal_quantile((1 - _LEVEL) / 2) * error / mean
        return Measurement(mean, exp(log(mean) - half), exp(log(mean) + half), level=_LEVEL)

    truth = f"means of {count} skewed rows, with intervals on the logarithm"
    return _counted("Zou-Donner", truth, 0, lambda draws: _apart(measured(draws), measured(draws), "Zou-Donner"))


def _bootstrap(count: int, *, rooted: bool) -> Row:
    def draw(draws: Draws) -> Difference:
        # Both versions err where a row is hard, and each by itself.
        hard = draws.skewed(count)
        first, second = ([each + more for each, more in zip(hard, draws.skewed(count), strict=True)] for _ in range(2))
        return bootstrap(first, second, rooted=rooted, resamples=_RESAMPLES)

    kind = "roots of mean errors" if rooted else "mean errors"
    truth = f"{kind} of {count} skewed rows that both find hard or easy, {_RESAMPLES} resamples"
    return _counted("paired bootstrap", truth, 0, draw, _BOOTSTRAP_RUNS[count])
