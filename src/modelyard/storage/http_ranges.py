"""Ranges of what a web server has: asked for, and taken from whatever it sends instead."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from modelyard.storage.http_client import body_of
from modelyard.storage.remotes import Interrupted, Part

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from http.client import HTTPResponse

__all__ = ["part_of", "pieces_from", "range_from", "told_size"]

_CONTENT_RANGE = re.compile(r"bytes ([0-9]{1,18})-[0-9]{1,18}/(?:([0-9]{1,18})|\*)", re.ASCII)
# One that is weak, as it begins with W/, stands for bytes that may differ.
_STRONG_TAG = re.compile(r'"[!#-~]*"', re.ASCII)


def range_from(start: int, stop: int | None = None, *, tag: str | None = None) -> Mapping[str, str]:
    """Return the headers that ask for the bytes from an offset on, up to another one.

    :param tag: the entity tag that the answer must be of.
    """
    if not start and stop is None:
        return {}
    only = {"If-Match": tag} if tag else {}
    return {"Range": f"bytes={start}-{'' if stop is None else stop - 1}", **only}


def pieces_from(response: HTTPResponse, start: int) -> Iterator[bytes]:
    """Yield the bytes from an offset on, of an answer that may begin before it: some servers know no ranges.

    :raises Interrupted: it begins behind the offset, or ends early.
    """
    if response.status == 416:
        return  # it has no more bytes than we do
    first, _ = _content_range(response)
    if first > start:
        raise Interrupted(f"asked for the bytes from {start} on, it sent those from {first} on")
    yield from _after(body_of(response), start - first)


def part_of(response: HTTPResponse, start: int) -> Part:
    """Return what an answer to the question for a range is, with its bytes from the offset on."""
    first, total = _content_range(response)
    tag = response.getheader("ETag") or ""
    return Part(
        pieces_from(response, start),
        first == start and response.getheader("Content-Range") is not None,
        total,
        tag if _STRONG_TAG.fullmatch(tag) else None,
    )


def told_size(response: HTTPResponse) -> int | None:
    """Return how many bytes an answer says that the whole has, where it says so."""
    told = response.getheader("Content-Length") or ""
    return int(told) if told.isascii() and told.isdigit() else None


def _content_range(response: HTTPResponse) -> tuple[int, int | None]:
    """Return where an answer begins, and the size of the whole; there are servers that give a part with status 200."""
    told = _CONTENT_RANGE.match(response.getheader("Content-Range") or "")
    return (int(told[1]), int(told[2]) if told[2] else None) if told else (0, None)


def _after(pieces: Iterator[bytes], count: int) -> Iterator[bytes]:
    """Leave out so many bytes, which a server sent although it was not asked for them."""
    for piece in pieces:
        if count < len(piece):
            yield piece[count:] if count > 0 else piece
        count = max(count - len(piece), 0)
