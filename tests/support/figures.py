"""The figures that a model card states, to be held against those that were measured."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from modelyard.documents.card import Card
from modelyard.evaluate.statistics import wilson_interval

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

__all__ = ["bound", "figures", "flat", "promised_bound", "shown"]

_BOUND = re.compile(r"with 95 % confidence the accuracy is at least ([0-9.]+)\. ")


def figures(card: Path) -> dict[str, str]:
    """Return the figures of a card's table as they are written, by split and metric."""
    section = Card.parse(card.read_bytes()).section("Evaluation metrics")
    assert section is not None
    table = [line for line in section.prose.splitlines() if line.startswith("|")]
    header, _rule, *lines = [[cell.strip() for cell in line.strip("|").split("|")] for line in table]
    return {f"{split}.{line[0]}": value for line in lines for split, value in zip(header[1:], line[1:], strict=True)}


def flat(metrics: Mapping[str, Mapping[str, float]]) -> dict[str, float]:
    """Return metrics that are nested by split under their full names."""
    return {f"{split}.{name}": value for split, values in metrics.items() for name, value in values.items()}


def shown(metrics: Mapping[str, Mapping[str, float]]) -> dict[str, str]:
    """Return what a card has to state."""
    return {name: f"{value:.3f}" for name, value in flat(metrics).items()}


def promised_bound(card: Path) -> str:
    """Return the lower bound of the accuracy that a card states."""
    found = _BOUND.search(" ".join(card.read_text("utf-8").split()))
    assert found, f"{card} states no bound"
    return found[1]


def bound(accuracy: float, rows: int) -> str:
    """Return the lower bound that the accuracy has by Wilson's interval."""
    low, _high = wilson_interval(accuracy, rows, level=0.95)
    return f"{low:.3f}"
