"""Pushing what a remote lacks: to a directory, to a real S3 server, and where DVC then finds it."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

import modelyard
from modelyard.storage.digests import digest_file
from modelyard.storage.directory_remote import DirectoryRemote
from support.dvc import DvcRepository
from support.on_s3 import moved_to_s3
from support.registry import Ran, Scene, copied
from support.s3 import serve_s3

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from modelyard.storage.progress import Progress
    from modelyard.storage.remotes import Outgoing


def objects(directory: Path) -> list[Path]:
    return sorted(path for path in (directory / "files" / "md5").rglob("*") if path.is_file())


@pytest.fixture
def unpushed(founded: Scene) -> Scene:
    """A directory of three files that was registered and not pushed."""
    given = ("--version", "1.0.0", "--metrics", "accuracy=0.9", "--no-push", "--branch")
    ran = founded.register(*given, "--card", founded.training.path / "MODEL_CARD.md", artifact="forest")
    assert ran.code == 0, ran.err
    founded.merge("register/fraud-1.0.0")
    return founded


def test_what_was_not_pushed_is_and_dvc_finds_it(unpushed: Scene) -> None:
    assert unpushed.run("verify", "--all", "--remote").code == 3
    ran = unpushed.run("push")
    size = sum(path.stat().st_size for path in objects(unpushed.storage))
    assert ran == Ran(
        0,
        f"pushed 3 objects, {size / 1000:.1f} kB, to remote 'storage' (SCENE/models-storage), sizes compared\n",
        "",
    )
    assert unpushed.run("verify", "--all", "--remote", "--deep").code == 0
    shutil.rmtree(unpushed.cache)
    DvcRepository(unpushed.registry.path).dvc("pull", "--quiet")
    assert (unpushed.version("fraud-1.0.0") / "forest" / "model.joblib").is_file()


def test_what_is_there_is_skipped_even_where_the_cache_has_nothing(unpushed: Scene) -> None:
    unpushed.run("push")
    shutil.rmtree(unpushed.cache)
    assert unpushed.run("push", "fraud@1.0.0") == Ran(
        0, "nothing to push to remote 'storage' (SCENE/models-storage); 3 objects there already\n", ""
    )
    assert json.loads(unpushed.run("push", "--format", "json").out)[0]["present"] == 3


def test_a_push_that_was_cut_off_goes_on_and_no_manifest_comes_before_its_files(
    unpushed: Scene, monkeypatch: pytest.MonkeyPatch
) -> None:
    push_many = DirectoryRemote.push_many

    def cut_off(self: DirectoryRemote, objects: Sequence[Outgoing], *, progress: Progress) -> Mapping[str, int]:
        push_many(self, objects[:1], progress=progress)
        raise KeyboardInterrupt

    monkeypatch.setattr(DirectoryRemote, "push_many", cut_off)
    assert unpushed.run("push") == Ran(
        130,
        "",
        "modelyard: interrupted; nothing half-made was left behind\n"
        "    hint: what was stored in remote 'storage' (SCENE/models-storage) stays until `modelyard gc --remote`; "
        "the next push skips it\n",
    )
    assert [path.name.endswith(".dir") for path in objects(unpushed.storage)] == [False]
    monkeypatch.undo()
    monkeypatch.chdir(unpushed.registry.path)
    ran = unpushed.run("push", str(unpushed.version("fraud-1.0.0")), "--read-back")
    assert ran.code == 0
    assert ran.out.startswith("pushed 2 objects, ")
    assert ran.out.endswith(", every byte read back; 1 object there already\n")


def test_what_was_merged_but_never_pushed_is_named_where_it_cannot_be_had(unpushed: Scene, tmp_path: Path) -> None:
    other = copied(unpushed, tmp_path / "other")
    manifest = next(path for path in objects(other.cache) if path.name.endswith(".dir"))
    shutil.rmtree(other.cache)
    ran = other.run("push", "--repo", other.registry.path)
    oid = manifest.parent.name + manifest.name
    assert ran == Ran(
        3,
        "",
        f"modelyard: object {oid} of fraud@1.0.0 was never pushed: it is neither in remote 'storage' "
        "(SCENE/models-storage) nor in the cache of this clone\n"
        "    hint: run `modelyard push fraud@1.0.0` in the clone that it was registered in; "
        "`modelyard history fraud` says by whom\n",
    )


def test_a_corrupt_object_is_not_pushed(unpushed: Scene) -> None:
    spoilt = next(path for path in objects(unpushed.cache) if not path.name.endswith(".dir"))
    spoilt.chmod(0o644)
    data = spoilt.read_bytes()
    spoilt.write_bytes(bytes([data[0] ^ 1]) + data[1:])
    ran = unpushed.run("push")
    assert ran.code == 1
    assert f"object {spoilt.parent.name}{spoilt.name} in the cache is corrupt: " in ran.err
    assert not any(path.name.endswith(".dir") for path in objects(unpushed.storage))


def test_what_was_there_already_is_read_back_too(unpushed: Scene) -> None:
    assert unpushed.run("push").code == 0
    there = "nothing to push to remote 'storage' (SCENE/models-storage); 3 objects there already"
    assert unpushed.run("push", "--read-back") == Ran(0, f"{there}, every byte read back\n", "")
    spoilt = next(path for path in objects(unpushed.storage) if not path.name.endswith(".dir"))
    good = digest_file(spoilt)
    spoilt.chmod(0o644)
    data = spoilt.read_bytes()
    spoilt.write_bytes(bytes([data[0] ^ 1]) + data[1:])
    bad = digest_file(spoilt)
    assert unpushed.run("push") == Ran(0, f"{there}\n", "")
    place = f"remote 'storage' (SCENE/models-storage/files/md5/{spoilt.parent.name}/{spoilt.name})"
    assert unpushed.run("push", "--read-back") == Ran(
        1,
        "",
        f"modelyard: object {good.md5} in {place} is corrupt: expected {good.size} bytes with sha256 {good.sha256}, "
        f"found {bad.size} bytes with sha256 {bad.sha256}\n"
        "    hint: delete the object there, and run the command again where its bytes are good\n",
    )


def test_a_bucket_is_pushed_to_in_the_same_way(
    unpushed: Scene, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AWS_MAX_ATTEMPTS", "1")
    with serve_s3(tmp_path / "server") as server:
        moved_to_s3(unpushed, server)
        ran = unpushed.run("push", "--read-back")
        again = unpushed.run("push")
        stored = [path for path in server.bucket.rglob("*") if path.is_file()]
    assert (ran.code, ran.err) == (0, "")
    assert ran.out.startswith("pushed 3 objects, ")
    assert len(stored) == 3
    assert again.out == "nothing to push to remote 'storage' (s3://models/registry); 3 objects there already\n"


def test_the_same_from_python(unpushed: Scene) -> None:
    (sent,) = modelyard.Registry().push(Path("model_registry/fraud-1.0.0"))
    assert (list(map(str, sent.versions)), sent.pushed.objects) == (["fraud@1.0.0"], 3)


@pytest.mark.parametrize(
    ("word", "message"),
    [
        ("fraud@9.0.0", "fraud@9.0.0 resolves to nothing: no registered version of 'fraud' fits\n"),
        ("model_registry/fraud-9.0.0", "fraud@9.0.0 is not in the work tree\n    hint: modelyard list fraud\n"),
        ("README", "README is no version's directory\n    hint: modelyard push NAME@VERSION\n"),
    ],
)
def test_wrong_usage(unpushed: Scene, word: str, message: str) -> None:
    ran = unpushed.run("push", word)
    assert (ran.code, ran.out) == (2, "")
    assert ran.err.startswith(f"modelyard: {message}")
