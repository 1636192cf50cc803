"""What is said when a bucket refuses: a server that checks users and policies, and words that only S3 itself has."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import pytest

from modelyard.storage import patience
from support.consumers import Consumer, keep_models_at, place_of
from support.fault_proxy import fault_proxy
from support.faults import Denied, Unavailable
from support.moto_server import READER, WRITER, MotoServer, User, serve_moto
from support.registry import Ran, Scene

URL = "s3://models/dvc"
REMOTE = f"remote 'storage' ({URL})"
LOOK = "look at its address (`dvc remote list`), at your credentials for it, and at the network"


@pytest.fixture(scope="module")
def server(merged_once: Scene) -> Iterator[MotoServer]:
    with serve_moto(merged_once.storage, READER, WRITER, ["s3:ListBucket"]) as server:
        yield server


@pytest.fixture
def consumer(consumer: Consumer, monkeypatch: pytest.MonkeyPatch) -> Consumer:
    monkeypatch.setattr(patience, "_FIRST", 0.001)
    return consumer


def told(said: str, hint: str, *, place: str = REMOTE) -> Ran:
    """Return what a command prints that a server has refused."""
    return Ran(3, "", f"modelyard: {place} cannot be used: it answered {said}\n    hint: {hint}\n")


def keep(consumer: Consumer, server: MotoServer, user: User, **options: str) -> None:
    url = options.pop("url", URL)
    keep_models_at(consumer.scene, url, **{**server.options(), **user.options(), **options})


def test_who_may_read_pulls_and_verifies(consumer: Consumer, server: MotoServer) -> None:
    reader, *_others = server.users
    keep(consumer, server, reader)

    pulled = consumer.pull()

    assert (pulled.code, pulled.err) == (0, "")
    assert consumer.found() == consumer.right()
    assert consumer.scene.run("verify", "--all", "--remote", "--deep").code == 0


def test_who_may_write_pushes(consumer: Consumer, server: MotoServer) -> None:
    _reader, writer, _lister = server.users
    keep(consumer, server, writer, url="s3://models/elsewhere")

    pushed = consumer.scene.run("push")

    assert (pulled_of(pushed), pushed.err) == ("pushed 2 objects", "")
    pulled = consumer.pull()
    assert (pulled.code, pulled.err) == (0, "")
    assert consumer.found() == consumer.right()


def pulled_of(ran: Ran) -> str:
    return ran.out.partition(",")[0]


@pytest.mark.parametrize(
    ("change", "said", "hint"),
    [
        (
            {"access_key_id": "AKIDUNKNOWN"},
            "403 Forbidden, InvalidAccessKeyId",
            "the server does not know this key: look at your credentials for it",
        ),
        (
            {"secret_access_key": "another-secret"},
            "403 Forbidden, SignatureDoesNotMatch",
            "the secret does not belong to the key: look at your credentials for it",
        ),
        (
            {"session_token": "a-token-of-yesterday"},
            "400 Bad Request, InvalidToken",
            "sign in again, and run the command again",
        ),
    ],
)
def test_credentials_that_moto_refuses_are_named_and_not_shown(
    consumer: Consumer, server: MotoServer, change: dict[str, str], said: str, hint: str
) -> None:
    keep(consumer, server, replace(server.users[0], **change))

    assert consumer.pull() == told(said, hint)
    assert not consumer.out.exists()


def test_a_key_that_may_not_read_is_told_what_it_needs(consumer: Consumer, server: MotoServer) -> None:
    *_others, lister = server.users
    keep(consumer, server, lister)

    assert consumer.pull() == told(
        "403 Forbidden, AccessDenied", "the key may not read there: it needs s3:GetObject and s3:ListBucket"
    )


def test_a_bucket_that_is_not_there_is_told(consumer: Consumer, server: MotoServer) -> None:
    keep(consumer, server, server.users[0], url="s3://nowhere/dvc")

    assert consumer.pull() == told(
        "404 Not Found, NoSuchBucket",
        "there is no such bucket: look at the address, `dvc remote list`",
        place="remote 'storage' (s3://nowhere/dvc)",
    )


REGION = "name the bucket's region: `dvc remote modify storage region <region>`"


@pytest.mark.parametrize(
    ("refusal", "said", "hint"),
    [
        (Denied("ExpiredToken", 400), "400 Bad Request, ExpiredToken", "sign in again, and run the command again"),
        (
            Denied("RequestTimeTooSkewed"),
            "403 Forbidden, RequestTimeTooSkewed",
            "this machine's clock is wrong: set it, and run the command again",
        ),
        (Denied("AuthorizationHeaderMalformed", 400), "400 Bad Request, AuthorizationHeaderMalformed", REGION),
        (Denied("AllAccessDisabled"), "403 Forbidden, AllAccessDisabled", LOOK),
    ],
)
def test_what_only_s3_itself_says_is_told(
    consumer: Consumer, server: MotoServer, refusal: Denied, said: str, hint: str
) -> None:
    with fault_proxy(server.endpoint) as proxy:
        keep(consumer, server, server.users[0], endpointurl=proxy.endpoint)
        proxy.inject(refusal)

        assert consumer.pull() == told(said, hint)

    # A refusal is final: nothing is asked twice.
    assert len(proxy.asked) <= 2


def test_a_bucket_in_another_region_is_told(consumer: Consumer, server: MotoServer) -> None:
    with fault_proxy(server.endpoint) as proxy:
        keep(consumer, server, server.users[0], endpointurl=proxy.endpoint)
        proxy.inject(Denied("PermanentRedirect", 301))

        assert consumer.pull() == Ran(3, "", f"modelyard: {REMOTE} is in another region\n    hint: {REGION}\n")


@pytest.mark.parametrize(("status", "said"), [(503, "503 Service Unavailable"), (429, "429 Too Many Requests")])
def test_a_storm_that_does_not_end_is_told(consumer: Consumer, server: MotoServer, status: int, said: str) -> None:
    with fault_proxy(server.endpoint) as proxy:
        keep(consumer, server, server.users[0], endpointurl=proxy.endpoint)
        proxy.inject(Unavailable(status))

        ran = consumer.pull()

    place = place_of(consumer.scene, "fraud-1.0.0/model.joblib")
    assert ran == Ran(
        3,
        "",
        f"modelyard: remote 'storage' ({URL}/{place}) cannot be used: it answered {said}, 6 times in a row\n"
        "    hint: run the command again when it answers: what has arrived is kept, and is not fetched twice\n",
    )


def test_a_storm_that_passes_is_waited_for(consumer: Consumer, server: MotoServer) -> None:
    with fault_proxy(server.endpoint) as proxy:
        keep(consumer, server, server.users[0], endpointurl=proxy.endpoint)
        proxy.inject(Unavailable(503), times=5)

        pulled = consumer.pull()

    assert (pulled.code, pulled.err, proxy.struck) == (0, "", 5)
    assert consumer.found() == consumer.right()
