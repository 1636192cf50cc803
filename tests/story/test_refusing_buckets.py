"""What is said when a bucket refuses: a server that checks users and policies, and words that only S3 itself has."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import pytest

from modelyard.storage import patience
from support.consumers import FILES, Consumer, keep_models_at, place_of
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


REFUSED = pytest.mark.parametrize(
    ("change", "said", "hint"),
    [
        (
            {"access_key_id": "AKIDUNKNOWN"},
            "403 FORBIDDEN, InvalidAccessKeyId",
            "the server does not know this key: look at your credentials for it",
        ),
        (
            {"secret_access_key": "another-secret"},
            "403 FORBIDDEN, SignatureDoesNotMatch",
            "the secret does not belong to the key: look at your credentials for it",
        ),
        (
            {"session_token": "a-token-of-yesterday"},
            "400 BAD REQUEST, InvalidToken",
            "sign in again, and run the command again",
        ),
    ],
)


@REFUSED
def test_credentials_that_moto_refuses_are_named_and_not_shown(
    consumer: Consumer, server: MotoServer, change: dict[str, str], said: str, hint: str
) -> None:
    keep(consumer, server, replace(server.users[0], **change))

    assert consumer.pull() == told(said, hint)
    assert not consumer.out.exists()


@REFUSED
def test_credentials_are_named_where_an_answer_has_no_words(
    consumer: Consumer, server: MotoServer, change: dict[str, str], said: str, hint: str
) -> None:
    """A push first asks what is there, by HEAD."""
    keep(consumer, server, replace(server.users[1], **change))

    assert consumer.scene.run("push") == told(said, hint)


NEEDED = "the key may not: to read takes s3:GetObject and s3:ListBucket, to push s3:PutObject too"


def test_a_key_that_may_not_read_is_told_what_it_needs(consumer: Consumer, server: MotoServer) -> None:
    *_others, lister = server.users
    keep(consumer, server, lister)

    assert consumer.pull() == told("403 FORBIDDEN, AccessDenied", NEEDED)


def test_a_key_that_may_not_write_is_told_what_it_needs(consumer: Consumer, server: MotoServer) -> None:
    reader, *_others = server.users
    url = "s3://models/nothing-yet"
    keep(consumer, server, reader, url=url)

    assert consumer.scene.run("push") == told("403 Forbidden, AccessDenied", NEEDED, place=f"remote 'storage' ({url})")


NOWHERE = told(
    "404 NOT FOUND, NoSuchBucket",
    "there is no such bucket: look at the address, `dvc remote list`",
    place="remote 'storage' (s3://nowhere/dvc)",
)


@pytest.mark.parametrize("command", ["pull", "push"])
def test_a_bucket_that_is_not_there_is_told(consumer: Consumer, server: MotoServer, command: str) -> None:
    keep(consumer, server, server.users[1], url="s3://nowhere/dvc")

    assert (consumer.pull() if command == "pull" else consumer.scene.run("push")) == NOWHERE


def test_a_bucket_that_is_not_there_is_not_one_that_lacks_everything(consumer: Consumer, server: MotoServer) -> None:
    keep(consumer, server, server.users[0], url="s3://nowhere/dvc")

    ran = consumer.scene.run("verify", "--all", "--remote")

    assert (ran.code, ran.err.partition("\n")[0]) == (3, NOWHERE.err.partition("\n")[0])


REGION = "name its region: `dvc remote modify storage region <region>`"


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


@pytest.mark.parametrize(("status", "said"), [(503, "503 Slow Down"), (429, "429 Too Many Requests")])
def test_a_storm_that_does_not_end_is_told(consumer: Consumer, server: MotoServer, status: int, said: str) -> None:
    with fault_proxy(server.endpoint) as proxy:
        keep(consumer, server, server.users[0], endpointurl=proxy.endpoint)
        proxy.inject(Unavailable(status))

        ran = consumer.pull()

    # Both objects are asked for at once.
    places = [place_of(consumer.scene, f"fraud-1.0.0/{name}") for name in FILES]
    assert (ran.code, ran.out) == (3, "")
    assert ran.err in [
        f"modelyard: remote 'storage' ({URL}/{place}) cannot be used: it answered {said}, 6 times in a row\n"
        "    hint: run the command again when it answers: what has arrived is kept, and is not fetched twice\n"
        for place in places
    ]


def test_a_storm_that_passes_is_waited_for(consumer: Consumer, server: MotoServer) -> None:
    with fault_proxy(server.endpoint) as proxy:
        keep(consumer, server, server.users[0], endpointurl=proxy.endpoint)
        proxy.inject(Unavailable(503), times=5)

        pulled = consumer.pull()

    assert (pulled.code, pulled.err, proxy.struck) == (0, "", 5)
    assert consumer.found() == consumer.right()
