"""Addresses of repositories: which are taken, and what of them may be shown."""

from __future__ import annotations

import re

from modelyard.errors import UsageError

__all__ = ["require_url", "scrubbed"]

_HELPER = re.compile(r"[A-Za-z0-9][A-Za-z0-9+.-]*::", re.ASCII)
_SECRETS = re.compile(r"(?<=://)[^/\s]*@", re.ASCII)


def require_url(text: str) -> str:
    """Return the text where git would take it for an address, and for nothing that it would run.

    :raises UsageError: it is empty, an option, names a remote helper (``ext::``), or holds control characters.
    """
    if not text or text.startswith("-") or _HELPER.match(text) or not text.isprintable():
        raise UsageError(
            f"{scrubbed(text)!r} is not an address of a repository", hint="give a path, an https or an ssh address"
        )
    return text


def scrubbed(text: str) -> str:
    """Return a message without what may be a credential in any address in it."""
    return _SECRETS.sub("", text)
