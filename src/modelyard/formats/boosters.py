r"""Boosted trees in their own formats: XGBoost's JSON and UBJSON, and LightGBM's text.

XGBoost writes its keys in order, so the library's version is the last thing in a model. LightGBM's
text starts with ``tree`` and the version of the text format, not of the library.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from modelyard.formats.facts import ArtifactFacts
from modelyard.formats.frameworks import Framework

if TYPE_CHECKING:
    from modelyard.formats.source import Source

__all__ = ["recognise", "version_in_xgboost_end"]

_END = 256
_JSON_START = re.compile(rb'\{\s*"(?:learner|version)"\s*:', re.ASCII)
_JSON_VERSION = re.compile(
    rb'"version"\s*:\s*\[\s*(\d{1,6})\s*,\s*(\d{1,6})\s*,\s*(\d{1,6})\s*\](?:\s*\}){1,2}\s*\Z', re.ASCII
)
_BINARY_START = b"{L\0\0\0\0\0\0\0\x07learner{"
# A key with its length, then an array of three integers of one, two or four bytes each.
_BINARY_VERSION = re.compile(
    rb"L\0{7}\x07version\[#L\0{7}\x03(i.|I..|l....)(i.|I..|l....)(i.|I..|l....)\}{1,2}\Z", re.DOTALL
)
_LIGHTGBM_START = re.compile(rb"tree\r?\nversion=v\d{1,3}\r?\n", re.ASCII)


def recognise(source: Source) -> ArtifactFacts | None:
    """Return the facts of an XGBoost or LightGBM model, or None."""
    if _LIGHTGBM_START.match(source.head):
        return ArtifactFacts("lightgbm", Framework("lightgbm", None))
    start = _JSON_START.match(source.head)
    if source.head.startswith(_BINARY_START) or (start and b'"learner"' in source.head):
        version = version_in_xgboost_end(source.tail(_END))
        if version or not start:
            return ArtifactFacts("xgboost", Framework("xgboost", version))
    return None


def version_in_xgboost_end(end: bytes) -> str | None:
    """Return the library's version that the last bytes of an XGBoost model record, or None."""
    text = _JSON_VERSION.search(end)
    if text:
        return ".".join(str(int(number)) for number in text.groups())
    binary = _BINARY_VERSION.search(end)
    if binary:
        return ".".join(str(int.from_bytes(number[1:], "big")) for number in binary.groups())
    return None
