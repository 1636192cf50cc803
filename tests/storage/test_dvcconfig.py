from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from modelyard.errors import UsageError
from modelyard.storage.dvcconfig import DvcConfig, RemoteSettings, parse, read
from support.dvc import new_dvc_repository

HERE = Path("/repository/.dvc")
WRITE_IT = "write it as `dvc remote add` and `dvc remote modify` do"

CONFIG = b"""\
# A comment
[core]
    remote = Store   # the default
    autostage = true
['remote "store"']
    url = ../models
['remote "s3"']
    url = s3://bucket/path
    endpointurl = "http://127.0.0.1:9000/a;b#c"
    keyfile = keys/id
    password = 'se"cret'
[cache]
    dir = /shared/cache
"""


def refusal(data: bytes) -> str:
    with pytest.raises(UsageError) as caught:
        parse(data, directory=HERE)
    assert caught.value.hint == WRITE_IT
    return caught.value.message


def test_reads_remotes_default_and_cache() -> None:
    config = parse(CONFIG, directory=HERE)

    assert config.default_remote == "Store"
    assert config.cache_directory == Path("/shared/cache")
    assert config.remote() == RemoteSettings("store", "/repository/models")
    assert config.remote("S3") == RemoteSettings(
        "s3",
        "s3://bucket/path",
        {"endpointurl": "http://127.0.0.1:9000/a;b#c", "keyfile": "/repository/.dvc/keys/id", "password": 'se"cret'},
    )


def test_a_remote_without_a_scheme_is_a_directory() -> None:
    config = parse(CONFIG, directory=HERE)

    assert config.remote("store").directory == Path("/repository/models")
    assert config.remote("s3").directory is None


def test_nothing_is_a_configuration_too() -> None:
    assert parse(b"", directory=HERE) == DvcConfig()


def test_settings_are_never_shown() -> None:
    config = parse(CONFIG, directory=HERE)

    assert "cret" not in repr(config)
    assert "cret" not in repr(config.remote("s3"))


@pytest.mark.parametrize(
    ("url", "address"),
    [
        ("https://user:secret@example.org/models?sig=secret", "https://example.org/models"),
        ("ssh://user@example.org:22/models", "ssh://example.org:22/models"),
        ("s3://bucket/path", "s3://bucket/path"),
        ("/models", "/models"),
    ],
)
def test_an_address_holds_no_credentials(url: str, address: str) -> None:
    assert RemoteSettings("x", url).address == address


def test_reads_what_dvc_writes(tmp_path: Path) -> None:
    repository = new_dvc_repository(tmp_path / "repository")
    repository.dvc("remote", "add", "--default", "my store", "../models # 1")
    repository.dvc("remote", "add", "s3", "s3://bucket/a, b")
    repository.dvc("remote", "modify", "s3", "endpointurl", "http://127.0.0.1:1/a;b#c")
    repository.dvc("remote", "modify", "--local", "s3", "secret_access_key", "a%b=c#d")

    config = read(repository.path / ".dvc")

    assert config.remote() == RemoteSettings("my store", str(tmp_path / "models # 1"))
    assert config.remote("s3") == RemoteSettings(
        "s3",
        "s3://bucket/a, b",
        {"endpointurl": "http://127.0.0.1:1/a;b#c", "secret_access_key": "a%b=c#d"},
    )
    assert read(repository.path / ".dvc", local=False).remote("s3").options.keys() == {"endpointurl"}


def test_local_settings_lie_over_the_tracked_ones() -> None:
    tracked = parse(CONFIG, directory=HERE)
    local = parse(b"[core]\nremote = s3\n['remote \"s3\"']\npassword = other\n", directory=HERE)

    overlaid = tracked.overlaid(local)

    assert overlaid.remote().options["password"] == "other"
    assert overlaid.remote().options["keyfile"] == "/repository/.dvc/keys/id"
    assert overlaid.remote("store") == tracked.remote("store")
    assert overlaid.cache_directory == tracked.cache_directory


def test_a_directory_without_configuration_has_none(tmp_path: Path) -> None:
    assert read(tmp_path / ".dvc") == DvcConfig()


def test_a_configuration_that_cannot_be_read(tmp_path: Path) -> None:
    (tmp_path / "config").mkdir()

    with pytest.raises(UsageError) as caught:
        read(tmp_path)

    assert caught.value.message == f"{tmp_path / 'config'} cannot be read: Is a directory"


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"[core]\nremote\n", "line 2: not a section, and not one 'key = value'"),
        (b"[core\n", "line 1: not a section, and not one 'key = value'"),
        (b"[[nested]]\n", "line 1: not a section, and not one 'key = value'"),
        (b"[core]\nurl = a, b\n", "line 2: not a section, and not one 'key = value'"),
        (b"[core]\nurl = '''a\n", "line 2: not a section, and not one 'key = value'"),
        (b'[core]\nurl = "a\n', "line 2: not a section, and not one 'key = value'"),
        (b"remote = x\n", "line 1: 'remote' stands before the first section"),
        (b"[core]\n[core]\n", "line 2: section 'core' stands twice"),
        (b"[core]\nremote = x\nREMOTE = y\n", "line 3: 'remote' stands twice"),
    ],
)
def test_refuses_what_dvc_might_read_otherwise(data: bytes, reason: str) -> None:
    assert refusal(data) == f".dvc/config cannot be read at {reason}"


def test_refuses_another_encoding() -> None:
    with pytest.raises(UsageError) as caught:
        parse(b"\xff", directory=HERE)

    assert caught.value.message == ".dvc/config is not UTF-8"


@given(st.binary(max_size=80) | st.text("[]'\"=#,abc \n", max_size=60).map(str.encode))
def test_any_bytes_are_read_or_refused(data: bytes) -> None:
    try:
        config = parse(data, directory=HERE)
    except UsageError:
        return

    assert isinstance(config, DvcConfig)


@pytest.mark.parametrize(
    ("data", "name", "message", "hint"),
    [
        (b"", None, "no DVC remote is set as the default", "name one: `dvc remote add --default <name> <url>`"),
        (b"", "s3", "there is no DVC remote 's3'", "add it: `dvc remote add s3 <url>`"),
        (
            CONFIG,
            "stor",
            "there is no DVC remote 'stor'",
            "did you mean 'store'? Otherwise add it: `dvc remote add stor <url>`",
        ),
        (b"['remote \"x\"']\n", "x", "DVC remote 'x' has no url", "set it: `dvc remote modify x url <url>`"),
        (
            b"['remote \"x\"']\nurl = remote://s3/sub\n",
            "x",
            "DVC remote 'x' refers to another remote, remote://s3/sub",
            "write the whole address: `dvc remote modify x url <url>`",
        ),
    ],
)
def test_a_remote_that_cannot_be_used(data: bytes, name: str | None, message: str, hint: str) -> None:
    with pytest.raises(UsageError) as caught:
        parse(data, directory=HERE).remote(name)

    assert (caught.value.message, caught.value.hint) == (message, hint)
