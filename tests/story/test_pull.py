from __future__ import annotations

import json
import os
import pickle
import shutil
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

import modelyard
from modelyard.errors import DigestMismatch, UsageError
from modelyard.storage.layout import object_path
from support.artifacts import estimator
from support.objects import files_below, spoil
from support.registry import Ran, Scene
from support.repositories import Repository


@pytest.fixture(autouse=True)
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A cache of ours for each test."""
    monkeypatch.setenv("MODELYARD_CACHE", str(tmp_path / "cache"))
    return tmp_path / "cache"


def clone_of(scene: Scene) -> Path:
    """Clone the origin beside it, as a consumer would."""
    clone = scene.path / "clone"
    scene.origin.git("clone", "--quiet", ".", str(clone))
    return clone


def configure_remote(scene: Scene, url: str) -> None:
    config = scene.registry.path / ".dvc/config"
    config.write_text(config.read_text().replace("url = ../../models-storage", f"url = {url}"))
    scene.commit("Keep models elsewhere")
    scene.push()


def merge_version(scene: Scene, *words: str | Path, artifact: str, name: str) -> None:
    ran = scene.register("--branch", *words, artifact=artifact, name=name)
    assert ran.code == 0, ran.err
    scene.merge(f"register/{name}-1.0.0")
    scene.push()


def test_a_clone_pulls_into_the_versions_own_directory(merged: Scene, monkeypatch: pytest.MonkeyPatch) -> None:
    clone = clone_of(merged)
    monkeypatch.chdir(clone)

    ran = merged.run("pull", "fraud@production")

    size = sum((merged.training.path / name).stat().st_size for name in ("model.joblib", "scaler.joblib"))
    assert ran == Ran(
        0,
        f"pulled fraud@1.0.0, {size / 1000:.1f} kB, SHA-256 and MD5 verified\n"
        "  model_registry/fraud-1.0.0/model.joblib\n"
        "  model_registry/fraud-1.0.0/scaler.joblib\n",
        "",
    )
    for name in ("model.joblib", "scaler.joblib"):
        pulled = clone / "model_registry/fraud-1.0.0" / name
        assert pulled.read_bytes() == (merged.training.path / name).read_bytes()
    assert Repository(clone).git("status", "--porcelain") == ""
    assert not (clone / "model_registry/fraud-1.1.0/model.joblib").exists()


def test_a_file_with_other_bytes_is_replaced_and_named(merged: Scene, tmp_path: Path) -> None:
    out = tmp_path / "application"
    assert merged.run("pull", "fraud@production", "--out", out).code == 0
    (out / "model.joblib").write_bytes(b"something of one's own")

    ran = merged.run("pull", "fraud@production", "--out", out)

    assert ran.out.splitlines()[1:] == [
        f"  {out / 'model.joblib'} (replaced a file with other bytes)",
        f"  {out / 'scaler.joblib'}",
    ]
    assert (out / "model.joblib").read_bytes() == (merged.training.path / "model.joblib").read_bytes()


def written(path: Path) -> tuple[int, int, int]:
    """Return what changes when a file is written or replaced; reading it may change when it was last read."""
    found = path.stat()
    return found.st_ino, found.st_mtime_ns, found.st_ctime_ns


def test_what_stands_in_its_place_is_left_alone(merged: Scene, tmp_path: Path) -> None:
    out = tmp_path / "application"
    assert merged.run("pull", "fraud@production", "--out", out).code == 0
    before = written(out / "model.joblib")
    shutil.rmtree(merged.registry.path / ".dvc/cache")
    shutil.rmtree(merged.storage)

    ran = merged.run("pull", "fraud@production", "--out", out)

    assert (ran.code, ran.err) == (0, "")
    assert ran.out.splitlines()[0].endswith(" kB, SHA-256 verified")
    assert written(out / "model.joblib") == before


def test_streams_the_artifact_once_it_is_verified(merged: Scene, tmp_path: Path) -> None:
    streamed = streaming(merged, "fraud@production")

    assert (streamed.returncode, streamed.stderr) == (0, b"")
    assert streamed.stdout == (merged.training.path / "model.joblib").read_bytes()


def test_streams_not_one_byte_of_what_is_wrong(merged: Scene) -> None:
    shutil.rmtree(merged.registry.path / ".dvc/cache")
    for path in (each for each in merged.storage.rglob("*") if each.is_file()):
        path.chmod(0o644)
        path.write_bytes(b"x" + path.read_bytes()[1:])

    streamed = streaming(merged, "fraud@production")

    assert (streamed.returncode, streamed.stdout) == (1, b"")
    assert b" is corrupt: expected " in streamed.stderr


def test_a_directory_is_no_stream(merged: Scene) -> None:
    merge_version(merged, artifact="forest", name="forest")

    streamed = streaming(merged, "forest@latest")

    assert (streamed.returncode, streamed.stdout) == (2, b"")
    assert streamed.stderr.decode() == (
        "modelyard: the artifact of forest@1.0.0 is a directory, and no single stream\n"
        "    hint: put it in a directory: --out DIR\n"
    )


def streaming(scene: Scene, reference: str) -> subprocess.CompletedProcess[bytes]:
    command = [sys.executable, "-m", "modelyard", "pull", reference, "--out", "-"]
    return subprocess.run(command, cwd=scene.registry.path, capture_output=True, check=False)


def test_links_where_that_is_asked_for(merged: Scene, tmp_path: Path) -> None:
    out = tmp_path / "application"

    assert merged.run("pull", "fraud@production", "--out", out, "--link").code == 0

    placed = (out / "model.joblib").stat()
    assert (placed.st_nlink, placed.st_mode & 0o777) == (2, 0o444)


@pytest.mark.parametrize("jobs", ["0", "65", "many"])
def test_a_number_of_jobs_that_is_none(merged: Scene, jobs: str) -> None:
    ran = merged.run("pull", "fraud@production", "-j", jobs)

    assert ran.code == 2
    assert ran.err.splitlines()[0] == f"modelyard: -j/--jobs: must be a number from 1 to 64, not '{jobs}'"


def test_a_file_where_the_directory_belongs_is_wrong_usage(merged: Scene, tmp_path: Path) -> None:
    (tmp_path / "taken").write_text("mine")

    ran = merged.run("pull", "fraud@production", "--out", tmp_path / "taken")

    assert ran.code == 2
    assert ran.err.endswith(
        "taken is a file, and a directory belongs there\n    hint: name another directory: --out DIR\n"
    )
    assert (tmp_path / "taken").read_text() == "mine"


def test_a_program_is_told_what_stands_where(merged: Scene, tmp_path: Path) -> None:
    ran = merged.run("pull", "fraud@^1", "--out", tmp_path / "out", "--format", "json")

    files = [tmp_path / "out" / name for name in ("model.joblib", "scaler.joblib")]
    assert json.loads(ran.out) == {
        "name": "fraud",
        "version": "1.1.0",
        "commit": merged.registry.head,
        "paths": [str(file) for file in files],
        "replaced": [],
        "fetched": 0,
    }
    assert all(file.is_file() for file in files)


def test_the_work_tree_is_not_asked_only_the_last_commit(merged: Scene) -> None:
    (merged.registry.path / "model_registry/stages/production/fraud.yaml").write_text(
        "schema_version: 1\nversion: 1.1.0\n"
    )

    assert merged.run("resolve", "fraud@production").out == "fraud@1.0.0\n"


def test_a_bare_repository_with_its_models_inside(
    merged: Scene, cache: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    configure_remote(merged, "../storage")
    merge_version(merged, artifact="forest", name="forest")
    monkeypatch.chdir(tmp_path)

    ran = merged.run("pull", "forest@latest", "--repo", merged.origin.path)

    assert (ran.code, ran.err) == (0, "")
    assert files_below(tmp_path / "forest-1.0.0") == {"forest/model.joblib", "forest/parts/words.joblib"}
    assert files_below(cache / "files")


def test_a_bare_repository_with_its_models_beside_it_says_that_a_clone_is_needed(merged: Scene) -> None:
    assert merged.run("pull", "fraud@production", "--repo", merged.origin.path) == Ran(
        2,
        "",
        "modelyard: remote 'storage' is a directory beside the registry's clones, which this machine has not\n"
        "    hint: clone the registry and pull there, or give the remote an absolute path or a URL\n",
    )


def test_a_second_pull_needs_no_remote(merged: Scene, cache: Path, tmp_path: Path) -> None:
    configure_remote(merged, str(merged.storage))
    assert merged.run("pull", "fraud@1.0.0", "--repo", merged.origin.path, "--out", tmp_path / "one").code == 0
    shutil.rmtree(merged.storage)

    assert merged.run("pull", "fraud@1.0.0", "--repo", merged.origin.path, "--out", tmp_path / "two").code == 0
    assert (tmp_path / "two/model.joblib").read_bytes() == (merged.training.path / "model.joblib").read_bytes()

    ran = merged.run("pull", "fraud@1.1.0", "--repo", merged.origin.path, "--out", tmp_path / "three")
    assert ran.code == 0
    shutil.rmtree(cache / "files")
    ran = merged.run("pull", "fraud@1.1.0", "--repo", merged.origin.path, "--out", tmp_path / "four")
    assert ran == Ran(
        3,
        "",
        "modelyard: remote 'storage' cannot be reached: there is no directory SCENE/models-storage\n"
        "    hint: mount or make it, or look at `dvc remote list` and `dvc remote modify storage url <url>`\n",
    )
    assert not (tmp_path / "four").exists()


def test_an_artifact_in_git_needs_no_remote_at_all(merged: Scene, tmp_path: Path) -> None:
    merge_version(merged, "--in-git", artifact="model.onnx", name="tiny")
    shutil.rmtree(merged.storage)

    ran = merged.run("pull", "tiny@latest", "--repo", merged.origin.path, "--out", tmp_path / "out")

    assert (ran.code, ran.err) == (0, "")
    assert (tmp_path / "out/model.onnx").read_bytes() == (merged.training.path / "model.onnx").read_bytes()


def test_models_load_and_predict(merged: Scene) -> None:
    version = modelyard.Registry(clone_of(merged))["fraud@production"]
    rows = np.random.default_rng(1).random((20, 3))

    model, scaler = version.load(), version.load(role="preprocessor")

    assert (model.predict(rows) == estimator("pipeline").predict(rows)).all()
    assert (scaler.transform(rows) == estimator("pipeline")[0].transform(rows)).all()
    assert version.path().name == "model.joblib"
    assert (version.metrics, version.metadata.license) == ({"accuracy": 0.9}, "MIT")


def test_an_onnx_model_loads_into_onnx_runtime(merged: Scene) -> None:
    merge_version(merged, artifact="model.onnx", name="tiny")
    rows = np.random.default_rng(1).random((20, 3)).astype(np.float32)

    session = modelyard.Registry(merged.registry.path)["tiny@latest"].load()

    labels = session.run(None, {session.get_inputs()[0].name: rows})[0]
    assert (labels == estimator("pipeline").predict(rows)).all()


def test_a_plain_pickle_loads(merged: Scene) -> None:
    merged.training.commit({"model.pkl": pickle.dumps(estimator("pipeline"))})
    merge_version(merged, artifact="model.pkl", name="pickled")

    model = modelyard.Registry(merged.registry.path)["pickled@latest"].load()

    assert model.predict(np.zeros((1, 3))).shape == (1,)


def test_a_format_that_is_not_loaded_says_what_it_needs(merged: Scene) -> None:
    merged.training.commit({"words.gguf": b"GGUF\x03\0\0\0" + bytes(16)})
    merge_version(merged, artifact="words.gguf", name="words")
    version = modelyard.Registry(merged.registry.path)["words@latest"]

    with pytest.raises(UsageError) as caught:
        version.load()

    assert str(caught.value) == (
        "modelyard does not load format 'gguf'; it loads joblib, json, lightgbm, numpy, onnx, pickle, pytorch, "
        "safetensors, skops, text, torchscript, xgboost"
    )
    assert caught.value.hint == f"open the verified file with its own library: {version.path()}"


def test_a_directory_is_loaded_by_its_owner(merged: Scene) -> None:
    merge_version(merged, artifact="forest", name="forest")
    version = modelyard.Registry(merged.registry.path)["forest@latest"]

    with pytest.raises(UsageError) as caught:
        version.load()

    assert str(caught.value) == (
        "modelyard does not know how to load the directory 'forest'; it loads an MLflow model (with a file MLmodel)"
    )
    assert caught.value.hint == f"load its verified files yourself, below {version.path()}"
    assert files_below(version.path()) == {"model.joblib", "parts/words.joblib"}


def test_a_role_that_nothing_has(merged: Scene) -> None:
    with pytest.raises(UsageError) as caught:
        modelyard.Registry(merged.registry.path)["fraud@1.0.0"].load(role="tokenizer")

    assert str(caught.value) == "fraud@1.0.0 has no file with role 'tokenizer'"
    assert caught.value.hint == "roles there: model, preprocessor"


class Planted:
    """A pickle that leaves a trace when it is loaded."""

    def __init__(self, trace: Path) -> None:
        self.trace = trace

    def __reduce__(self) -> tuple[object, ...]:
        return os.mkdir, (str(self.trace),)


def test_bytes_that_changed_since_the_pull_are_never_loaded(merged: Scene, tmp_path: Path) -> None:
    version = modelyard.Registry(merged.registry.path)["fraud@production"]
    path = version.path()
    expected = version.metadata.files["model.joblib"].sha256
    path.write_bytes(pickle.dumps(Planted(tmp_path / "planted")))

    with pytest.raises(DigestMismatch) as caught:
        version.load()

    assert str(caught.value).startswith(f"{path} has sha256 ")
    assert str(caught.value).endswith(f", expected {expected}; nothing was loaded")
    assert (
        caught.value.hint == "have the right bytes put there again: version.pull(), or in an application modelyard sync"
    )
    assert not (tmp_path / "planted").exists()
    version.pull()
    assert version.load().predict(np.zeros((1, 3))).shape == (1,)


def test_an_object_that_is_corrupt_everywhere_is_put_in_no_place(merged: Scene, tmp_path: Path) -> None:
    model = (merged.training.path / "model.joblib").read_bytes()
    root = merged.storage
    (oid,) = (path.replace("/", "")[8:] for path in files_below(root) if (root / path).read_bytes() == model)
    spoil(merged.cache, oid, "longer")
    spoil(merged.storage, oid, "longer")

    ran = merged.run("pull", "fraud@1.0.0", "--out", tmp_path / "out")

    assert (ran.code, ran.out) == (1, "")
    where = f"remote 'storage' (SCENE/models-storage/{object_path(oid)})"
    assert ran.err.startswith(f"modelyard: object {oid} in {where} is corrupt: expected {len(model)} bytes")
    assert not (tmp_path / "out").exists()
    # From the cache, and twice from the remote: the same bytes take one place.
    assert len(files_below(merged.cache / "quarantine")) == 1


def test_a_missing_object_says_where_it_should_come_from(merged: Scene, tmp_path: Path) -> None:
    shutil.rmtree(merged.cache)
    shutil.rmtree(merged.storage)
    merged.storage.mkdir()

    ran = merged.run("pull", "fraud@1.0.0", "--out", tmp_path / "out")

    assert (ran.code, ran.out) == (3, "")
    assert ran.err.endswith(
        "(and 1 more) is not in remote 'storage' (SCENE/models-storage)\n"
        "    hint: run `modelyard push` where the model was registered\n"
    )
    assert not (tmp_path / "out").exists()


def test_a_remote_is_named_by_the_default_branch_and_by_no_other(merged: Scene, tmp_path: Path) -> None:
    configure_remote(merged, str(merged.storage))
    decoy = tmp_path / "decoy"
    decoy.mkdir()
    merged.registry.git("switch", "--quiet", "--create", "hostile")
    config = merged.registry.path / ".dvc/config"
    config.write_text(config.read_text().replace(str(merged.storage), str(decoy)))
    merged.commit("Send everybody elsewhere")
    merged.registry.git("push", "--quiet", "origin", "hostile")
    merged.registry.git("switch", "--quiet", "main")

    ran = merged.run("pull", "fraud@1.0.0", "--repo", merged.origin.path, "--out", tmp_path / "out")

    assert ran.code == 0
    assert (tmp_path / "out/model.joblib").is_file()


def test_a_consumer_needs_nothing_but_the_command(merged: Scene, tmp_path: Path) -> None:
    configure_remote(merged, str(merged.storage))
    command = [sys.executable, "-m", "modelyard", "pull", "fraud@production", "--repo", str(merged.origin.path)]

    ran = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)

    assert (ran.returncode, ran.stderr) == (0, "")
    assert ran.stdout.startswith("pulled fraud@1.0.0, ")
    assert files_below(tmp_path / "fraud-1.0.0") == {"model.joblib", "scaler.joblib"}
