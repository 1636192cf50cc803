"""``git http-backend``, asked as a web server asks it (RFC 3875)."""

from __future__ import annotations

import os
import subprocess
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from email.message import Message
    from pathlib import Path

__all__ = ["answer_of_git"]


def answer_of_git(
    root: Path, method: str, path: str, query: str, headers: Message, body: bytes
) -> tuple[int, dict[str, str], bytes]:
    """Return status, headers and body that Git has for a request about a repository below a folder."""
    environment = {
        **os.environ,
        "GIT_PROJECT_ROOT": str(root),
        "GIT_HTTP_EXPORT_ALL": "1",
        "PATH_INFO": path,
        "QUERY_STRING": query,
        "REQUEST_METHOD": method,
        "CONTENT_TYPE": headers.get("Content-Type", ""),
        "CONTENT_LENGTH": str(len(body)),
        "HTTP_CONTENT_ENCODING": headers.get("Content-Encoding", ""),
        "GIT_PROTOCOL": headers.get("Git-Protocol", ""),
        "REMOTE_ADDR": "127.0.0.1",
    }
    ran = subprocess.run(
        ["git", "http-backend"], input=body, capture_output=True, env=environment, check=True, timeout=120
    )
    head, _, content = ran.stdout.partition(b"\r\n\r\n")
    fields = dict(line.split(": ", 1) for line in head.decode().split("\r\n"))
    return int(fields.pop("Status", "200")[:3]), fields, content
