"""Objects that are not what was reviewed, in a directory, on a web server and in a bucket: never in place."""

from __future__ import annotations

import hashlib
import re
import shutil
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import pytest

from modelyard.storage.digests import digest_bytes
from modelyard.storage.manifests import manifest_oid
from support.collision import ONE, TWIN
from support.consumers import Consumer, keep_models_at, place_of
from support.file_server import serve_files
from support.objects import SPOILERS, files_below
from support.registry import Scene
from support.s3 import BUCKET, serve_s3

pytestmark = pytest.mark.usefixtures("bucket_keys")


@contextmanager
def kept(scene: Scene, how: str, place: Path) -> Iterator[Path]:
    """Keep the registry's models in a directory, on a web server or in a bucket, and give where they are files."""
    with ExitStack() as servers:
        if how == "directory":
            keep_models_at(scene, str(scene.storage))
            yield scene.storage
        elif how == "web":
            keep_models_at(scene, f"{servers.enter_context(serve_files(scene.storage))}/")
            yield scene.storage
        else:
            shutil.copytree(scene.storage, place / BUCKET / "dvc")
            server = servers.enter_context(serve_s3(place))
            keep_models_at(scene, f"s3://{BUCKET}/dvc", endpointurl=server.endpoint, region="us-east-1")
            yield place / BUCKET / "dvc"


PLACES = ("directory", "web", "bucket")


def spoilt(path: Path, how: str) -> bytes:
    data = SPOILERS[how](path.read_bytes())
    path.chmod(0o644)
    path.write_bytes(data)
    return data


def refused_as_corrupt(consumer: Consumer, bad: bytes) -> None:
    """Pull, and see that it is refused, that nothing is in place, and that the cache keeps it only in quarantine."""
    ran = consumer.pull()
    assert (ran.code, ran.out) == (1, "")
    oid = place_of(consumer.scene).removeprefix("files/md5/").replace("/", "")
    assert re.match(
        rf"modelyard: object {oid} in remote 'storage' \(\S+/{place_of(consumer.scene)}\) is corrupt: ", ran.err
    )
    assert ran.err.endswith(
        "    hint: delete the object where it is corrupt, and run `modelyard push` where its bytes are good\n"
    )
    assert not consumer.out.exists()
    assert consumer.leftovers() == set()
    assert not (consumer.cache / place_of(consumer.scene)).exists()
    (quarantined,) = (consumer.cache / "quarantine").iterdir()
    assert quarantined.read_bytes() == bad


@pytest.mark.parametrize("place", PLACES)
def test_case_23_an_object_with_one_bit_flipped_is_refused(consumer: Consumer, tmp_path: Path, place: str) -> None:
    with kept(consumer.scene, place, tmp_path / "s3") as root:
        refused_as_corrupt(consumer, spoilt(root / place_of(consumer.scene), "flipped"))


@pytest.mark.parametrize("place", PLACES)
@pytest.mark.parametrize("how", ["truncated", "longer", "empty"])
def test_case_24_an_object_of_another_size_is_refused(consumer: Consumer, tmp_path: Path, place: str, how: str) -> None:
    spoilt_first = consumer.scene.storage / place_of(consumer.scene)
    bad = spoilt(spoilt_first, how)
    with kept(consumer.scene, place, tmp_path / "s3"):
        refused_as_corrupt(consumer, bad)


def test_case_24_no_more_than_one_byte_too_many_is_taken(consumer: Consumer, tmp_path: Path) -> None:
    path = consumer.scene.storage / place_of(consumer.scene)
    right = path.read_bytes()
    path.chmod(0o644)
    path.write_bytes(right + bytes(1 << 22))
    with kept(consumer.scene, "web", tmp_path):
        refused_as_corrupt(consumer, right + b"\0")


