"""Addresses with a scheme: who signs in there, which is nobody's business but his."""

from __future__ import annotations

__all__ = ["without_user"]


def without_user(address: str, *, keep_name: bool = False) -> str:
    """Return an address without user and password; what has no scheme is returned as it is.

    :param keep_name: leaves the user's name, where it is part of the address: ``ssh://git@host/path``.
    """
    scheme, slashes, rest = address.partition("://")
    authority, slash, path = rest.partition("/")
    user, at, host = authority.rpartition("@")
    name = f"{user.partition(':')[0]}{at}" if keep_name else ""
    return f"{scheme}{slashes}{name}{host}{slash}{path}" if slashes else address
