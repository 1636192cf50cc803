"""Servers that fail, refuse, stall and lie while a pull runs: right in the end, or told, and never wrong in place."""

from __future__ import annotations

import os
import re
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

from modelyard.storage.cache import Cache
from modelyard.storage.connect import connect
from modelyard.storage.digests import digest_bytes
from modelyard.storage.dvcconfig import RemoteSettings
from modelyard.storage.layout import object_path
from modelyard.storage.transfer import fetch
from modelyard.storage.wanted import Wanted
from support.clocks import shifted
from support.commands import run_command
from support.consumers import Consumer, keep_models_at
from support.fault_proxy import FaultProxy, fault_proxy
from support.faults import (
    Cut,
    Denied,
    Fault,
    Flipped,
    Longer,
    Other,
    Page,
    Redirected,
    Stalled,
    Trickling,
    Truncated,
    Unavailable,
)
from support.file_server import serve_files
from support.registry import Scene
from support.s3 import BUCKET, S3Server, serve_s3
from support.sinkhole import sinkhole
from support.torture import only_in_torture

pytestmark = pytest.mark.usefixtures("bucket_keys")

LARGE = os.urandom(1 << 20)
USER = "ada:secret"


@dataclass(frozen=True)
class Servers:
    """A web server that asks for a password, and an S3 server; both have the same objects."""

    web: str
    bucket: S3Server
    objects: Path


@pytest.fixture(scope="module")
def servers(merged_once: Scene, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Servers]:
    root = tmp_path_factory.mktemp("servers")
    objects = root / BUCKET / "dvc"
    shutil.copytree(merged_once.storage, objects)
    large = objects / object_path(digest_bytes(LARGE).md5)
    large.parent.mkdir(exist_ok=True)
    large.write_bytes(LARGE)
    with serve_files(objects, user=USER) as web, serve_s3(root) as bucket:
        yield Servers(web, bucket, objects)


BOTH = ("web", "bucket")


def settings(servers: Servers, kind: str, endpoint: str) -> RemoteSettings:
    if kind == "web":
        user, password = USER.split(":")
        options = {"auth": "basic", "user": user, "password": password, "read_timeout": "1"}
        return RemoteSettings("storage", endpoint, options)
    options = {**servers.bucket.options(), "endpointurl": endpoint, "read_timeout": "1"}
    return RemoteSettings("storage", f"s3://{BUCKET}/dvc", options)


@contextmanager
def behind_a_proxy(consumer: Consumer, servers: Servers, kind: str) -> Iterator[FaultProxy]:
    """Keep the registry's models on a server that is reached through a proxy."""
    with fault_proxy(servers.web if kind == "web" else servers.bucket.endpoint) as proxy:
        remote = settings(servers, kind, proxy.endpoint)
        keep_models_at(consumer.scene, remote.url, **remote.options)
        yield proxy


def delivered(consumer: Consumer) -> str:
    """Pull, see that it succeeds with the right files and nothing else, and return what it warned of."""
    ran = consumer.pull()
    assert ran.code == 0, ran.err
    assert consumer.found() == consumer.right()
    assert consumer.leftovers() == set()
    return ran.err


def refused(consumer: Consumer, code: int) -> str:
    """Pull, see that it fails with nothing in place, and return what it said."""
    ran = consumer.pull()
    assert (ran.code, ran.out) == (code, ""), ran.err
    assert not consumer.out.exists()
    return ran.err


@pytest.mark.parametrize("kind", BOTH)
@pytest.mark.parametrize(
    "fault",
    [
        Unavailable(503),
        Unavailable(429, retry_after=1),
        Cut(0),
        Cut(0.5),
        Trickling(pieces=20),
    ],
)
def test_case_31_what_passes_is_waited_for(consumer: Consumer, servers: Servers, kind: str, fault: Fault) -> None:
    with behind_a_proxy(consumer, servers, kind) as proxy:
        proxy.inject(fault, times=2)

        assert delivered(consumer) == ""

    assert proxy.struck == 2


