"""What is true of all rules on provenance and change, and hostile inputs that touch several of them."""

from __future__ import annotations

import pytest

from modelyard.names import VersionId
from modelyard.rules.catalogue import RULES
from modelyard.rules.engine import judge, judge_change
from modelyard.rules.firm import is_firm, is_immutable
from modelyard.snapshot import Snapshot
from modelyard.tree import Kind
from support.cases import Files, KnownPast
from support.snapshots import changed_files, snapshot_with

LINK = b"../x"
COMMIT = b"3f786850e387550fdab836ed7e6dc881de23001b"
ROOT = "model_registry"
CONTENTS = {Kind.SYMLINK: LINK, Kind.SUBMODULE: COMMIT, Kind.EXECUTABLE: b"{}"}
PLACES = [
    "registry.yaml",
    "notes",
    "models/fraud.yaml",
    "models/other.yaml",
    "stages/production/fraud.yaml",
    "stages/canary",
    "archive/fraud.jsonl",
    "archive/other",
    "fraud-1.1.0/metrics.json",
    "fraud-1.1.0/a/b",
    "fraud-1.2.0",
]


def test_what_is_firm_is_a_rule() -> None:
    codes = {rule.code for rule in RULES}
    firm = {f"MY{number}" for number in range(1000) if is_firm(f"MY{number:03}")}
    assert {f"MY{number}" for number in range(1000) if is_immutable(f"MY{number:03}")} <= firm <= codes


@pytest.mark.parametrize("place", PLACES)
@pytest.mark.parametrize("kind", CONTENTS, ids=lambda kind: kind.value)
def test_case_17_what_is_no_plain_file_is_refused_wherever_it_stands(place: str, kind: Kind) -> None:
    path = f"{ROOT}/{place}"
    files = Files(changed_files() | {path: CONTENTS[kind]}, {path: kind})
    head = Snapshot(files.tree)
    assert judge(head, head.version_ids).refused
    assert judge_change(snapshot_with(), Snapshot(files.tree), past=KnownPast()).refused


@pytest.mark.parametrize(
    ("head", "code"),
    [
        ({"stages/production/fraud.yaml": "version: 9.9.9\n"}, "MY604"),
        ({"stages/production/fraud.yaml": "version: 1.1.0\n"}, "MY606"),
        ({"stages/production/fraud.yaml": "version: 1.0.0\ntraffic: {1.0.0: 90, 1.1.0: 10}\n"}, "MY606"),
    ],
    ids=["unregistered", "yanked", "yanked challenger"],
)
def test_case_38_what_is_unknown_or_yanked_is_not_promoted(head: dict[str, str | None], code: str) -> None:
    yanked = "name: fraud\nowners: [a@example.org]\nyanked: {1.1.0: Trained on leaked labels.}\n"
    base: dict[str, str | None] = {"models/fraud.yaml": yanked, "stages/staging/fraud.yaml": "version: 1.0.0\n"}
    judgement = judge_change(snapshot_with(base), snapshot_with({**base, **head}), past=KnownPast())
    assert code in {problem.code for problem in judgement.problems}
    assert judgement.refused


def test_a_retirement_reads_only_the_metadata_that_names_what_goes() -> None:
    child = changed_files()[f"{ROOT}/fraud-1.1.0/metadata.yaml"].decode()
    escaped = child + 'parents: ["fraud\\u00401.0.0"]\n'
    base: dict[str, str | None] = {"fraud-1.1.0/metadata.yaml": escaped, "stages/production": None}
    tree = snapshot_with().version(VersionId.parse("fraud@1.0.0")).tree_id
    model = f"name: fraud\nowners: [a@example.org]\nretired: {{1.0.0: {{reason: old, tree: {tree}}}}}\n"
    head = {**base, "fraud-1.0.0": None, "models/fraud.yaml": model}
    judgement = judge_change(snapshot_with(base), snapshot_with(head), past=KnownPast())
    assert [problem.code for problem in judgement.problems] == ["MY614"]
