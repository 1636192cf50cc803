"""A remote that is a web server, asked by the standard library's client."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from typing import TYPE_CHECKING

from modelyard.errors import NotFinished
from modelyard.storage.http_client import HttpClient
from modelyard.storage.http_ranges import part_of, pieces_from, range_from, told_size
from modelyard.storage.http_settings import HttpSettings
from modelyard.storage.jobs import JOBS
from modelyard.storage.layout import object_path
from modelyard.storage.patience import Patience, persistently
from modelyard.storage.reading import arrivals
from modelyard.storage.remotes import Absent, Request

if TYPE_CHECKING:
    import io
    from collections.abc import Iterator, Mapping, Sequence

    from modelyard.storage.dvcconfig import RemoteSettings
    from modelyard.storage.progress import Progress
    from modelyard.storage.remotes import Arrival, Outgoing, Part

__all__ = ["HttpRemote"]


class HttpRemote:
    """Objects below a URL, as DVC lays them there.

    :raises UsageError: the URL or an option is none.
    """

    def __init__(self, settings: RemoteSettings) -> None:
        self.name = settings.name
        self.settings = settings
        self._address = settings.address.rstrip("/")
        self._parsed = HttpSettings.of(settings)
        self._client = HttpClient(self._parsed, describe=self.describe())

    def describe(self) -> str:
        """Return name and URL, without user and password."""
        return f"remote {self.name!r} ({self._address})"

    def place(self, oid: str) -> str:
        """Return name and URL of the object, without user and password."""
        return f"remote {self.name!r} ({self._address}/{object_path(oid)})"

    def sizes(self, oids: Sequence[str]) -> Mapping[str, int]:
        """Return the sizes of those objects that are there.

        :raises NotFinished: the server cannot be reached, or refuses.
        """
        with ThreadPoolExecutor(JOBS) as pool:
            found = zip(oids, pool.map(self._size, oids), strict=True)
            return {oid: size for oid, size in found if size is not None}

    def fetch_many(self, requests: Sequence[Request]) -> Iterator[Arrival]:
        """Yield each object, from memory.

        :raises NotFinished: the server cannot be reached, or refuses.
        """
        return arrivals(self, requests)

    @contextmanager
    def read(self, request: Request, start: int) -> Iterator[Iterator[bytes]]:
        """Give the object's bytes from that offset on; see :meth:`Resumable.read`."""
        with self._client.ask("GET", self._path(request.oid), headers=range_from(start)) as response:
            yield pieces_from(response, start)

    @contextmanager
    def part(self, request: Request, start: int, stop: int, *, tag: str | None = None) -> Iterator[Part]:
        """Give the object's bytes from one offset up to another; see :meth:`Ranged.part`."""
        headers = range_from(start, stop, tag=tag)
        with self._client.ask("GET", self._path(request.oid), headers=headers) as response:
            yield part_of(response, start)

    def push_many(self, objects: Sequence[Outgoing], *, progress: Progress) -> Mapping[str, int]:
        """Upload the objects by the remote's method, and return the sizes that they have there.

        :raises NotFinished: the server cannot be reached, or refuses.
        """
        stored = {}
        for item in objects:
            with item.path.open("rb") as body:
                persistently(lambda body=body, item=item: self._push(item, body), Patience(self.describe()))  # type: ignore[misc]
            stored[item.oid] = self._size(item.oid) or 0
            progress.advance(stored[item.oid])
        return stored

    def _push(self, item: Outgoing, body: io.BufferedReader) -> None:
        body.seek(0)
        headers = {"Content-Length": str(item.path.stat().st_size), "Content-Type": "application/octet-stream"}
        try:
            with self._client.ask(self._parsed.method, self._path(item.oid), headers=headers, body=body):
                pass
        except Absent:
            hint = f"look at its address, and at the method: `dvc remote modify {self.name} method PUT`"
            raise NotFinished(f"{self.place(item.oid)} cannot be written: it answered 404", hint=hint) from None

    def _size(self, oid: str) -> int | None:
        return persistently(lambda: self._asked_size(oid), Patience(self.describe()))

    def _asked_size(self, oid: str) -> int | None:
        try:
            with self._client.ask("HEAD", self._path(oid)) as response:
                told = told_size(response)
        except Absent:
            return None
        if told is not None:
            return told
        # Some servers do not tell; then the bytes have to.
        with self.read(Request(oid, 0), 0) as pieces:
            return sum(map(len, pieces))

    def _path(self, oid: str) -> str:
        query = f"?{self._parsed.query}" if self._parsed.query else ""
        return f"{self._parsed.path}/{object_path(oid)}{query}"
