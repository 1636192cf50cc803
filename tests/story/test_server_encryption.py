"""A policy that wants the server of a remote to encrypt: the gate looks at what is committed, a push at what counts."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from support.registry import Ran, Scene, unchanged
from support.relay import Relay, relayed
from support.s3 import S3Server, serve_s3

POLICY = 'storage:\n  remotes:\n    storage: {server_side_encryption: "aws:kms"}\n'


@pytest.fixture
def server(tmp_path: Path) -> Iterator[S3Server]:
    with serve_s3(tmp_path / "server") as running:
        yield running


@pytest.fixture
def relay(server: S3Server) -> Iterator[Relay]:
    with relayed(server.endpoint) as running:
        yield running


@pytest.fixture
def demanding(founded: Scene, server: S3Server, relay: Relay) -> Scene:
    """A registry on S3 whose policy demands encryption by the server, and whose remote does not ask for it yet."""
    policy = founded.registry.path / "model_registry" / "registry.yaml"
    policy.write_text(policy.read_text("utf-8") + POLICY, "utf-8")
    configure(founded, relay, "")
    founded.commit("Keep artifacts in S3, encrypted")
    settings(founded, server)
    return founded


def configure(scene: Scene, relay: Relay, more: str) -> None:
    where = f"    url = s3://models/registry\n    endpointurl = {relay.endpoint}\n    region = us-east-1\n{more}"
    text = f"[core]\n    remote = storage\n['remote \"storage\"']\n{where}"
    (scene.registry.path / ".dvc" / "config").write_text(text, "utf-8")


def settings(scene: Scene, server: S3Server, more: str = "") -> None:
    """Give the clone its key, and whatever else is its own."""
    keys = f"    access_key_id = {server.access_key_id}\n    secret_access_key = {server.secret_access_key}\n"
    text = f"['remote \"storage\"']\n{keys}{more}"
    (scene.registry.path / ".dvc" / "config.local").write_text(text, "utf-8")


def register(scene: Scene) -> Ran:
    return scene.register("--branch", "--version", "1.0.0", "--metrics", "accuracy=0.9")


def test_nothing_is_sent_to_a_server_that_would_not_encrypt(demanding: Scene, relay: Relay) -> None:
    with unchanged(demanding.registry):
        assert register(demanding) == Ran(
            1,
            "",
            "modelyard: remote 'storage' has no sse, and the policy demands that its server encrypts by aws:kms\n"
            "    hint: dvc remote modify storage sse aws:kms\n",
        )
    assert relay.requests == []


def test_a_setting_of_one_clone_does_not_pass_the_gate(demanding: Scene, server: S3Server, relay: Relay) -> None:
    settings(demanding, server, "    sse = aws:kms\n")
    with unchanged(demanding.registry):
        ran = register(demanding)
    assert ran.code == 1
    assert (
        ".dvc/config:4:5: error MY416 `sse` of remote 'storage' is not set, and the policy demands aws:kms\n"
        "    hint: in a change of its own: dvc remote modify storage sse aws:kms\n"
    ) in ran.out
    assert relay.requests == []


def test_a_key_of_one_clone_is_not_what_the_policy_means(demanding: Scene, server: S3Server, relay: Relay) -> None:
    configure(demanding, relay, "    sse = aws:kms\n")
    demanding.commit("Let the server encrypt")
    settings(demanding, server, "    sse_customer_key = AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=\n")
    ran = register(demanding)
    assert ran == Ran(
        1,
        "",
        "modelyard: remote 'storage' is used with a key of this clone's own, "
        "and the policy demands that its server encrypts by aws:kms\n"
        "    hint: dvc remote modify --local --unset storage sse_customer_key\n",
    )


def test_the_server_is_told_to_encrypt_each_object(demanding: Scene, server: S3Server, relay: Relay) -> None:
    configure(demanding, relay, "    sse = aws:kms\n")
    demanding.commit("Let the server encrypt")
    ran = register(demanding)
    assert ran.code == 0, ran.err
    puts = [head for request, head in zip(relay.requests, relay.heads, strict=True) if request.startswith("PUT ")]
    assert len(puts) == 1
    assert all("x-amz-server-side-encryption: aws:kms\r\n" in head for head in puts)

    demanding.merge("register/fraud-1.0.0")
    settings(demanding, server, "    sse = AES256\n")
    assert demanding.run("push") == Ran(
        1,
        "",
        "modelyard: remote 'storage' has sse = AES256, and the policy demands that its server encrypts by aws:kms\n"
        "    hint: dvc remote modify storage sse aws:kms\n",
    )
