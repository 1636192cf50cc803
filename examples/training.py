"""What the training scripts share: the rows that are held out, the options, and the form of metrics."""

from __future__ import annotations

import argparse
import json
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sklearn.model_selection import train_test_split

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

__all__ = ["EXAMPLES", "SEED", "Rows", "hold_out", "parse_options", "print_metrics", "rounded"]

EXAMPLES = Path(__file__).resolve().parent
SEED = 20240611
_TEST_SHARE = 0.3


@dataclass(frozen=True)
class Rows:
    """One part of a data set: features of shape (rows, columns), and a label for each row."""

    features: NDArray[Any]
    labels: NDArray[Any]

    def __len__(self) -> int:
        return len(self.labels)


def hold_out(features: NDArray[Any], labels: NDArray[Any]) -> dict[str, Rows]:
    """Return the rows to train on, and those to test on: the same three of ten in every run.

    Each label has the same share of both parts.
    """
    parts = train_test_split(features, labels, test_size=_TEST_SHARE, stratify=labels, random_state=SEED)
    train_features, test_features, train_labels, test_labels = parts
    return {"train": Rows(train_features, train_labels), "test": Rows(test_features, test_labels)}


def rounded(**metrics: float) -> dict[str, float]:
    """Return the metrics with six decimals; further ones differ from processor to processor."""
    return {name: round(float(value), 6) for name, value in metrics.items()}


def print_metrics(metrics: Mapping[str, Mapping[str, float]]) -> None:
    """Print what was measured, as ``metrics.json`` has it."""
    print(json.dumps(metrics, indent=2))


def parse_options(description: str | None, arguments: list[str] | None = None) -> argparse.Namespace:
    """Return ``register``, the bump of the new version or None, and ``registry``, a directory."""
    parser = argparse.ArgumentParser(description=(description or "").partition("\n")[0])
    parser.add_argument(
        "--register",
        choices=("major", "minor", "patch"),
        metavar="BUMP",
        help="register the model too, as the next major, minor or patch version",
    )
    parser.add_argument(
        "--registry",
        type=Path,
        default=EXAMPLES.parent,
        metavar="DIR",
        help="the registry (default: the repository of this script)",
    )
    return parser.parse_args(arguments)
