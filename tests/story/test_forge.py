"""Pull requests on a forge: real pushes, a real checkout of the merge commit, and the gate as a required check.

The forge is a small one of our own (support.forge) with Git's own HTTP backend. None of this ran on GitHub itself.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import pytest
from github import Auth, Github, GithubException
from github.PullRequest import PullRequest

from support.forge import Forge
from support.forge_server import serving
from support.registry import Scene
from support.repositories import Repository, run_git
from support.workflows import Ran, Runner

CHECK = "Validate model versions"
CANARY = "Let the gate refuse a registry that is bad on purpose"
VALIDATE = "Validate schema, card, files and pointers"
PASSED = "passed: no problems, 1 model version judged"
NO_MERGE = f'Required status check "{CHECK}" is failing.'


@dataclass(frozen=True)
class World:
    """The forge, the author's clone of what it holds, and where jobs run."""

    forge: Forge
    scene: Scene
    jobs: Path

    @property
    def author(self) -> Repository:
        return self.scene.registry

    def client(self, token: str) -> Github:
        """Return the client library that production code would use."""
        return Github(auth=Auth.Token(token), base_url=self.forge.url, retry=None, lazy=True)

    def branch(self, name: str) -> None:
        """Begin a branch at the main branch of the forge."""
        self.author.git("fetch", "--quiet", "origin")
        self.author.git("switch", "--quiet", "--no-track", "--create", name, "origin/main")

    def propose(self, title: str) -> PullRequest:
        """Commit everything, push the branch, and open a pull request."""
        branch = self.author.git("branch", "--show-current")
        if self.author.git("status", "--porcelain"):
            self.scene.commit(title)
        self.author.git("push", "--quiet", "origin", branch)
        repository = self.client("token-of-the-author").get_repo(self.forge.name)
        return repository.create_pull(base="main", head=branch, title=title, body="")

    def pushed(self) -> None:
        """Push the branch again, with a further commit."""
        self.scene.commit("More")
        self.author.git("push", "--quiet", "origin", "HEAD")

    def judge(self, number: int, *, depth: int = 0, merge: str | None = None) -> Ran:
        """Run the workflow of the pull request's own merge commit, and set the status of its head."""
        pull = self.client("token-of-the-job").get_repo(self.forge.name).get_pull(number)
        job = self.jobs / str(len(list(self.jobs.iterdir())))
        workspace, temporary = job / "workspace", job / "temporary"
        for directory in (workspace, temporary):
            directory.mkdir(parents=True)
        commit = merge or pull.merge_commit_sha
        assert commit

        def check_out(given: Mapping[str, str]) -> Mapping[str, str]:
            assert given["persist-credentials"] == "false"
            _check_out(workspace, self.forge.clone_url, commit, number, depth)
            return {}

        runner = Runner(
            workspace,
            temporary,
            github=_context(self.forge, pull, commit),
            variables={"MODELYARD_SOURCE": ""},
            players={"actions/checkout": check_out, "actions/setup-python": lambda _given: {}},
        )
        text = self.forge.repository.git("show", f"{commit}:.github/workflows/model-registry.yml")
        ended = runner.run_job(text, "validate")
        assert ended[CANARY].code == 0, ended[CANARY].output
        passed = all(ran.code == 0 for ran in ended.values())
        state = "success" if passed else "failure"
        pull.base.repo.get_commit(pull.head.sha).create_status(state, context=CHECK)
        return ended[VALIDATE]

    def merge(self, pull: PullRequest) -> str:
        """Press the button, and return the new commit of main."""
        return pull.merge().sha

    def refusal(self, pull: PullRequest) -> tuple[int, str]:
        """Press the button, and return why it is refused."""
        with pytest.raises(GithubException) as refused:
            pull.merge()
        return refused.value.status, refused.value.data["message"]


@pytest.fixture
def world(merged: Scene, tmp_path: Path) -> Iterator[World]:
    forge = Forge(tmp_path / "forge", required=frozenset({CHECK}))
    forge.seed(merged.origin)
    jobs = tmp_path / "jobs"
    jobs.mkdir()
    with serving(forge):
        merged.registry.git("remote", "set-url", "origin", forge.clone_url)
        yield World(forge, merged, jobs)


