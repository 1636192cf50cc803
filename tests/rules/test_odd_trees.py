"""Trees that no checkout can hold: ``git mktree`` makes them, and a push can bring them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from modelyard.git.objects import ObjectReader
from modelyard.rules.engine import judge
from modelyard.snapshot import Snapshot
from modelyard.tree import CommitTree
from support.cases import valid_files
from support.repositories import new_repository

if TYPE_CHECKING:
    from pathlib import Path

ODD = "is a name that Git checks out on no system"


def test_names_that_lead_out_of_a_directory_are_refused(tmp_path: Path) -> None:
    repository = new_repository(tmp_path)
    blob = repository.git("hash-object", "-w", "--stdin", stdin=b"x")
    version = repository.make_tree(
        {path.rpartition("/")[2]: data for path, data in valid_files().items() if "fraud-1.1.0/" in path}
    )
    lines = repository.git("ls-tree", "-z", version).split("\0")
    lines += [f"100644 blob {blob}\t{name}" for name in ("..", ".git", "git~1")]
    odd = repository.git("mktree", "-z", stdin="\0".join(line for line in lines if line).encode() + b"\0")
    root = repository.git(
        "mktree", "-z", stdin=f"040000 tree {odd}\tfraud-1.1.0\x00100644 blob {blob}\t..\x00".encode()
    )
    head = repository.commit_tree(
        repository.git("mktree", "-z", stdin=f"040000 tree {root}\tmodel_registry\0".encode())
    )
    with ObjectReader(repository.location) as reader:
        snapshot = Snapshot(CommitTree(reader, head))
        problems = judge(snapshot, snapshot.version_ids).problems
    prefix = "model_registry/fraud-1.1.0/"
    assert [(each.code, each.path, each.message) for each in problems] == [
        ("MY101", "model_registry/..", "'..' is no part of a registry"),
        *(
            (code, f"{prefix}{name}", f"{subject} {clause}")
            for name in ("..", ".git", "git~1")
            for code, subject, clause in (
                ("MY105", repr(name), "is not named by the metadata"),
                ("MY113", f"the name {name!r}", ODD),
            )
        ),
    ]
