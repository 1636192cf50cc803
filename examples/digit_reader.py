"""Train a reader of handwritten digits, and convert it to ONNX.

    python examples/digit_reader.py                     train, and print the metrics
    python examples/digit_reader.py --register minor    train, and register the next version

The metrics are those of the ONNX model, since that is what is registered.
"""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from onnxruntime import InferenceSession
from skl2onnx import to_onnx
from sklearn.datasets import load_digits
from sklearn.metrics import accuracy_score, f1_score
from sklearn.neural_network import MLPClassifier
from sklearn.pipeline import Pipeline, make_pipeline
from sklearn.preprocessing import MinMaxScaler
from training import EXAMPLES, SEED, Rows, hold_out, parse_options, print_metrics, rounded

import modelyard

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

    from modelyard.names import VersionId

DOCUMENTS = EXAMPLES / "digit-reader"
PARAMS = {"hidden_layer_sizes": [64], "alpha": 0.001, "max_iter": 600}
SIGNATURE = {
    "inputs": [{"name": "X", "type": "float32", "shape": [-1, 64]}],
    "outputs": [
        {"name": "label", "type": "int64", "shape": [-1]},
        {"name": "probabilities", "type": "float32", "shape": [-1, 10]},
    ],
}


def load_rows() -> dict[str, Rows]:
    """Return the rows of the data set: 64 pixels from 0 to 16 each, and the digit."""
    data = load_digits()
    return hold_out(data.data.astype(np.float32), data.target)


def train(rows: Rows) -> Pipeline:
    """Return a model that is fitted to the rows."""
    return make_pipeline(MinMaxScaler(), MLPClassifier(**PARAMS, random_state=SEED)).fit(rows.features, rows.labels)


def convert(model: Pipeline, rows: Rows) -> bytes:
    """Return the model as ONNX, with an array as its probabilities."""
    onnx: bytes = to_onnx(model, rows.features[:1], options={"zipmap": False}).SerializeToString()
    return onnx


def read_digits(session: InferenceSession, images: NDArray[Any]) -> NDArray[Any]:
    """Return the digit of each image."""
    digits: NDArray[Any] = session.run(["label"], {"X": images})[0]
    return digits


def measure(session: InferenceSession, rows: Rows) -> dict[str, float]:
    """Return the share of digits that are read right, and F1 of the digits that are read worst and on average."""
    found = read_digits(session, rows.features)
    scores = f1_score(rows.labels, found, average=None)
    return rounded(accuracy=accuracy_score(rows.labels, found), mean_f1=scores.mean(), worst_f1=scores.min())


def register(onnx: bytes, metrics: Mapping[str, Any], *, rows: int, bump: str, registry: Path) -> VersionId:
    """Register the model; ``rows`` is how many it was tested on."""
    with tempfile.TemporaryDirectory() as directory:
        artifact = Path(directory) / "model.onnx"
        artifact.write_bytes(onnx)
        return modelyard.Registry(registry).register(
            "digit-reader",
            artifact=artifact,
            bump=bump,
            dataset=DOCUMENTS / "dataset-manifest.yaml",
            card=DOCUMENTS / "MODEL_CARD.md",
            license="Apache-2.0",
            metrics=metrics,
            n=rows,
            params={**PARAMS, "seed": SEED},
            signature=SIGNATURE,
            task="multiclass-classification",
            tags=["example", "images"],
            owners=["models@example.org"],
            source_directory=EXAMPLES,
        )


def main() -> None:
    """Train, convert, measure, and register where that is asked for."""
    options = parse_options(__doc__)
    rows = load_rows()
    onnx = convert(train(rows["train"]), rows["train"])
    session = InferenceSession(onnx)
    metrics = {split: measure(session, part) for split, part in rows.items()}
    print_metrics(metrics)
    if options.register:
        tested = len(rows["test"])
        version = register(onnx, metrics, rows=tested, bump=options.register, registry=options.registry)
        print(f"registered {version}")


if __name__ == "__main__":
    main()
