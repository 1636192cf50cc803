"""Our own cache is tidied by what was used, whoever is at work in it."""

from __future__ import annotations

import os
import shutil
import time
from pathlib import Path
from typing import Any

import pytest

from modelyard.storage.cache import Cache
from modelyard.storage.collection import plan_collection
from modelyard.storage.layout import object_path
from support.applications import new_application
from support.consumers import Consumer, keep_models_at, place_of
from support.kills import killed
from support.registry import Ran, Scene

DAY = 86400
NOBODY = "0123456789abcdef0123456789abcdef"
MODEL, SCALER = "fraud-1.0.0/model.joblib", "fraud-1.0.0/scaler.joblib"


@pytest.fixture
def consumer(consumer: Consumer) -> Consumer:
    """Somebody who has pulled fraud@1.0.0 a hundred days ago."""
    keep_models_at(consumer.scene, str(consumer.scene.storage))
    assert consumer.pull().code == 0
    for path in objects(consumer):
        unused_for(path, 100)
    return consumer


def objects(consumer: Consumer) -> set[Path]:
    return {path for path in (consumer.cache / "files").rglob("*") if path.is_file()}


def unused_for(path: Path, days: int) -> None:
    then = time.time() - days * DAY
    os.utime(path, (then, then))


def collect(consumer: Consumer, *words: str | Path) -> Ran:
    return consumer.scene.run("gc", "--cache", *words)


def test_first_a_plan_then_a_mark_and_then_what_was_long_unused_goes(consumer: Consumer) -> None:
    place = f"the cache ({consumer.cache})".replace(str(consumer.scene.path), "SCENE")
    before = objects(consumer)
    size = f"{sum(path.stat().st_size for path in before) / 1000:.1f} kB"
    assert collect(consumer) == Ran(
        0,
        f"{place}: 0 needed\n  would mark 2 objects, {size}: not needed from now on\n"
        "nothing was changed; with --yes it is done\n",
        "",
    )
    assert collect(consumer, "--yes").out == f"{place}: 0 needed\n  marked 2 objects, {size}: not needed from now on\n"
    assert collect(consumer, "--yes").out == (
        f"{place}: 0 needed\n  left 2 objects, {size}: marked less than 14 days ago\n"
    )
    assert objects(consumer) == before
    assert collect(consumer, "--yes", "--grace", "0").out == (
        f"{place}: 0 needed\n  deleted 2 objects, {size}: not needed for 0 days\n"
    )
    assert objects(consumer) == set()
    shutil.rmtree(consumer.out)
    assert consumer.pull().code == 0
    assert consumer.found() == consumer.right()


def test_what_is_used_again_is_unmarked(consumer: Consumer) -> None:
    assert collect(consumer, "--yes").code == 0
    shutil.rmtree(consumer.out)
    consumer.scene.storage.rename(consumer.scene.path / "unplugged")

    assert consumer.pull().code == 0

    assert collect(consumer, "--yes", "--grace", "0").out.endswith(": 2 needed\n")
    assert len(objects(consumer)) == 2


def test_a_bound_on_the_size_lets_what_was_used_last_stay(consumer: Consumer) -> None:
    model, scaler = (consumer.cache / place_of(consumer.scene, name) for name in (MODEL, SCALER))
    unused_for(model, 3)
    unused_for(scaler, 2)
    bound = str(model.stat().st_size + scaler.stat().st_size)
    assert collect(consumer, "--max-size", bound).out.splitlines()[0].endswith(": 2 needed")
    for _ in range(2):
        assert collect(consumer, "--max-size", str(int(bound) - 1), "--grace", "0", "--yes").code == 0
    assert objects(consumer) == {scaler}


