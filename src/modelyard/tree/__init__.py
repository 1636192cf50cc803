"""Trees: files under one root, read the same way from a commit, the index, a work tree or memory."""

from __future__ import annotations

from modelyard.git.batch import Sink
from modelyard.git.failures import TooLarge
from modelyard.tree.commit import CommitTree, StagedTree
from modelyard.tree.entries import MAX_READ, Entry, Kind, Leaf, MissingPath, Tree, join
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
