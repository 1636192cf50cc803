"""Verification of cache and remotes, with real bytes that go missing and go wrong."""

from __future__ import annotations

import json
import os
import xml.etree.ElementTree as ET
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

import modelyard
from modelyard.api.origin import cache_directory
from modelyard.storage import checking
from modelyard.storage.layout import object_path
from support.registry import Ran, Scene, unchanged

if TYPE_CHECKING:
    from collections.abc import Sequence

    from modelyard.storage.remotes import Source
    from modelyard.storage.wanted import Wanted


def objects(directory: Path) -> list[Path]:
    """Return the objects in a store, sorted by id."""
    return sorted(path for path in (directory / "files" / "md5").rglob("*") if path.is_file())


def oid_of(path: Path) -> str:
    return path.parent.name + path.name


def spoil(path: Path) -> None:
    """Flip the first byte."""
    data = path.read_bytes()
    path.chmod(0o644)
    path.write_bytes(bytes([data[0] ^ 1]) + data[1:])


def without_sizes(text: str) -> str:
    import re

    return re.sub(r"of [0-9.]+ k?B", "of SIZE", text)


def test_all_is_there(merged: Scene) -> None:
    with unchanged(merged.registry):
        ran = merged.run("verify", "--all", "--remote", "--deep")
    assert (ran.code, ran.err) == (0, "")
    assert without_sizes(ran.out) == (
        "verified the cache (SCENE/models/.dvc/cache): 2 objects of SIZE, every byte read\n"
        "verified remote 'storage' (SCENE/models-storage): 2 objects of SIZE, every byte read\n"
    )


def test_what_is_missing_is_named_with_its_remote_and_id_and_ends_with_3(merged: Scene) -> None:
    gone = objects(merged.storage)[0]
    oid = oid_of(gone)
    gone.unlink()

    ran = merged.run("verify", "fraud@1.0.0", "--remote")

    message = f"object {oid} is not in remote 'storage' (SCENE/models-storage/{object_path(oid)})"
    assert ran.code == 3
    assert without_sizes(ran.out) == (
        "verified the cache (SCENE/models/.dvc/cache): 2 objects of SIZE, existence and size\n"
        "1 fault in remote 'storage' (SCENE/models-storage): 2 objects of SIZE, existence and size\n"
        f"  missing: {message}\n"
        "    needed by fraud@1.0.0\n"
    )
    assert ran.err == (
        f"modelyard: {message}\n"
        "    hint: run `modelyard push` where its bytes are, or `modelyard pull` to have them here\n"
    )


def test_other_bytes_of_the_same_size_are_seen_by_a_deep_look_alone_which_ends_with_1(merged: Scene) -> None:
    spoilt = objects(merged.storage)[0]
    spoil(spoilt)
    assert merged.run("verify", "--all", "--remote").code == 0

    with unchanged(merged.registry):
        ran = merged.run("verify", "--all", "--remote", "--deep")

    assert ran.code == 1
    place = f"remote 'storage' (SCENE/models-storage/{object_path(oid_of(spoilt))})"
    assert f"  corrupt: object {oid_of(spoilt)} in {place} is corrupt: expected " in ran.out
    assert "    needed by fraud@1.0.0, fraud@1.1.0\n" in ran.out
    # A look changes nothing.
    assert spoilt.is_file()


def test_another_size_is_seen_without_reading(merged: Scene) -> None:
    cut = objects(merged.cache)[0]
    size = cut.stat().st_size
    os.truncate(_writable(cut), size - 1)
    ran = merged.run("verify", "--all")
    assert ran.code == 1
    where = f"the cache (SCENE/models/.dvc/cache/{object_path(oid_of(cut))})"
    assert ran.err.startswith(
        f"modelyard: object {oid_of(cut)} in {where} is corrupt: expected {size} bytes, found {size - 1}\n"
    )


def test_corrupt_bytes_weigh_more_than_missing_ones(merged: Scene) -> None:
    first, second = objects(merged.storage)
    spoil(first)
    second.unlink()
    assert merged.run("verify", "--all", "--remote", "--deep").code == 1


def test_the_cache_may_lack_what_the_remote_has(merged: Scene) -> None:
    objects(merged.cache)[0].unlink()
    assert merged.run("verify", "--all").code == 3
    for depth in ((), ("--deep",)):
        ran = merged.run("verify", "--all", "--remote", *depth)
        assert ran.code == 0
        assert ", 1 not there, as a cache may\n" in ran.out


def test_a_cache_that_has_nothing_was_not_verified(merged: Scene) -> None:
    for path in objects(merged.cache):
        path.unlink()
    for depth, how in (((), "existence and size"), (("--deep",), "every byte read")):
        ran = merged.run("verify", "--all", "--remote", *depth)
        assert (ran.code, ran.err) == (0, "")
        assert without_sizes(ran.out) == (
            "nothing to verify in the cache (SCENE/models/.dvc/cache): none of 2 objects is there\n"
            f"verified remote 'storage' (SCENE/models-storage): 2 objects of SIZE, {how}\n"
        )


