from __future__ import annotations

from modelyard.rules.engine import judge
from modelyard.snapshot import Snapshot
from modelyard.tree import MemoryTree
from support.cases import valid_files


def test_documents_with_the_line_ends_of_windows_are_sound() -> None:
    files = {
        path: data if path.endswith(".gitignore") else data.replace(b"\n", b"\r\n")
        for path, data in valid_files().items()
    }
    snapshot = Snapshot(MemoryTree(files))
    assert judge(snapshot, snapshot.version_ids).problems == ()


def test_a_fault_stands_in_the_same_place_whatever_the_line_ends_are() -> None:
    path = "model_registry/fraud-1.1.0/metadata.yaml"
    broken = valid_files()[path].replace(b"size: 25", b"size: 012")
    told = []
    for data in (broken, broken.replace(b"\n", b"\r\n")):
        snapshot = Snapshot(MemoryTree(valid_files() | {path: data}))
        told.append(judge(snapshot, snapshot.version_ids).problems)
    assert told[0] == told[1] != ()
