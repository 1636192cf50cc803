"""What ``validate`` takes for its task: everything, a part, one commit; and where nothing matches."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from support.cases import valid_files
from support.registry import Ran, modelyard
from support.repositories import Repository, new_repository
from support.services import STAGING, next_version
from support.told import NO_OWNERS

STRAY = "model_registry/notes.txt"
ORPHAN = f"""\
{STRAY}: error MY101 'notes.txt' is no part of a registry
    hint: git mv {STRAY} .
"""


@pytest.fixture
def repository(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Repository:
    """A registry whose first commit has a problem that the second one has as well; we stand in it."""
    repository = new_repository(tmp_path / "models")
    files = valid_files() | {STRAY: b"left over\n"}
    repository.commit(files | {STAGING: files[STAGING].replace(b"1.1.0", b"1.0.0")}, "Found the registry")
    repository.commit(files | next_version(), "Register fraud@1.2.0")
    monkeypatch.chdir(repository.path)
    return repository


def report(*words: str) -> dict[str, Any]:
    judgement: dict[str, Any] = json.loads(modelyard("validate", "--format", "json", *words).out)
    return judgement


def test_what_the_base_has_as_well_is_not_the_changes_fault(repository: Repository) -> None:
    ran = modelyard("validate", "--base", "HEAD~1")
    base, head = repository.git("rev-parse", "HEAD~1")[:12], repository.head[:12]
    assert ran == Ran(
        0,
        "1 problem the base has as well, not counted\n"
        f"{NO_OWNERS}judged: commit {head} against {base}, as asked for\n"
        "passed: no problems, 1 model version judged\n",
        "",
    )


def test_all_counts_what_the_base_has_as_well(repository: Repository) -> None:
    base, head = repository.git("rev-parse", "HEAD~1")[:12], repository.head[:12]
    assert modelyard("validate", "--base", "HEAD~1", "--all") == Ran(
        1,
        f"{ORPHAN}{NO_OWNERS}judged: commit {head} against {base}, as asked for\n"
        "refused: 1 problem, 3 model versions judged\n",
        "",
    )


def test_all_without_a_base_is_the_work_tree_or_the_commit_that_is_named(repository: Repository) -> None:
    everything = Ran(1, ORPHAN + "refused: 1 problem, 3 model versions judged\n", "")
    assert modelyard("validate", "--all") == modelyard("validate") == everything
    of_commit = Ran(
        1,
        ORPHAN + f"judged: commit {repository.head[:12]}, by itself\nrefused: 1 problem, 3 model versions judged\n",
        "",
    )
    assert modelyard("validate", "--all", "--head", "HEAD") == modelyard("validate", "--head", "main") == of_commit


def test_all_that_is_staged(repository: Repository) -> None:
    assert modelyard("validate", "--staged") == Ran(
        0,
        "nothing below model_registry/ changed\n"
        f"judged: the index against {repository.head[:12]}, the last commit\n"
        "passed: no problems\n",
        "",
    )
    ran = modelyard("validate", "--staged", "--all")
    assert (ran.code, ran.out.splitlines()[0]) == (1, ORPHAN.splitlines()[0])


def test_a_problem_that_is_gone_is_healed(repository: Repository) -> None:
    repository.git("rm", "--quiet", STRAY)
    repository.commit({}, "Tidy up")
    healed = report("--base", "HEAD~1")
    assert [problem["path"] for problem in healed["healed"]] == [STRAY]
    assert (healed["problems"], healed["pre_existing"], healed["refused"]) == ([], [], False)


def test_a_report_says_what_it_is_bound_to(repository: Repository) -> None:
    base, head = repository.git("rev-parse", "HEAD~1"), repository.head
    bound = {
        (): ("work tree", None, None, None),
        ("--staged",): ("index", None, head, "the last commit"),
        ("--hook",): ("index", None, head, "which holds the same"),
        ("--base", "HEAD~1"): ("commit", head, base, "as asked for"),
        ("--base", "auto"): ("commit", head, base, "the commit before, since main holds this one"),
        ("--head", "HEAD~1"): ("commit", base, None, "by itself"),
    }
    for words, expected in bound.items():
        judgement = report(*words)
        found = tuple(judgement[key] for key in ("subject", "commit", "base", "base_reason"))
        assert found == expected, words


def test_a_change_beside_the_registry_passes_and_says_so(repository: Repository) -> None:
    base = repository.head
    head = repository.commit({"README.md": b"# Models\n"}, "Explain")
    assert modelyard("validate", "--base", "auto") == Ran(
        0,
        "nothing below model_registry/ changed\n"
        f"{NO_OWNERS}judged: commit {head[:12]} against {base[:12]}, the commit before, since main holds this one\n"
        "passed: no problems\n",
        "",
    )


def refused(message: str, hint: str) -> Ran:
    return Ran(2, "", f"modelyard: {message}\n    hint: {hint}\n")


def test_what_git_ignores_matches_nothing(repository: Repository) -> None:
    repository.commit({".gitignore": b"*.tmp\n"}, "Ignore")
    path = "model_registry/a.tmp"
    Path(path).touch()
    assert modelyard("validate", path) == refused(
        f"nothing matched: {path} is ignored by Git, or is an empty directory", f"git check-ignore --verbose {path}"
    )
    assert modelyard("validate", "model_registry/stages/staging").code == 0
    assert modelyard("validate", STRAY).code == 1


def test_a_registry_without_a_version_matches_no_path(tmp_path: Path) -> None:
    empty = new_repository(tmp_path / "empty")
    empty.commit({"model_registry/registry.yaml": b"schema_version: 1\n"})
    assert modelyard("validate", empty.path / "model_registry") == refused(
        "nothing matched: model_registry/ holds no version yet", "modelyard register --help"
    )
    assert modelyard("validate", empty.path) == Ran(0, "passed: no problems\n", "")


def test_no_rule_and_no_registry_match_nothing(repository: Repository) -> None:
    assert modelyard("validate", "--select", "MY999") == refused(
        "no rule's code starts with 'MY999'", "modelyard rules"
    )
    for path in valid_files() | next_version() | {STRAY: b""}:
        repository.git("rm", "--quiet", path)
    repository.commit({"a.txt": b""}, "Give it up")
    nothing = repository.commit({"b.txt": b""}, "Go on")
    hint = f"modelyard init {repository.path}"
    assert modelyard("validate", "--base", "auto") == refused("neither auto nor HEAD holds a registry", hint)
    assert modelyard("validate", "--head", nothing) == refused(f"{nothing} holds no registry", hint)


@pytest.mark.parametrize(
    ("words", "message", "hint"),
    [
        (
            ("--all", "model_registry"),
            "PATH cannot stand beside --staged, --hook, --base, --head or --all",
            "modelyard validate --help",
        ),
        (
            ("--head", "HEAD", "--staged"),
            "--head cannot stand beside --staged or --hook",
            "modelyard validate --head HEAD",
        ),
        (("--all", "--hook"), "--all cannot stand beside --hook", "modelyard validate --all"),
    ],
)
def test_one_question_at_a_time(words: tuple[str, ...], message: str, hint: str, repository: Repository) -> None:
    assert repository.head
    assert modelyard("validate", *words) == refused(message, hint)
