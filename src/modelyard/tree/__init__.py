"""Trees: files under one root, read the same way from a commit, the index, a work tree or memory."""

from __future__ import annotations

from typing import TYPE_CHECKING

from modelyard.git.failures import TooLarge
from modelyard.tree.entries import MAX_READ, Entry, Kind, Leaf, MissingPath, Tree, join

if TYPE_CHECKING:
    from modelyard.git.batch import Sink
    from modelyard.tree.commit import CommitTree, StagedTree
    from modelyard.tree.overlay import Change, MemoryLeaf, MemoryTree, OverlayTree
    from modelyard.tree.work import WorkTree

__all__ = [
    "MAX_READ",
    "Change",
    "CommitTree",
    "Entry",
    "Kind",
    "Leaf",
    "MemoryLeaf",
    "MemoryTree",
    "MissingPath",
    "OverlayTree",
    "Sink",
    "StagedTree",
    "TooLarge",
    "Tree",
    "WorkTree",
    "join",
]

_HOMES = {
    "Sink": "modelyard.git.batch",
    **dict.fromkeys(("CommitTree", "StagedTree"), "modelyard.tree.commit"),
    **dict.fromkeys(("Change", "MemoryLeaf", "MemoryTree", "OverlayTree"), "modelyard.tree.overlay"),
    "WorkTree": "modelyard.tree.work",
}


def __getattr__(name: str) -> object:
    # Whoever looks at one kind of tree does not pay for the others.
    if name in _HOMES:
        from importlib import import_module

        return getattr(import_module(_HOMES[name]), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
