"""A remote in S3, or in what speaks like it, through obstore."""

from __future__ import annotations

import re
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING, Any

from modelyard.errors import NotFinished
from modelyard.storage.layout import is_oid, object_path
from modelyard.storage.patience import Patience, persistently
from modelyard.storage.reading import arrivals
from modelyard.storage.remotes import Absent, Interrupted

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from obstore.store import S3Store

    from modelyard.storage.dvcconfig import RemoteSettings
    from modelyard.storage.progress import Progress
    from modelyard.storage.remotes import Arrival, Outgoing, Request
    from modelyard.storage.s3_settings import S3Settings

__all__ = ["S3Remote"]

_JOBS = 16
_PIECE = 1 << 18
_PATIENCE = 60  # seconds for an answer; more for many bytes
_SLOWEST = 50_000  # bytes in a second
_PART = 16 << 20  # of an upload
_PAGE = 1000  # objects that a server lists at once
_LEAST_PAGES = 4
_AT_ONCE = 4

_SAID = re.compile(r"Server returned non-2xx status code: ([0-9]{3} [A-Za-z -]+?):")
_CODE = re.compile(r"<Code>([A-Za-z]+)</Code>")
_PASSING = ("408", "425", "429", "500", "502", "503", "504")
_ADVICE = {
    "NoSuchBucket": "there is no such bucket: look at the address, `dvc remote list`",
    "InvalidAccessKeyId": "the server does not know this key: look at your credentials for it",
    "SignatureDoesNotMatch": "the secret does not belong to the key: look at your credentials for it",
    "RequestTimeTooSkewed": "this machine's clock is wrong: set it, and run the command again",
    "ExpiredToken": "sign in again, and run the command again",
    "InvalidToken": "sign in again, and run the command again",
    "AuthorizationHeaderMalformed": "name the bucket's region: `dvc remote modify {name} region <region>`",
    "AccessDenied": "the key may not read there: it needs s3:GetObject and s3:ListBucket",
}
_HINT = "look at its address (`dvc remote list`), at your credentials for it, and at the network"


