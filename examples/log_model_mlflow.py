"""Train a wine classifier, log the run to MLflow, and register the run.

    python examples/log_model_mlflow.py --registry path/to/registry

The run goes to the server that ``MLFLOW_TRACKING_URI`` names, else into an SQLite store in the directory
``--store``. The run's id, its parameters and its metrics become part of the version's metadata.
"""

from __future__ import annotations

import argparse
import os
from pathlib import Path

import mlflow
from sklearn.datasets import load_wine
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import accuracy_score, log_loss
from sklearn.pipeline import Pipeline, make_pipeline
from sklearn.preprocessing import StandardScaler
from training import EXAMPLES, SEED, Rows, hold_out, print_metrics, rounded

import modelyard

DOCUMENTS = EXAMPLES / "wine-classifier"
PARAMS = {"C": 0.1, "max_iter": 1000}


def load_rows() -> dict[str, Rows]:
    """Return the rows of the data set, labelled with the number of the grower."""
    data = load_wine()
    return hold_out(data.data, data.target)


def train(rows: Rows) -> Pipeline:
    """Return a model that is fitted to the rows."""
    return make_pipeline(StandardScaler(), LogisticRegression(**PARAMS)).fit(rows.features, rows.labels)


def measure(model: Pipeline, rows: Rows) -> dict[str, float]:
    """Return how well the model does."""
    return rounded(
        accuracy=accuracy_score(rows.labels, model.predict(rows.features)),
        log_loss=log_loss(rows.labels, model.predict_proba(rows.features)),
    )


def log_run(model: Pipeline, metrics: dict[str, dict[str, float]]) -> str:
    """Log parameters, metrics and the model to MLflow, and return the run's id."""
    mlflow.set_experiment("wine-classifier")
    with mlflow.start_run() as run:
        mlflow.log_params({**PARAMS, "seed": SEED})
        for split, figures in metrics.items():
            mlflow.log_metrics({f"{split}.{name}": value for name, value in figures.items()})
        # Releases of MLflow differ in the format that they choose; this one needs no further library.
        mlflow.sklearn.log_model(model, name="model", serialization_format="cloudpickle")
    run_id: str = run.info.run_id
    return run_id


def use_store(directory: Path) -> None:
    """Keep runs in an SQLite store in the directory, and their files beside it."""
    directory = directory.resolve()
    directory.mkdir(parents=True, exist_ok=True)
    mlflow.set_tracking_uri(f"sqlite:///{directory / 'mlflow.db'}")
    if mlflow.get_experiment_by_name("wine-classifier") is None:
        mlflow.create_experiment("wine-classifier", artifact_location=(directory / "artifacts").as_uri())


def parse_options() -> argparse.Namespace:
    """Return ``registry`` and ``store``."""
    parser = argparse.ArgumentParser(
        description="Train a wine classifier, log the run to MLflow, and register the run."
    )
    parser.add_argument("--registry", type=Path, required=True, metavar="DIR", help="the registry")
    parser.add_argument(
        "--store",
        type=Path,
        default=EXAMPLES.parent / "mlruns",
        metavar="DIR",
        help="where runs are kept when no server is named (default: %(default)s)",
    )
    return parser.parse_args()


def main() -> None:
    """Train, measure, log and register."""
    options = parse_options()
    if "MLFLOW_TRACKING_URI" not in os.environ:
        use_store(options.store)
    rows = load_rows()
    model = train(rows["train"])
    metrics = {split: measure(model, part) for split, part in rows.items()}
    print_metrics(metrics)
    run_id = log_run(model, metrics)
    version = modelyard.Registry(options.registry).register(
        "wine-classifier",
        model=model,
        mlflow_run=run_id,
        dataset=DOCUMENTS / "dataset-manifest.yaml",
        card=DOCUMENTS / "MODEL_CARD.md",
        license="Apache-2.0",
        n=len(rows["test"]),
        task="multiclass-classification",
        owners=["models@example.org"],
        source_directory=EXAMPLES,
    )
    print(f"registered {version} from run {run_id}")


if __name__ == "__main__":
    main()
