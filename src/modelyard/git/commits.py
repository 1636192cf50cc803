"""The format of commit objects (gitformat-commit): what a commit says, read without a process."""

from __future__ import annotations

import re
from datetime import datetime, timezone

from modelyard.values import dataclass

__all__ = ["Commit", "parse_commit"]

_PERSON = re.compile(rb"(?P<name>.*?) ?<(?P<email>[^<>]*)> (?P<seconds>-?[0-9]{1,15}) [-+][0-9]{4,}")
_LAST_SECOND = 253402300799


@dataclass(frozen=True)
class Commit:
    """One commit.

    :param tree: id of its root tree.
    :param parents: ids of its parents; the first is the branch that a merge went into.
    :param author: the author's name, and ``email`` the address.
    :param committed_at: when the commit was made, in UTC, to the second.
    """

    id: str
    tree: str
    parents: tuple[str, ...]
    author: str
    email: str
    committed_at: datetime
    message: str


def parse_commit(commit_id: str, raw: bytes) -> Commit:
    """Return what the raw commit object says.

    :raises ValueError: the bytes are not a commit object.
    """
    head, _, message = raw.partition(b"\n\n")
    headers: dict[bytes, list[bytes]] = {}
    for line in head.split(b"\n"):
        # A continuation of a multi-line header, such as a signature, starts with a space.
        if not line.startswith(b" "):
            key, _, value = line.partition(b" ")
            headers.setdefault(key, []).append(value)
    author = _person(headers, b"author")
    committer = _person(headers, b"committer")
    return Commit(
        id=commit_id,
        tree=_first(headers, b"tree").decode("ascii"),
        parents=tuple(parent.decode("ascii") for parent in headers.get(b"parent", ())),
        author=author["name"].decode("utf-8", "replace"),
        email=author["email"].decode("utf-8", "replace"),
        committed_at=_moment(int(committer["seconds"])),
        message=message.decode("utf-8", "replace"),
    )


def _person(headers: dict[bytes, list[bytes]], key: bytes) -> re.Match[bytes]:
    match = _PERSON.fullmatch(_first(headers, key))
    if not match:
        raise ValueError(f"the commit has a malformed {key.decode()}")
    return match


def _first(headers: dict[bytes, list[bytes]], key: bytes) -> bytes:
    if key not in headers:
        raise ValueError(f"the commit has no {key.decode()}")
    return headers[key][0]


def _moment(seconds: int) -> datetime:
    return datetime.fromtimestamp(max(0, min(seconds, _LAST_SECOND)), tz=timezone.utc)
