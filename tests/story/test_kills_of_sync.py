"""A sync that is killed leaves each model's directory as it was or as it is to be, and the next one ends right."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from support.applications import address_of, new_application, release, serve_storage, write_list
from support.kills import killed
from support.registry import Scene, copied, modelyard

SPARE = '{ model = "fraud", version = "1.0.0" }'
# What a sync asks the kernel for when it changes something, and every which of these calls is its last.
CALLS = {"rename": 1, "renameat": 1, "renameat2": 1, "fsync": 3, "mkdir": 1, "unlinkat": 2, "rmdir": 1}


@pytest.fixture(scope="module")
def start(merged_once: Scene, tmp_path_factory: pytest.TempPathFactory) -> Scene:
    """An application with fraud@1.0.0 in place twice, whose lock says 1.2.0 and once: a replacement and a removal."""
    scene = copied(merged_once, tmp_path_factory.mktemp("start") / "scene")
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(scene.registry.path)
        patch.setenv("MODELYARD_CACHE", str(scene.path / "cache"))
        serve_storage(scene)
        application = new_application(scene, {"fraud": '"1.0.0"', "spare": SPARE})
        assert modelyard("sync", "--project", application).code == 0
        release(scene, "1.2.0")
        write_list(application, address_of(scene), {"fraud": '"1.2.0"'})
        assert modelyard("lock", "--project", application).code == 0
    return scene


def standing(models: Path) -> dict[str, dict[str, bytes]]:
    """Return what stands in each model's directory."""
    directories = [path for path in models.iterdir() if path.is_dir() and path.name != ".modelyard"]
    return {
        each.name: {path.relative_to(each).as_posix(): path.read_bytes() for path in each.rglob("*") if path.is_file()}
        for each in directories
    }


def kills(start: Scene, path: Path, call: str) -> Iterator[tuple[int, Scene]]:
    """Yield the number of each kill and what it left, until the command survives."""
    number = 1
    while True:
        # The lock names the origin by its path, so each kill happens at the same place.
        shutil.rmtree(path, ignore_errors=True)
        scene = copied(start, path)
        if not killed(scene, call, number, "sync", "--frozen", "--project", scene.path / "application"):
            return
        yield number, scene
        number += CALLS[call]


@pytest.mark.parametrize("call", CALLS)
def test_whenever_a_sync_is_killed_each_directory_is_the_old_or_the_new_one(
    call: str, start: Scene, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MODELYARD_CACHE", str(tmp_path / "scene" / "cache"))
    training = start.training.path
    old = {name: (training / name).read_bytes() for name in ("model.joblib", "scaler.joblib")}
    new = {"scaler.joblib": old["scaler.joblib"]}
    count = 0
    for number, scene in kills(start, tmp_path / "scene", call):
        count += 1
        models = scene.path / "application" / "models"
        left = standing(models)
        assert left.get("fraud") in (old, new), f"kill {number}"
        assert left.get("spare", old) == old, f"kill {number}"

        ran = modelyard("sync", "--frozen", "--project", scene.path / "application")

        assert ran.code == 0, f"after kill {number}: {ran.err}"
        assert standing(models) == {"fraud": new}
        assert not list((models / ".modelyard").glob(".modelyard-*")), f"after kill {number}"
        assert modelyard("sync", "--frozen", "--project", scene.path / "application").out.startswith(
            "in place: 1 model"
        )
    assert count, "nothing was killed: this test proves nothing"
