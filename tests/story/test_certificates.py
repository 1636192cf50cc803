"""Servers that speak TLS: whom a remote's settings trust, and what is said of a certificate that does not hold."""

from __future__ import annotations

import datetime as dt
import shutil
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

import pytest

from support.certificates import Authority
from support.consumers import Consumer, keep_models_at
from support.file_server import serve_files
from support.registry import Ran, Scene
from support.s3 import BUCKET, S3Server, serve_s3

HOST = "127.0.0.1"
LONG_AGO = dt.datetime(2020, 1, 1, tzinfo=dt.timezone.utc)
CERTIFICATES = {"right": (HOST, None), "another host's": ("models.example.org", None), "expired": (HOST, LONG_AGO)}
KINDS = ("web", "bucket")


@dataclass(frozen=True)
class Servers:
    """A web server and an S3 server for each certificate; all have the same objects."""

    authority: Authority
    web: dict[str, str]
    bucket: dict[str, S3Server]

    def keep_models_at(self, scene: Scene, kind: str, certificate: str, **options: str) -> str:
        """Keep the registry's models there, and return the remote as messages name it."""
        if kind == "web":
            url = self.web[certificate]
        else:
            url, options = f"s3://{BUCKET}/dvc", {**self.bucket[certificate].options(), **options}
        keep_models_at(scene, url, **options)
        return f"remote 'storage' ({url})"


@pytest.fixture(scope="module")
def servers(merged_once: Scene, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Servers]:
    root = tmp_path_factory.mktemp("servers")
    shutil.copytree(merged_once.storage, root / BUCKET / "dvc")
    authority = Authority(tmp_path_factory.mktemp("authority"))
    web, bucket = {}, {}
    with ExitStack() as stack:
        for name, (host, until) in CERTIFICATES.items():
            certificate = authority.sign(name, host, until=until)
            web[name] = stack.enter_context(serve_files(root / BUCKET / "dvc", certificate=certificate))
            bucket[name] = stack.enter_context(serve_s3(root, certificate=certificate))
        yield Servers(authority, web, bucket)


@pytest.fixture
def consumer(merged: Scene, own_cache: Path) -> Consumer:
    return Consumer(merged, own_cache)


def delivered(consumer: Consumer) -> None:
    ran = consumer.pull()
    assert (ran.code, ran.err) == (0, "")
    assert consumer.found() == consumer.right()


def told(remote: str, reason: str, hint: str) -> Ran:
    return Ran(3, "", f"modelyard: {remote} cannot be used: {reason}\n    hint: {hint}\n")


@pytest.mark.parametrize("kind", KINDS)
def test_an_authority_that_the_remote_names_is_trusted(consumer: Consumer, servers: Servers, kind: str) -> None:
    servers.keep_models_at(consumer.scene, kind, "right", ssl_verify=str(servers.authority.file))

    delivered(consumer)


@pytest.mark.parametrize(
    ("kind", "variable"), [("web", "SSL_CERT_FILE"), ("bucket", "SSL_CERT_FILE"), ("bucket", "AWS_CA_BUNDLE")]
)
def test_an_authority_that_the_machine_names_is_trusted(
    consumer: Consumer, servers: Servers, monkeypatch: pytest.MonkeyPatch, kind: str, variable: str
) -> None:
    servers.keep_models_at(consumer.scene, kind, "right")
    monkeypatch.setenv(variable, str(servers.authority.file))

    delivered(consumer)


def test_an_authority_that_a_profile_names_is_trusted(
    consumer: Consumer, servers: Servers, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    options = servers.bucket["right"].options()
    config = tmp_path / "config"
    keys = f"aws_access_key_id = {options['access_key_id']}\naws_secret_access_key = {options['secret_access_key']}\n"
    config.write_text(f"[profile models]\nca_bundle = {servers.authority.file}\n{keys}", encoding="utf-8")
    monkeypatch.setenv("AWS_CONFIG_FILE", str(config))
    endpoint = {name: options[name] for name in ("endpointurl", "region")}
    keep_models_at(consumer.scene, f"s3://{BUCKET}/dvc", profile="models", **endpoint)

    delivered(consumer)


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("certificate", CERTIFICATES)
def test_no_certificate_is_looked_at_where_the_remote_says_so(
    consumer: Consumer, servers: Servers, kind: str, certificate: str
) -> None:
    servers.keep_models_at(consumer.scene, kind, certificate, ssl_verify="false")

    delivered(consumer)


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("command", ["pull", "push"])
def test_an_authority_that_nobody_trusts_is_told(consumer: Consumer, servers: Servers, kind: str, command: str) -> None:
    remote = servers.keep_models_at(consumer.scene, kind, "right")

    ran = consumer.pull() if command == "pull" else consumer.scene.run("push")

    assert ran == told(
        remote,
        "its certificate is signed by nobody whom this machine trusts",
        "trust who signed it: `dvc remote modify storage ssl_verify <path of its certificate>`",
    )


@pytest.mark.parametrize("kind", KINDS)
def test_a_certificate_of_another_host_is_told(consumer: Consumer, servers: Servers, kind: str) -> None:
    trusted = str(servers.authority.file)
    remote = servers.keep_models_at(consumer.scene, kind, "another host's", ssl_verify=trusted)

    assert consumer.pull() == told(
        remote, "its certificate is that of another host", "look at its address: `dvc remote list`"
    )


@pytest.mark.parametrize("kind", KINDS)
def test_a_certificate_that_has_expired_is_told(consumer: Consumer, servers: Servers, kind: str) -> None:
    remote = servers.keep_models_at(consumer.scene, kind, "expired", ssl_verify=str(servers.authority.file))

    assert consumer.pull() == told(
        remote,
        "its certificate is out of date",
        "renew it on the server; if it is not, this machine's clock is wrong: set it",
    )


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (None, "cannot be read: {path}: No such file or directory"),
        ("-----BEGIN PUBLIC KEY-----\n", "are none: {path}"),
    ],
)
def test_certificates_that_are_not_there_are_told(
    consumer: Consumer, servers: Servers, tmp_path: Path, kind: str, content: str | None, reason: str
) -> None:
    path = tmp_path / "authorities.pem"
    if content:
        path.write_text(content, encoding="utf-8")
    servers.keep_models_at(consumer.scene, kind, "right", ssl_verify=str(path))

    assert consumer.pull() == Ran(
        2,
        "",
        f"modelyard: the certificates of remote 'storage' {reason.format(path=path)}\n"
        "    hint: name a file of them in PEM: `dvc remote modify storage ssl_verify <path>`\n",
    )
