"""What the gate's hints promise of `modelyard fix`, and what it keeps of it."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest

from modelyard.errors import Refused
from modelyard.lifecycle.fix import Surroundings, fix
from modelyard.rules.engine import judge
from modelyard.rules.found import FoundBytes
from modelyard.snapshot import Snapshot
from support.cases import CASES, Files, KnownBytes, case_id, read_case

if TYPE_CHECKING:
    from pathlib import Path

    from modelyard.names import VersionId
    from modelyard.problems import Problem
    from modelyard.version_directory import VersionDirectory

# Cases of one tree: a merged version is never fixed.
ALONE = [path for path in CASES if read_case(path).base is None]
# An empty file has no size that the schema allows, whoever writes it down.
EMPTY = ("MY404-other-bytes", "MY412-nothing-behind-the-pointer")
# A hint that names another step first promises nothing of `fix` alone.
PROMISE = re.compile(r"(?<!&& )(?<!then )modelyard fix ")
PROMISED = [path for path in ALONE if PROMISE.search((path / "expected.txt").read_text(encoding="utf-8"))]


class AtHand(KnownBytes):
    """The bytes of a case; where it has none, those that its pointers name."""

    def find(self, version: VersionDirectory, file: str) -> FoundBytes | None:
        pointer = version.pointers.get(f"{file}.dvc")
        stated = version.metadata.value.files.get(file) if version.metadata and version.metadata.value else None
        found = super().find(version, file)
        if found or not pointer or not pointer.value:
            return found
        return FoundBytes(stated.sha256 if stated else "0" * 64, pointer.value.md5, pointer.value.size)


def at_hand(known: KnownBytes) -> AtHand:
    """Return the bytes of a case with what its pointers name."""
    return AtHand(**vars(known))


def mended(files: Files, version_id: VersionId, known: KnownBytes) -> Files:
    """Return the tree as it is once the version is fixed."""
    snapshot = Snapshot(files.tree)
    surroundings = Surroundings(at_hand(known), "2026-03-01T12:00:00Z", lambda _path: "joblib", lambda _oid: ())
    edits = fix(snapshot.version(version_id), snapshot.policy, surroundings)
    kinds = {path: kind for path, kind in files.kinds.items() if path not in edits.plain}
    return Files(files.contents | dict(edits.files), kinds)


def problems(files: Files, known: KnownBytes) -> tuple[Problem, ...]:
    snapshot = Snapshot(files.tree)
    return judge(snapshot, snapshot.version_ids, artifacts=at_hand(known)).problems


@pytest.mark.parametrize("path", PROMISED, ids=case_id)
def test_a_problem_whose_hint_names_fix_is_healed_by_it(path: Path) -> None:
    case = read_case(path)
    promised = [each for each in problems(case.head, case.artifacts) if PROMISE.search(each.hint)]
    assert promised
    files = case.head
    for version_id in Snapshot(files.tree).version_ids:
        if any(each.path.startswith(f"model_registry/{version_id.directory}") for each in promised):
            files = mended(files, version_id, case.artifacts)
    left = {each.fingerprint for each in problems(files, case.artifacts)}
    assert [each for each in promised if each.fingerprint in left] == []


@pytest.mark.parametrize("path", [path for path in ALONE if path.name not in EMPTY], ids=case_id)
def test_a_second_time_nothing_is_fixed_and_nothing_became_worse(path: Path) -> None:
    case = read_case(path)
    before = {(each.code, each.path) for each in problems(case.head, case.artifacts)}
    for version_id in Snapshot(case.head.tree).version_ids:
        try:
            once = mended(case.head, version_id, case.artifacts)
        except Refused:
            continue
        assert mended(once, version_id, case.artifacts) == once
        added = {(each.code, each.path) for each in problems(once, case.artifacts)} - before
        # What could not be read before is judged now, and a heading that was missing waits for its text.
        readable = {path for code, path in before if code in ("MY201", "MY204", "MY206") or code.startswith("MY30")}
        created = set(once.contents) - set(case.head.contents)
        assert {path for _, path in added} <= readable | created
