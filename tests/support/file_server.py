"""A plain web server of files: ``rclone serve http``, which knows ranges and keeps its files as files."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

from support.rclone import rclone_serving

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from support.certificates import Certificate

__all__ = ["serve_files"]

# Without it, a file that was changed on the disk is an error of the server's.
_FLAGS = ("--local-no-check-updated", "--dir-cache-time", "0s")


@contextmanager
def serve_files(root: Path, *, user: str | None = None, certificate: Certificate | None = None) -> Iterator[str]:
    """Serve the directory until the block ends, and give the server's address.

    :param user: ``name:password`` of the one who may read; everybody where it is left out.
    :param certificate: lets it speak TLS.
    """
    name, _, password = (user or "").partition(":")
    asked = ("--user", name, "--pass", password) if user else ()
    with rclone_serving("http", *_FLAGS, *asked, root, certificate=certificate) as endpoint:
        yield endpoint
