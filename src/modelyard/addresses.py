"""Addresses: what is one, and who signs in there, which is nobody's business but his."""

from __future__ import annotations

__all__ = ["is_address", "shareable", "without_user"]

_SSH = ("ssh://", "git+ssh://", "ssh+git://")


def is_address(text: str) -> bool:
    """Whether git takes the text for an address and not for a path: ``scheme://…`` or ``host:path``."""
    return "://" in text or ":" in text.partition("/")[0]


def shareable(address: str) -> str:
    """Return a repository's address as it may be recorded: without password, and without a user that can be a token.

    The user of an ssh address stays, since it is part of the address: ``git@host:path``.
    """
    return without_user(address, keep_name=address.lower().startswith(_SSH))


def without_user(address: str, *, keep_name: bool = False) -> str:
    """Return an address without user and password; what has no scheme is returned as it is.

    :param keep_name: leaves the user's name, where it is part of the address: ``ssh://git@host/path``.
    """
    scheme, slashes, rest = address.partition("://")
    authority, slash, path = rest.partition("/")
    user, at, host = authority.rpartition("@")
    name = f"{user.partition(':')[0]}{at}" if keep_name else ""
    return f"{scheme}{slashes}{name}{host}{slash}{path}" if slashes else address
