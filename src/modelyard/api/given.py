"""What a program hands in where the command line takes a file or words: made plain, once, here."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

from modelyard.api.inputs import read_mapping
from modelyard.errors import UsageError

__all__ = ["mapping", "plain"]


def mapping(value: object, name: str) -> dict[str, Any]:
    """Return a mapping with plain values, or what the YAML or JSON file holds that a path names.

    :param name: what the value is, as messages call it.
    :raises UsageError: it is neither, or the file can't be read as a mapping.
    """
    if isinstance(value, (str, os.PathLike)):
        return read_mapping(Path(value), name)
    if not hasattr(value, "items"):
        raise UsageError(
            f"{name} is a {type(value).__name__}, not a mapping or a file", hint=f"{name}={{...}}, or {name}='FILE'"
        )
    return {str(key): plain(each) for key, each in value.items()}


def plain(value: Any) -> Any:
    """Return the value with scalars of NumPy, at any depth, as Python's own, and tuples as lists."""
    if hasattr(value, "items"):
        return {key: plain(each) for key, each in value.items()}
    if isinstance(value, (list, tuple)):
        return [plain(each) for each in value]
    # An array of no dimension is one number too; NumPy itself need not be imported to tell.
    if getattr(value, "ndim", None) == 0 and hasattr(value, "item"):
        return value.item()
    return value
