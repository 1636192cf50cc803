"""A real S3 server: ``rclone serve s3``, which checks signatures and keeps objects as plain files."""

from __future__ import annotations

import collections
import re
import subprocess
from contextlib import contextmanager
from dataclasses import dataclass
from threading import Thread, Timer
from typing import TYPE_CHECKING

from support.tools import requires_tool

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

__all__ = ["BUCKET", "S3Server", "serve_s3"]

BUCKET = "models"
# Without the second flag, an object that was changed on the disk is an error of the server's.
_FLAGS = ("--addr", "127.0.0.1:0", "--local-no-check-updated", "--log-level", "INFO")
_LIMIT_SECONDS = 300
_LISTENING = re.compile(r"Starting s3 server on \[(http://[^/\]]+)")


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
def serve_s3(root: Path) -> Iterator[S3Server]:
    """Serve the directory at a port of the system's choice until the block ends.

    The server remembers what it has listed: a test that changes an object's size on the disk starts another one.
    """
    rclone = requires_tool("rclone")
    (root / BUCKET).mkdir(parents=True, exist_ok=True)
    key = f"{S3Server.access_key_id},{S3Server.secret_access_key}"
    process = subprocess.Popen(
        [rclone, "serve", "s3", *_FLAGS, "--auth-key", key, root],
        stderr=subprocess.PIPE,
        stdin=subprocess.DEVNULL,
        text=True,
    )
    # A server that hangs is killed, so that whoever waits for it fails instead of waiting for ever.
    limit = Timer(_LIMIT_SECONDS, process.kill)
    limit.daemon = True
    limit.start()
    with process:
        try:
            endpoint = _endpoint(process)
            with _drained(process):
                yield S3Server(endpoint, root)
        finally:
            limit.cancel()
            process.kill()


@contextmanager
def _drained(process: subprocess.Popen[str]) -> Iterator[None]:
    """Read what a server says until it ends, at the end of the block: a full pipe would stop it."""
    reader = Thread(target=collections.deque, args=(process.stderr, 0))
    reader.start()
    try:
        yield
    finally:
        process.kill()
        reader.join()


def _endpoint(process: subprocess.Popen[str]) -> str:
    seen = []
    for line in process.stderr or ():
        if found := _LISTENING.search(line):
            return found[1]
        seen.append(line)
    raise AssertionError("rclone did not start: " + "".join(seen))
