from __future__ import annotations

from pathlib import Path

import pytest

from modelyard.errors import UsageError
from modelyard.storage.connect import connect
from modelyard.storage.directory_remote import DirectoryRemote
from modelyard.storage.dvc_remote import DvcRemote
from modelyard.storage.dvcconfig import RemoteSettings


def test_a_path_is_a_directory_remote(tmp_path: Path) -> None:
    remote = connect(RemoteSettings("store", str(tmp_path)), scratch=tmp_path)

    assert isinstance(remote, DirectoryRemote)
    assert remote.root == tmp_path


@pytest.mark.parametrize("url", ["s3://bucket/path", "gs://bucket", "ssh://host/path", "https://example.org/x"])
def test_a_url_is_for_dvc(url: str, tmp_path: Path) -> None:
    remote = connect(RemoteSettings("store", url), scratch=tmp_path)

    assert isinstance(remote, DvcRemote)
    assert remote.describe() == f"remote 'store' ({url})"


@pytest.mark.parametrize("option", ["version_aware", "worktree"])
def test_a_remote_without_objects_by_digest_is_refused(option: str, tmp_path: Path) -> None:
    with pytest.raises(UsageError) as caught:
        connect(RemoteSettings("store", "s3://bucket", {option: "true"}), scratch=tmp_path)

    assert caught.value.message == f"remote 'store' is {option}, and has no objects by digest"
    assert caught.value.hint == f"turn it off: `dvc remote modify store {option} false`"