def _check_out(workspace: Path, url: str, commit: str, number: int, depth: int) -> None:
    """Fetch and check out as actions/checkout does for a pull request, with `fetch-depth: depth`."""
    run_git(workspace, "init", "--quiet")
    run_git(workspace, "remote", "add", "origin", url)
    target = f"+{commit}:refs/remotes/pull/{number}/merge"
    extent = [f"--depth={depth}", target] if depth else ["+refs/heads/*:refs/remotes/origin/*", target]
    run_git(workspace, "-c", "protocol.version=2", "fetch", "--quiet", "--no-tags", "--prune", "origin", *extent)
    run_git(workspace, "checkout", "--quiet", "--force", f"refs/remotes/pull/{number}/merge")


def _context(forge: Forge, pull: PullRequest, commit: str) -> dict[str, object]:
    base = {"ref": "main", "sha": pull.base.sha}
    head = {"ref": pull.head.ref, "sha": pull.head.sha}
    return {
        "event_name": "pull_request",
        "event": {"number": pull.number, "pull_request": {"number": pull.number, "base": base, "head": head}},
        "repository": forge.name,
        "ref": f"refs/pull/{pull.number}/merge",
        "sha": commit,
        "base_ref": "main",
        "head_ref": pull.head.ref,
        "actor": "author",
        "api_url": forge.url,
        "server_url": forge.url,
    }


def registered(world: World, version: str = "1.2.0") -> PullRequest:
    world.branch(f"register-{version}")
    done = world.scene.register("--version", version, "--metrics", "accuracy=0.9", "--n", "100")
    assert done.code == 0, done.err
    return world.propose(f"Register fraud@{version}")


def edited(path: Path, old: str, new: str) -> None:
    text = path.read_text()
    assert old in text
    path.write_text(text.replace(old, new))


@pytest.mark.parametrize("depth", [0, 2])
def test_a_valid_version_goes_green_and_is_merged(depth: int, world: World) -> None:
    pull = registered(world)
    assert {file.filename.split("/")[1] for file in pull.get_files()} == {"fraud-1.2.0"}
    assert world.refusal(pull) == (405, f'Required status check "{CHECK}" is expected.')

    ran = world.judge(pull.number, depth=depth)

    assert (ran.code, ran.output.splitlines()[-1]) == (0, PASSED)
    merged = world.merge(pull)
    assert world.forge.commit("refs/heads/main") == merged
    assert world.forge.repository.git("rev-parse", f"{merged}^2") == pull.head.sha


@pytest.mark.parametrize("depth", [0, 2])
def test_an_edit_of_a_merged_version_goes_red_until_it_is_taken_back(depth: int, world: World) -> None:
    world.branch("better")
    metrics = world.scene.version("fraud-1.0.0") / "metrics.json"
    before = metrics.read_text()
    edited(metrics, "0.9", "0.99")
    pull = world.propose("Better figures")

    ran = world.judge(pull.number, depth=depth)

    assert ran.code == 1
    first, *_, last = ran.output.splitlines()
    assert first.startswith("::error file=model_registry/fraud-1.0.0/metrics.json")
    assert (
        "title=MY601::fraud@1.0.0 is merged and immutable, but metrics.json was changed: `accuracy` from 0.9 to 0.99. "
        in first
    )
    assert last == "refused: 1 problem, 1 model version judged"
    assert "MY601" in ran.summary
    assert world.refusal(pull) == (405, NO_MERGE)

    metrics.write_text(before)
    (world.author.path / "notes.txt").write_text("figures are measured, not wished for\n")
    world.pushed()
    assert world.judge(pull.number, depth=depth).code == 0
    assert world.merge(pull) == world.forge.commit("refs/heads/main")


