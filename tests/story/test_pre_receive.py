"""``modelyard hook pre-receive``: real pushes to a bare repository, what is seen, and whether the branch moves."""

from __future__ import annotations

import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest

from support.cases import valid_files
from support.commands import Ended, run_command
from support.repositories import Repository, bare_repository, new_repository
from support.services import STAGING, ZERO, next_version
from support.told import NO_OWNERS

METRICS = "model_registry/fraud-1.0.0/metrics.json"
PRODUCTION = "model_registry/stages/production/fraud.yaml"
FOUNDED = "the base has no registry yet: this change founds it, and its own policy judges it\n"


@dataclass(frozen=True)
class Pushed:
    """How a push ended, and what its sender saw from the other side."""

    code: int
    remote: str


@dataclass(frozen=True)
class Server:
    """A bare repository whose hook is ours, and the desk that pushes to it."""

    origin: Repository
    desk: Repository

    def install(self, *words: str) -> None:
        hook = self.origin.path / "hooks" / "pre-receive"
        hook.parent.mkdir(exist_ok=True)
        options = " ".join(f"'{word}'" for word in words)
        hook.write_text(f"#!/bin/sh\nexec '{sys.executable}' -m modelyard hook pre-receive {options}\n")
        hook.chmod(0o755)

    def push(self, *words: str) -> Pushed:
        ran = subprocess.run(
            ["git", "push", self.origin.path.as_uri(), *words],
            cwd=self.desk.path,
            env={**os.environ, "NO_COLOR": "1"},
            capture_output=True,
            text=True,
            check=False,
        )
        lines = [line.removeprefix("remote: ").rstrip() for line in ran.stderr.splitlines() if "remote: " in line]
        return Pushed(ran.returncode, "".join(f"{line}\n" for line in lines))

    @property
    def references(self) -> dict[str, str]:
        listed = self.origin.git("for-each-ref", "--format=%(refname) %(objectname)").splitlines()
        return {name: commit for name, _, commit in (line.partition(" ") for line in listed)}


def edited(old: str) -> str:
    """Return what the report says of the line that was added to a merged version, which is at ``old`` on the branch."""
    return (
        f"{METRICS}:7:1: error MY601 fraud@1.0.0 is merged and immutable, "
        "but metrics.json was changed: line 7 differs\n"
        f"    hint: git restore --source {old[:12]} --staged --worktree model_registry/fraud-1.0.0; "
        "modelyard register fraud --bump patch … for a new version\n"
    )


def judged(new: str, old: str, reason: str, *, versions: int = 0, refused: int = 0) -> str:
    """Return how the report on an update ends, where nobody says who pushes."""
    against = f" against {old[:12]}" if old else ""
    owners = NO_OWNERS if old else ""
    outcome = f"refused: {refused} problem" if refused else "passed: no problems"
    count = f", {versions} model version{'s' * (versions > 1)} judged" if versions else ""
    return f"{owners}judged: commit {new[:12]}{against}, {reason}\n{outcome}{count}\n"


@pytest.fixture
def empty(tmp_path: Path) -> Server:
    server = Server(bare_repository(tmp_path / "models.git"), new_repository(tmp_path / "desk"))
    server.install()
    return server


@pytest.fixture
def server(empty: Server) -> Server:
    """A server whose main holds the valid registry."""
    first = valid_files() | {STAGING: valid_files()[STAGING].replace(b"1.1.0", b"1.0.0")}
    del first[PRODUCTION]
    empty.desk.commit(first, "Found the registry")
    empty.desk.commit(valid_files(), "Promote")
    empty.desk.git("push", "--quiet", str(empty.origin.path), "main", GIT_CONFIG_COUNT="0")
    return empty


def test_the_first_push_founds_the_registry(empty: Server) -> None:
    head = empty.desk.commit({"model_registry/registry.yaml": b"schema_version: 1\n"}, "Found the registry")

    assert empty.push("main") == Pushed(0, FOUNDED + judged(head, "", "main is not there before the push"))
    assert empty.references == {"refs/heads/main": head}


