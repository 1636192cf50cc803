"""Addresses in a card: what they say once escapes are undone, and whether following one runs a program."""

from __future__ import annotations

import re

__all__ = ["runs", "scheme_of", "unescaped"]

_SCHEME = re.compile(r"([A-Za-z][A-Za-z0-9+.-]*):", re.ASCII)
_ESCAPE = re.compile(r"\\([!-/:-@\[-`{-~])", re.ASCII)
# Browsers drop these within a scheme, and before it.
_IGNORED = re.compile(r"[\x00-\x20\x7f-\xa0\u2028\u2029]")
_RUNNING = frozenset(("javascript", "vbscript", "livescript", "mocha", "data", "jar", "view-source", "feed", "blob"))
_PICTURE = re.compile(r"data:image/(?:png|gif|jpe?g|webp);base64,", re.IGNORECASE | re.ASCII)


def unescaped(address: str) -> str:
    """Return an address without backslashes before punctuation and with its HTML entities read."""
    if "\\" in address:
        address = _ESCAPE.sub(r"\1", address)
    if "&" in address:
        from html import unescape

        address = unescape(address)
    return address


def scheme_of(address: str) -> str | None:
    """Return the scheme that an address begins with, in lower case; None for a relative one."""
    found = _SCHEME.match(address)
    return found[1].lower() if found else None


def runs(address: str) -> str | None:
    """Return the scheme of an address that runs something where it is followed, with its colon, else None.

    It may be hidden behind entities, spaces and control characters. Pictures as ``data:`` do not run.
    """
    if ":" not in address and "&" not in address:
        return None
    bare = _IGNORED.sub("", unescaped(address))
    scheme = scheme_of(bare)
    if scheme not in _RUNNING or _PICTURE.match(bare):
        return None
    return f"{scheme}:"