def broken_main(world: World) -> None:
    """Give main a version with a bad licence, past the gate, as somebody with the key to the server can."""
    world.branch("past-the-gate")
    done = world.scene.register("--version", "0.9.0", "--metrics", "accuracy=0.9", "--n", "100")
    assert done.code == 0, done.err
    edited(world.scene.version("fraud-0.9.0") / "metadata.yaml", "license: MIT\n", "license: Free\n")
    world.scene.commit("Register fraud@0.9.0")
    world.author.git("push", "--quiet", "origin", "HEAD")
    tip = world.forge.commit("refs/heads/past-the-gate")
    assert tip
    world.forge.repository.git("update-ref", "refs/heads/main", tip)


def test_what_was_wrong_on_main_before_does_not_stop_others(world: World) -> None:
    broken_main(world)
    pull = registered(world)

    ran = world.judge(pull.number)

    assert (ran.code, ran.output.splitlines()[-1]) == (0, PASSED)
    assert "0.9.0" not in ran.output
    world.merge(pull)


def test_main_that_moves_on_meanwhile_changes_nothing(world: World) -> None:
    first, second = registered(world), registered(world, "1.3.0")
    event = second.merge_commit_sha
    world.judge(first.number)
    world.merge(first)

    # The event's own merge commit, made before main moved on; and the one that a new run gets.
    again = world.client("token-of-the-job").get_repo(world.forge.name).get_pull(second.number)
    assert again.merge_commit_sha != event
    for merge in (event, again.merge_commit_sha):
        for depth in (0, 2):
            ran = world.judge(second.number, depth=depth, merge=merge)
            assert (ran.code, ran.output.splitlines()[-1]) == (0, PASSED)
    world.merge(second)


def test_a_change_of_policy_does_not_judge_the_version_beside_it(world: World) -> None:
    world.branch("relax")
    done = world.scene.register("--version", "1.2.0", "--metrics", "accuracy=0.9", "--n", "100")
    assert done.code == 0, done.err
    edited(world.scene.version("fraud-1.2.0") / "metadata.yaml", "license: MIT\n", "license: Free\n")
    policy = world.author.path / "model_registry" / "registry.yaml"
    policy.write_text(
        policy.read_text() + "exemptions:\n  - rule: MY207\n    path: model_registry/fraud-1.2.0/metadata.yaml\n"
        "    reason: Our licence is free.\n"
    )
    pull = world.propose("Register fraud@1.2.0, and relax the policy")

    ran = world.judge(pull.number)

    assert ran.code == 1
    expected = "title=MY207::`license` is not valid: 'Free' is not an SPDX licence identifier ("
    assert any(
        line.startswith("::error file=model_registry/fraud-1.2.0/metadata.yaml,line=")
        for line in ran.output.splitlines()
    )
    assert expected in ran.output
    assert world.refusal(pull) == (405, NO_MERGE)


def test_a_shallow_checkout_of_the_merge_alone_says_what_to_fetch(world: World) -> None:
    pull = registered(world)

    ran = world.judge(pull.number, depth=1)

    assert ran.code == 3
    base = world.forge.tip("refs/heads/main")[:12]
    assert ran.output == (
        f"modelyard: the base {base} is not in this shallow clone\n"
        "    hint: set fetch-depth: 2 for the checkout, or git fetch --deepen=1\n"
    )
    assert world.refusal(pull) == (405, NO_MERGE)


def test_two_changes_of_one_thing_cannot_both_be_merged(world: World) -> None:
    pulls = []
    for version in ("1.0.0", "1.1.0"):
        world.branch(f"note-{version}")
        model = world.author.path / "model_registry" / "models" / "fraud.yaml"
        model.write_text(model.read_text() + f"description: Next is {version}.\n")
        pulls.append(world.propose(f"Describe {version}"))
    for pull in pulls:
        assert world.judge(pull.number).code == 0

    world.merge(pulls[0])

    assert world.refusal(pulls[1]) == (405, "Pull Request is not mergeable")


def test_nobody_pushes_past_the_pull_request(world: World) -> None:
    world.branch("direct")
    (world.author.path / "notes.txt").write_text("past review\n")
    world.scene.commit("Push directly")

    with pytest.raises(AssertionError, match="refs/heads/main is protected: open a pull request"):
        world.author.git("push", "--quiet", "origin", "HEAD:refs/heads/main")
    assert os.environ.get("GIT_DIR") is None
