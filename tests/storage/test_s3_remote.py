from __future__ import annotations

import json
import os
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from modelyard.errors import DigestMismatch, NotFinished, UsageError
from modelyard.storage import s3_remote
from modelyard.storage.cache import Cache
from modelyard.storage.connect import connect
from modelyard.storage.digests import digest_bytes
from modelyard.storage.dvcconfig import RemoteSettings
from modelyard.storage.layout import object_path
from modelyard.storage.progress import SILENT
from modelyard.storage.remotes import Outgoing
from modelyard.storage.s3_remote import S3Remote
from modelyard.storage.s3_settings import S3Settings
from modelyard.storage.transfer import fetch, push
from modelyard.storage.wanted import Wanted
from support.fault_proxy import fault_proxy
from support.faults import Redirected
from support.objects import files_below, spoil, wanted_directory, wanted_file
from support.s3 import S3Server, serve_s3
from support.sinkhole import sinkhole
from support.web import answer, cut, serve_web

MODEL = os.urandom(1_000_000)
URL = "s3://models/registry"
KEYS = {"access_key_id": "me", "secret_access_key": "secret"}


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[S3Server]:
    with serve_s3(tmp_path_factory.mktemp("s3")) as running:
        yield running


def remote_on(server: S3Server, url: str = URL, **options: str) -> S3Remote:
    remote = connect(RemoteSettings("far", url, {**server.options(), **options}), scratch=server.root)
    assert isinstance(remote, S3Remote)
    return remote


def stored(data: bytes, root: Path) -> Wanted:
    wanted = wanted_file(digest_bytes(data))
    path = root / object_path(wanted.oid)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(data)
    return wanted


def test_pushes_and_fetches_files_and_directories(server: S3Server, tmp_path: Path) -> None:
    author, consumer, remote = Cache(tmp_path / "author"), Cache(tmp_path / "consumer"), remote_on(server)
    (tmp_path / "model.bin").write_bytes(MODEL)
    (tmp_path / "directory" / "deep").mkdir(parents=True)
    for index in range(20):
        (tmp_path / "directory" / "deep" / f"{index}.bin").write_bytes(b"%d" % index)
    model = wanted_file(author.add_file(tmp_path / "model.bin"))
    directory = wanted_directory(author.add_directory(tmp_path / "directory"))

    assert push([model.oid, directory.oid], author, remote).objects == 22
    assert push([model.oid, directory.oid], author, remote).present == 22
    assert fetch([model, directory], remote, consumer).objects == 22

    assert files_below(consumer.root) == files_below(author.root) == files_below(server.bucket / "registry")


def test_the_same_bytes_as_dvcs_client_finds(server: S3Server, tmp_path: Path) -> None:
    from modelyard.storage.dvc_remote import DvcRemote

    author, consumer = Cache(tmp_path / "author"), Cache(tmp_path / "consumer")
    (tmp_path / "model.bin").write_bytes(b"shared with dvc")
    model = wanted_file(author.add_file(tmp_path / "model.bin"))
    push([model.oid], author, remote_on(server))

    settings = RemoteSettings("far", URL, server.options())
    fetch([model], DvcRemote(settings, scratch=tmp_path / "scratch"), consumer)

    assert consumer.path(model.oid).read_bytes() == b"shared with dvc"


@pytest.mark.parametrize("how", ["flipped", "truncated", "longer", "empty"])
def test_what_is_corrupt_in_the_bucket_is_refused(tmp_path: Path, how: str) -> None:
    cache = Cache(tmp_path / "cache")
    with serve_s3(tmp_path / "s3") as server:
        model = stored(b"model" * 1000, server.bucket / "registry")
        bad = spoil(server.bucket / "registry", model.oid, how)
        remote = remote_on(server)

        with pytest.raises(DigestMismatch) as caught:
            fetch([model], remote, cache)

    (quarantined,) = (cache.root / "quarantine").iterdir()
    assert caught.value.message.startswith(f"object {model.oid} in {remote.place(model.oid)} is corrupt: expected ")
    assert quarantined.read_bytes() == bad
    assert not cache.holds(model.oid)


