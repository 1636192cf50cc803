"""An object on a web server that is large enough to be asked for in ranges, since ranges are small."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

from modelyard.storage import patience, ranges
from modelyard.storage.cache import Cache
from modelyard.storage.digests import digest_bytes
from modelyard.storage.dvcconfig import RemoteSettings
from modelyard.storage.http_remote import HttpRemote
from modelyard.storage.layout import object_path
from modelyard.storage.transfer import fetch
from modelyard.storage.wanted import Wanted
from support.objects import files_below, wanted_file
from support.web import Web, serve_web

__all__ = ["ALL", "MODEL", "RANGE", "Scene", "make_ranges_small", "serve_large"]

RANGE = 1 << 16
MODEL = os.urandom(10 * RANGE + 1000)
ALL = [f"bytes={start}-{min(start + RANGE, len(MODEL)) - 1}" for start in range(0, len(MODEL), RANGE)]


@dataclass(frozen=True)
class Scene:
    """A web server with an object, and an empty cache."""

    web: Web
    remote: HttpRemote
    cache: Cache
    model: Wanted

    @property
    def ranges(self) -> list[str | None]:
        return [header for _, _, header in self.web.requests]

    @property
    def file(self) -> Path:
        return self.web.root / object_path(self.model.oid)

    def fetch(self, jobs: int = 8) -> None:
        fetch([self.model], self.remote, self.cache, jobs=jobs)

    def has_arrived(self) -> bool:
        return self.cache.path(self.model.oid).read_bytes() == MODEL

    def is_here(self) -> bool:
        """Whether the object is in the cache, and nothing beside it."""
        return self.has_arrived() and files_below(self.cache.root) == {object_path(self.model.oid)}


def make_ranges_small(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let no test wait long, or take megabytes."""
    monkeypatch.setattr(patience, "_FIRST", 0.001)
    monkeypatch.setattr(ranges, "_RANGE", RANGE)
    monkeypatch.setattr("modelyard.storage.receiving.LARGE", 4 * RANGE)


@contextmanager
def serve_large(directory: Path) -> Iterator[Scene]:
    """Serve the object until the block ends."""
    with serve_web(directory / "web") as web:
        web.has_tags = True
        model = wanted_file(digest_bytes(MODEL))
        scene = Scene(web, HttpRemote(RemoteSettings("web", web.url)), Cache(directory / "cache"), model)
        scene.file.parent.mkdir(parents=True)
        scene.file.write_bytes(MODEL)
        yield scene
