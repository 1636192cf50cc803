"""Train a reader of handwritten digits, and measure it on rows that the training did not see."""

from __future__ import annotations

import csv
import json
from pathlib import Path

import joblib
from model import build
from sklearn.model_selection import train_test_split

HERE = Path(__file__).parent
OUT = HERE / "out"


def main() -> None:
    """Write the model, its metrics and its card into ``out/``."""
    with (HERE / "data" / "digits.csv").open(newline="", encoding="utf-8") as stream:
        _header, *lines = csv.reader(stream)
    images = [[float(pixel) for pixel in line[:-1]] for line in lines]
    digits = [int(line[-1]) for line in lines]
    training, test, training_digits, test_digits = train_test_split(
        images, digits, test_size=0.25, random_state=0, stratify=digits
    )
    model = build().fit(training, training_digits)
    accuracy = float(model.score(test, test_digits))
    OUT.mkdir(exist_ok=True)
    joblib.dump(model, OUT / "model.joblib")
    (OUT / "metrics.json").write_text(json.dumps({"accuracy": accuracy}), encoding="utf-8")
    card = (HERE / "MODEL_CARD.md").read_text(encoding="utf-8")
    figures = {"kind": type(model).__name__, "rows": len(training), "n": len(test), "accuracy": f"{accuracy:.3f}"}
    (OUT / "MODEL_CARD.md").write_text(card.format(**figures), encoding="utf-8")
    print(
        f"{type(model).__name__}: trained on {len(training)} rows, accuracy {accuracy:.4f} on n={len(test)} test rows"
    )


if __name__ == "__main__":
    main()
