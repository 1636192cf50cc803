"""A remote in S3, or in what speaks like it, through obstore."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING, Any

from modelyard.errors import NotFinished
from modelyard.storage.http_ranges import part_of, pieces_from, range_from, told_size
from modelyard.storage.layout import is_oid, object_path
from modelyard.storage.patience import Patience, persistently
from modelyard.storage.proxies import proxy_for
from modelyard.storage.reading import arrivals
from modelyard.storage.remotes import Absent, Interrupted
from modelyard.storage.s3_client import SignedClient
from modelyard.storage.s3_guard import kept_to
from modelyard.storage.s3_refusals import Refusals

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from typing import BinaryIO

    from obstore.store import S3Store

    from modelyard.storage.dvcconfig import RemoteSettings
    from modelyard.storage.progress import Progress
    from modelyard.storage.remotes import Arrival, Outgoing, Part, Request
    from modelyard.storage.s3_settings import S3Settings

__all__ = ["S3Remote"]

_JOBS = 16
_PATIENCE = 60  # seconds for an answer; more for many bytes
_SLOWEST = 50_000  # bytes in a second
_PART = 8 << 20  # of an upload, which is given up between two of them
_MOST_PARTS = 9_000  # S3 takes 10 000
_PAGE = 1000  # objects that a server lists at once
_LEAST_PAGES = 4
_AT_ONCE = 4


class S3Remote:
    """Objects below a prefix of a bucket, as DVC lays them there. Nothing is contacted yet."""

    def __init__(self, settings: RemoteSettings, parsed: S3Settings) -> None:
        self.name = settings.name
        self.settings = settings
        self._address = settings.address.rstrip("/")
        self._parsed = parsed
        self._stores: dict[int, S3Store] = {}
        self._refusals = Refusals(settings.name, self.describe())
        self._client = SignedClient(settings, parsed, self._refusals)

    def describe(self) -> str:
        """Return name and URL."""
        return f"remote {self.name!r} ({self._address})"

    def place(self, oid: str) -> str:
        """Return name and URL of the object."""
        return f"remote {self.name!r} ({self._address}/{object_path(oid)})"

    def sizes(self, oids: Sequence[str]) -> Mapping[str, int]:
        """Return the sizes of those objects that are there.

        Where many are asked about, the bucket is listed, a thousand objects to a request; it is asked about each one
        where it holds so many others that this is quicker.

        :raises NotFinished: the remote cannot be reached, or refuses.
        """
        pages = len(oids) // _JOBS
        listed = self._sizes_by_listing(oids, pages) if pages >= _LEAST_PAGES else None
        if listed is not None:
            return listed
        with ThreadPoolExecutor(_JOBS) as pool:
            asked = zip(oids, pool.map(self._size, oids), strict=True)
            found = {oid: size for oid, size in asked if size is not None}
        if not found and oids:
            # A bucket that is not there lacks every object too, and says which it is only in words.
            persistently(lambda: self._ask_why(oids[0]), Patience(self.describe()))
        return found

    def fetch_many(self, requests: Sequence[Request]) -> Iterator[Arrival]:
        """Yield each object, from memory.

        :raises NotFinished: the remote cannot be reached, or refuses.
        """
        return arrivals(self, requests)

    @contextmanager
    def read(self, request: Request, start: int) -> Iterator[Iterator[bytes]]:
        """Give the object's bytes from that offset on; see :meth:`Resumable.read`."""
        with self._client.ask("GET", self._key(request.oid), headers=range_from(start)) as response:
            yield pieces_from(response, start)

    @contextmanager
    def part(self, request: Request, start: int, stop: int, *, tag: str | None = None) -> Iterator[Part]:
        """Give the object's bytes from one offset up to another; see :meth:`Ranged.part`."""
        headers = range_from(start, stop, tag=tag)
        with self._client.ask("GET", self._key(request.oid), headers=headers) as response:
            yield part_of(response, start)

    def push_many(self, objects: Sequence[Outgoing], *, progress: Progress) -> Mapping[str, int]:
        """Upload the objects, large ones in parts, and return the sizes that they have there.

        A signal gets through between two parts; of an object that is not whole by then nothing stays there.

        :raises NotFinished: the remote cannot be reached, is full, or refuses.
        """
        stored = {}
        for item in objects:
            persistently(lambda item=item: self._push(item, progress), Patience(self.describe()))  # type: ignore[misc]
            stored[item.oid] = self._size(item.oid) or 0
        return stored

    def presigned(self, oids: Sequence[str], *, expires: int) -> list[str]:
        """Return addresses that objects can be fetched from, by anybody, for so many seconds.

        :raises NotFinished: there are no credentials to sign with, or they cannot be had.
        """
        keys = list(map(self._key, oids))
        return persistently(lambda: self._client.addresses("GET", keys, expires=expires), Patience(self.describe()))

    def stored(self) -> Mapping[str, int]:
        """Return the sizes of all objects, whose keys are exactly those that we would give them.

        :raises NotFinished: the remote cannot be reached, or refuses.
        """

        def listing() -> dict[str, int]:
            with self._refusals.translated():
                named = ((_oid(each["path"]), each) for page in self._pages() for each in page)
                return {oid: each["size"] for oid, each in named if is_oid(oid) and self._key(oid) == each["path"]}

        return persistently(listing, Patience(self.describe()))

    def delete_many(self, oids: Sequence[str]) -> None:
        """Delete objects, a batch at a time, in this order; one that is gone already is no failure.

        :raises NotFinished: the remote cannot be reached, or refuses.
        """
        for start in range(0, len(oids), _PAGE):
            keys = [self._key(oid) for oid in oids[start : start + _PAGE]]
            persistently(lambda keys=keys: self._delete(keys), Patience(self.describe()))  # type: ignore[misc]

    def _delete(self, keys: list[str]) -> None:
        import obstore

        with suppress(Absent), self._refusals.translated():
            obstore.delete(self._store(0), keys)

    def _push(self, item: Outgoing, progress: Progress) -> None:
        import obstore

        size = item.path.stat().st_size
        store, key, part = self._store(size), self._key(item.oid), max(_PART, size // _MOST_PARTS + 1)
        with self._refusals.translated(), item.path.open("rb") as file:
            if size <= _PART:
                obstore.put(store, key, file.read())
                progress.advance(size)
            else:
                # Of an iterator, it asks for the next part in this thread, where signals are heard; whatever that
                # raises gives the upload up.
                obstore.put(store, key, _parts(file, part, progress), chunk_size=part, max_concurrency=_AT_ONCE)

    def _sizes_by_listing(self, oids: Sequence[str], pages: int) -> dict[str, int] | None:
        """Return the sizes of those objects that are there, or None where so many pages do not hold all."""
        wanted = {self._key(oid): oid for oid in oids}

        def listing() -> dict[str, int] | None:
            found = {}
            with self._refusals.translated():
                for count, page in enumerate(self._pages()):
                    if count == pages:
                        return None
                    found.update({wanted[each["path"]]: each["size"] for each in page if each["path"] in wanted})
            return found

        return persistently(listing, Patience(self.describe()))

    def _pages(self) -> Iterator[Sequence[Any]]:
        import obstore

        prefix = f"{self._parsed.prefix}/files/md5".lstrip("/")
        return iter(obstore.list(self._store(0), prefix, chunk_size=_PAGE))

    def _size(self, oid: str) -> int | None:
        return persistently(lambda: self._asked_size(oid), Patience(self.describe()))

    def _asked_size(self, oid: str) -> int | None:
        try:
            with self._client.ask("HEAD", self._key(oid)) as response:
                size = told_size(response)
        except Absent:
            return None
        except NotFinished:
            self._ask_why(oid)
            raise
        if size is None:
            raise Interrupted("it did not say how large the object is")
        return size

    def _ask_why(self, oid: str) -> None:
        """Ask for an object's first byte, since what answers a HEAD has no words in it.

        :raises NotFinished: the server refuses, and says why.
        """
        with suppress(Absent), self._client.ask("GET", self._key(oid), headers={"Range": "bytes=0-0"}):
            pass

    def _key(self, oid: str) -> str:
        return f"{self._parsed.prefix}/{object_path(oid)}".lstrip("/")

    def _store(self, size: int) -> S3Store:
        """Return a client whose requests end in time, however slowly an object of that size comes."""
        from datetime import timedelta

        from obstore.store import S3Store

        seconds = _PATIENCE + min(size, 1 << 50) // _SLOWEST
        magnitude = seconds.bit_length()
        if magnitude not in self._stores:
            server = self._client.server()
            # A proxy of the environment is somebody's own gate, and has to be gone through.
            proxy = proxy_for(server.scheme, server.host, server.port)
            guard = {} if proxy else kept_to(server.host, self._parsed)
            client = {**self._parsed.client, **guard, "timeout": f"{1 << magnitude}s"}
            # Retries are ours, so that they go on where a transfer was cut.
            retry = {"max_retries": 0, "retry_timeout": timedelta(seconds=1 << magnitude)}
            options: dict[str, Any] = {**self._parsed.store, "client_options": client, "retry_config": retry}
            self._stores[magnitude] = S3Store(self._parsed.bucket, **options)
        return self._stores[magnitude]


def _parts(file: BinaryIO, size: int, progress: Progress) -> Iterator[bytes]:
    """Yield a file in parts, and count each once the next one is asked for."""
    while part := file.read(size):
        yield part
        progress.advance(len(part))


def _oid(key: str) -> str:
    """Return what would be the object's id, if the key is that of an object."""
    return "".join(key.split("/")[-2:])
