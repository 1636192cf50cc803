"""Garbage collection of cache and remotes, with real Git, DVC and S3, and what is left is what everybody needs."""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Callable
from datetime import datetime, timedelta, timezone
from pathlib import Path

import pytest

import modelyard
from modelyard.storage.layout import object_path
from support.dvc import DvcRepository
from support.on_s3 import moved_to_s3
from support.registry import Ran, Scene, copied
from support.s3 import serve_s3

NOBODY = "0123456789abcdef0123456789abcdef"
Clock = Callable[[int], None]
TODAY = datetime.now(timezone.utc)


def oids(directory: Path) -> set[str]:
    found = (path for path in (directory / "files" / "md5").rglob("*") if path.is_file())
    return {path.parent.name + path.name for path in found}


def litter(directory: Path, oid: str = NOBODY) -> Path:
    """Put an object there that nobody needs."""
    path = directory / object_path(oid)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(b"litter")
    return path


@pytest.fixture
def later(monkeypatch: pytest.MonkeyPatch) -> Clock:
    """Give what sets the clock that many days ahead."""

    def set_clock(days: int) -> None:
        monkeypatch.setattr("modelyard.api.collecting.now", lambda: TODAY + timedelta(days=days))

    return set_clock


# Whoever writes a tree from the index, as a commit does, leaves the tree's id there: that of `.dvc` too.
@pytest.mark.parametrize(
    "change", [("promote", "fraud@1.1.0", "--to", "staging"), ("yank", "fraud@1.1.0", "--reason", "it is wrong")]
)
@pytest.mark.parametrize("manner", ["--commit", None])
def test_after_a_change_all_is_needed_as_before(merged: Scene, change: tuple[str, ...], manner: str | None) -> None:
    assert merged.run(*change, *([manner] if manner else [])).code == 0
    if manner is None:
        merged.registry.git("add", "--all")
        merged.registry.git("write-tree")

    told = "the cache (SCENE/models/.dvc/cache): 2 needed\nnothing was changed; with --yes it is done\n"
    assert merged.run("gc") == Ran(0, told, "")


def test_first_a_plan_then_a_mark_and_after_the_days_of_grace_it_goes(merged: Scene, later: Clock) -> None:
    path = litter(merged.cache)
    needed = oids(merged.cache) - {NOBODY}
    place = "the cache (SCENE/models/.dvc/cache): 2 needed\n"

    plan = merged.run("gc")
    assert plan == Ran(
        0,
        f"{place}  would mark 1 object, 6 B: not needed from now on\nnothing was changed; with --yes it is done\n",
        "",
    )
    # A plan marks nothing.
    assert merged.run("gc") == plan
    later(0)
    assert merged.run("gc", "--yes").out == f"{place}  marked 1 object, 6 B: not needed from now on\n"
    later(13)
    assert merged.run("gc", "--yes").out == f"{place}  left 1 object, 6 B: marked less than 14 days ago\n"
    assert path.exists()
    later(15)
    assert merged.run("gc", "--yes").out == f"{place}  deleted 1 object, 6 B: not needed for 14 days\n"
    assert oids(merged.cache) == needed
    assert merged.run("gc", "--yes").out == place


def test_dvc_still_pulls_every_version_from_a_remote_that_was_tidied(merged: Scene, later: Clock) -> None:
    ran = merged.register("--version", "2.0.0", "--branch", "--metrics", "accuracy=0.95", artifact="forest")
    assert ran.code == 0, ran.err
    litter(merged.storage)
    before = oids(merged.storage)
    for day in (0, 20):
        later(day)
        assert merged.run("gc", "--remote", "--yes").code == 0
    # What only an unmerged branch needs is needed, and so are the files that its manifest lists.
    assert oids(merged.storage) == before - {NOBODY}
    merged.merge("register/fraud-2.0.0")
    shutil.rmtree(merged.cache)
    DvcRepository(merged.registry.path).dvc("pull", "--quiet")
    assert merged.run("verify", "--all", "--remote", "--deep").code == 0