def test_a_broken_registry_is_not_founded(empty: Server) -> None:
    files = {"model_registry/registry.yaml": b"schema_version: 1\n", "model_registry/notes.txt": b""}
    head = empty.desk.commit(files, "Found the registry")

    pushed = empty.push("main")

    assert pushed.code == 1
    assert pushed.remote.startswith("model_registry/notes.txt: error MY101 ")
    assert pushed.remote.endswith(FOUNDED + judged(head, "", "main is not there before the push", refused=1))
    assert empty.references == {}


def test_a_repository_that_is_no_registry_takes_everything(empty: Server) -> None:
    head = empty.desk.commit({"a.txt": b""})
    assert empty.push("main").code == 0
    assert empty.references == {"refs/heads/main": head}


def test_a_good_push_moves_main(server: Server) -> None:
    old, new = server.desk.head, server.desk.commit(next_version(), "Register fraud@1.2.0")

    assert server.push("main") == Pushed(0, judged(new, old, "where main is before the push", versions=1))
    assert server.references == {"refs/heads/main": new}


def test_a_push_that_leaves_the_registry_alone_says_so(server: Server) -> None:
    old, new = server.desk.head, server.desk.commit({"notes.txt": b"nothing of the registry\n"})

    expected = "nothing below model_registry/ changed\n" + judged(new, old, "where main is before the push")
    assert server.push("main") == Pushed(0, expected)


def test_an_edit_of_a_merged_version_does_not_move_main(server: Server) -> None:
    old = server.desk.head
    new = server.desk.commit({METRICS: valid_files()[METRICS] + b"\n"}, "Better figures")

    pushed = server.push("main")

    assert pushed == Pushed(1, edited(old) + judged(new, old, "where main is before the push", versions=1, refused=1))
    assert server.references == {"refs/heads/main": old}
    # Nothing of the push is left: it waited in quarantine.
    assert server.origin.git("cat-file", "--batch-check", stdin=new.encode()) == f"{new} missing"


def test_a_push_is_one_change_however_many_commits_it_has(server: Server) -> None:
    """What was broken and mended again before it was pushed has never been on main."""
    old = server.desk.head
    server.desk.commit({METRICS: b"{}\n"}, "Break")
    server.desk.commit({METRICS: valid_files()[METRICS]}, "Mend")
    new = server.desk.commit(next_version(), "Register fraud@1.2.0")

    assert server.push("main") == Pushed(0, judged(new, old, "where main is before the push", versions=1))


def test_promotions_are_pushed_one_by_one(server: Server) -> None:
    """A version that was in a stage for the length of a push has not been there."""
    old = server.desk.head
    first = server.desk.commit({STAGING: b"schema_version: 1\nversion: 1.0.0\n"}, "Into staging")
    second = server.desk.commit({STAGING: valid_files()[STAGING]}, "Out of it")

    assert server.push("main") == Pushed(
        1,
        "modelyard: the push changes stages in 2 commits of main, and each has to be judged\n"
        f"    hint: push them one at a time: git push origin {first}:main\n",
    )
    assert server.references == {"refs/heads/main": old}
    assert server.push(f"{first}:main").code == 0
    assert server.push("main").code == 0
    assert server.references == {"refs/heads/main": second}


def test_a_change_of_policy_does_not_judge_itself(server: Server) -> None:
    old = server.desk.head
    exemption = valid_files()["model_registry/registry.yaml"] + (
        b"exemptions:\n  - rule: MY601\n    path: model_registry/fraud-1.0.0/metrics.json\n"
        b"    reason: because\n    expires: 2099-01-01\n"
    )
    server.desk.commit({"model_registry/registry.yaml": exemption, METRICS: valid_files()[METRICS] + b"\n"})

    pushed = server.push("main")

    assert (pushed.code, server.references) == (1, {"refs/heads/main": old})
    assert edited(old) in pushed.remote


def test_history_that_is_rewritten_is_refused(server: Server) -> None:
    old = server.desk.head
    server.desk.git("commit", "--quiet", "--amend", "--message", "Another")

    assert server.push("--force", "main") == Pushed(
        1,
        f"modelyard: the push rewrites main: {old[:12]}, where it is now, would be lost\n"
        "    hint: fetch, then merge or rebase onto it: git pull --rebase, and push without --force\n",
    )
    assert server.references == {"refs/heads/main": old}


