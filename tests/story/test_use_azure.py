"""A registry whose models lie in Azure Blob Storage, as Microsoft's emulator has it; `make torture` installs that."""

from __future__ import annotations

import base64
from collections.abc import Iterator
from pathlib import Path

import pytest

from support.azure_server import CONTAINER, AzureServer, serve_azure
from support.consumers import Consumer, keep_models_at
from support.dvc import DvcRepository
from support.registry import Ran, Scene
from support.repositories import run_git
from support.torture import only_in_torture

pytestmark = only_in_torture

URL = f"azure://{CONTAINER}/dvc"
LOOK = "look at its address (`dvc remote list`), at your credentials for it, and at the network"


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[AzureServer]:
    with serve_azure(tmp_path_factory.mktemp("azure")) as server:
        yield server


@pytest.fixture
def consumer(merged: Scene, own_cache: Path, server: AzureServer, monkeypatch: pytest.MonkeyPatch) -> Consumer:
    monkeypatch.setenv("AZURE_STORAGE_CONNECTION_STRING", server.connection())
    return Consumer(merged, own_cache)


def told(url: str, reason: str) -> Ran:
    return Ran(3, "", f"modelyard: remote 'storage' ({url}) cannot be used: {reason}\n    hint: {LOOK}\n")


def test_what_is_pushed_is_verified_pulled_and_found_by_dvc(consumer: Consumer, tmp_path: Path) -> None:
    keep_models_at(consumer.scene, URL)

    pushed = consumer.scene.run("push")
    verified = consumer.scene.run("verify", "--all", "--remote", "--deep")
    pulled = consumer.pull()

    assert (pushed.code, pushed.err) == (0, "")
    assert pushed.out.startswith("pushed 2 objects, ")
    assert (verified.code, verified.err) == (0, "")
    assert (pulled.code, pulled.err) == (0, "")
    assert consumer.found() == consumer.right()

    run_git(tmp_path, "clone", "--quiet", str(consumer.scene.origin.path), "clone")
    DvcRepository(tmp_path / "clone").dvc("pull", "--quiet", "model_registry/fraud-1.0.0/model.joblib.dvc")
    file = tmp_path / "clone" / "model_registry" / "fraud-1.0.0" / "model.joblib"
    assert file.read_bytes() == (consumer.scene.training.path / "model.joblib").read_bytes()


def test_a_container_that_is_not_there_is_told(consumer: Consumer) -> None:
    keep_models_at(consumer.scene, "azure://nowhere/dvc")

    ran = consumer.scene.run("push")

    assert ran == told("azure://nowhere/dvc", "FileNotFoundError: [Errno 2] No such container: 'nowhere'")


def test_a_key_that_is_refused_is_told_and_not_shown(
    consumer: Consumer, server: AzureServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    key = base64.b64encode(b"another key").decode()
    monkeypatch.setenv("AZURE_STORAGE_CONNECTION_STRING", server.connection(key=key))
    keep_models_at(consumer.scene, URL)

    ran = consumer.pull()

    assert ran == told(
        URL,
        "HttpResponseError: Operation returned an invalid status 'Server failed to authenticate the request. "
        "Make sure the value of the Authorization header is formed correctly including the signature.'",
    )


def test_case_33_an_object_that_is_missing_is_named(consumer: Consumer) -> None:
    keep_models_at(consumer.scene, f"azure://{CONTAINER}/empty")

    ran = consumer.pull()

    assert (ran.code, ran.out) == (3, "")
    assert f" not in remote 'storage' (azure://{CONTAINER}/empty)\n" in ran.err
