"""Reading runs from a real store."""

from __future__ import annotations

import socket
from typing import TYPE_CHECKING

import mlflow
import pytest

from modelyard.bridges.mlflow import MlflowFacts, read_run
from modelyard.errors import NotFinished, UsageError

if TYPE_CHECKING:
    from pathlib import Path

    from modelyard.documents.document import Value

# MLflow's own use of SQLAlchemy is not ours to judge.
pytestmark = pytest.mark.filterwarnings(r"ignore::DeprecationWarning:mlflow\.")

UNKNOWN = "0" * 32
# What is logged, and what is read again.
PARAMS: dict[str, tuple[object, Value]] = {
    "learning_rate": (0.1, 0.1),
    "tolerance": (1e-5, 1e-5),
    "trees": (200, 200),
    "offset": (-3, -3),
    "shuffle": (True, True),
    "early_stopping": (False, False),
    "criterion": ("gini", "gini"),
    "library": ("0.10", "0.10"),
    "postcode": ("01067", "01067"),
    "grouped": ("1_000", "1_000"),
    "layers": ([64, 32], "[64, 32]"),
    "depth": (None, "None"),
    "ratio": (float("nan"), "nan"),
    "limit": (float("inf"), "inf"),
    "digest": (10**18, "1000000000000000000"),
    "largest": (10**18 - 1, 10**18 - 1),
}


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> str:
    """The address of an SQLite store with nothing but its tables and one experiment."""
    directory = tmp_path_factory.mktemp("mlflow")
    uri = f"sqlite:///{directory / 'mlflow.db'}"
    client = mlflow.MlflowClient(tracking_uri=uri)
    client.create_experiment("wine", artifact_location=(directory / "artifacts").as_uri())
    return uri


@pytest.fixture(scope="module")
def run_id(store: str) -> str:
    client = mlflow.MlflowClient(tracking_uri=store)
    experiment = client.get_experiment_by_name("wine")
    assert experiment is not None
    run = client.create_run(experiment.experiment_id)
    for name, (logged, _) in PARAMS.items():
        client.log_param(run.info.run_id, name, logged)
    client.log_metric(run.info.run_id, "test.accuracy", 0.5, step=0)
    client.log_metric(run.info.run_id, "test.accuracy", 0.9, step=1)
    found: str = run.info.run_id
    return found


def test_a_run_tells_its_experiment_and_its_last_metrics(store: str, run_id: str) -> None:
    assert read_run(run_id, tracking_uri=store) == MlflowFacts(
        run_id=run_id,
        tracking_uri=None,
        experiment="wine",
        params={name: read for name, (_, read) in PARAMS.items()},
        metrics={"test.accuracy": 0.9},
    )


def test_a_parameter_is_of_the_type_that_was_logged(store: str, run_id: str) -> None:
    params = read_run(run_id, tracking_uri=store).params
    assert {name: type(value) for name, value in params.items()} == {
        name: type(read) for name, (_, read) in PARAMS.items()
    }


def test_the_store_is_by_default_the_one_that_mlflow_is_set_to(
    store: str, run_id: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MLFLOW_TRACKING_URI", store)
    assert read_run(run_id).experiment == "wine"


def test_a_run_that_is_not_there_is_named_with_its_store(store: str) -> None:
    with pytest.raises(UsageError) as refused:
        read_run(UNKNOWN, tracking_uri=store)
    assert refused.value.message == f"MLflow has no run {UNKNOWN!r} at {store}"
    assert refused.value.hint == "check --mlflow-uri"


def test_a_text_that_is_no_run_id_is_never_asked_for() -> None:
    with pytest.raises(UsageError) as refused:
        read_run("../etc", tracking_uri="http://127.0.0.1:9")
    assert refused.value.message == "'../etc' is not an MLflow run id of 32 lower-case hexadecimal digits"
    assert refused.value.hint == "take it from MLflow: run.info.run_id"


def test_a_store_that_mlflow_does_not_read_is_named(tmp_path: Path) -> None:
    with pytest.raises(UsageError) as refused:
        read_run(UNKNOWN, tracking_uri=str(tmp_path))
    assert refused.value.message == f"MLflow does not read a store at {tmp_path}"


def test_a_server_that_is_not_there_is_named_without_its_password(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MLFLOW_HTTP_REQUEST_MAX_RETRIES", "0")
    with socket.socket() as unheard:
        # Bound, but not listening: nobody else gets the port, and every connection is refused.
        unheard.bind(("127.0.0.1", 0))
        address = f"127.0.0.1:{unheard.getsockname()[1]}"
        with pytest.raises(NotFinished) as unfinished:
            read_run(UNKNOWN, tracking_uri=f"http://ada:secret@{address}/mlflow")
    assert unfinished.value.message == f"MLflow at http://{address}/mlflow does not answer"
    assert unfinished.value.hint == "check --mlflow-uri, and that the server runs"
