"""Edits: the files that a request would write and remove, before anything is written."""

from __future__ import annotations

from typing import TYPE_CHECKING

from modelyard.values import dataclass

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from modelyard.lifecycle.deeds import Deed

__all__ = ["Edits", "enumerated"]


@dataclass(frozen=True)
class Edits:
    """New contents of files, by path from the repository's root, and how to speak of them.

    :param title: subject of a commit that holds them, and title of a pull request.
    :param branch: name of a branch for them.
    :param plain: files that shall lose their executable bit.
    :param removed: files and whole directories that shall be gone.
    :param body: what the commit and the pull request say below the title.
    :param deeds: what they do to the registry, one by one.
    """

    files: Mapping[str, bytes]
    title: str
    branch: str
    plain: tuple[str, ...] = ()
    removed: tuple[str, ...] = ()
    body: str = ""
    deeds: tuple[Deed, ...] = ()

    @property
    def changes(self) -> dict[str, bytes | None]:
        """The new contents, and None for what is removed."""
        return {**self.files, **dict.fromkeys(self.removed)}

    @property
    def paths(self) -> tuple[str, ...]:
        """Every path that is written or removed, sorted."""
        return tuple(sorted(self.changes))

    @property
    def message(self) -> str:
        """The message of a commit that holds them."""
        return f"{self.title}\n\n{self.body}\n" if self.body else self.title


def enumerated(things: Sequence[object], noun: str) -> str:
    """Return one thing or two by their names, and more by their number: ``3 models``."""
    return " and ".join(map(str, things)) if len(things) <= 2 else f"{len(things)} {noun}"
