"""Names of files whose readers are dear: who looks for a name need not import what reads the file."""

from __future__ import annotations

__all__ = ["CARD", "PREDICTIONS"]

CARD = "MODEL_CARD.md"
PREDICTIONS = "predictions.csv"
