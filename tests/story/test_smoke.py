"""A smoke test tells whether a version works, and lets it do nothing else."""

from __future__ import annotations

import hashlib
import json
import pickle
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import yaml

from modelyard.api.smoking import confinement
from support.artifacts import estimator
from support.registry import Ran, Scene

ROWS = np.random.default_rng(1).random((3, 3)).round(3)
UNHEEDED = not confinement.can_isolate()


class Calls:
    """A pickle that calls what it likes when it is loaded."""

    def __init__(self, code: str) -> None:
        self.code = code

    def __reduce__(self) -> tuple[object, ...]:
        return exec, (self.code,)


def states(scene: Scene, directory: str, given: Any, expected: Any, tolerance: float | None = None) -> Path:
    """Give a version in the work tree a smoke test."""
    path = scene.version(directory)
    (path / "smoke-input.json").write_text(json.dumps(given))
    (path / "smoke-expected.json").write_text(json.dumps(expected))
    with (path / "metadata.yaml").open("a") as metadata:
        metadata.write("smoke_test:\n  input: smoke-input.json\n  expected: smoke-expected.json\n")
        if tolerance is not None:
            metadata.write(f"  tolerance: {tolerance:f}\n")
    return path


def holds(scene: Scene, data: bytes) -> Path:
    """Let a version in the work tree be a pickle of a stranger's."""
    path = scene.version("fraud-1.0.0")
    (path / "model.joblib").write_bytes(data)
    metadata = yaml.safe_load((path / "metadata.yaml").read_text())
    digest = hashlib.sha256(data).hexdigest()
    metadata["files"] = {
        "model.joblib": {"sha256": digest, "size": len(data), "role": "model", "format": "pickle"},
    }
    (path / "metadata.yaml").write_text(yaml.safe_dump(metadata))
    return path


def test_answers_within_the_tolerance_pass(merged: Scene) -> None:
    model = estimator("pipeline")
    scaled = estimator("pipeline")[0].transform(ROWS)
    expected = {
        "predict": model.predict(scaled).tolist(),
        "predict_proba": (model.predict_proba(scaled) + 1e-9).tolist(),
        "decision_function": {"shape": [3]},
    }
    states(merged, "fraud-1.0.0", ROWS.tolist(), expected, 0.000001)

    ran = merged.run("smoke", "model_registry/fraud-1.0.0")

    assert ran == Ran(0, "passed fraud@1.0.0: 10 values are as expected\n", "")


def test_what_differs_is_told_by_its_place(merged: Scene) -> None:
    states(merged, "fraud-1.0.0", ROWS.tolist(), {"predict": [7, 7, 7]})
    merged.commit("State a smoke test")

    ran = merged.run("smoke", "fraud@1.0.0")
    labels = estimator("pipeline").predict(estimator("pipeline")[0].transform(ROWS)).tolist()

    lines = [
        f"  predict[{at}] is {label}, expected 7: {7 - label} apart, tolerance 0\n" for at, label in enumerate(labels)
    ]
    assert ran == Ran(1, "failed fraud@1.0.0: 3 of 3 values differ\n" + "".join(lines), "")
    ran = merged.run("smoke", "fraud@1.0.0", "--format", "json")
    (told,) = json.loads(ran.out)
    assert (ran.code, told["outcome"], told["isolated"], len(told["differences"])) == (1, "failed", True, 3)


def test_a_version_that_states_none_is_loaded_and_that_is_said(merged: Scene) -> None:
    assert merged.run("smoke", "fraud@production", "fraud@1.1.0") == Ran(
        0,
        "loaded fraud@1.0.0: it states no smoke test, so nothing more was tried\n"
        "loaded fraud@1.1.0: it states no smoke test, so nothing more was tried\n",
        "",
    )


def test_safe_mode_loads_nothing_that_can_run_code(merged: Scene) -> None:
    ran = merged.run("smoke", "fraud@production", "--safe")
    assert (ran.code, ran.out) == (1, "")
    assert "scaler.joblib is joblib, a format that can run code when it is loaded, and safe loading" in ran.err


def test_a_wrong_reference_or_path(merged: Scene) -> None:
    assert merged.run("smoke", "fraud") == Ran(
        2,
        "",
        "modelyard: fraud is neither a reference nor a directory\n"
        "    hint: name a version (fraud@1.2.0) or its directory (model_registry/fraud-1.2.0)\n",
    )
    assert merged.run("smoke", "model_registry") == Ran(
        2,
        "",
        "modelyard: model_registry is no directory of a version\n    hint: modelyard list shows the versions\n",
    )


def test_what_a_change_registers_is_tried_with_the_remotes_of_its_base(merged: Scene) -> None:
    assert merged.register("--version", "1.2.0", "--metrics", "accuracy=0.9", "--n", "100", "--branch").code == 0
    merged.registry.git("switch", "--quiet", "register/fraud-1.2.0")
    states(merged, "fraud-1.2.0", ROWS.tolist(), {"predict": {"shape": [3]}})
    config = merged.registry.path / ".dvc" / "config"
    config.write_text(config.read_text().replace("models-storage", "no-such-place"))
    merged.commit("State a smoke test, and send everybody elsewhere")
    for path in sorted((merged.cache / "files").rglob("*")):
        if path.is_file():
            path.unlink()

    ran = merged.run("smoke", "--base", "main")

    assert ran == Ran(0, "passed fraud@1.2.0: 1 value is as expected\n", "")
    assert merged.run("smoke", "--base", "HEAD") == Ran(
        0, "the change registers no version, so nothing was tried\n", ""
    )