def test_a_remote_that_cannot_be_reached(merged: Scene) -> None:
    merged.storage.rename(merged.path / "elsewhere")
    ran = merged.run("verify", "--all", "--remote", "--format", "json")
    assert ran.code == 3
    assert json.loads(ran.out)["places"][1]["faults"] == [
        {
            "kind": "unreachable",
            "oid": None,
            "message": "remote 'storage' cannot be reached: there is no directory SCENE/models-storage",
            "versions": [],
        }
    ]


def test_the_parts_of_a_matrix_are_together_the_whole(merged: Scene) -> None:
    def asked(*words: str) -> int:
        ran = merged.run("verify", "--all", "--remote", "--deep", "--format", "json", *words)
        assert ran.code == 0
        places = json.loads(ran.out)["places"]
        return int(places[1]["objects"])

    assert sum(asked("--shard", f"{index}/3") for index in (1, 2, 3)) == asked()


def test_a_directory_is_verified_file_by_file(merged: Scene) -> None:
    ran = merged.register("--version", "2.0.0", "--branch", "--metrics", "accuracy=0.95", artifact="forest")
    assert ran.code == 0, ran.err
    merged.merge("register/fraud-2.0.0")
    ran = merged.run("verify", "fraud@2.0.0", "--remote", "--deep", "--format", "json")
    assert (ran.code, json.loads(ran.out)["places"][1]["objects"]) == (0, 3)

    manifest = next(path for path in objects(merged.storage) if path.name.endswith(".dir"))
    spoil(manifest)
    ran = merged.run("verify", "fraud@2.0.0", "--remote")
    assert ran.code == 1
    assert f"object {oid_of(manifest)} in remote 'storage'" in ran.err
    manifest.unlink()
    assert merged.run("verify", "fraud@2.0.0", "--remote").code == 3


def test_junit_has_a_case_for_each_version_in_each_place(merged: Scene) -> None:
    spoil(objects(merged.storage)[0])
    ran = merged.run("verify", "--all", "--remote", "--deep", "--format", "junit")
    suites = ET.fromstring(ran.out)
    assert [(suite.get("tests"), suite.get("failures"), suite.get("errors")) for suite in suites] == [
        ("2", "0", "0"),
        ("2", "2", "0"),
    ]
    cases = [(case.get("name"), [child.tag for child in case]) for case in suites[1]]
    assert cases == [("fraud@1.0.0", ["failure"]), ("fraud@1.1.0", ["failure"])]


def test_a_run_that_was_interrupted_goes_on_where_it_stopped(merged: Scene, monkeypatch: pytest.MonkeyPatch) -> None:
    read: list[str] = []
    check = checking.check_bytes

    def interrupted(expected: Sequence[Wanted], source: Source) -> list[checking.Fault]:
        if len(read) == 1:
            raise KeyboardInterrupt
        read.extend(item.oid for item in expected)
        return check(expected, source)

    def counting(expected: Sequence[Wanted], source: Source) -> list[checking.Fault]:
        read.extend(item.oid for item in expected)
        return check(expected, source)

    monkeypatch.setattr(checking, "_BATCH_OBJECTS", 1)
    monkeypatch.setattr("modelyard.api.crews.check_bytes", interrupted)
    assert merged.run("verify", "--all", "--deep", "-j", "1").code == 130
    first = list(read)

    monkeypatch.setattr("modelyard.api.crews.check_bytes", counting)
    ran = merged.run("verify", "--all", "--deep", "-j", "1")
    assert ran.code == 0
    assert ", every byte read, 1 of them by a run before this one\n" in ran.out
    assert sorted(read) == [oid_of(path) for path in objects(merged.cache)]
    assert read[:1] == first

    # It was finished: the next one reads everything.
    read.clear()
    assert merged.run("verify", "--all", "--deep", "-j", "1").code == 0
    assert len(read) == 2
    assert list((cache_directory() / "verifying").iterdir()) == []


def test_processes_read_what_one_process_reads(merged: Scene, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(checking, "_BATCH_OBJECTS", 1)
    spoil(objects(merged.storage)[1])
    one = merged.run("verify", "--all", "--remote", "--deep", "-j", "1")
    assert merged.run("verify", "--all", "--remote", "--deep", "-j", "2") == one
    assert one.code == 1


def test_the_same_from_python(merged: Scene) -> None:
    found = modelyard.Registry().verify("fraud@1.0.0", remote=True, deep=True)
    assert (found.exit_code, [place.objects for place in found.places]) == (0, [2, 2])
    assert found.commit == merged.registry.head


@pytest.mark.parametrize(
    ("words", "message"),
    [
        ((), "either REF or --all must be given\n    hint: modelyard verify --all\n"),
        (("--all", "fraud@1.0.0"), "either REF or --all must be given\n    hint: modelyard verify --all\n"),
        (("--all", "-j", "0"), "--jobs is 0, and one process is needed at least\n    hint: -j 1\n"),
        (
            ("--all", "--shard", "3/2"),
            "--shard '3/2' is no part of a whole\n    hint: --shard 1/4, up to --shard 4/4\n",
        ),
    ],
)
def test_wrong_usage(merged: Scene, words: tuple[str, ...], message: str) -> None:
    assert merged.run("verify", *words) == Ran(2, "", f"modelyard: {message}")


def _writable(path: Path) -> Path:
    path.chmod(0o644)
    return path
