"""Paths of strangers in messages and hints: as a reader sees them, and as a shell takes them."""

from __future__ import annotations

__all__ = ["moved", "removed", "shown", "word"]

_LONGEST = 60


def shown(name: str) -> str:
    """Return a name in quotes, cut at 60 characters, with an escape for each byte that is not UTF-8."""
    if name.isprintable() and len(name) <= _LONGEST:
        return repr(name)
    import re

    text = re.sub(r"\\udc([89a-f][0-9a-f])", r"\\x\1", repr(name[:_LONGEST]))
    return text if len(name) <= _LONGEST else f"{text}…"


def word(path: str) -> str:
    """Return a path as one word of a POSIX shell; a character that nobody can type becomes an escape."""
    from shlex import quote

    if path.isprintable():
        return quote(path)
    escaped = "".join(
        chr(byte) if 0x20 <= byte < 0x7F and chr(byte) not in "'\\" else f"\\x{byte:02x}"
        for byte in path.encode("utf-8", "surrogateescape")
    )
    return f"$'{escaped}'"


def removed(path: str, *, folder: bool = False) -> str:
    """Return the command that removes a path."""
    return f"git rm {'-r ' if folder else ''}{word(path)}"


def moved(path: str, to: str) -> str:
    """Return the command that moves a path."""
    return f"git mv {word(path)} {word(to)}"