def test_a_change_that_founds_a_registry_names_no_remote_of_its_own(founded: Scene) -> None:
    assert founded.register("--version", "1.0.0").code == 0
    founded.commit("Register fraud@1.0.0")
    founded.registry.git("switch", "--quiet", "--orphan", "empty")
    founded.registry.git("commit", "--quiet", "--allow-empty", "--message", "Nothing")
    founded.registry.git("switch", "--quiet", "main")

    assert founded.run("smoke", "--base", "empty") == Ran(
        3,
        "",
        "modelyard: the base has no .dvc/config, and a change does not choose its own remote\n"
        "    hint: merge .dvc/config first, in a change of its own\n",
    )


def test_the_first_commit_has_no_base_to_name_remotes(founded: Scene) -> None:
    founded.registry.git("remote", "remove", "origin")
    founded.registry.git("checkout", "--quiet", "--orphan", "first")
    founded.commit("Found the registry")
    founded.registry.git("branch", "--force", "--move", "main")

    assert founded.run("smoke", "--base", "auto") == Ran(
        3,
        "",
        "modelyard: nothing was there before this commit, so nobody says where its bytes come from\n"
        "    hint: name the versions: modelyard smoke NAME@VERSION\n",
    )


def test_versions_and_a_base_are_not_named_together(merged: Scene) -> None:
    refused = Ran(
        2,
        "",
        "modelyard: name versions, or the base that they are new since\n    hint: modelyard smoke --base auto\n",
    )
    assert merged.run("smoke") == refused
    assert merged.run("smoke", "fraud@1.0.0", "--base", "auto") == refused


@pytest.mark.skipif(UNHEEDED, reason="this machine lets nobody take the network away")
def test_a_model_reaches_no_network_and_sees_no_secret(merged: Scene, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "hush")
    code = (
        "import os, socket\n"
        "seen = sorted(os.environ), os.listdir(os.environ['HOME']), os.listdir()\n"
        "raise RuntimeError(seen, [name for _, name in socket.if_nameindex()])"
    )
    path = holds(merged, pickle.dumps(Calls(code)))
    ran = merged.run("smoke", path)
    assert ran.code == 1
    assert "AWS" not in ran.out
    assert "'HOME'" in ran.out
    assert "[], []), ['lo'])" in ran.out


def test_a_model_that_breaks_fails(merged: Scene) -> None:
    path = holds(merged, pickle.dumps(Calls("1 / 0")))
    assert merged.run("smoke", path) == Ran(
        1,
        "failed fraud@1.0.0: it fails\n  it cannot be loaded: ZeroDivisionError: division by zero\n",
        "",
    )


def test_a_model_that_ends_its_process_fails(merged: Scene) -> None:
    path = holds(merged, pickle.dumps(Calls("import ctypes; ctypes.string_at(0)")))
    ran = merged.run("smoke", path)
    assert (ran.code, ran.out.splitlines()[0]) == (1, "failed fraud@1.0.0: it fails")
    assert ran.out.splitlines()[1].startswith("  its process ended with signal 11")


def test_a_model_that_takes_too_long_is_told_so(merged: Scene) -> None:
    code = "import os; os.fork()\nwhile True: pass"
    path = holds(merged, pickle.dumps(Calls(code)))
    assert merged.run("smoke", path, "--timeout", "3") == Ran(
        3, "", "modelyard: no answer within 3 seconds\n    hint: --timeout gives it more\n"
    )


def test_a_model_that_takes_too_much_memory_is_told_so(merged: Scene) -> None:
    path = holds(merged, pickle.dumps(Calls("bytearray(3 << 30)")))
    assert merged.run("smoke", path, "--memory", "2G") == Ran(
        3, "", "modelyard: fraud@1.0.0 cannot be loaded in 2048 MiB of memory\n    hint: --memory 4096M\n"
    )


def test_where_the_network_stays_it_is_said_or_refused(merged: Scene, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(confinement, "_ISOLATED", ("false",))
    confinement.can_isolate.cache_clear()
    try:
        ran = merged.run("smoke", "fraud@production")
        assert (ran.code, ran.out) == (
            0,
            "loaded fraud@1.0.0: it states no smoke test, so nothing more was tried\n",
        )
        assert "the models could reach it" in ran.err
        assert merged.run("smoke", "fraud@production", "--require-isolation") == Ran(
            3,
            "",
            "modelyard: this machine does not let us take the network from a process, and isolation is required\n"
            "    hint: run it where `unshare --user --net true` works, or without --require-isolation\n",
        )
    finally:
        confinement.can_isolate.cache_clear()


def test_other_bytes_are_not_loaded(merged: Scene, tmp_path: Path) -> None:
    path = merged.version("fraud-1.0.0")
    assert merged.run("smoke", path).code == 0
    (path / "model.joblib").unlink()
    (path / "model.joblib").write_bytes(pickle.dumps(Calls(f"import os; os.mkdir({str(tmp_path / 'trace')!r})")))
    ran = merged.run("smoke", path)
    assert (ran.code, ran.out) == (1, "")
    assert "nothing was loaded" in ran.err
    assert not (tmp_path / "trace").exists()
