"""Paths in documents: relative, POSIX, the same on every machine and never a way out.

Documents come from strangers, and what they name is read, written and linked later. So a path is
refused here when any system could take it for something outside its directory or inside Git's.
"""

from __future__ import annotations

import unicodedata
from functools import lru_cache

from modelyard.documents.scalars import InvalidScalar, quoted

__all__ = ["parse_file_name", "parse_path"]

_LONGEST_PATH = 500
_LONGEST_NAME = 255
_UNSEEN = frozenset({"Cc", "Cf", "Cs", "Zl", "Zp"})
# How NTFS spells `.git` too; Git refuses these as well (core.protectNTFS).
_GIT_NAMES = frozenset({".git", "git~1"})
_RELATIVE = "write it relative to this directory, with '/' between names"


# The schema, the document and rules ask in turn, and versions of one model name the same files.
@lru_cache(maxsize=512)
def parse_path(text: str) -> str:
    """Return the text, a relative path of at most 500 characters.

    Guaranteed: no ``..``, ``.`` or empty part, no backslash, no control or invisible character,
    Unicode in form NFC, no part that is ``.git`` on any file system.

    :raises InvalidScalar: one of these does not hold.
    """
    if not text:
        raise InvalidScalar("the path is empty", _RELATIVE)
    if len(text) > _LONGEST_PATH:
        raise InvalidScalar(f"path {quoted(text)} has {len(text)} characters, at most {_LONGEST_PATH} are allowed")
    _require_portable(text)
    if text.startswith("/"):
        raise InvalidScalar(f"path {quoted(text)} is absolute", _RELATIVE)
    for part in text.split("/"):
        _require_plain(part, text)
    return text


def parse_file_name(text: str) -> str:
    """Return the text, a path of one part and at most 255 characters.

    :raises InvalidScalar: it is not a path (see :func:`parse_path`), or has more than one part.
    """
    if "/" in text:
        raise InvalidScalar(f"{quoted(text)} is not one plain file name", "name a file in this same directory")
    if len(text) > _LONGEST_NAME:
        raise InvalidScalar(f"file name {quoted(text)} has {len(text)} characters, at most {_LONGEST_NAME} are allowed")
    return parse_path(text)


def _require_portable(text: str) -> None:
    if "\\" in text:
        raise InvalidScalar(f"path {quoted(text)} holds a backslash", _RELATIVE)
    # Printable ASCII needs no closer look.
    if text.isascii() and text.isprintable():
        return
    if any(unicodedata.category(character) in _UNSEEN for character in text):
        raise InvalidScalar(f"path {quoted(text)} holds a control or invisible character", "rename the file")
    if not unicodedata.is_normalized("NFC", text):
        raise InvalidScalar(f"path {quoted(text)} is not in Unicode form NFC", "rename the file to the composed form")


def _require_plain(part: str, text: str) -> None:
    if part == "..":
        raise InvalidScalar(f"path {quoted(text)} leads out of its directory by '..'", _RELATIVE)
    if part in ("", "."):
        raise InvalidScalar(f"path {quoted(text)} has an empty part", _RELATIVE)
    if part.partition(":")[0].rstrip(". ").lower() in _GIT_NAMES:
        raise InvalidScalar(f"path {quoted(text)} leads into Git's own directory", "name a file outside '.git'")
