"""Whoever writes a pull request would like to choose where bytes come from and credentials go to: nobody listens."""

from __future__ import annotations

import re

import pytest

from support.consumers import Consumer, keep_models_at
from support.fault_proxy import fault_proxy
from support.file_server import serve_files
from support.registry import Ran, Scene
from support.sinkhole import Sinkhole, sinkhole

USER = "ada:secret"
CREDENTIALS = "['remote \"storage\"']\n    auth = basic\n    user = ada\n    password = secret\n"


def steer(scene: Scene, hole: Sinkhole) -> None:
    """Leave the work tree on a branch that sends everybody elsewhere, and has been pushed."""
    scene.registry.git("switch", "--quiet", "--create", "hostile")
    config = scene.registry.path / ".dvc" / "config"
    config.write_text(re.sub(r"(?m)^    url = .*$", f"    url = {hole.endpoint}/", config.read_text("utf-8")), "utf-8")
    scene.commit("Send everybody elsewhere")
    scene.registry.git("push", "--quiet", "origin", "hostile")


def test_case_34_a_branch_steers_no_consumer_of_an_address(consumer: Consumer) -> None:
    keep_models_at(consumer.scene, str(consumer.scene.storage))
    with sinkhole() as hole:
        steer(consumer.scene, hole)

        assert consumer.pull().code == 0

    assert (hole.connections, hole.heard) == (0, b"")
    assert consumer.found() == consumer.right()


def test_case_34_a_branch_steers_no_ci_and_gets_no_credentials(consumer: Consumer) -> None:
    scene = consumer.scene
    assert scene.register("--version", "2.0.0", "--branch").code == 0
    with (
        serve_files(scene.storage, user=USER) as endpoint,
        fault_proxy(endpoint) as proxy,
        sinkhole() as hole,
    ):
        keep_models_at(scene, f"{proxy.endpoint}/")
        (scene.registry.path / ".dvc" / "config.local").write_text(CREDENTIALS, encoding="utf-8")
        scene.registry.git("switch", "--quiet", "register/fraud-2.0.0")
        scene.merge("main")
        steer(scene, hole)

        ran = scene.run("validate", "--base", "main", "--remote")

    assert ran.code == 1
    assert ".dvc/config: error MY617 " in ran.out
    assert (hole.connections, hole.heard) == (0, b"")
    # The remote of the base was asked, with its credentials.
    assert [bool(asked.authorization) for asked in proxy.asked] == [True]


def test_case_34_a_branch_in_a_clone_gets_no_credentials(consumer: Consumer) -> None:
    scene = consumer.scene
    with serve_files(scene.storage, user=USER) as endpoint, sinkhole() as hole:
        keep_models_at(scene, f"{endpoint}/")
        (scene.registry.path / ".dvc" / "config.local").write_text(CREDENTIALS, encoding="utf-8")
        steer(scene, hole)
        forget_objects(scene)

        ran = scene.run("pull", "fraud@1.0.0", "--out", consumer.out)

    assert ran.code == 0, ran.err
    assert (hole.connections, hole.heard) == (0, b"")
    assert consumer.found() == consumer.right()


def test_case_34_a_branch_brings_no_settings_of_the_clone(consumer: Consumer) -> None:
    scene = consumer.scene
    forget_objects(scene)
    with sinkhole() as hole:
        scene.registry.git("switch", "--quiet", "--create", "hostile")
        local = scene.registry.path / ".dvc" / "config.local"
        local.write_text(f"['remote \"storage\"']\n    url = {hole.endpoint}/\n", encoding="utf-8")
        scene.registry.git("add", "--force", ".dvc/config.local")
        scene.commit("Send everybody elsewhere")

        ran = scene.run("pull", "fraud@1.0.0", "--out", consumer.out)

    assert ran.code == 0, ran.err
    assert (hole.connections, hole.heard) == (0, b"")
    assert consumer.found() == consumer.right()


def test_case_34_nothing_is_pushed_to_where_a_branch_would_have_it(consumer: Consumer) -> None:
    scene = consumer.scene
    with sinkhole() as hole:
        steer(scene, hole)

        ran = scene.run("push", "fraud@1.0.0")

    assert (ran.code, ran.out) == (
        0,
        "nothing to push to remote 'storage' (SCENE/models-storage); 2 objects there already\n",
    )
    assert (hole.connections, hole.heard) == (0, b"")


def test_a_remote_that_only_a_branch_has_is_refused(consumer: Consumer) -> None:
    scene = consumer.scene
    scene.registry.git("switch", "--quiet", "--create", "second")
    with (scene.registry.path / ".dvc" / "config").open("a", encoding="utf-8") as config:
        config.write("['remote \"second\"']\n    url = /srv/second\n")
    scene.commit("Add a remote")

    assert scene.run("pull", "fraud@1.0.0", "--remote", "second") == Ran(
        2,
        "",
        "modelyard: remote 'second' is not in .dvc/config of origin/main, which alone says where bytes come from\n"
        "    hint: merge .dvc/config first, in a change of its own\n",
    )


def test_an_edit_of_ones_own_is_heeded(consumer: Consumer) -> None:
    scene = consumer.scene
    forget_objects(scene)
    scene.storage.rename(scene.path / "elsewhere")
    config = scene.registry.path / ".dvc" / "config"
    config.write_text(re.sub(r"(?m)^    url = .*$", f"    url = {scene.path}/elsewhere", config.read_text("utf-8")))

    assert scene.run("pull", "fraud@1.0.0", "--out", consumer.out).code == 0
    assert consumer.found() == consumer.right()


def forget_objects(scene: Scene) -> None:
    for path in sorted((scene.cache / "files").rglob("*")):
        if path.is_file():
            path.unlink()


@pytest.mark.parametrize(
    "md5", ["../../../../etc/passwd", "/etc/passwd", "ab/../../../secret", "%2e%2e%2f%2e%2e%2fsecret"]
)
def test_an_object_key_leaves_the_prefix_of_no_remote(consumer: Consumer, md5: str) -> None:
    scene = consumer.scene
    (scene.path / "secret").write_bytes(b"secret")
    pointer = scene.version("fraud-1.0.0") / "model.joblib.dvc"
    pointer.write_text(re.sub(r"md5: \S+", f"md5: '{md5}'", pointer.read_text("utf-8"), count=1), encoding="utf-8")
    with serve_files(scene.path) as endpoint, fault_proxy(endpoint) as proxy:
        keep_models_at(scene, f"{proxy.endpoint}/models-storage")

        pulled = consumer.pull()
        judged = scene.run("validate", "--remote")

    assert (pulled.code, pulled.out) == (1, "")
    assert pulled.err == (
        "modelyard: model_registry/fraud-1.0.0/model.joblib.dvc is no plain DVC pointer\n"
        "    hint: modelyard validate model_registry/fraud-1.0.0\n"
    )
    assert judged.code == 1
    assert "model_registry/fraud-1.0.0/model.joblib.dvc:2:8: error MY401 " in judged.out
    assert [asked.path for asked in proxy.asked if not asked.path.startswith("/models-storage/files/md5/")] == []
    assert not consumer.out.exists()