def test_history_may_be_rewritten_where_the_server_says_so_but_no_version(server: Server) -> None:
    server.install("--allow-rewrite")
    old = server.desk.head
    server.desk.git("commit", "--quiet", "--amend", "--message", "Another")
    new = server.desk.head
    assert server.push("--force", "main") == Pushed(
        0,
        "nothing below model_registry/ changed\n" + judged(new, old, "where main is before the push"),
    )

    server.desk.git("reset", "--quiet", "--hard", "HEAD~1")
    bad = server.desk.commit(valid_files() | {METRICS: b"{}\n"}, "Another")
    pushed = server.push("--force", "main")
    assert pushed.code == 1
    assert "is merged and immutable" in pushed.remote
    assert bad not in server.references.values()


def test_the_protected_branch_is_not_deleted(server: Server) -> None:
    old = server.desk.head
    # Git itself refuses to delete the default branch, unless it is told not to.
    server.origin.git("config", "receive.denyDeleteCurrent", "ignore")

    assert server.push("--delete", "main") == Pushed(
        1,
        "modelyard: main is protected, it cannot be deleted\n    hint: push another branch, and leave this one\n",
    )
    assert server.references == {"refs/heads/main": old}


def test_other_branches_and_tags_are_nobodys_business(server: Server) -> None:
    head = server.desk.head
    bad = server.desk.commit({METRICS: b"{}\n"}, "Try")
    server.desk.git("tag", "v1", bad)

    assert server.push(f"{bad}:refs/heads/try", "v1") == Pushed(0, "")
    assert server.references == {"refs/heads/main": head, "refs/heads/try": bad, "refs/tags/v1": bad}
    assert server.push("--delete", "try") == Pushed(0, "")
    # From there it does not get to main.
    assert server.push(f"{bad}:main").code == 1


def test_several_references_are_taken_together_or_not_at_all(server: Server) -> None:
    server.install("--branch", "main", "--branch", "release/*")
    old = server.desk.head
    good = server.desk.commit(next_version(), "Register fraud@1.2.0")
    bad = server.desk.commit({METRICS: valid_files()[METRICS] + b"\n"}, "Better figures")

    pushed = server.push(f"{good}:main", f"{bad}:refs/heads/release/1.0", f"{bad}:refs/heads/try")

    assert pushed == Pushed(
        1,
        judged(good, old, "where main is before the push", versions=1)
        + edited(old)
        + judged(bad, old, "where release/1.0 leaves main", versions=2, refused=1),
    )
    assert server.references == {"refs/heads/main": old}


def test_a_new_protected_branch_starts_from_main(server: Server) -> None:
    server.install("--branch", "*")
    head = server.desk.head
    assert server.push(f"{head}:refs/heads/release/1.0") == Pushed(
        0, "nothing below model_registry/ changed\n" + judged(head, head, "where release/1.0 leaves main")
    )

    orphan = server.desk.commit_tree(f"{head}^{{tree}}", message="Out of nothing")
    assert server.push(f"{orphan}:refs/heads/release/2.0") == Pushed(
        1,
        "modelyard: release/2.0 is protected, and does not start from a commit that main has been at\n"
        "    hint: start it there: git switch --create release/2.0 origin/main\n",
    )
    assert list(server.references) == ["refs/heads/main", "refs/heads/release/1.0"]


def test_a_repository_with_a_work_tree_takes_pushes_too(server: Server, tmp_path: Path) -> None:
    other = new_repository(tmp_path / "other")
    other.git("fetch", "--quiet", str(server.origin.path), "main")
    other.git("reset", "--quiet", "--hard", "FETCH_HEAD")
    other.git("config", "receive.denyCurrentBranch", "ignore")
    receiver = Server(Repository(other.path / ".git"), server.desk)
    receiver.install()
    old, new = server.desk.head, server.desk.commit({METRICS: valid_files()[METRICS] + b"\n"}, "Better figures")

    assert receiver.push("main") == Pushed(
        1, edited(old) + judged(new, old, "where main is before the push", versions=1, refused=1)
    )
    assert receiver.references == {"refs/heads/main": old}


