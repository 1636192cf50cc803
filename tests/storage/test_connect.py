from __future__ import annotations

from pathlib import Path

import pytest

from modelyard.errors import UsageError
from modelyard.storage.connect import connect
from modelyard.storage.directory_remote import DirectoryRemote
from modelyard.storage.dvc_remote import DvcRemote
from modelyard.storage.dvcconfig import RemoteSettings
from modelyard.storage.http_remote import HttpRemote
from modelyard.storage.s3_remote import S3Remote


def test_a_path_is_a_directory_remote(tmp_path: Path) -> None:
    remote = connect(RemoteSettings("store", str(tmp_path)), scratch=tmp_path)

    assert isinstance(remote, DirectoryRemote)
    assert remote.root == tmp_path


@pytest.mark.parametrize("url", ["gs://bucket", "azure://bucket", "ssh://host/path"])
def test_a_url_is_for_dvc(url: str, tmp_path: Path) -> None:
    remote = connect(RemoteSettings("store", url), scratch=tmp_path)

    assert isinstance(remote, DvcRemote)
    assert remote.describe() == f"remote 'store' ({url})"


@pytest.mark.parametrize(("url", "kind"), [("s3://bucket/path", S3Remote), ("https://example.org/x", HttpRemote)])
def test_some_schemes_have_clients_of_our_own(url: str, kind: type, tmp_path: Path) -> None:
    remote = connect(RemoteSettings("store", url), scratch=tmp_path)

    assert isinstance(remote, kind)
    assert remote.describe() == f"remote 'store' ({url})"


@pytest.mark.parametrize(
    ("url", "options"),
    [
        ("s3://bucket/path", {"acl": "private"}),
        ("https://example.org/x", {"ask_password": "true"}),
        ("https://example.org/x", {"auth": "digest"}),
    ],
)
def test_an_option_that_our_client_does_not_know_is_for_dvc(url: str, options: dict[str, str], tmp_path: Path) -> None:
    assert isinstance(connect(RemoteSettings("store", url, options), scratch=tmp_path), DvcRemote)


def test_without_its_client_s3_is_for_dvc(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("modelyard.storage.connect.find_spec", {"obstore": None}.get)

    assert isinstance(connect(RemoteSettings("store", "s3://bucket"), scratch=tmp_path), DvcRemote)


@pytest.mark.parametrize("option", ["version_aware", "worktree"])
def test_a_remote_without_objects_by_digest_is_refused(option: str, tmp_path: Path) -> None:
    with pytest.raises(UsageError) as caught:
        connect(RemoteSettings("store", "s3://bucket", {option: "true"}), scratch=tmp_path)

    assert caught.value.message == f"remote 'store' is {option}, and has no objects by digest"
    assert caught.value.hint == f"turn it off: `dvc remote modify store {option} false`"
