"""Addresses for other tools, which are then really fetched from."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from urllib.error import HTTPError
from urllib.request import urlopen

import pytest

import modelyard
from support.on_s3 import moved_to_s3
from support.registry import Ran, Scene
from support.s3 import serve_s3
from support.web import serve_web


def fetched(url: str) -> str:
    """Return the SHA-256 of what is fetched from an address."""
    with urlopen(url, timeout=60) as answer:
        return hashlib.sha256(answer.read()).hexdigest()


def stated(scene: Scene, path: str) -> str:
    return modelyard.Registry(scene.registry.path)["fraud@1.0.0"].metadata.files[path].sha256


def test_a_directory_is_addressed_as_a_file_with_the_line_that_checks_it(merged: Scene) -> None:
    ran = merged.run("url", "fraud@production", "--path", "model.joblib")
    digest = stated(merged, "model.joblib")
    assert ran.err == (
        f"nobody verifies what is fetched from there but you:\n  echo '{digest}  model.joblib' | sha256sum --check\n"
    )
    assert ran.out.startswith("file://SCENE/models-storage/files/md5/")
    assert fetched(ran.out.strip().replace("SCENE", str(merged.path))) == digest


def test_several_files_are_a_line_each(merged: Scene) -> None:
    assert merged.run("url", "fraud@1.0.0").out.count("\n") == 2
    located = json.loads(merged.run("url", "fraud@1.0.0", "--format", "json").out)
    assert [(each["path"], each["expires"]) for each in located] == [
        ("model.joblib", None),
        ("scaler.joblib", None),
    ]


def test_the_files_of_a_directory_have_addresses_of_their_own(merged: Scene) -> None:
    ran = merged.register("--version", "2.0.0", "--branch", "--metrics", "accuracy=0.95", artifact="forest")
    assert ran.code == 0, ran.err
    merged.merge("register/fraud-2.0.0")
    located = modelyard.Registry().locate("fraud@2.0.0")
    assert [each.path for each in located] == ["forest/model.joblib", "forest/parts/words.joblib"]
    assert [fetched(each.url) for each in located] == [each.sha256 for each in located]


def test_a_bucket_signs_an_address_that_is_good_for_one_file_and_holds_no_secret(merged: Scene, tmp_path: Path) -> None:
    with serve_s3(tmp_path / "server") as server:
        moved_to_s3(merged, server)
        ran = merged.run("url", "fraud@1.0.0", "--path", "model.joblib", "--expires", "15m")
        url = ran.out.strip()
        assert fetched(url) == stated(merged, "model.joblib")
        with pytest.raises(HTTPError) as refused:
            urlopen(url.replace("X-Amz-Expires=900", "X-Amz-Expires=901"), timeout=60)
        refused.value.close()
    assert refused.value.code == 403
    assert server.secret_access_key not in url


def test_a_web_server_is_addressed_without_what_its_settings_hold(merged: Scene) -> None:
    with serve_web(merged.storage) as web:
        config = merged.registry.path / ".dvc" / "config.local"
        host = web.url.partition("://")[2]
        config.write_text(f"['remote \"storage\"']\n    url = http://me:word@{host}\n", "utf-8")
        ran = merged.run("url", "fraud@1.0.0", "--path", "model.joblib")
        assert ran.code == 0, ran.err
        assert "word" not in ran.out
        assert fetched(ran.out.strip()) == stated(merged, "model.joblib")


def test_a_file_that_is_not_there_has_no_address(merged: Scene) -> None:
    for path in merged.storage.rglob("*"):
        if path.is_file():
            path.unlink()
    ran = merged.run("url", "fraud@1.0.0", "--path", "model.joblib")
    assert (ran.code, ran.out) == (3, "")
    assert " is not in remote 'storage' (SCENE/models-storage/files/md5/" in ran.err


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (("--path", "x"), "fraud@1.0.0 has no file 'x'\n    hint: its files: model.joblib, scaler.joblib\n"),
        (("--expires", "8d"), "--expires '8d' is no time of at most 7 days\n    hint: --expires 15m, 12h or 7d\n"),
        (("--expires", "0"), "--expires '0' is no time of at most 7 days\n    hint: --expires 15m, 12h or 7d\n"),
    ],
)
def test_wrong_usage(merged: Scene, words: tuple[str, ...], message: str) -> None:
    assert merged.run("url", "fraud@1.0.0", *words) == Ran(2, "", f"modelyard: {message}")