@pytest.mark.parametrize(
    ("options", "url", "said", "hint"),
    [
        (
            {"access_key_id": "nobody"},
            URL,
            "403 Forbidden, InvalidAccessKeyId",
            "the server does not know this key: look at your credentials for it",
        ),
        (
            {"secret_access_key": "wrong"},
            URL,
            "403 Forbidden, SignatureDoesNotMatch",
            "the secret does not belong to the key: look at your credentials for it",
        ),
        (
            {},
            "s3://elsewhere",
            "404 Not Found, NoSuchBucket",
            "there is no such bucket: look at the address, `dvc remote list`",
        ),
    ],
)
def test_says_what_the_server_objects_to(
    server: S3Server, tmp_path: Path, options: dict[str, str], url: str, said: str, hint: str
) -> None:
    with pytest.raises(NotFinished) as caught:
        fetch([Wanted("0" * 32, "0" * 64, 1)], remote_on(server, url, **options), Cache(tmp_path / "cache"))

    assert caught.value.message == f"remote 'far' ({url}) cannot be used: it answered {said}"
    assert caught.value.hint == hint


def test_names_what_is_missing(server: S3Server, tmp_path: Path) -> None:
    with pytest.raises(NotFinished) as caught:
        fetch([Wanted("0" * 32, "0" * 64, 1)], remote_on(server), Cache(tmp_path / "cache"))

    assert caught.value.message == f"object {'0' * 32} is not in remote 'far' ({URL})"


def test_asks_again_and_goes_on_where_it_was_cut(tmp_path: Path) -> None:
    with serve_web(tmp_path / "web") as web:
        model = stored(MODEL, web.root / "models" / "registry")
        options = {**KEYS, "endpointurl": web.url}
        remote = connect(RemoteSettings("far", URL, options), scratch=tmp_path)
        assert isinstance(remote, S3Remote)
        web.faults += [answer(503), cut(600_000), answer(429)]

        fetch([model], remote, Cache(tmp_path / "cache"))

        paths = {path.partition("?")[0] for _, path, _ in web.requests}
        ranges = [header for _, _, header in web.requests]
    assert paths == {f"/models/registry/{object_path(model.oid)}"}
    assert ranges == [None, None, "bytes=600000-", "bytes=600000-"]
    assert Cache(tmp_path / "cache").path(model.oid).read_bytes() == MODEL


OIDS = [f"{number:032x}" for number in range(64)]


@pytest.mark.parametrize("what", ["list", "many sizes", "delete", "upload in parts", "sizes", "fetch"])
def test_nothing_leads_to_another_host(
    server: S3Server, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, what: str
) -> None:
    monkeypatch.setattr(s3_remote, "_PART", 5 << 20)
    cache = Cache(tmp_path / "cache")
    cache.add_bytes(bytes(6 << 20), OIDS[0])
    with sinkhole() as hole, fault_proxy(server.endpoint) as proxy:
        remote = remote_on(server, endpointurl=proxy.endpoint, session_token="a-token")
        elsewhere = hole.endpoint.replace("127.0.0.1", "localhost")
        proxy.inject(Redirected(f"{elsewhere}/x", status=307), methods=("GET", "HEAD", "POST"), within="/models")
        acts: dict[str, Callable[[], object]] = {
            "list": remote.stored,
            "many sizes": lambda: remote.sizes(OIDS),
            "delete": lambda: remote.delete_many(OIDS),
            "upload in parts": lambda: remote.push_many([Outgoing(OIDS[0], cache.path(OIDS[0]))], progress=SILENT),
            "sizes": lambda: remote.sizes(OIDS[:1]),
            "fetch": lambda: fetch([Wanted("0" * 32, "0" * 64, 1)], remote, cache),
        }

        with pytest.raises(NotFinished) as caught:
            acts[what]()

        assert proxy.struck
        assert (hole.connections, hole.heard) == (0, b"")
    where = f", {elsewhere}" if what in ("sizes", "fetch") else ""
    assert caught.value.message == f"remote 'far' ({URL}) sends us to another server{where}: not followed"


