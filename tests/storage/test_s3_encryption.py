"""What an S3 remote's settings say of encryption by the server arrives there, by our client as by DVC's."""

from __future__ import annotations

import base64
import hashlib
import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from modelyard.storage.cache import Cache
from modelyard.storage.connect import connect
from modelyard.storage.dvc_remote import DvcRemote
from modelyard.storage.dvcconfig import RemoteSettings
from modelyard.storage.remotes import Remote
from modelyard.storage.s3_remote import S3Remote
from modelyard.storage.transfer import fetch, push
from support.objects import wanted_file
from support.relay import Relay, relayed
from support.s3 import S3Server, serve_s3

KEY = bytes(range(32))
CUSTOMER_KEY = base64.b64encode(KEY).decode()
# What S3 wants to hear with every request for an object that it encrypts by the client's key.
CUSTOMER = {
    "x-amz-server-side-encryption-customer-algorithm: aes256",
    f"x-amz-server-side-encryption-customer-key: {CUSTOMER_KEY}".lower(),
    f"x-amz-server-side-encryption-customer-key-md5: {base64.b64encode(hashlib.md5(KEY).digest()).decode()}".lower(),
}
MANAGED = {
    "x-amz-server-side-encryption: aws:kms",
    "x-amz-server-side-encryption-aws-kms-key-id: alias/models",
}


@pytest.fixture
def relay(server: S3Server) -> Iterator[Relay]:
    with relayed(server.endpoint) as running:
        yield running


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[S3Server]:
    with serve_s3(tmp_path_factory.mktemp("s3")) as running:
        yield running


def remote_of(client: str, relay: Relay, server: S3Server, scratch: Path, options: dict[str, str]) -> Remote:
    told = {**server.options(), "endpointurl": relay.endpoint, **options}
    settings = RemoteSettings("far", "s3://models/registry", told)
    remote = DvcRemote(settings, scratch=scratch) if client == "dvc" else connect(settings, scratch=scratch)
    # A key of the client's own has to be signed together with the address, and our client signs none with one.
    left_to_dvc = client == "dvc" or "sse_customer_key" in options
    assert isinstance(remote, DvcRemote if left_to_dvc else S3Remote)
    return remote


def said(relay: Relay, method: str) -> list[set[str]]:
    """Return what each request of that method for an object said of encryption."""
    return [
        {line for line in head.splitlines() if line.startswith("x-amz-server-side-encryption")}
        for request, head in zip(relay.requests, relay.heads, strict=True)
        if request.startswith(f"{method} ") and "/files/md5/" in request
    ]


@pytest.mark.parametrize("client", ["ours", "dvc"])
@pytest.mark.parametrize(
    ("options", "uploading", "downloading"),
    [
        ({"sse": "AES256"}, {"x-amz-server-side-encryption: aes256"}, set()),
        ({"sse": "aws:kms", "sse_kms_key_id": "alias/models"}, MANAGED, set()),
        ({"sse_customer_key": CUSTOMER_KEY}, CUSTOMER, CUSTOMER),
    ],
)
def test_the_server_is_told_how_to_encrypt(
    server: S3Server,
    relay: Relay,
    tmp_path: Path,
    client: str,
    options: dict[str, str],
    uploading: set[str],
    downloading: set[str],
) -> None:
    author, consumer = Cache(tmp_path / "author"), Cache(tmp_path / "consumer")
    (tmp_path / "model.bin").write_bytes(os.urandom(1000))
    model = wanted_file(author.add_file(tmp_path / "model.bin"))
    remote = remote_of(client, relay, server, tmp_path / "scratch", options)

    push([model.oid], author, remote)
    fetch([model], remote, consumer)

    assert said(relay, "PUT") == [uploading]
    assert said(relay, "GET")
    assert all(each == downloading for each in said(relay, "GET"))


def test_so_is_it_of_what_comes_in_parts(server: S3Server, relay: Relay, tmp_path: Path) -> None:
    author = Cache(tmp_path / "author")
    (tmp_path / "model.bin").write_bytes(os.urandom(17 << 20))
    model = author.add_file(tmp_path / "model.bin")
    options = {"sse": "aws:kms", "sse_kms_key_id": "alias/models"}
    remote = remote_of("ours", relay, server, tmp_path / "scratch", options)

    push([model.md5], author, remote)

    begun, *_completed = said(relay, "POST")
    assert begun == MANAGED
    assert len(said(relay, "PUT")) == 3
