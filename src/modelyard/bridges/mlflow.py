"""MLflow: what a run knows of itself. Git stays the truth; a run is where a version came from."""

from __future__ import annotations

from typing import TYPE_CHECKING

from modelyard.errors import NotFinished, UsageError
from modelyard.values import dataclass

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["MlflowFacts", "read_run"]


@dataclass(frozen=True)
class MlflowFacts:
    """One MLflow run: its id, where it is kept, its parameters (text, as MLflow has them) and metrics.

    ``tracking_uri`` is None where the store is a local file, which means nothing elsewhere.
    """

    run_id: str
    tracking_uri: str | None
    experiment: str
    params: Mapping[str, str]
    metrics: Mapping[str, float]


def read_run(run_id: str, *, tracking_uri: str | None = None) -> MlflowFacts:
    """Return what a run knows of itself.

    :param tracking_uri: the store to ask; else MLflow's own setting (``MLFLOW_TRACKING_URI``).
    :raises UsageError: MLflow is not installed, or knows no such run.
    :raises NotFinished: the server can't be reached.
    """
    try:
        import mlflow
        from mlflow.exceptions import MlflowException
    except ImportError as error:
        raise UsageError("MLflow is not installed", hint="pip install 'modelyard[mlflow]'") from error
    uri = tracking_uri or mlflow.get_tracking_uri()
    client = mlflow.MlflowClient(tracking_uri=uri)
    try:
        run = client.get_run(run_id)
        experiment = client.get_experiment(run.info.experiment_id)
    except MlflowException as error:
        if error.error_code == "RESOURCE_DOES_NOT_EXIST":
            raise UsageError(f"MLflow has no run {run_id!r} at {_safe(uri)}", hint="check --mlflow-uri") from error
        raise NotFinished(f"MLflow at {_safe(uri)} does not answer", hint="check --mlflow-uri") from error
    return MlflowFacts(
        run_id=run.info.run_id,
        tracking_uri=_safe(uri) if uri.startswith(("http://", "https://")) else None,
        experiment=experiment.name,
        params=dict(run.data.params),
        metrics=dict(run.data.metrics),
    )


def _safe(uri: str) -> str:
    """Return the address without any user and password in it."""
    from urllib.parse import urlsplit, urlunsplit

    parts = urlsplit(uri)
    return urlunsplit(parts._replace(netloc=parts.netloc.rpartition("@")[2]))
