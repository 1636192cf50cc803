"""Trees: files under one root, read the same way from a commit, the index, a work tree or memory."""

from __future__ import annotations

from modelyard.git.failures import TooLarge
from modelyard.tree.entries import MAX_READ, Entry, Kind, Leaf, MissingPath, Sink, Tree, join
from modelyard.tree.overlay import Change, MemoryLeaf, MemoryTree, OverlayTree

__all__ = [
    "MAX_READ",
    "Change",
    "Entry",
    "Kind",
    "Leaf",
    "MemoryLeaf",
    "MemoryTree",
    "MissingPath",
    "OverlayTree",
    "Sink",
    "TooLarge",
    "Tree",
    "join",
]
