"""MLflow: what a run knows of itself. Git stays the truth; a run is where a version came from."""

from __future__ import annotations

from math import isfinite
from typing import TYPE_CHECKING

from modelyard.addresses import without_user
from modelyard.documents.limits import MAX_DIGITS
from modelyard.documents.scalars import InvalidScalar, parse_run_id
from modelyard.errors import NotFinished, UsageError
from modelyard.values import dataclass

if TYPE_CHECKING:
    from collections.abc import Mapping

    from modelyard.documents.document import Value

__all__ = ["MlflowFacts", "read_run"]


@dataclass(frozen=True)
class MlflowFacts:
    """One MLflow run: its id, where it is kept, its parameters and its last metrics.

    MLflow keeps every parameter as the text that Python prints for it. What is exactly such a text of a
    number, or ``True`` or ``False``, is that value again; anything else, such as ``0.10``, stays text.

    ``tracking_uri`` is None where the store is a local file, which means nothing elsewhere.
    """

    run_id: str
    tracking_uri: str | None
    experiment: str
    params: Mapping[str, Value]
    metrics: Mapping[str, float]


def read_run(run_id: str, *, tracking_uri: str | None = None) -> MlflowFacts:
    """Return what a run knows of itself.

    :param tracking_uri: the store to ask; else MLflow's own setting (``MLFLOW_TRACKING_URI``).
    :raises UsageError: MLflow is not installed, can't read such a store, or knows no such run.
    :raises NotFinished: the server can't be reached.
    """
    _require_run_id(run_id)
    try:
        import mlflow
        from mlflow.exceptions import MlflowException
    except ImportError as error:
        raise UsageError("MLflow is not installed", hint="pip install 'modelyard[mlflow]'") from error
    uri = tracking_uri or mlflow.get_tracking_uri()
    try:
        client = mlflow.MlflowClient(tracking_uri=uri)
        run = client.get_run(run_id)
        experiment = client.get_experiment(run.info.experiment_id)
    except MlflowException as error:
        raise _failure(error.error_code, run_id, without_user(uri)) from error
    return MlflowFacts(
        run_id=run.info.run_id,
        tracking_uri=without_user(uri) if uri.startswith(("http://", "https://")) else None,
        experiment=experiment.name,
        params={name: _parameter(text) for name, text in run.data.params.items()},
        metrics=dict(run.data.metrics),
    )


def _require_run_id(run_id: str) -> None:
    try:
        parse_run_id(run_id)
    except InvalidScalar as invalid:
        raise UsageError(invalid.message, hint="take it from MLflow: run.info.run_id") from None


def _failure(code: str, run_id: str, uri: str) -> UsageError | NotFinished:
    if code == "RESOURCE_DOES_NOT_EXIST":
        return UsageError(f"MLflow has no run {run_id!r} at {uri}", hint="check --mlflow-uri")
    if code == "INVALID_PARAMETER_VALUE":
        return UsageError(f"MLflow does not read a store at {uri}", hint="check --mlflow-uri")
    return NotFinished(f"MLflow at {uri} does not answer", hint="check --mlflow-uri, and that the server runs")


def _parameter(text: str) -> Value:
    if text in ("True", "False"):
        return text == "True"
    for kind in (int, float):
        try:
            number = kind(text)
        except ValueError:
            continue
        if str(number) == text and _is_writable(number):
            return number
    return text


def _is_writable(number: float) -> bool:
    return abs(number) < 10**MAX_DIGITS if isinstance(number, int) else isfinite(number)