@pytest.mark.parametrize("tenths", range(1, 10))
@pytest.mark.parametrize("kind", BOTH)
def test_case_31_a_connection_cut_at_any_tenth_goes_on_where_it_was_cut(
    servers: Servers, tmp_path: Path, kind: str, tenths: int
) -> None:
    wanted = Wanted(digest_bytes(LARGE).md5, digest_bytes(LARGE).sha256, len(LARGE))
    cache = Cache(tmp_path / "cache")
    with fault_proxy(servers.web if kind == "web" else servers.bucket.endpoint) as proxy:
        proxy.inject(Cut(tenths / 10), times=1)

        fetch([wanted], connect(settings(servers, kind, proxy.endpoint), scratch=tmp_path), cache)

    assert proxy.struck == 1
    assert cache.path(wanted.oid).read_bytes() == LARGE
    ranges = [asked.range for asked in proxy.asked if asked.method == "GET"]
    assert ranges == [None, f"bytes={int(len(LARGE) * tenths / 10)}-"]


@pytest.mark.parametrize("kind", BOTH)
@pytest.mark.parametrize("fault", [Flipped(), Other(), Truncated(), Longer()])
def test_bytes_that_are_wrong_once_are_fetched_again(
    consumer: Consumer, servers: Servers, kind: str, fault: Fault
) -> None:
    with behind_a_proxy(consumer, servers, kind) as proxy:
        proxy.inject(fault, times=1)

        warned = delivered(consumer)

    assert proxy.struck == 1
    assert " is corrupt: expected " in warned
    assert warned.endswith("it was fetched again, and is right now\n")


@pytest.mark.parametrize("kind", BOTH)
@pytest.mark.parametrize("fault", [Flipped(), Longer()])
def test_bytes_that_are_wrong_every_time_are_refused(
    consumer: Consumer, servers: Servers, kind: str, fault: Fault
) -> None:
    with behind_a_proxy(consumer, servers, kind) as proxy:
        proxy.inject(fault)

        told = refused(consumer, 1)

    assert " is corrupt: expected " in told


def test_case_31_a_page_with_status_200_is_no_object(consumer: Consumer, servers: Servers) -> None:
    with behind_a_proxy(consumer, servers, "web") as proxy:
        proxy.inject(Page())

        told = refused(consumer, 1)

    assert " is corrupt: expected " in told


@pytest.mark.parametrize("kind", BOTH)
def test_case_31_a_redirection_to_another_host_is_not_followed(consumer: Consumer, servers: Servers, kind: str) -> None:
    with sinkhole() as hole, behind_a_proxy(consumer, servers, kind) as proxy:
        proxy.inject(Redirected(f"{hole.endpoint}/somewhere"), methods=("GET", "HEAD"))

        told = refused(consumer, 3)

    assert proxy.struck
    assert (hole.connections, hole.heard) == (0, b"")
    address = proxy.endpoint if kind == "web" else f"s3://{BUCKET}/dvc"
    assert told == (
        f"modelyard: remote 'storage' ({address}) sends us to another server, {hole.endpoint}: not followed\n"
        "    hint: if that is where the objects are, make it the address of the remote: `dvc remote modify`\n"
    )


def test_case_31_a_stall_is_given_up_and_gone_on_from(consumer: Consumer, servers: Servers) -> None:
    with behind_a_proxy(consumer, servers, "web") as proxy:
        proxy.inject(Stalled(0.5), times=1)

        assert delivered(consumer) == ""

    assert proxy.struck == 1
    assert any(asked.range for asked in proxy.asked)