def test_what_a_lock_file_names_stays_however_long_it_is_unused(consumer: Consumer) -> None:
    application = new_application(consumer.scene)
    assert consumer.scene.run("lock", "--project", application).code == 0
    path = consumer.cache / object_path(NOBODY)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(b"litter")
    unused_for(path, 100)
    for _ in range(2):
        ran = collect(consumer, "--lock", application / "models.lock", "--max-size", "1", "--grace", "0", "--yes")
        assert ran.code == 0, ran.err
    assert len(objects(consumer)) == 2
    assert not path.exists()


def test_a_pull_that_begins_while_it_runs_loses_nothing(consumer: Consumer, monkeypatch: pytest.MonkeyPatch) -> None:
    assert collect(consumer, "--yes").code == 0
    before = objects(consumer)
    plan = plan_collection

    def pull_and_plan(*arguments: Any, **options: Any) -> Any:
        """Let a pull do its work between the listing and the deletion."""
        shutil.rmtree(consumer.out)
        assert consumer.pull().code == 0
        return plan(*arguments, **options)

    monkeypatch.setattr("modelyard.api.collecting_cache.plan_collection", pull_and_plan)
    assert collect(consumer, "--yes", "--grace", "0").code == 0
    assert objects(consumer) == before
    assert consumer.found() == consumer.right()


def test_it_takes_nothing_from_a_pull_that_has_found_it(consumer: Consumer, monkeypatch: pytest.MonkeyPatch) -> None:
    assert collect(consumer, "--yes").code == 0
    shutil.rmtree(consumer.out)
    consumer.scene.storage.rename(consumer.scene.path / "unplugged")
    verify, collected = Cache.verify, []

    def verify_and_collect(cache: Cache, expected: Any) -> Any:
        """Let the whole collection happen between the check of an object and its way into place."""
        found = verify(cache, expected)
        collected.append(collect(consumer, "--yes", "--grace", "0"))
        return found

    monkeypatch.setattr(Cache, "verify", verify_and_collect)
    assert consumer.pull().code == 0
    assert [(ran.code, ran.out.splitlines()[0][-8:]) for ran in collected] == [(0, "2 needed")] * 2
    assert consumer.found() == consumer.right()


@pytest.mark.parametrize(("call", "every"), [("unlink", 1), ("unlinkat", 1), ("rename", 1), ("openat", 40)])
def test_whenever_it_is_killed_the_next_run_and_the_next_pull_end_right(
    call: str, every: int, consumer: Consumer, tmp_path: Path
) -> None:
    assert collect(consumer, "--yes").code == 0
    shutil.copytree(consumer.cache, tmp_path / "kept")
    number = 1
    while True:
        shutil.rmtree(consumer.cache)
        shutil.copytree(tmp_path / "kept", consumer.cache)
        for path in objects(consumer):
            unused_for(path, 100)  # the copy has read them
        died = killed(consumer.scene, call, number, "gc", "--cache", "--yes", "--grace", "0")
        ran = collect(consumer, "--yes", "--grace", "0")
        assert ran.code == 0, f"after kill {number}: {ran.err}"
        assert collect(consumer, "--yes", "--grace", "0").code == 0
        assert objects(consumer) == set(), f"after kill {number}"
        if not died:
            break
        number += every
    shutil.rmtree(consumer.out)
    assert consumer.pull().code == 0
    assert consumer.found() == consumer.right()


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (
            ("--cache", "--history", "3"),
            (
                "--cache goes by what was used, and by no clone's history\n"
                "    hint: modelyard gc --cache --lock models.lock\n"
            ),
        ),
        (
            ("--max-size", "3G"),
            "--unused and --max-size are about our own cache\n    hint: modelyard gc --cache --max-size 50G\n",
        ),
        (("--cache", "--unused", "-1"), "--unused '-1' is no number of days\n    hint: --unused 90\n"),
        (
            ("--cache", "--max-size", "3X"),
            "--max-size: '3X' is no size such as 512M or 8G\n    hint: modelyard gc --help\n",
        ),
    ],
)
def test_wrong_usage(words: tuple[str, ...], message: str, merged: Scene) -> None:
    assert merged.run("gc", *words) == Ran(2, "", f"modelyard: {message}")