def test_what_was_retired_goes_once_history_is_let_go_of(merged: Scene, later: Clock) -> None:
    ran = merged.register("--version", "2.0.0", "--branch", "--metrics", "accuracy=0.95", artifact="forest")
    assert ran.code == 0, ran.err
    merged.merge("register/fraud-2.0.0")
    merged.registry.git("branch", "--delete", "--force", "register/fraud-2.0.0")
    shared = oids(merged.storage)
    assert merged.run("retire", "fraud@2.0.0", "--reason", "x").code == 0
    merged.commit("Retire")
    for day in (0, 20):
        later(day)
        assert merged.run("gc", "--remote", "--yes").code == 0
    assert oids(merged.storage) == shared
    # It was there yesterday.
    later(0)
    assert json.loads(merged.run("gc", "--remote", "--history", "1", "--format", "json").out)["marked"] == {}
    later(40)
    merged.registry.git("reflog", "expire", "--expire=now", "--all")
    assert merged.run("gc", "--remote", "--history", "10", "--yes").code == 0
    later(60)
    assert merged.run("gc", "--remote", "--history", "10", "--yes").code == 0
    assert len(oids(merged.storage)) == 2
    assert merged.run("verify", "--all", "--remote", "--deep").code == 0


def test_a_version_that_a_stage_holds_back_stays_though_it_was_retired(merged: Scene, later: Clock) -> None:
    ran = merged.register("--version", "2.0.0", "--branch", "--metrics", "accuracy=0.95", artifact="forest")
    assert ran.code == 0, ran.err
    merged.merge("register/fraud-2.0.0")
    merged.registry.git("branch", "--delete", "--force", "register/fraud-2.0.0")
    assert merged.run("retire", "fraud@2.0.0", "--reason", "x").code == 0
    stage = merged.registry.path / "model_registry/stages/production/fraud.yaml"
    stage.write_text(f"{stage.read_text()}held:\n  2.0.0: too slow\n", "utf-8")
    merged.commit("Retire, and hold back")
    merged.registry.git("reflog", "expire", "--expire=now", "--all")
    before = oids(merged.storage)
    for day in (40, 60):
        later(day)
        assert merged.run("gc", "--remote", "--history", "10", "--yes").code == 0
    assert oids(merged.storage) == before


def test_what_is_needed_again_stays(merged: Scene, later: Clock) -> None:
    path = litter(merged.cache)
    later(0)
    merged.run("gc", "--yes")
    (merged.registry.path / "data.csv.dvc").write_text(f"outs:\n- md5: {NOBODY}\n  path: data.csv\n", "utf-8")
    later(20)
    assert merged.run("gc", "--yes").out == "the cache (SCENE/models/.dvc/cache): 3 needed\n"
    assert path.exists()
    # It begins anew: the mark of then is gone.
    (merged.registry.path / "data.csv.dvc").unlink()
    assert "  marked 1 object" in merged.run("gc", "--yes").out


def test_locks_and_other_clones_keep_what_they_need(merged: Scene, tmp_path: Path) -> None:
    litter(merged.storage)
    lock = tmp_path / "models.lock"
    lock.write_text(json.dumps({"md5": NOBODY}), "utf-8")
    assert json.loads(merged.run("gc", "--remote", "--lock", lock, "--format", "json").out)["marked"] == {}
    other = copied(merged, tmp_path / "other")
    (other.registry.path / "data.csv.dvc").write_text(f"outs:\n- md5: {NOBODY}\n", "utf-8")
    also = merged.run("gc", "--remote", "--also", other.registry.path, "--format", "json")
    assert json.loads(also.out)["marked"] == {}
    assert json.loads(merged.run("gc", "--remote", "--format", "json").out)["marked"] == {NOBODY: 6}


def test_only_what_is_an_object_is_ever_deleted(merged: Scene, later: Clock, tmp_path: Path) -> None:
    (tmp_path / "far").write_bytes(b"far")
    strange = [
        merged.cache / "files/md5/ab/notes.txt",
        merged.cache / "files/md5/abc" / ("0" * 29),
        merged.cache / "files/md5/cd" / ("0" * 30 + ".tmp"),
        merged.cache / "files/other",
        merged.cache / "runs/x",
    ]
    for path in strange:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(b"x")
    link = merged.cache / "files/md5/ef" / ("0" * 30)
    link.parent.mkdir(exist_ok=True)
    link.symlink_to(tmp_path / "far")
    for day in (0, 20):
        later(day)
        assert merged.run("gc", "--yes").code == 0
    assert [path for path in strange if not path.exists()] == []
    assert link.is_symlink()


