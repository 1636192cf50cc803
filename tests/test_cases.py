from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest

from modelyard.git.objects import ObjectReader
from modelyard.rules.catalogue import RULES, rule_by_code
from modelyard.rules.engine import judge
from modelyard.snapshot import Snapshot
from modelyard.tree import CommitTree
from support.cases import CASES, Files, case_id, read_case, valid_files
from support.repositories import new_repository
from support.told import NO_OWNERS

if TYPE_CHECKING:
    from pathlib import Path

    from modelyard.rules.rule import Rule
    from support.repositories import Repository

COMMITTED = [path for path in CASES if path.name.startswith(("MY10", "MY11", "MY60", "MY61"))]


@pytest.mark.parametrize("path", CASES, ids=case_id)
def test_a_case_is_told_as_expected(path: Path) -> None:
    assert read_case(path).judge() == (path / "expected.txt").read_text(encoding="utf-8")


def test_commits_are_told_as_trees_in_memory_are(tmp_path: Path) -> None:
    repository = new_repository(tmp_path)
    with ObjectReader(repository.location) as reader:
        for path in COMMITTED:
            case = read_case(path)
            base = CommitTree(reader, committed(repository, case.base)) if case.base else None
            head = CommitTree(reader, committed(repository, case.head))
            told = case.judge_trees(base, head)
            told = "".join(line for line in told.splitlines(keepends=True) if not line.startswith("judged: commit "))
            # A hint names the base by its commit, which a tree in memory has not.
            told = told.replace(f"--source {base.commit[:12]} ", "--source HEAD ") if base and base.commit else told
            # And the report of a change that is committed says that nobody was held against the owners.
            told = told.replace(NO_OWNERS, "")
            assert told == (path / "expected.txt").read_text(encoding="utf-8")


def committed(repository: Repository, files: Files) -> str:
    return repository.commit_tree(repository.make_tree(files.contents, kinds=files.kinds))


def test_the_valid_registry_has_no_problem() -> None:
    snapshot = Snapshot(Files(valid_files()).tree)
    assert judge(snapshot, snapshot.version_ids).problems == ()


@pytest.mark.parametrize("path", CASES, ids=case_id)
def test_the_report_of_a_case_holds_its_own_code(path: Path) -> None:
    code = path.name.partition("-")[0]
    assert f" {code} " in (path / "expected.txt").read_text(encoding="utf-8")


def test_each_rule_has_a_case_and_each_case_a_rule() -> None:
    assert {path.name.partition("-")[0] for path in CASES} == {rule.code for rule in RULES}


# What these rules tell of is a name, a kind, a size or all that a path holds; a line in it would say nothing more.
OF_A_PATH = {
    *("MY101", "MY103", "MY104", "MY105", "MY106", "MY107", "MY109", "MY110", "MY111", "MY112", "MY113", "MY114"),
    *("MY405", "MY406", "MY411", "MY423"),
    *("MY602", "MY603", "MY605", "MY613", "MY614", "MY616", "MY617", "MY618", "MY619", "MY623"),
    *("MY629", "MY630", "MY631", "MY652", "MY706", "MY709", "MY710", "MY711"),
}


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.code)
def test_a_rule_on_what_a_file_says_tells_line_and_column(rule: Rule) -> None:
    told = re.compile(rf"^.*?(:[0-9]+:[0-9]+)?: (?:error|review|warning|note) {rule.code} ", re.MULTILINE)
    cases = [path / "expected.txt" for path in CASES if path.name.startswith(f"{rule.code}-")]
    places = {place for case in cases for place in told.findall(case.read_text(encoding="utf-8"))}
    assert (places == {""}) is (rule.code in OF_A_PATH)


def test_codes_are_unique_and_sorted() -> None:
    codes = [rule.code for rule in RULES]
    assert codes == sorted(set(codes))


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.code)
def test_a_rule_explains_itself(rule: object) -> None:
    check = vars(rule)["check"]
    assert check.__doc__, "its docstring is its explanation"
    assert rule_by_code(vars(rule)["code"]) is rule


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.code)
def test_a_rule_shows_what_breaks_it_and_what_keeps_it(rule: Rule) -> None:
    lesson = rule.lesson
    assert lesson.explanation
    assert lesson.bad
    assert lesson.good
    assert lesson.bad != lesson.good