@only_in_torture
@pytest.mark.parametrize("kind", BOTH)
@pytest.mark.parametrize(
    ("fault", "reason"),
    [
        (Unavailable(503), "it answered 503 Slow Down"),
        (Unavailable(429), "it answered 429 Too Many Requests"),
        (Cut(0), "the connection was cut 0 bytes into an answer of [0-9]+"),
        (Stalled(0), "nothing came for too long"),
    ],
)
def test_case_31_what_does_not_pass_is_told(
    consumer: Consumer, servers: Servers, kind: str, fault: Fault, reason: str
) -> None:
    with behind_a_proxy(consumer, servers, kind) as proxy:
        proxy.inject(fault)

        told = refused(consumer, 3)

    place = (
        f"{re.escape(proxy.endpoint if kind == 'web' else f's3://{BUCKET}/dvc')}/files/md5/[0-9a-f]{{2}}/[0-9a-f]{{30}}"
    )
    assert re.fullmatch(
        rf"modelyard: remote 'storage' \({place}\) cannot be used: {reason}, 6 times in a row\n"
        r"    hint: run the command again when it answers: what has arrived is kept, and is not fetched twice\n",
        told,
    )


def test_case_31_a_storm_of_503_that_does_not_end_is_told(consumer: Consumer, servers: Servers) -> None:
    with behind_a_proxy(consumer, servers, "web") as proxy:
        proxy.inject(Unavailable(503, retry_after=3600))

        told = refused(consumer, 3)

    assert " cannot be used: it answered 503 Slow Down\n" in told


@pytest.mark.parametrize(
    ("options", "told"),
    [
        ({"access_key_id": "AKIDUNKNOWN"}, "InvalidAccessKeyId"),
        ({"secret_access_key": "a-wrong-secret"}, "SignatureDoesNotMatch"),
    ],
)
def test_credentials_that_the_server_refuses_are_named_and_not_shown(
    consumer: Consumer, servers: Servers, options: dict[str, str], told: str
) -> None:
    remote = settings(servers, "bucket", servers.bucket.endpoint)
    keep_models_at(consumer.scene, remote.url, **{**remote.options, **options})

    said = refused(consumer, 3)

    assert f"remote 'storage' ({remote.url}) cannot be used: " in said
    assert told in said
    assert not any(secret in said for secret in (*options.values(), S3Server.secret_access_key))


@pytest.mark.parametrize("code", ["ExpiredToken", "RequestTimeTooSkewed", "AccessDenied"])
def test_a_refusal_of_the_server_is_told_with_its_reason(consumer: Consumer, servers: Servers, code: str) -> None:
    with behind_a_proxy(consumer, servers, "bucket") as proxy:
        proxy.inject(Denied(code))

        assert code in refused(consumer, 3)


CLOCK = "    hint: this machine's clock is wrong: set it, and run the command again\n"


def test_a_clock_that_is_behind_is_told(consumer: Consumer, servers: Servers, tmp_path: Path) -> None:
    remote = settings(servers, "bucket", servers.bucket.endpoint)
    keep_models_at(consumer.scene, remote.url, **remote.options)

    told = refused_at_another_time(consumer, tmp_path, hours=-24)

    assert told.startswith(f"modelyard: remote 'storage' ({remote.url}) cannot be used: it answered 400 Bad Request, ")
    assert told.endswith(f"AccessDenied\n{CLOCK}")


def test_a_clock_that_is_ahead_is_told(consumer: Consumer, servers: Servers, tmp_path: Path) -> None:
    with behind_a_proxy(consumer, servers, "bucket") as proxy:
        # rclone takes what is signed for a time to come, S3 does not.
        proxy.inject(Denied("AccessDenied"))

        told = refused_at_another_time(consumer, tmp_path, hours=24)

    assert told == (
        f"modelyard: remote 'storage' (s3://{BUCKET}/dvc) cannot be used: it answered 403 Forbidden, AccessDenied\n"
        f"{CLOCK}"
    )


def refused_at_another_time(consumer: Consumer, tmp_path: Path, *, hours: int) -> str:
    words = ("pull", "fraud@1.0.0", "--repo", consumer.scene.origin.path, "--out", consumer.out)
    ran = run_command(*words, directory=tmp_path, **shifted(tmp_path, hours * 3600))
    assert (ran.code, ran.out) == (3, ""), ran.err
    assert not consumer.out.exists()
    return ran.err
