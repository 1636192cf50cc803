"""Addresses of repositories: which are taken, and what of them may be shown or recorded."""

from __future__ import annotations

import re

from modelyard.addresses import without_user
from modelyard.errors import UsageError

__all__ = ["is_address", "require_url", "scrubbed", "shareable"]

_HELPER = re.compile(r"[A-Za-z0-9][A-Za-z0-9+.-]*::", re.ASCII)
_SCHEME = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*://", re.ASCII)
_SECRETS = re.compile(r"(?<=://)[^/\s]*@", re.ASCII)
_SSH = ("ssh://", "git+ssh://", "ssh+git://")


def is_address(text: str) -> bool:
    """Whether git takes the text for an address and not for a path: ``scheme://…`` or ``host:path``."""
    return "://" in text or ":" in text.partition("/")[0]


def require_url(text: str) -> str:
    """Return the text where git would take it for an address, and for nothing that it would run.

    :raises UsageError: it is empty, an option, names a remote helper (``ext::``), or holds control characters.
    """
    if not text or text.startswith("-") or _HELPER.match(text) or not text.isprintable():
        raise UsageError(
            f"{scrubbed(text)!r} is not an address of a repository", hint="give a path, an https or an ssh address"
        )
    return text


def shareable(url: str) -> str:
    """Return the address as it may be recorded: without password, and without user where that can be a token.

    The user of an ssh address stays, since it is part of the address: ``git@host:path``.
    """
    scheme = _SCHEME.match(url)
    if not scheme:
        return url
    return without_user(url, keep_name=scheme[0].lower() in _SSH)


def scrubbed(text: str) -> str:
    """Return a message without what may be a credential in any address in it."""
    return _SECRETS.sub("", text)