def test_keys_that_a_container_is_given_are_fetched_from_their_own_host(
    server: S3Server, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    keys = {
        "AccessKeyId": server.access_key_id,
        "SecretAccessKey": server.secret_access_key,
        "Token": "",
        "Expiration": "2100-01-01T00:00:00Z",
    }
    (tmp_path / "token").write_text("a-token")
    monkeypatch.delenv("AWS_ACCESS_KEY_ID", raising=False)
    monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", str(tmp_path / "none"))
    monkeypatch.setenv("AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE", str(tmp_path / "token"))
    endpoint = server.endpoint.replace("127.0.0.1", "localhost")
    with serve_web(tmp_path / "web") as web:
        monkeypatch.setenv("AWS_CONTAINER_CREDENTIALS_FULL_URI", f"{web.url}/keys")
        (web.root / "keys").write_text(json.dumps(keys))
        options = {"endpointurl": endpoint, "region": "us-east-1"}
        remote = connect(RemoteSettings("far", URL, options), scratch=tmp_path)
        assert isinstance(remote, S3Remote)

        sizes = remote.sizes(OIDS)
        listed = remote.stored()

    assert (set(sizes) & set(OIDS), set(listed) & set(OIDS)) == (set(), set())
    assert web.secrets == ["a-token", "a-token"]


def test_a_bucket_in_another_region_is_told_with_its_region(tmp_path: Path) -> None:
    with serve_web(tmp_path / "web") as web:
        remote = connect(RemoteSettings("far", URL, {**KEYS, "endpointurl": web.url}), scratch=tmp_path)
        web.faults.append(answer(301, x_amz_bucket_region="eu-west-1"))

        with pytest.raises(NotFinished) as caught:
            fetch([Wanted("0" * 32, "0" * 64, 1)], remote, Cache(tmp_path / "cache"))

    assert caught.value.message == f"remote 'far' ({URL}) is in another region"
    assert caught.value.hint == "name its region: `dvc remote modify far region eu-west-1`"


def test_refuses_an_object_that_leads_out_of_the_prefix(server: S3Server) -> None:
    with pytest.raises(ValueError, match=r"'\.\./\.\./x' is not an object id"):
        remote_on(server).sizes(["../../x"])


def test_an_address_without_a_bucket(tmp_path: Path) -> None:
    with pytest.raises(UsageError) as caught:
        connect(RemoteSettings("far", "s3:///path"), scratch=tmp_path)

    assert caught.value.message == "remote 'far' names no bucket: s3:///path"


def settings_of(
    options: dict[str, str], *, home: Path, environment: dict[str, str] | None = None, url: str = URL
) -> S3Settings | None:
    files = {
        "AWS_SHARED_CREDENTIALS_FILE": str(home / "credentials"),
        "AWS_CONFIG_FILE": str(home / "config"),
    }
    return S3Settings.of(RemoteSettings("far", url, options), {**files, **(environment or {})})


def test_options_become_those_of_the_client(tmp_path: Path) -> None:
    options = {
        "endpointurl": "http://127.0.0.1:9",
        "region": "eu-central-1",
        "access_key_id": "me",
        "secret_access_key": "secret",
        "session_token": "token",
        "sse": "aws:kms",
        "sse_kms_key_id": "it",
        "listobjects": "true",
        "ssl_verify": "false",
        "read_timeout": "5",
    }

    settings = settings_of(options, home=tmp_path, url="s3://models/deep/er/")

    assert settings is not None
    assert (settings.bucket, settings.prefix) == ("models", "deep/er")
    assert settings.store == {
        "endpoint": "http://127.0.0.1:9",
        "region": "eu-central-1",
        "access_key_id": "me",
        "secret_access_key": "secret",
        "session_token": "token",
        "server_side_encryption": "aws:kms",
        "sse_kms_key_id": "it",
        "virtual_hosted_style_request": False,
    }
    assert settings.client == {
        "connect_timeout": "20s",
        "read_timeout": "5s",
        "allow_http": True,
        "allow_invalid_certificates": True,
    }
    assert "secret" not in repr(settings)


OTHER = {"AWS_ACCESS_KEY_ID": "other", "AWS_SECRET_ACCESS_KEY": "other's"}


@pytest.mark.parametrize(
    ("environment", "credentials", "said", "variable"),
    [
        (
            {"AWS_SECRET_ACCESS_KEY": "secret"},
            "",
            (
                "secret_access_key and no access_key_id: it is not in the settings of the remote or the environment "
                "(AWS_ACCESS_KEY_ID)"
            ),
            "AWS_ACCESS_KEY_ID",
        ),
        (
            {},
            "[default]\naws_access_key_id = me\n",
            (
                "access_key_id and no secret_access_key: it is not in the settings of the remote, the profile or the "
                "environment (AWS_SECRET_ACCESS_KEY)"
            ),
            "AWS_SECRET_ACCESS_KEY",
        ),
    ],
)
def test_half_of_a_key_is_refused_before_anything_is_asked(
    environment: dict[str, str], credentials: str, said: str, variable: str, tmp_path: Path
) -> None:
    (tmp_path / "credentials").write_text(credentials)

    with pytest.raises(UsageError) as caught:
        settings_of({}, home=tmp_path, environment=environment)

    assert (caught.value.message, caught.value.hint) == (
        f"remote 'far' ({URL}) has {said}",
        f"name both halves of the key: `export {variable}=<value>`, or take the other one away",
    )


SCHEME = "write it with http:// or https://: "


@pytest.mark.parametrize(
    ("endpoint", "fault"),
    [
        ("127.0.0.1:38919", "is no address of a web server: '127.0.0.1:38919'"),
        ("ftp://x", "is no address of a web server: 'ftp://x'"),
        ("http://", "names no host: 'http://'"),
        ("http://s3.example.org:99999", "has a port that is none: 'http://s3.example.org:99999'"),
        ("http://me:secret@s3.example.org:port", "has a port that is none: 'http://s3.example.org:port'"),
    ],
)
def test_an_endpoint_that_is_no_address_of_a_web_server(endpoint: str, fault: str, tmp_path: Path) -> None:
    with pytest.raises(UsageError) as caught:
        settings_of({"endpointurl": endpoint}, home=tmp_path)
    assert (caught.value.message, caught.value.hint) == (
        f"endpointurl of remote 'far' {fault}",
        SCHEME + "`dvc remote modify far endpointurl https://s3.example.org`",
    )


def test_an_endpoint_of_the_environment_is_told_by_its_variable(tmp_path: Path) -> None:
    with pytest.raises(UsageError) as caught:
        settings_of({}, home=tmp_path, environment={"AWS_ENDPOINT_URL": "s3.example.org"})
    assert (caught.value.message, caught.value.hint) == (
        "AWS_ENDPOINT_URL in the environment is no address of a web server: 's3.example.org'",
        SCHEME + "`export AWS_ENDPOINT_URL=https://s3.example.org`",
    )


def test_a_profile_gives_its_keys_and_its_region(tmp_path: Path) -> None:
    (tmp_path / "credentials").write_text("[work]\naws_access_key_id = me\naws_secret_access_key = a%secret\n")
    (tmp_path / "config").write_text("[profile work]\nregion = eu-west-1\noutput = json\n")

    named = settings_of({"profile": "work"}, home=tmp_path, environment=OTHER)
    chosen = settings_of({}, home=tmp_path, environment={"AWS_PROFILE": "work"})

    expected = {
        "access_key_id": "me",
        "secret_access_key": "a%secret",
        "region": "eu-west-1",
        "virtual_hosted_style_request": True,
    }
    assert named is not None
    assert chosen is not None
    assert named.store == chosen.store == expected


def test_keys_of_the_environment_go_before_a_profile_that_nobody_named(tmp_path: Path) -> None:
    (tmp_path / "credentials").write_text("[default]\naws_access_key_id = me\naws_secret_access_key = secret\n")

    settings = settings_of({}, home=tmp_path, environment={**OTHER, "AWS_REGION": "eu-west-1"})

    assert settings is not None
    assert settings.store == {"region": "eu-west-1", "virtual_hosted_style_request": True}


def test_a_profile_that_is_not_here(tmp_path: Path) -> None:
    with pytest.raises(UsageError) as caught:
        settings_of({"profile": "work"}, home=tmp_path)

    assert caught.value.message == "remote 'far' is used with profile 'work', which is not here"


@pytest.mark.parametrize("options", [{"acl": "private"}, {"sse_customer_key": "a2V5"}, {"profile": "role"}])
def test_what_the_client_does_not_know_is_left_to_dvcs(options: dict[str, str], tmp_path: Path) -> None:
    (tmp_path / "config").write_text("[profile role]\nrole_arn = arn:aws:iam::1:role/x\nsource_profile = default\n")

    assert settings_of(options, home=tmp_path) is None


def test_a_public_bucket(tmp_path: Path) -> None:
    settings = settings_of({"allow_anonymous_login": "true"}, home=tmp_path, url="s3://with.dots")

    assert settings is not None
    assert settings.store == {"skip_signature": True, "virtual_hosted_style_request": False}


def test_nobody_is_asked_who_he_is_where_everybody_may_read(tmp_path: Path) -> None:
    with serve_web(tmp_path / "web") as web:
        model = stored(MODEL, web.root / "models" / "registry")
        options = {"endpointurl": web.url, "allow_anonymous_login": "true"}
        remote = connect(RemoteSettings("far", URL, options), scratch=tmp_path)

        fetch([model], remote, Cache(tmp_path / "cache"))

    assert web.requests == [("GET", f"/models/registry/{object_path(model.oid)}", None)]
    assert web.secrets == [None]
    assert Cache(tmp_path / "cache").path(model.oid).read_bytes() == MODEL
