"""Edits: the files that a request would write, before anything is written."""

from __future__ import annotations

from typing import TYPE_CHECKING

from modelyard.values import dataclass

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["Edits"]


@dataclass(frozen=True)
class Edits:
    """New contents of files, by path from the repository's root, and how to speak of them.

    :param title: subject of a commit that holds them.
    :param branch: name of a branch for them.
    :param plain: files that shall lose their executable bit.
    """

    files: Mapping[str, bytes]
    title: str
    branch: str
    plain: tuple[str, ...] = ()