class S3Remote:
    """Objects below a prefix of a bucket, as DVC lays them there. Nothing is contacted yet."""

    def __init__(self, settings: RemoteSettings, parsed: S3Settings) -> None:
        self.name = settings.name
        self.settings = settings
        self._address = settings.address.rstrip("/")
        self._parsed = parsed
        self._stores: dict[int, S3Store] = {}

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
            found = zip(oids, pool.map(self._size, oids), strict=True)
            return {oid: size for oid, size in found if size is not None}

    def fetch_many(self, requests: Sequence[Request]) -> Iterator[Arrival]:
        """Yield each object, from memory.

        :raises NotFinished: the remote cannot be reached, or refuses.
        """
        return arrivals(self, requests)

    @contextmanager
    def read(self, request: Request, start: int) -> Iterator[Iterator[bytes]]:
        """Give the object's bytes from that offset on; see :meth:`Resumable.read`."""
        yield self._pieces(request, start)

    def push_many(self, objects: Sequence[Outgoing], *, progress: Progress) -> Mapping[str, int]:
        """Upload the objects, large ones in parts, and return the sizes that they have there.

        :raises NotFinished: the remote cannot be reached, is full, or refuses.
        """
        stored = {}
        for item in objects:
            persistently(lambda item=item: self._push(item), Patience(self.describe()))  # type: ignore[misc]
            stored[item.oid] = self._size(item.oid) or 0
            progress.advance(stored[item.oid])
        return stored

    def presigned(self, oids: Sequence[str], *, expires: int) -> list[str]:
        """Return addresses that objects can be fetched from, by anybody, for so many seconds.

        :raises NotFinished: there are no credentials to sign with, or they cannot be had.
        """
        from datetime import timedelta

        import obstore

        store, until = self._store(0), timedelta(seconds=expires)

        def sign() -> list[str]:
            with self._translated():
                return [obstore.sign(store, "GET", self._key(oid), until) for oid in oids]

        return persistently(sign, Patience(self.describe()))

    def stored(self) -> Mapping[str, int]:
        """Return the sizes of all objects, whose keys are exactly those that we would give them.

        :raises NotFinished: the remote cannot be reached, or refuses.
        """

        def listing() -> dict[str, int]:
            with self._translated():
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

        with suppress(Absent), self._translated():
            obstore.delete(self._store(0), keys)

    def _push(self, item: Outgoing) -> None:
        import obstore

        store, key = self._store(item.path.stat().st_size), self._key(item.oid)
        with self._translated():
            obstore.put(store, key, item.path, chunk_size=_PART, max_concurrency=_AT_ONCE)

    def _sizes_by_listing(self, oids: Sequence[str], pages: int) -> dict[str, int] | None:
        """Return the sizes of those objects that are there, or None where so many pages do not hold all."""
        wanted = {self._key(oid): oid for oid in oids}

        def listing() -> dict[str, int] | None:
            found = {}
            with self._translated():
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
        import obstore

        store, key = self._store(0), self._key(oid)
        try:
            with self._translated():
                return obstore.head(store, key)["size"]
        except Absent:
            return None

    def _pieces(self, request: Request, start: int) -> Iterator[bytes]:
        import obstore

        store, key = self._store(request.limit), self._key(request.oid)
        with self._translated():
            try:
                answer = obstore.get(store, key, options={"range": {"offset": start}} if start else {})
                skipped = 0
            except obstore.exceptions.GenericError as error:
                if "416 Range Not Satisfiable" in str(error):
                    return  # it has no more bytes than we do
                if "non-partial response" not in str(error):
                    raise
                # Some servers do not know ranges, or do not say that they do.
                answer, skipped = obstore.get(store, key), start
            for piece in answer.stream(min_chunk_size=_PIECE):
                if skipped < len(piece):
                    yield memoryview(piece)[skipped:].tobytes() if skipped else piece
                skipped = max(skipped - len(piece), 0)

    def _key(self, oid: str) -> str:
        return f"{self._parsed.prefix}/{object_path(oid)}".lstrip("/")

    def _store(self, size: int) -> S3Store:
        """Return a client whose requests end in time, however slowly an object of that size comes."""
        from datetime import timedelta

        from obstore.store import S3Store

        seconds = _PATIENCE + min(size, 1 << 50) // _SLOWEST
        magnitude = seconds.bit_length()
        if magnitude not in self._stores:
            client = {**self._parsed.client, "timeout": f"{1 << magnitude}s"}
            # Retries are ours, so that they go on where a transfer was cut.
            retry = {"max_retries": 0, "retry_timeout": timedelta(seconds=1 << magnitude)}
            options: dict[str, Any] = {**self._parsed.store, "client_options": client, "retry_config": retry}
            self._stores[magnitude] = S3Store(self._parsed.bucket, **options)
        return self._stores[magnitude]

    @contextmanager
    def _translated(self) -> Iterator[None]:
        """Turn what the client raises into what we do."""
        from obstore.exceptions import BaseError

        try:
            yield
        except FileNotFoundError as error:
            if "NoSuchBucket" in str(error):
                raise self._refusal(str(error)) from error
            raise Absent from error
        except (BaseError, OSError) as error:
            text = str(error)
            said = _SAID.search(text)
            if "without LOCATION" in text:
                hint = _ADVICE["AuthorizationHeaderMalformed"].format(name=self.name)
                raise NotFinished(f"{self.describe()} is in another region", hint=hint) from error
            if said and not said[1].startswith(_PASSING):
                raise self._refusal(text) from error
            raise Interrupted(_reason(text, said)) from error

    def _refusal(self, text: str) -> NotFinished:
        code, said = _CODE.search(text), _SAID.search(text)
        told = ", ".join(match[1] for match in (said, code) if match)
        hint = (_ADVICE.get(code[1], _HINT) if code else _HINT).format(name=self.name)
        return NotFinished(f"{self.describe()} cannot be used: it answered {told}", hint=hint)


def _oid(key: str) -> str:
    """Return what would be the object's id, if the key is that of an object."""
    return "".join(key.split("/")[-2:])


def _reason(text: str, said: re.Match[str] | None) -> str:
    if said:
        return f"it answered {said[1]}"
    if "Timeout" in text or "timed out" in text:
        return "nothing came for too long"
    if "kind: Connect" in text:
        return "there is no connection to it"
    if "kind: Interrupted" in text or "kind: Body" in text:
        return "the connection was cut"
    return text.partition("\n")[0].strip()