def test_case_25_the_twin_of_an_object_is_refused(consumer: Consumer) -> None:
    assert digest_bytes(ONE).md5 == digest_bytes(TWIN).md5
    scene = consumer.scene
    (scene.training.path / "scaler.joblib").write_bytes(ONE)
    scene.training.commit({}, "feat: another scaler")
    ran = scene.register(
        "--branch", "--file", f"tokenizer={scene.training.path / 'scaler.joblib'}", "--version", "2.0.0"
    )
    assert ran.code == 0, ran.err
    scene.merge("register/fraud-2.0.0")
    keep_models_at(scene, str(scene.storage))
    place = scene.storage / place_of(scene, "fraud-2.0.0/scaler.joblib")
    place.chmod(0o644)
    place.write_bytes(TWIN)

    ran = consumer.pull(ref="fraud@2.0.0")

    assert (ran.code, ran.out) == (1, "")
    assert (
        f"expected {len(ONE)} bytes with sha256 {hashlib.sha256(ONE).hexdigest()}, found {len(TWIN)} bytes" in ran.err
    )
    assert not consumer.out.exists()


def test_case_26_a_corrupt_cache_is_healed_from_the_remote(consumer: Consumer) -> None:
    cached = consumer.scene.cache / place_of(consumer.scene)
    bad = spoilt(cached, "flipped")
    cached.chmod(0o444)

    ran = consumer.scene.run("pull", "fraud@1.0.0", "--out", consumer.out)

    assert ran.code == 0
    assert "in the cache is corrupt: " in ran.err
    assert "it was fetched again, and is right now" in ran.err
    assert consumer.found() == consumer.right()
    assert [path.read_bytes() for path in (consumer.scene.cache / "quarantine").iterdir()] == [bad]


def test_case_26_a_corrupt_cache_without_a_remote_delivers_nothing(consumer: Consumer) -> None:
    spoilt(consumer.scene.cache / place_of(consumer.scene), "flipped")
    shutil.rmtree(consumer.scene.storage)

    ran = consumer.scene.run("pull", "fraud@1.0.0", "--out", consumer.out)

    assert (ran.code, ran.out) == (3, "")
    assert not consumer.out.exists()
    assert not (consumer.scene.cache / place_of(consumer.scene)).exists()


def manifest(*paths: str) -> bytes:
    """Return a manifest as nobody here would write it, with the bytes of a file that is wanted."""
    items = ", ".join(f'{{"md5": "{digest_bytes(b"one").md5}", "relpath": "{path}"}}' for path in paths)
    return f"[{items}]".encode()


@pytest.mark.parametrize(
    ("paths", "told"),
    [
        (("../escaped",), "is refused: path '../escaped' leads out of its directory by '..'"),
        (("../../out-of-everything",), "is refused: path '../../out-of-everything' leads out of its directory by '..'"),
        (("/escaped",), "is refused: path '/escaped' is absolute"),
        ((".git/config",), "is refused: path '.git/config' leads into Git's own directory"),
        (("model.joblib", "model.joblib"), "is refused: path 'model.joblib' stands twice"),
        (
            ("model.joblib", "Model.joblib"),
            "is refused: 'Model.joblib' and 'model.joblib' are one path where letter case is ignored",
        ),
        (("model.joblib",), "lists other files: 'parts/words.joblib' in the registry alone"),
        (("model.joblib", "parts/words.joblib", "more"), "lists other files: 'more' not in the registry"),
    ],
)
def test_case_27_a_manifest_that_was_not_reviewed_writes_nothing(
    consumer: Consumer, paths: tuple[str, ...], told: str
) -> None:
    scene = consumer.scene
    assert scene.register("--branch", artifact="forest", name="forest").code == 0
    scene.merge("register/forest-1.0.0")
    data = manifest(*paths)
    oid = manifest_oid(data)
    pointer = scene.version("forest-1.0.0") / "forest.dvc"
    pointer.write_text(re.sub(r"md5: \S+", f"md5: {oid}", pointer.read_text("utf-8"), count=1), encoding="utf-8")
    hostile = scene.storage / place_of(scene, "forest-1.0.0/forest")
    hostile.parent.mkdir(exist_ok=True, parents=True)
    hostile.write_bytes(data)
    keep_models_at(scene, str(scene.storage))
    before = files_below(scene.path) - files_below(consumer.cache)

    ran = consumer.pull(ref="forest@1.0.0")

    assert (ran.code, ran.out) == (1, "")
    assert ran.err == (
        f"modelyard: manifest {oid} {told}\n"
        "    hint: the pointer and the metadata of this version disagree: do not use it, and tell its owner\n"
    )
    assert not consumer.out.exists()
    new = files_below(scene.path) - before
    assert {name for name in new if not name.startswith(("cache/", "origin.git/"))} == set()


