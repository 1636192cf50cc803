"""``modelyard history``, ``log`` and ``blame``: who put this into production."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from modelyard import Registry
from modelyard.errors import UsageError
from modelyard.index.answers import ANSWERS
from support.past import Past, model, new_past, registered, stage
from support.registry import Ran, modelyard
from support.repositories import run_git

if TYPE_CHECKING:
    from pathlib import Path

REVIEWED = "Merge pull request #7 from org/promote\n\nPromote fraud\n\nReviewed-by: Rita <rita@example.org>"
ADA = {"name": "Ada Author", "email": "ada@example.org"}
MIA = {"name": "Mia Merger", "email": "mia@example.org"}


@pytest.fixture
def past(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Past:
    """A registry in which fraud@1.1.0 was promoted by a reviewed merge, and rolled back; we stand in it."""
    past = new_past(tmp_path / "registry")
    past.commit({**registered("fraud-1.0.0", "churn-1.0.0"), **model()}, at="2026-01-02")
    past.commit(stage("1.0.0"), "Promote", at="2026-01-03")
    past.commit(registered("fraud-1.1.0"), at="2026-02-01")
    past.merge(
        stage("1.1.0", "reason: fewer false alarms", 'traffic: {"1.0.0": 90, "1.1.0": 10}'),
        REVIEWED,
        at="2026-02-02",
        GIT_AUTHOR_NAME=MIA["name"],
        GIT_AUTHOR_EMAIL=MIA["email"],
    )
    past.commit(stage("1.0.0", "reason: slow", 'held: {"1.1.0": slow}'), "Roll back", at="2026-02-03")
    past.commit(stage("1.0.0", name="churn", stage="staging"), "Try churn", at="2026-02-04")
    monkeypatch.chdir(past.repository.path)
    return past


def short(past: Past, revision: str) -> str:
    return past.repository.git("rev-parse", revision)[:12]


def test_the_history_of_a_model(past: Past) -> None:
    head, merge, second, promoted, first = (short(past, f"HEAD~{number}") for number in range(1, 6))
    ran = modelyard("history", "fraud")
    assert (ran.code, ran.err) == (0, "")
    assert [re.split("  +", line) for line in ran.out.splitlines()] == [
        ["TIME", "EVENT", "MODEL", "STAGE", "CHANGE", "BY", "REVIEWED BY", "PULL", "COMMIT", "REASON"],
        [
            "2026-02-03 12:00",
            "rolled back",
            "fraud",
            "production",
            "1.1.0 -> 1.0.0",
            ADA["name"],
            "-",
            "-",
            head,
            "slow",
        ],
        [
            *("2026-02-02 12:00", "promoted", "fraud", "production", "1.0.0 -> 1.1.0 (1.0.0 90%, 1.1.0 10%)"),
            *(ADA["name"], "Rita", "#7", merge, "fewer false alarms"),
        ],
        ["2026-02-01 12:00", "registered", "fraud", "-", "1.1.0", ADA["name"], "-", "-", second, "-"],
        ["2026-01-03 12:00", "promoted", "fraud", "production", "1.0.0", ADA["name"], "-", "-", promoted, "-"],
        ["2026-01-02 12:00", "registered", "fraud", "-", "1.0.0", ADA["name"], "-", "-", first, "-"],
    ]
    assert ran.out.splitlines()[0].index("EVENT") == ran.out.splitlines()[1].index("rolled back")


def test_what_narrows_a_history_down(past: Past) -> None:
    def kinds(*words: str) -> list[tuple[str, str | None]]:
        return [(each["event"], each["model"]) for each in json.loads(modelyard("history", *words).out)]

    json_format = ("--format", "json")
    assert len(kinds(*json_format)) == 8
    assert kinds("--stage", "staging", *json_format) == [("promoted", "churn")]
    assert kinds("fraud", "--stage", "production", "--limit", "1", *json_format) == [("rolled back", "fraud")]
    assert kinds("--head", "HEAD~4", "--limit", "1", *json_format) == [("promoted", "fraud")]
    assert kinds(*json_format)[-1] == ("policy changed", None)


def test_an_event_for_machines_is_one_line(past: Past) -> None:
    ran = modelyard("log", "fraud", "--format", "json")
    assert (ran.code, ran.err) == (0, "")
    lines = [json.loads(line) for line in ran.out.splitlines()]
    assert lines[1] == {
        "time": "2026-02-02T12:00:00Z",
        "event": "promoted",
        "model": "fraud",
        "stage": "production",
        "from": "1.0.0",
        "to": "1.1.0",
        "traffic": {"1.0.0": 90, "1.1.0": 10},
        "reason": "fewer false alarms",
        "author": ADA,
        "committer": MIA,
        "reviewers": [{"name": "Rita", "email": "rita@example.org"}],
        "pull_request": 7,
        "commit": past.repository.git("rev-parse", "HEAD~2"),
    }
    assert len(lines) == 5


def test_the_log_tells_it_at_length(past: Past) -> None:
    ran = modelyard("log", "--stage", "production", "--limit", "2")
    assert ran.out == (
        f"commit {past.repository.git('rev-parse', 'HEAD~1')}\n"
        "Author:     Ada Author <ada@example.org>\n"
        "Committer:  Carl Committer <carl@example.org>\n"
        "Date:       2026-02-03 12:00:00 UTC\n"
        "\n"
        "    rolled back fraud 1.1.0 -> 1.0.0 in production\n"
        "    slow\n"
        "\n"
        f"commit {past.repository.git('rev-parse', 'HEAD~2')}\n"
        "Author:     Ada Author <ada@example.org>\n"
        "Committer:  Mia Merger <mia@example.org>\n"
        "Reviewer:   Rita <rita@example.org>\n"
        "Pull:       #7\n"
        "Date:       2026-02-02 12:00:00 UTC\n"
        "\n"
        "    promoted fraud 1.0.0 -> 1.1.0 (1.0.0 90%, 1.1.0 10%) in production\n"
        "    fewer false alarms\n"
        "\n"
    )


def test_who_put_this_into_production(past: Past) -> None:
    ran = modelyard("blame", "fraud@production")
    # 1.0.0 has been in the stage since January: the roll back took 1.1.0 away from beside it.
    assert ran == Ran(
        0,
        "VERSION  TIME              EVENT     MODEL  STAGE       CHANGE  BY          REVIEWED BY  PULL  COMMIT        "
        "REASON\n"
        "1.0.0    2026-01-03 12:00  promoted  fraud  production  1.0.0   Ada Author  -            -     "
        f"{short(past, 'HEAD~4')}  -\n",
        "",
    )
    past.commit(stage("1.1.0", "traffic: {1.1.0: 60, 1.0.0: 40}", "reason: again"), at="2026-02-05")
    found = json.loads(modelyard("blame", "fraud", "--format", "json").out)
    assert [(each["version"], each["stage"], each["share"], each["event"]["time"]) for each in found] == [
        ("1.1.0", "production", 60, "2026-02-05T12:00:00Z"),
        ("1.0.0", "production", 40, "2026-01-03T12:00:00Z"),
    ]
    found = json.loads(modelyard("blame", "fraud@1.1.0", "--format", "json").out)
    assert [(each["version"], each["stage"], each["event"]["event"]) for each in found] == [
        ("1.1.0", "production", "promoted"),
        ("1.1.0", None, "registered"),
    ]


@pytest.mark.parametrize(
    ("words", "message", "hint"),
    [
        (("history", "frod"), "there never was a model 'frod'", "models here: fraud"),
        (("history", "fraud", "--stage", "staging"), "nothing ever happened to fraud in staging", "stages: production"),
        (("log", "--stage", "canary"), "nothing ever happened in canary", "stages: production, staging"),
        (("history", "--limit", "0"), "--limit 0 leaves nothing to print", "--limit 1, or more"),
        (("history", "--head", "nowhere"), "revision 'nowhere' names no commit here", "git fetch --all"),
        (
            ("history", "--repo", "https://git.example.org/models.git"),
            "only a clone has a past, and https://git.example.org/models.git is none",
            "git clone https://git.example.org/models.git, and ask there",
        ),
        (
            ("blame", "fraud@staging"),
            "no version of 'fraud' is in staging",
            "modelyard history fraud",
        ),
        (
            ("blame", "fraud@9.0.0"),
            "fraud@9.0.0 is in no stage, so nobody put it there",
            "modelyard history fraud",
        ),
        (
            ("blame", "fraud@latest"),
            "'fraud@latest' names neither a model, nor a stage, nor a version",
            "modelyard blame fraud, fraud@production or fraud@1.2.0",
        ),
    ],
)
@pytest.mark.usefixtures("past")
def test_what_is_not_there_is_said(words: tuple[str, ...], message: str, hint: str) -> None:
    assert modelyard(*words) == Ran(2, "", f"modelyard: {message}\n    hint: {hint}\n")


@pytest.mark.parametrize("words", [("history",), ("log",), ("stats",), ("blame", "fraud")])
def test_before_the_first_commit_nothing_happened(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, words: tuple[str, ...]
) -> None:
    run_git(tmp_path, "init", "--quiet")
    monkeypatch.chdir(tmp_path)
    assert modelyard(*words) == Ran(
        2, "", "modelyard: there is no commit here yet\n    hint: modelyard init, and commit what it writes\n"
    )


def test_what_is_on_a_branch_alone_has_not_happened(past: Past) -> None:
    past.repository.git("checkout", "--quiet", "-b", "promote")
    past.commit(stage("1.1.0", "reason: hurry"), at="2026-02-05")
    assert json.loads(modelyard("history", "--limit", "1", "--format", "json").out)[0]["model"] == "churn"
    ran = modelyard("history", "--head", "promote", "--limit", "1", "--format", "json")
    assert json.loads(ran.out)[0]["reason"] == "hurry"


def test_a_clone_tells_what_its_remotes_main_branch_says(past: Past, tmp_path: Path) -> None:
    past.repository.git("branch", "--quiet", "--move", "main", "trunk")
    run_git(tmp_path, "clone", "--quiet", str(past.repository.path), "clone")
    clone = tmp_path / "clone"
    # A local branch called `main` is nobody's main branch there; `trunk` is, with its commits that nobody pushed yet.
    for branch, count in (("main", 8), ("trunk", 10)):
        run_git(clone, "checkout", "--quiet", *(("-b", "main") if branch == "main" else ("trunk",)))
        (clone / "model_registry/stages/production/fraud.yaml").write_text(
            'schema_version: 1\nversion: "1.1.0"\n', encoding="utf-8"
        )
        run_git(clone, "commit", "--quiet", "--all", "--message=Promote")
        assert len(Registry(clone).history()) == count


def test_nothing_is_kept_where_nobody_wants_it(past: Past) -> None:
    kept = past.repository.path / ".git" / "modelyard"
    told = modelyard("history", "--no-cache")
    assert not kept.exists()
    assert modelyard("history") == told
    assert kept.exists()


def test_what_was_asked_before_is_told_again_word_for_word(past: Past, monkeypatch: pytest.MonkeyPatch) -> None:
    def forget(words: tuple[str, ...]) -> Ran:
        return modelyard("history", *words, "--no-cache")

    questions = [(), ("fraud",), ("--stage", "production"), ("--limit", "3"), ("--format", "json")]
    fresh = [forget(words) for words in questions]
    assert [modelyard("history", *words) for words in questions] == fresh
    with monkeypatch.context() as without:
        # Neither what is read of the past nor what prints it is asked again.
        without.setattr("modelyard.cli.events.selected", None)
        assert [modelyard("history", *words) for words in questions] == fresh
    monkeypatch.setenv("FORCE_COLOR", "1")
    header, _, others = fresh[0].out.partition("\n")
    assert modelyard("history").out == f"\x1b[1m{header}\x1b[0m\n{others}"
    monkeypatch.delenv("FORCE_COLOR")

    past.repository.git("reset", "--quiet", "--hard", "HEAD~1")
    assert len(modelyard("history").out.splitlines()) == len(fresh[0].out.splitlines()) - 1
    for path in (past.repository.path / ".git" / ANSWERS).iterdir():
        path.write_bytes(path.read_bytes().replace(b"promoted", b"demoted "))
    assert modelyard("history") == forget(())


@pytest.mark.parametrize(
    ("encoding", "name"), [("utf-8", "Zoë".encode()), ("latin-1", b"Zo\xeb"), ("ascii", b"Zo\\xeb")]
)
def test_what_is_told_again_is_printed_as_the_terminal_reads_it(past: Past, encoding: str, name: bytes) -> None:
    past.commit(stage("1.1.0"))
    past.repository.git("commit", "--quiet", "--amend", "--no-edit", "--author=Zoë <zoe@x>")
    command = [sys.executable, "-m", "modelyard", "history", "--limit", "1"]
    environment = {**os.environ, "PYTHONIOENCODING": encoding}
    first, again = (
        subprocess.run(command, cwd=past.repository.path, env=environment, capture_output=True, check=True)
        for _ in range(2)
    )
    assert b"  1.1.0   %s  " % name in first.stdout
    assert again.stdout == first.stdout


def test_what_is_told_again_is_found_without_what_reads_and_prints(past: Past) -> None:
    assert modelyard("history").code == 0
    statement = "import sys; from modelyard.cli import main; main(['history']); print(*sys.modules, file=sys.stderr)"
    ran = subprocess.run([sys.executable, "-c", statement], cwd=past.repository.path, capture_output=True, check=True)
    dear = {"sqlite3", "json", "yaml", "modelyard.names", "modelyard.problems", "modelyard.api.chronicle"}
    assert dear & set(ran.stderr.decode().split()) == set()


def test_a_bare_repository_has_a_past_too(past: Past, tmp_path: Path) -> None:
    run_git(tmp_path, "clone", "--quiet", "--bare", str(past.repository.path), "bare.git")
    assert modelyard("history", "--repo", tmp_path / "bare.git").out == modelyard("history").out


def test_a_place_without_a_registry_says_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    assert modelyard("history").err == (
        f"modelyard: {str(tmp_path.relative_to(tmp_path))!r} is not in a Git repository\n"
        "    hint: cd into a clone of the registry, or name it: --repo PATH\n"
    )
    run_git(tmp_path, "init", "--quiet")
    run_git(tmp_path, "commit", "--quiet", "--allow-empty", "--message=Begin")
    assert modelyard("history").err == (
        "modelyard: nothing happened here yet: there is no registry\n    hint: modelyard init\n"
    )


def test_text_of_strangers_stays_in_its_line(past: Past) -> None:
    name = "Eve\x1b[31m\u202e"
    past.commit(stage("1.1.0", 'reason: "x\\ny"'), "Promote\n\nReviewed-by: \x1b[2J <e@x>")
    past.repository.git("commit", "--quiet", "--amend", "--no-edit", "--allow-empty", f"--author={name} <eve@x>")
    for words in (("history", "--limit", "1"), ("log", "--limit", "1")):
        out = modelyard(*words).out
        assert "\x1b" not in out
        assert "\u202e" not in out
        assert "Eve\\x1b[31m\\u202e" in out


def test_python_asks_the_same(past: Past) -> None:
    registry = Registry()
    assert [event.kind.value for event in registry.history("fraud", stage="production")] == [
        "rolled back",
        "promoted",
        "promoted",
    ]
    (placed,) = registry.blame("fraud@production")
    assert (str(placed.version), placed.event.commit[:12]) == ("1.0.0", short(past, "HEAD~4"))
    assert Registry(as_of="2026-01-02").history()[0].kind.value == "registered"
    with pytest.raises(UsageError, match="fraud is in no stage"):
        Registry(as_of="2026-01-02").blame("fraud")
