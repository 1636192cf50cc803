"""An authority that only a test trusts, and certificates of servers that it signs."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import trustme

__all__ = ["Authority", "Certificate"]


@dataclass(frozen=True)
class Certificate:
    """The files that a server is started with."""

    chain: Path
    key: Path


@dataclass(frozen=True)
class Authority:
    """An authority whose files lie in a directory."""

    directory: Path

    @cached_property
    def _authority(self) -> trustme.CA:
        return trustme.CA()

    @cached_property
    def file(self) -> Path:
        """The certificate that one has to trust."""
        path = self.directory / "authority.pem"
        path.write_bytes(self._authority.cert_pem.bytes())
        return path

    def sign(self, name: str, host: str, *, until: dt.datetime | None = None) -> Certificate:
        """Return a certificate of a host, the current one of which ends when it is told to."""
        issued = self._authority.issue_cert(host, not_after=until)
        certificate = Certificate(self.directory / f"{name}.pem", self.directory / f"{name}.key")
        certificate.chain.write_bytes(b"".join(blob.bytes() for blob in issued.cert_chain_pems))
        certificate.key.write_bytes(issued.private_key_pem.bytes())
        return certificate
