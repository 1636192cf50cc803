"""A real S3 server: ``rclone serve s3``, which checks signatures and keeps objects as plain files."""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

from support.rclone import rclone_serving

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from support.certificates import Certificate

__all__ = ["BUCKET", "S3Server", "serve_s3"]

BUCKET = "models"
# Without it, an object that was changed on the disk is an error of the server's.
_FLAG = "--local-no-check-updated"


@dataclass(frozen=True)
class S3Server:
    """A running server, the directory that it serves, and the key that it accepts."""

    endpoint: str
    root: Path
    access_key_id: str = "AKIDEXAMPLE"
    secret_access_key: str = "an-example-of-a-secret"

    @property
    def bucket(self) -> Path:
        """The one bucket, whose objects are files."""
        return self.root / BUCKET

    def options(self) -> dict[str, str]:
        """Return DVC's settings of a remote on this server, beside its URL."""
        return {
            "endpointurl": self.endpoint,
            "region": "us-east-1",
            "access_key_id": self.access_key_id,
            "secret_access_key": self.secret_access_key,
        }


@contextmanager
def serve_s3(root: Path, *, certificate: Certificate | None = None) -> Iterator[S3Server]:
    """Serve the directory at a port of the system's choice until the block ends.

    The server remembers what it has listed: a test that changes an object's size on the disk starts another one.
    """
    (root / BUCKET).mkdir(parents=True, exist_ok=True)
    key = f"{S3Server.access_key_id},{S3Server.secret_access_key}"
    with rclone_serving("s3", _FLAG, "--auth-key", key, root, certificate=certificate) as endpoint:
        yield S3Server(endpoint, root)
