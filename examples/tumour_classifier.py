"""Train a classifier that tells malignant from benign breast tumours.

    python examples/tumour_classifier.py                     train, and print the metrics
    python examples/tumour_classifier.py --register minor    train, and register the next version

The scaler is registered beside the model, with the role ``preprocessor``: whoever loads the one has to
load the other.
"""

from __future__ import annotations

from sklearn.datasets import load_breast_cancer
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import accuracy_score, precision_score, recall_score, roc_auc_score
from sklearn.model_selection import GridSearchCV
from sklearn.preprocessing import StandardScaler
from training import EXAMPLES, SEED, Rows, hold_out, parse_options, print_metrics, rounded

import modelyard

DOCUMENTS = EXAMPLES / "tumour-classifier"
# To miss a malignant tumour costs more than a false alarm, and there are fewer of them to learn from.
PARAMS = {"class_weight": "balanced", "max_iter": 1000}
STRENGTHS = [0.01, 0.03, 0.1, 0.3, 1.0, 3.0]


def load_rows() -> dict[str, Rows]:
    """Return the rows of the data set, labelled ``benign`` or ``malignant``."""
    data = load_breast_cancer()
    return hold_out(data.data, data.target_names[data.target])


def train(rows: Rows) -> tuple[StandardScaler, LogisticRegression]:
    """Return the scaler and the model, both fitted to the rows; ``C`` is chosen by five-fold cross-validation."""
    scaler = StandardScaler().fit(rows.features)
    search = GridSearchCV(LogisticRegression(**PARAMS), {"C": STRENGTHS}, scoring="neg_log_loss", cv=5)
    return scaler, search.fit(scaler.transform(rows.features), rows.labels).best_estimator_


def measure(scaler: StandardScaler, model: LogisticRegression, rows: Rows) -> dict[str, float]:
    """Return how well the model does; recall and precision are those of the label ``malignant``."""
    features = scaler.transform(rows.features)
    found = model.predict(features)
    return rounded(
        accuracy=accuracy_score(rows.labels, found),
        recall=recall_score(rows.labels, found, pos_label="malignant"),
        precision=precision_score(rows.labels, found, pos_label="malignant"),
        roc_auc=roc_auc_score(rows.labels == "malignant", model.predict_proba(features)[:, 1]),
    )


def main() -> None:
    """Train, measure, and register where that is asked for."""
    options = parse_options(__doc__)
    rows = load_rows()
    scaler, model = train(rows["train"])
    metrics = {split: measure(scaler, model, part) for split, part in rows.items()}
    print_metrics(metrics)
    if options.register:
        version = modelyard.Registry(options.registry).register(
            "tumour-classifier",
            model=model,
            preprocessor=scaler,
            bump=options.register,
            dataset=DOCUMENTS / "dataset-manifest.yaml",
            card=DOCUMENTS / "MODEL_CARD.md",
            license="Apache-2.0",
            metrics=metrics,
            n=len(rows["test"]),
            params={**PARAMS, "C": model.C, "seed": SEED},
            signature={
                "inputs": [{"name": str(name), "type": "float64"} for name in load_breast_cancer().feature_names],
                "outputs": [{"name": "label", "type": "string"}],
            },
            task="binary-classification",
            tags=["example", "tabular"],
            owners=["models@example.org"],
            source_directory=EXAMPLES,
        )
        print(f"registered {version}")


if __name__ == "__main__":
    main()