def test_a_directory_whose_manifest_is_nowhere_stops_everything(merged: Scene, later: Clock) -> None:
    path = litter(merged.cache)
    later(0)
    merged.run("gc", "--yes")
    (merged.registry.path / "data.dvc").write_text(f"outs:\n- md5: {NOBODY[::-1]}.dir\n", "utf-8")
    later(20)
    ran = merged.run("gc", "--yes")
    assert ran == Ran(
        3,
        "",
        f"modelyard: manifest {NOBODY[::-1]}.dir is nowhere, so nobody knows which files it needs; "
        "nothing was deleted\n"
        "    hint: modelyard verify --all --remote says which version needs it\n",
    )
    assert path.exists()


def test_a_run_that_is_killed_leaves_no_manifest_without_its_files(
    merged: Scene,
    later: Clock,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    manifest = litter(merged.cache, f"{NOBODY}.dir")
    member = litter(merged.cache, "0" * 32)
    later(0)
    merged.run("gc", "--yes")
    later(20)
    unlink = os.unlink

    def killed(name: str, *, dir_fd: int | None = None) -> None:
        unlink(name, dir_fd=dir_fd)
        if name == f"{NOBODY[2:]}.dir":
            raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(os, "unlink", killed)
        assert merged.run("gc", "--yes").code == 130
    assert (manifest.exists(), member.exists()) == (False, True)
    # No mark outlives its object, so what is left waits once more.
    assert "  marked 1 object, 6 B" in merged.run("gc", "--yes").out
    later(40)
    assert "  deleted 1 object, 6 B" in merged.run("gc", "--yes").out
    assert not member.exists()


def test_a_remote_that_is_not_mounted_is_not_an_empty_one(merged: Scene) -> None:
    merged.storage.rename(merged.path / "elsewhere")
    ran = merged.run("gc", "--remote", "--yes")
    assert (ran.code, ran.out) == (3, "")
    assert ran.err.startswith("modelyard: remote 'storage' cannot be reached: there is no directory ")


def test_a_shallow_clone_deletes_nothing(merged: Scene, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    clone = tmp_path / "clone"
    merged.origin.git("clone", "--quiet", "--depth=1", f"file://{merged.origin.path}", str(clone))
    monkeypatch.chdir(clone)
    assert merged.run("gc", "--yes") == Ran(
        3,
        "",
        "modelyard: the clone's history is cut off, so nobody knows what is still needed\n"
        "    hint: git fetch --unshallow\n",
    )


def test_a_bucket_is_tidied_in_the_same_way(
    merged: Scene,
    later: Clock,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("AWS_MAX_ATTEMPTS", "1")
    litter(merged.storage)
    with serve_s3(tmp_path / "server") as server:
        moved_to_s3(merged, server)
        other = server.bucket / "registry" / "README"
        other.write_bytes(b"not an object")
        for day, told in ((0, "  marked 1 object, 6 B"), (20, "  deleted 1 object, 6 B")):
            later(day)
            ran = merged.run("gc", "--remote", "--yes")
            assert (ran.code, ran.err) == (0, "")
            assert told in ran.out
        assert merged.run("verify", "--all", "--remote", "--deep").code == 0
    assert NOBODY not in oids(server.bucket / "registry")
    assert other.exists()


def test_the_same_from_python(merged: Scene) -> None:
    litter(merged.cache)
    collected = modelyard.Registry().collect()
    assert (dict(collected.garbage.fresh), collected.done) == ({NOBODY: 6}, False)


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (("--history", "x"), "--history 'x' is no number of days\n    hint: --history 90\n"),
        (("--grace", "-1"), "--grace '-1' is no number of days\n    hint: --grace 90\n"),
        (("--lock", "none"), "none cannot be read: No such file or directory\n    hint: it may say what is needed\n"),
    ],
)
def test_wrong_usage(merged: Scene, words: tuple[str, ...], message: str) -> None:
    ran = merged.run("gc", *words)
    assert ran == Ran(2, "", f"modelyard: {message}")