def test_case_28_a_directory_at_the_targets_name_is_refused(consumer: Consumer) -> None:
    keep_models_at(consumer.scene, str(consumer.scene.storage))
    (consumer.out / "model.joblib").mkdir(parents=True)
    (consumer.out / "model.joblib" / "mine").write_bytes(b"mine")

    ran = consumer.pull()

    assert (ran.code, ran.out) == (3, "")
    assert ran.err == (
        "modelyard: cannot write SCENE/out/model.joblib: Is a directory\n"
        "    hint: look at the disk, the permissions and any symbolic link of SCENE/out/model.joblib, "
        "and run the command again\n"
    )
    assert files_below(consumer.out) == {"model.joblib/mine"}


def test_case_28_a_link_at_the_targets_name_is_replaced_and_its_victim_unharmed(
    consumer: Consumer, tmp_path: Path
) -> None:
    keep_models_at(consumer.scene, str(consumer.scene.storage))
    (tmp_path / "victim").write_bytes(b"victim")
    consumer.out.mkdir()
    (consumer.out / "model.joblib").symlink_to(tmp_path / "victim")

    assert consumer.pull().code == 0

    assert not (consumer.out / "model.joblib").is_symlink()
    assert consumer.found() == consumer.right()
    assert (tmp_path / "victim").read_bytes() == b"victim"


def test_case_28_no_link_of_the_work_tree_is_followed(consumer: Consumer, tmp_path: Path) -> None:
    directory = consumer.scene.version("fraud-1.0.0")
    shutil.rmtree(directory)
    (tmp_path / "elsewhere").mkdir()
    directory.symlink_to(tmp_path / "elsewhere")

    ran = consumer.scene.run("pull", "fraud@1.0.0")

    assert (ran.code, ran.out) == (3, "")
    assert files_below(tmp_path / "elsewhere") == set()


@pytest.mark.parametrize("place", PLACES)
def test_case_33_a_missing_object_is_named_with_its_remote(consumer: Consumer, tmp_path: Path, place: str) -> None:
    path = consumer.scene.storage / place_of(consumer.scene)
    oid = place_of(consumer.scene).removeprefix("files/md5/").replace("/", "")
    path.unlink()
    with kept(consumer.scene, place, tmp_path / "s3"):
        ran = consumer.pull()

    assert (ran.code, ran.out) == (3, "")
    assert re.fullmatch(
        rf"modelyard: object {oid} is not in remote 'storage' \(\S+\)\n"
        r"    hint: run `modelyard push` where the model was registered\n",
        ran.err,
    )
    assert not consumer.out.exists()


def test_case_33_what_an_address_holds_of_credentials_is_not_told(consumer: Consumer) -> None:
    (consumer.scene.storage / place_of(consumer.scene)).unlink()
    with serve_files(consumer.scene.storage, user="ada:secret") as endpoint:
        keep_models_at(consumer.scene, endpoint.replace("http://", "http://ada:secret@"))
        ran = consumer.pull()

    assert ran.code == 3
    assert f"is not in remote 'storage' ({endpoint})" in ran.err
    assert "secret" not in ran.err
