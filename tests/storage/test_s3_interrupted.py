"""Ctrl-C while a bucket is pushed to: the upload is given up between two of its parts, and nothing of it stays."""

from __future__ import annotations

import os
import signal
from pathlib import Path
from typing import Any

import boto3
import pytest

from modelyard.storage.connect import connect
from modelyard.storage.dvcconfig import RemoteSettings
from modelyard.storage.remotes import Outgoing
from support.moto_server import WRITER, serve_moto
from support.s3 import BUCKET

PART = 8 << 20
SIZE = 5 * PART + 1


class Interrupting:
    """Counts the bytes that were sent, and is Ctrl-C once some parts were."""

    def __init__(self, after: int | None) -> None:
        self.after = after
        self.sent: list[int] = []

    def expect(self, total: int, *, files: int = 0) -> None:
        raise AssertionError((total, files))

    def arrived(self, count: int) -> None:
        raise AssertionError(count)

    def advance(self, count: int) -> None:
        self.sent.append(count)
        if len(self.sent) == self.after:
            os.kill(os.getpid(), signal.SIGINT)

    def done(self) -> None:
        raise AssertionError


def test_an_upload_ends_between_two_parts_and_leaves_nothing(tmp_path: Path) -> None:
    model = tmp_path / "model.bin"
    model.write_bytes(os.urandom(SIZE))
    objects = tmp_path / "objects"
    objects.mkdir()
    with serve_moto(objects, (*WRITER, "s3:AbortMultipartUpload", "s3:ListBucketMultipartUploads")) as server:
        (user,) = server.users
        options = {**server.options(), **user.options()}
        remote: Any = connect(RemoteSettings("far", f"s3://{BUCKET}/dvc", options), scratch=tmp_path)
        storage = boto3.client(
            "s3",
            endpoint_url=server.endpoint,
            region_name=server.options()["region"],
            aws_access_key_id=user.access_key_id,
            aws_secret_access_key=user.secret_access_key,
        )
        interrupted = Interrupting(2)
        with pytest.raises(KeyboardInterrupt):
            remote.push_many([Outgoing("0" * 32, model)], progress=interrupted)
        assert interrupted.sent == [PART, PART]
        assert "Contents" not in storage.list_objects_v2(Bucket=BUCKET)
        assert "Uploads" not in storage.list_multipart_uploads(Bucket=BUCKET)

        whole = Interrupting(None)
        assert remote.push_many([Outgoing("0" * 32, model)], progress=whole) == {"0" * 32: SIZE}
        assert whole.sent == [PART] * 5 + [1]