def test_a_push_that_lacks_objects_is_not_judged(server: Server) -> None:
    """Git refuses it before any hook; a hook that is asked all the same could not finish."""
    old, new = server.desk.head, server.desk.commit(next_version(), "Register fraud@1.2.0")
    blob = server.desk.git("rev-parse", f"{new}:model_registry/fraud-1.2.0/metadata.yaml")
    tree = server.desk.git("rev-parse", f"{new}^{{tree}}")
    for name in (
        new,
        tree,
        *server.desk.git("rev-parse", f"{new}:model_registry", f"{new}:model_registry/fraud-1.2.0").split(),
    ):
        kind = server.desk.git("cat-file", "-t", name)
        raw = subprocess.check_output(["git", "cat-file", kind, name], cwd=server.desk.path)
        server.origin.git("hash-object", "-w", "-t", kind, "--stdin", stdin=raw)

    assert hooked(server, f"{old} {new} refs/heads/main\n") == Ended(
        3,
        "",
        f"modelyard: blob {blob} is missing from the repository or corrupt\n    hint: git fsck\n",
    )


def hooked(server: Server, described: str, *words: str) -> Ended:
    """Run the hook as Git does, with what it would say on standard input."""
    ran = subprocess.run(
        [sys.executable, "-m", "modelyard", "hook", "pre-receive", *words],
        cwd=server.origin.path,
        env={**os.environ, "GIT_DIR": "."},
        input=described,
        capture_output=True,
        text=True,
        check=False,
    )
    return Ended(ran.returncode, ran.stdout, ran.stderr)


@pytest.mark.parametrize(
    "line",
    ["main", f"{ZERO} {ZERO}", f"--output=x {ZERO} refs/heads/main", f"{'a' * 39} {'b' * 40} refs/heads/main"],
)
def test_what_git_would_not_say_is_refused(line: str, server: Server) -> None:
    assert hooked(server, f"{line}\n") == Ended(
        2,
        "",
        f"modelyard: {line!r} is not what Git says to a pre-receive hook\n"
        "    hint: call it from hooks/pre-receive of the repository: exec modelyard hook pre-receive\n",
    )


@pytest.mark.parametrize(
    ("pattern", "message", "hint"),
    [
        ("refs/heads/main", "'refs/heads/main' is a reference, not a branch", "--branch 'main'"),
        ("", "'' cannot be the name of a branch", "use letters, digits and single '-', '/'"),
        ("main..x", "'main..x' cannot be the name of a branch", "use letters, digits and single '-', '/'"),
    ],
)
def test_a_pattern_that_protects_nothing_is_refused(pattern: str, message: str, hint: str, server: Server) -> None:
    line = f"{ZERO} {server.desk.head} refs/heads/main\n"
    assert hooked(server, line, "--branch", pattern) == Ended(2, "", f"modelyard: {message}\n    hint: {hint}\n")


def test_without_a_branch_to_protect_nothing_is_taken(server: Server) -> None:
    server.origin.git("update-ref", "--no-deref", "HEAD", server.desk.head)
    assert hooked(server, f"{ZERO} {server.desk.head} refs/heads/x\n") == Ended(
        2,
        "",
        "modelyard: HEAD of this repository names no branch to protect\n    hint: name it: --branch main\n",
    )


def test_a_bare_repository_is_judged_by_its_commits(server: Server) -> None:
    old, new = server.desk.head, server.desk.commit(next_version(), "Register fraud@1.2.0")
    assert server.push("main").code == 0
    against = run_command("validate", "--base", "HEAD~1", "--head", "main", directory=server.origin.path)
    assert against == Ended(0, judged(new, old, "as asked for", versions=1), "")
    alone = run_command("validate", "--head", old, directory=server.origin.path)
    assert alone == Ended(0, judged(old, "", "by itself", versions=2), "")
    nothing = run_command("validate", directory=server.origin.path)
    assert nothing == Ended(
        2,
        "",
        f"modelyard: {server.origin.path} is a bare repository\n    hint: git clone it, and work in the clone\n",
    )
