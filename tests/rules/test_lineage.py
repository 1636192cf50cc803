"""MY507 along lines of versions: what is read of them, and what cannot hide a circle."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from modelyard.names import VersionId
from modelyard.rules.lineage import cycle
from modelyard.snapshot import Snapshot
from modelyard.tree import MAX_READ
from support.cases import valid_files
from support.snapshots import RecordingTree

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

ROOT = "model_registry/"
METADATA = valid_files()[f"{ROOT}fraud-1.1.0/metadata.yaml"].decode()


def metadata(minor: int, *parents: str) -> bytes:
    text = METADATA.replace("version: 1.1.0\n", f"version: 1.{minor}.0\n")
    return f"{text}parents: [{', '.join(parents)}]\n".encode()


class CountingTree(RecordingTree):
    """A tree that counts the batches that are read."""

    batches = 0

    def read_many(self, paths: Iterable[str], *, limit: int = MAX_READ) -> Mapping[str, bytes]:
        self.batches += 1
        return super().read_many(paths, limit=limit)


def line(length: int, *first_parents: str) -> dict[str, bytes]:
    """Return versions 1.0.0 to 1.<length>.0, of which each is made from the one before."""
    files = {f"{ROOT}fraud-1.0.0/metadata.yaml": metadata(0, *first_parents)}
    for minor in range(1, length + 1):
        files[f"{ROOT}fraud-1.{minor}.0/metadata.yaml"] = metadata(minor, f"fraud@1.{minor - 1}.0")
    return files


def told(files: dict[str, bytes], version: str) -> list[str]:
    snapshot = Snapshot(CountingTree(files))
    return [each.message for each in cycle(snapshot.version(VersionId.parse(version)), snapshot)]


def test_a_long_line_is_read_in_few_batches_and_not_parsed() -> None:
    tree = CountingTree(line(63))
    snapshot = Snapshot(tree)
    assert list(cycle(snapshot.version(VersionId.parse("fraud@1.63.0")), snapshot)) == []
    assert tree.batches <= 7


def test_a_circle_at_the_far_end_of_a_line_is_found() -> None:
    (message,) = told(line(20, "fraud@1.20.0"), "fraud@1.20.0")
    assert message.startswith("fraud@1.0.0 is made from itself: fraud@1.0.0 from fraud@1.20.0 from fraud@1.19.0 ")


@pytest.mark.parametrize("hidden", ['"fraud\\x401.1.0"', '"\\u0066raud@1.1.0"', "'fraud@1.1.0'"])
def test_no_way_to_write_an_id_hides_a_circle(hidden: str) -> None:
    files = {
        f"{ROOT}fraud-1.0.0/metadata.yaml": metadata(0, hidden),
        f"{ROOT}fraud-1.1.0/metadata.yaml": metadata(1, "fraud@1.0.0"),
    }
    assert told(files, "fraud@1.1.0") == [
        "fraud@1.0.0 is made from itself: fraud@1.0.0 from fraud@1.1.0 from fraud@1.0.0"
    ]


def test_a_mention_in_a_text_is_no_link() -> None:
    talks = METADATA.replace("description: Scores", "description: Better than fraud@1.2.0, it scores")
    files = {
        f"{ROOT}fraud-1.1.0/metadata.yaml": talks.encode(),
        f"{ROOT}fraud-1.2.0/metadata.yaml": metadata(2, "fraud@1.1.0"),
    }
    assert told(files, "fraud@1.2.0") == []
