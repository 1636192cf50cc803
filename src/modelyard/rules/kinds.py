"""Entries that are no plain file: said the same way wherever in a registry one lies."""

from __future__ import annotations

from typing import TYPE_CHECKING

from modelyard.rules.finding import Finding
from modelyard.rules.hints import removed, shown, word

if TYPE_CHECKING:
    from modelyard.tree import Kind

__all__ = ["no_plain_file"]


def no_plain_file(path: str, name: str, kind: Kind) -> Finding | None:
    """Return what is found at a path where a symbolic link, a submodule or a program stands, None elsewhere.

    :param name: what a reader calls the entry.
    """
    if kind == "executable":
        return Finding(path, f"{shown(name)} is executable", f"chmod -x {word(path)}")
    if kind == "symlink":
        return Finding(path, f"{shown(name)} is a symbolic link", "put the file itself there")
    if kind == "submodule":
        message = f"{shown(name)} is a submodule, so what it holds lies in another repository"
        return Finding(path, message, f"{removed(path)}, and put its files themselves there")
    return None
