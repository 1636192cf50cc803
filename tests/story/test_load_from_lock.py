from __future__ import annotations

from pathlib import Path

import pytest

import modelyard
from modelyard.api.loading import files
from modelyard.api.loading.loader import DirectoryLoader, Library
from modelyard.errors import DigestMismatch, NotFinished, UsageError
from support.applications import address_of, new_application, release, serve_storage, write_list
from support.registry import Scene

pytestmark = pytest.mark.usefixtures("own_cache")


@pytest.fixture
def application(merged: Scene, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An application with fraud@production in place; we stand in a directory of its source."""
    serve_storage(merged)
    directory = new_application(merged)
    (directory / "src").mkdir()
    monkeypatch.chdir(directory / "src")
    modelyard.sync_models()
    return directory


def test_a_model_and_its_preprocessor_are_loaded_from_the_nearest_lock(application: Path) -> None:
    assert hasattr(modelyard.load("fraud"), "predict")
    assert hasattr(modelyard.load("fraud", role="preprocessor"), "transform")


def test_other_bytes_than_those_of_the_lock_are_not_loaded(application: Path) -> None:
    (application / "models/fraud/model.joblib").write_bytes(b"something of one's own")

    with pytest.raises(DigestMismatch, match=r"expected .*; nothing was loaded"):
        modelyard.load("fraud")


def test_what_is_not_in_place_is_said_to_be_so(application: Path) -> None:
    (application / "models/fraud/model.joblib").unlink()

    with pytest.raises(NotFinished) as caught:
        modelyard.load("fraud", start=application)

    assert (caught.value.message, caught.value.hint) == (
        f"{application}/models/fraud/model.joblib is not in place",
        "modelyard sync",
    )


def test_what_the_lock_has_not_is_said_with_what_it_has(merged: Scene, application: Path) -> None:
    with pytest.raises(UsageError) as caught:
        modelyard.load("churn", start=application)
    assert (caught.value.message, caught.value.hint) == (
        f"{application}/models.lock has no model 'churn'",
        "models there: fraud",
    )
    with pytest.raises(UsageError) as caught:
        modelyard.load("fraud", role="tokenizer")
    assert (caught.value.message, caught.value.hint) == (
        "fraud@1.0.0 has no file with role 'tokenizer'",
        "roles there: model, preprocessor",
    )


def test_a_directory_of_no_known_kind_is_left_to_its_own_library(
    merged: Scene, application: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(merged.registry.path)
    release(merged, "1.0.0", name="forest", artifact="forest")
    monkeypatch.chdir(application)
    write_list(application, address_of(merged), {"forest": '"latest"'})
    modelyard.sync_models()

    with pytest.raises(UsageError) as caught:
        modelyard.load("forest")
    assert (caught.value.message, caught.value.hint) == (
        "modelyard does not know how to load the directory 'forest'; it loads an MLflow model (with a file MLmodel)",
        f"load its verified files yourself, below {application}/models/forest/forest",
    )


class Opened(dict[str, bytes]):
    """Files of a directory, as a library may keep them."""

    @classmethod
    def of(cls, directory: Path) -> Opened:
        return cls({path.relative_to(directory).as_posix(): path.read_bytes() for path in directory.rglob("*.*")})


def test_a_directory_is_opened_from_a_verified_copy(
    merged: Scene, application: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(merged.registry.path)
    release(merged, "1.0.0", name="forest", artifact="forest")
    monkeypatch.chdir(application)
    write_list(application, address_of(merged), {"forest": '"latest"'})
    modelyard.sync_models()
    right = Opened.of(merged.training.path / "forest")
    seen: list[Path] = []

    def open_directory(_library: object, directory: Path) -> Opened:
        seen.append(directory)
        return Opened.of(directory)

    kind = DirectoryLoader("a forest", min(right), Library("json", "json", "json"), open_directory, lambda *_: {})
    monkeypatch.setattr(files, "DIRECTORIES", (kind,))

    assert modelyard.load("forest") == right
    assert seen[0].name == "forest"
    assert application not in seen[0].parents
    (application / "models/forest/forest" / min(right)).write_bytes(b"something of one's own")
    with pytest.raises(DigestMismatch):
        modelyard.load("forest")
    (application / "models/forest/forest" / min(right)).unlink()
    with pytest.raises(NotFinished, match="is not in place"):
        modelyard.load("forest")
    assert len(seen) == 1


def test_the_functions_behind_the_commands(merged: Scene, application: Path) -> None:
    assert modelyard.check_lock().models["fraud"].delivery.size > 0
    assert modelyard.lock_models().moved == ()
    assert [each.is_outdated for each in modelyard.outdated_models()] == [False]
    assert modelyard.update_models().locking.moved == ()
    assert modelyard.sync_models(frozen=True, offline=True).is_untouched
