"""Objects of a bucket, asked for at addresses that obstore signs, by our own client of HTTP.

obstore knows every way to a key, and follows a redirection to any host. So it signs, which needs no request, and we
ask: the bucket's own server and no other.
"""

from __future__ import annotations

from contextlib import contextmanager
from datetime import timedelta
from threading import Lock
from typing import TYPE_CHECKING

from modelyard.storage.http_client import HttpClient
from modelyard.storage.http_settings import HttpSettings
from modelyard.values import replace

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from http.client import HTTPResponse
    from typing import Literal

    from obstore.store import S3Store

    from modelyard.storage.dvcconfig import RemoteSettings
    from modelyard.storage.s3_refusals import Refusals
    from modelyard.storage.s3_settings import S3Settings

__all__ = ["SignedClient"]

_SOON = 900  # seconds; a server looks at the time when a request begins
# obstore signs for nobody but who has a key. What it signs with this one is cut off again.
_NOBODY = {"access_key_id": "nobody", "secret_access_key": "nothing", "skip_signature": False}


class SignedClient:
    """Asks for objects by their keys. Any number of threads may."""

    def __init__(self, settings: RemoteSettings, parsed: S3Settings, refusals: Refusals) -> None:
        self._settings = settings
        self._parsed = parsed
        self._refusals = refusals
        self._making = Lock()
        self._store: S3Store | None = None
        self._client: HttpClient | None = None

    def addresses(self, method: Literal["GET", "HEAD"], keys: Sequence[str], *, expires: int = _SOON) -> list[str]:
        """Return the URLs at which anybody may ask for the objects, for so many seconds.

        :raises Interrupted: credentials cannot be had at the moment.
        :raises NotFinished: there are none.
        """
        import obstore

        with self._refusals.translated():
            signed = obstore.sign(self._signing(), method, keys, timedelta(seconds=expires))
        return [url.partition("?")[0] for url in signed] if self._parsed.is_public else list(signed)

    @contextmanager
    def ask(
        self, method: Literal["GET", "HEAD"], key: str, *, headers: Mapping[str, str] | None = None
    ) -> Iterator[HTTPResponse]:
        """Give the answer to a request, with its body still to be read.

        :raises Absent: there is no such object.
        :raises Interrupted: there was no answer, or one that says "later".
        :raises NotFinished: the server refuses, or sends us to another one.
        """
        (address,) = self.addresses(method, [key])
        client = self._at(address)
        with client.ask(method, address[len(client.origin) :], headers=headers) as response:
            yield response

    def server(self) -> HttpSettings:
        """Return where the bucket's server is, and how it is asked; addresses are signed to know it.

        :raises Interrupted: credentials cannot be had at the moment.
        :raises NotFinished: there are none.
        """
        return self._at(*self.addresses("HEAD", ["-"])).settings

    def _signing(self) -> S3Store:
        from obstore.store import S3Store

        with self._making:
            if self._store is None:
                nobody = _NOBODY if self._parsed.is_public else {}
                options = {**self._parsed.store, **nobody, "client_options": self._parsed.client}
                self._store = S3Store(self._parsed.bucket, **options, retry_config={"max_retries": 0})
            return self._store

    def _at(self, address: str) -> HttpClient:
        """Return the client of the bucket's server, which is the same for all of its objects."""
        with self._making:
            if self._client is None:
                # DVC has the same names for what a bucket's and a web server's remote say of certificates and time.
                options = {**self._settings.options, "ssl_verify": self._parsed.verify}
                settings = HttpSettings.of(replace(self._settings, url=address.partition("?")[0], options=options))
                self._client = HttpClient(settings, describe=self._refusals.describe, refusal=self._refusals.of)
            return self._client
