"""What a bucket holds, by listing it, on a real S3 server."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING, Any, NoReturn

import pytest

from modelyard.storage import s3_remote
from modelyard.storage.dvcconfig import RemoteSettings
from modelyard.storage.layout import object_path
from modelyard.storage.s3_remote import S3Remote
from modelyard.storage.s3_settings import S3Settings
from support.s3 import S3Server, serve_s3

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

OIDS = [hashlib.md5(b"%d" % number, usedforsecurity=False).hexdigest() for number in range(80)]


def remote(server: S3Server) -> S3Remote:
    settings = RemoteSettings("storage", "s3://models/registry", server.options())
    parsed = S3Settings.of(settings)
    assert parsed
    return S3Remote(settings, parsed)


@pytest.fixture
def root(tmp_path: Path) -> Path:
    for number, oid in enumerate(OIDS[:-1]):
        path = tmp_path / "models" / "registry" / object_path(oid)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(bytes(number))
    (tmp_path / "models" / "registry-of-others").mkdir()
    (tmp_path / "models" / "registry-of-others" / "file").write_bytes(b"x")
    return tmp_path


def test_many_objects_are_listed_and_not_asked_about_one_by_one(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def asked(_self: S3Remote, oid: str) -> NoReturn:
        raise AssertionError(f"{oid} was asked about")

    monkeypatch.setattr(S3Remote, "_asked_size", asked)
    with serve_s3(root) as server:
        assert remote(server).sizes(OIDS) == {oid: number for number, oid in enumerate(OIDS[:-1])}


def test_a_bucket_with_many_other_objects_is_asked_about_each(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    pages: list[int] = []
    monkeypatch.setattr(s3_remote, "_PAGE", 10)
    listed = S3Remote._pages

    def counted(self: S3Remote) -> Iterator[Sequence[Any]]:
        for page in listed(self):
            pages.append(len(page))
            yield page

    monkeypatch.setattr(S3Remote, "_pages", counted)
    with serve_s3(root) as server:
        assert remote(server).sizes(OIDS) == {oid: number for number, oid in enumerate(OIDS[:-1])}
    # One more than the five that were allowed was looked for.
    assert pages == [10] * 6
