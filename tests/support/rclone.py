"""A server that rclone runs: started, read until it listens, and ended."""

from __future__ import annotations

import re
from contextlib import contextmanager
from typing import TYPE_CHECKING

from support.children import announced, child, drained
from support.tools import requires_tool

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from support.certificates import Certificate

__all__ = ["rclone_serving"]

_LISTENING = re.compile(r"(?:Starting s3 server|HTTP Server started) on \[(https?://[^/\]]+)")


@contextmanager
def rclone_serving(what: str, *arguments: str | Path, certificate: Certificate | None = None) -> Iterator[str]:
    """Run ``rclone serve`` at a port of the system's choice until the block ends, and give its address.

    :param certificate: lets it speak TLS.
    """
    words = [requires_tool("rclone"), "serve", what, "--addr", "127.0.0.1:0", "--log-level", "INFO", *arguments]
    if certificate:
        words += ["--cert", certificate.chain, "--key", certificate.key]
    with child(words) as process:
        endpoint = announced(process, _LISTENING, name="rclone")
        with drained(process):
            yield endpoint
