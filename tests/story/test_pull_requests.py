"""``--pr``: a branch is pushed and its request opened, once, whatever the forge answers; by the real client libraries.

The forge is the small one of support.forge, with the shapes that GitHub and GitLab document.
"""

from __future__ import annotations

import json
import re
import threading
from collections.abc import Iterator

import pytest

from modelyard.api import publishing
from modelyard.forges import github, patience
from support.forge import Fault, Forge, Pull
from support.forge_server import serving
from support.registry import Ran, Scene, unchanged
from support.sealing import pyrage

TOKEN = "token-of-the-author"
BRANCH = "promote/fraud-1.1.0-to-staging"
PULLS = "/repos/example/models/pulls"
OPENING = f"POST {PULLS}"
KINDS = {
    "github": ("GITHUB_TOKEN", "pull request #1", "pull/1"),
    "gitlab": ("GITLAB_TOKEN", "merge request !1", "-/merge_requests/1"),
}


class Desk:
    """A clone whose origin lies on a forge of one kind, and how long its commands have waited for it."""

    def __init__(self, scene: Scene, forge: Forge, kind: str) -> None:
        self.scene, self.forge, self.kind = scene, forge, kind
        self.waits: list[float] = []

    def promote(self, *words: str) -> Ran:
        ran = self.scene.run("promote", "fraud@1.1.0", "--to", "staging", "--pr", *words)
        assert TOKEN not in ran.out + ran.err
        return Ran(ran.code, ran.out.replace(self.forge.url, "FORGE"), ran.err.replace(self.forge.url, "FORGE"))

    @property
    def host(self) -> str:
        return self.forge.url.removeprefix("http://")

    @property
    def only(self) -> Pull:
        (pull,) = self.forge.pulls.values()
        return pull

    def opened(self, ran: Ran) -> None:
        """Make sure that a command ended well, and that there is one request for the branch's one commit."""
        assert ran.code == 0, ran.err
        assert self.only.branch == BRANCH
        assert self.forge.repository.git("log", "--format=%s", f"main..{BRANCH}") == "Promote fraud@1.1.0 to staging"


@pytest.fixture
def forge(merged: Scene, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Forge]:
    forge = Forge(tmp_path_factory.mktemp("forge"))
    forge.seed(merged.origin)
    with serving(forge):
        merged.registry.git("remote", "set-url", "origin", forge.clone_url)
        yield forge


def desk(scene: Scene, forge: Forge, monkeypatch: pytest.MonkeyPatch, kind: str) -> Desk:
    made = Desk(scene, forge, kind)
    scene.registry.git("config", "modelyard.forge", kind)
    scene.registry.git("config", "modelyard.forgeApi", forge.url)
    monkeypatch.setenv(KINDS[kind][0], TOKEN)
    monkeypatch.setattr(publishing, "Patience", lambda tell: patience.Patience(tell, pause=made.waits.append))
    return made


@pytest.fixture
def hub(merged: Scene, forge: Forge, monkeypatch: pytest.MonkeyPatch) -> Desk:
    """The forge as GitHub."""
    return desk(merged, forge, monkeypatch, "github")


@pytest.fixture(params=["github", "gitlab"])
def either(merged: Scene, forge: Forge, monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest) -> Desk:
    """The forge as GitHub, and as GitLab."""
    return desk(merged, forge, monkeypatch, request.param)


def test_a_promotion_is_opened_with_title_text_and_labels(either: Desk) -> None:
    ran = either.promote("--reason", "fewer @alarms, fixes #1")

    _variable, what, page = KINDS[either.kind]
    commit = either.forge.tip(f"refs/heads/{BRANCH}")
    assert (ran.code, ran.err) == (0, "")
    assert ran.out == (
        "promoted fraud@1.1.0 to staging, replacing 1.0.0\n"
        f"  committed on branch {BRANCH} as {commit[:12]}\n"
        "  holds     model_registry/stages/staging/fraud.yaml\n"
        "  pushed to origin\n"
        f"  opened    {what}: FORGE/example/models/{page}\n"
    )
    pull = either.only
    assert (pull.branch, pull.head, pull.author) == (BRANCH, commit, "author")
    assert pull.title == "Promote fraud@1.1.0 to staging"
    assert pull.labels == ["promotion", "staging"]
    assert pull.body == (
        "- Promote <code>fraud&#64;1.1.0</code> to staging, replacing 1.0.0\n"
        "\n"
        "> fewer <code>&#64;alarms,</code> fixes <code>&#35;1</code>\n"
        "\n"
        "The gate let it pass where it was proposed; the checks of this request judge it again.\n"
        "\n"
        "- <code>model&#95;registry/stages/staging/fraud.yaml</code>\n"
    )
    assert either.scene.registry.git("branch", "--show-current") == "main"
    assert either.scene.registry.git("status", "--porcelain") == ""


def test_whoever_repeats_it_finds_the_same_request(either: Desk) -> None:
    either.opened(either.promote())
    commit = either.only.head
    again = either.promote()
    either.opened(again)
    assert again.out.splitlines()[-1].split(": ")[0] == f"  found     {KINDS[either.kind][1]}"
    assert either.only.head == commit

    # Another clone, such as a scheduled job's, has no such branch of its own.
    either.scene.registry.git("branch", "--delete", "--force", BRANCH)
    either.scene.registry.git("update-ref", "-d", f"refs/remotes/origin/{BRANCH}")
    either.opened(either.promote())
    assert either.only.head == commit


def test_json_says_where_the_request_is(hub: Desk) -> None:
    value = json.loads(hub.promote("--format", "json").out)
    assert value["branch"] == BRANCH
    assert value["pull_request"] == {
        "remote": "origin",
        "number": 1,
        "url": "FORGE/example/models/pull/1",
        "opened": True,
        "command": None,
    }
    assert json.loads(hub.promote("--format", "json").out)["pull_request"]["opened"] is False


def test_a_crash_between_commit_and_push_is_mended_by_running_again(hub: Desk) -> None:
    without = hub.scene.run("promote", "fraud@1.1.0", "--to", "staging", "--branch")
    assert without.code == 0
    commit = hub.scene.registry.git("rev-parse", BRANCH)
    hub.opened(hub.promote())
    assert hub.only.head == commit


def test_a_crash_between_push_and_request_is_mended_by_running_again(hub: Desk) -> None:
    hub.scene.run("promote", "fraud@1.1.0", "--to", "staging", "--branch")
    hub.scene.registry.git("push", "--quiet", "origin", BRANCH)
    commit = hub.scene.registry.git("rev-parse", BRANCH)
    hub.opened(hub.promote())
    assert hub.only.head == commit


def test_a_registration_that_is_run_again_makes_the_same_change(hub: Desk) -> None:
    words = ("--version", "1.2.0", "--metrics", "accuracy=0.95", "--n", "1000", "--pr")
    first = hub.scene.register(*words)
    assert first.code == 0, first.err
    metadata = "model_registry/fraud-1.2.0/metadata.yaml"
    before = hub.scene.registry.git("show", f"register/fraud-1.2.0:{metadata}")
    assert hub.only.labels == ["registration"]
    assert hub.only.body.startswith("- Register <code>fraud&#64;1.2.0</code>\n\nThe gate")

    # As if the clock had moved on since.
    older = re.sub("created_at: '[0-9TZ:-]+'", "created_at: '2026-01-02T03:04:05Z'", before)
    assert older != before
    hub.scene.registry.git("switch", "--quiet", "register/fraud-1.2.0")
    hub.scene.registry.write({metadata: f"{older}\n".encode()})
    hub.scene.registry.git("commit", "--quiet", "--no-verify", "--amend", "--no-edit", "--all")
    hub.scene.registry.git("push", "--quiet", "--force", "origin", "HEAD")
    hub.scene.registry.git("switch", "--quiet", "main")
    again = hub.scene.register(*words)
    assert again.code == 0, again.err
    assert "found     pull request #1" in again.out

    other = hub.scene.register(*(word.replace("0.95", "0.96") for word in words))
    assert (other.code, other.err) == (
        1,
        (
            "modelyard: branch 'register/fraud-1.2.0' exists already, and does not make the same change\n"
            "    hint: git pull, if it was made from a newer commit, or choose another name: --branch NAME\n"
        ),
    )


@pytest.fixture
def sealing(merged: Scene) -> None:
    """Let the policy demand that artifacts are sealed, before the forge has the registry."""
    policy = merged.registry.path / "model_registry" / "registry.yaml"
    recipient = pyrage.x25519.Identity.generate().to_public()
    demand = f"storage: {{remotes: {{storage: {{compress: zstd, encrypt: {{age: [{recipient}]}}}}}}}}\n"
    policy.write_text(policy.read_text("utf-8") + demand, "utf-8")
    merged.commit("Let artifacts be sealed")
    merged.push()


@pytest.mark.parametrize("artifact", ["model.onnx", "forest"])
def test_one_that_encrypts_does_too(sealing: None, hub: Desk, artifact: str) -> None:
    given = ("--version", "1.2.0", "--metrics", "accuracy=0.95", "--n", "1000", "--pr")
    words = (*given, "--card", hub.scene.training.path / "MODEL_CARD.md")
    first = hub.scene.register(*words, artifact=artifact)
    assert first.code == 0, first.err
    head = hub.scene.registry.git("rev-parse", "register/fraud-1.2.0")
    again = hub.scene.register(*words, artifact=artifact)
    assert again.code == 0, again.err
    assert "found     pull request #1" in again.out
    assert hub.scene.registry.git("rev-parse", "register/fraud-1.2.0") == head


def test_a_branch_that_holds_something_else_is_left_alone(hub: Desk) -> None:
    hub.scene.registry.git("switch", "--quiet", "--create", BRANCH)
    hub.scene.registry.commit({"notes.txt": b"mine\n"})
    hub.scene.registry.git("switch", "--quiet", "main")
    ran = hub.promote()
    assert (ran.code, ran.out) == (1, "")
    assert ran.err == (
        f"modelyard: branch '{BRANCH}' exists already, and does not make the same change\n"
        "    hint: git pull, if it was made from a newer commit, or choose another name: --branch NAME\n"
    )
    assert hub.forge.pulls == {}
    assert hub.promote("--branch", "another").code == 0
    assert hub.only.branch == "another"


def test_a_no_is_not_asked_again(hub: Desk) -> None:
    hub.opened(hub.promote())
    hub.only.closed = True
    ran = hub.promote()
    assert (ran.code, ran.err) == (
        1,
        (
            "modelyard: pull request #1 of the same commit was closed and not merged: FORGE/example/models/pull/1\n"
            "    hint: reopen it there, or propose the change anew on another branch: --branch NAME\n"
        ),
    )
    hub.only.closed = False
    hub.forge.merge(1)
    ran = hub.promote()
    assert (ran.code, ran.err) == (
        1,
        (
            "modelyard: pull request #1 has merged the same commit already: FORGE/example/models/pull/1\n"
            "    hint: git pull\n"
        ),
    )


@pytest.mark.parametrize("done", [False, True], ids=["not done", "done"])
@pytest.mark.parametrize("status", [500, 502, None])
def test_a_lost_answer_opens_nothing_twice(either: Desk, status: int | None, done: bool) -> None:
    opening = OPENING if either.kind == "github" else "POST /api/v4/projects/example%2Fmodels/merge_requests"
    either.forge.faults = [Fault(opening, status, done=done)]
    ran = either.promote()
    either.opened(ran)
    why = f"answered with status {status}" if status else "cannot be reached"
    assert ran.err == f"{either.host} {why}; asking again in 1 second\n"
    assert either.waits == [1]
    assert either.forge.requests.count(opening) == (1 if done else 2)


def test_a_forge_that_stays_silent_is_asked_again(hub: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    heard = threading.Event()
    real = hub.forge.open_pull

    def late(*arguments: object, **named: object) -> Pull:
        pull = real(*arguments, **named)  # type: ignore[arg-type]
        heard.wait(60)
        return pull

    monkeypatch.setattr(github, "_TIMEOUT", 1)
    monkeypatch.setattr(hub.forge, "open_pull", late)
    monkeypatch.setattr(
        publishing, "Patience", lambda tell: patience.Patience(tell, pause=lambda _seconds: heard.set())
    )
    ran = hub.promote()
    hub.opened(ran)
    assert ran.err == f"{hub.host} did not answer within 1 seconds; asking again in 1 second\n"


def test_an_answer_that_somebody_else_was_quicker_is_looked_up(either: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    real = either.forge.open_pull

    def raced(*arguments: object, **named: object) -> Pull:
        monkeypatch.setattr(either.forge, "open_pull", real)
        real(*arguments, **named)  # type: ignore[arg-type]
        return real(*arguments, **named)  # type: ignore[arg-type]

    monkeypatch.setattr(either.forge, "open_pull", raced)
    ran = either.promote()
    either.opened(ran)
    assert (ran.err, either.waits) == ("", [])


LIMITS = {
    "retry after": (429, {"Retry-After": "7"}, "Too Many Requests", [7], "7 seconds"),
    "a secondary limit": (403, {"Retry-After": "30"}, "You have exceeded a secondary rate limit.", [30], "30 seconds"),
    "no time": (403, {}, "You have exceeded a secondary rate limit. Please wait.", [60], "60 seconds"),
}


@pytest.mark.parametrize("limit", LIMITS)
def test_a_limit_is_waited_out_for_as_long_as_the_forge_asks(hub: Desk, limit: str) -> None:
    status, headers, message, waits, span = LIMITS[limit]
    hub.forge.faults = [Fault(OPENING, status, headers, message)]
    ran = hub.promote()
    hub.opened(ran)
    assert ran.err == f"{hub.host} limits how often it is asked; asking again in {span}\n"
    assert hub.waits == waits


def test_a_limit_of_gitlab_is_waited_out(merged: Scene, forge: Forge, monkeypatch: pytest.MonkeyPatch) -> None:
    lab = desk(merged, forge, monkeypatch, "gitlab")
    lab.forge.faults = [Fault("GET .*", 429, {"Retry-After": "9"}, "Retry later")]
    lab.opened(lab.promote())
    assert lab.waits == [9]


def test_a_limit_that_ends_too_late_is_not_waited_out(hub: Desk) -> None:
    hub.forge.faults = [Fault(OPENING, 403, {"X-RateLimit-Remaining": "0", "Retry-After": "1800"}, "API rate limit")]
    ran = hub.promote()
    assert (ran.code, ran.err) == (
        3,
        (
            f"modelyard: {hub.host} limits how often it is asked, and wants us to wait 30 minutes\n"
            "    hint: then run the same command again; what was pushed stays, and nothing is opened twice\n"
        ),
    )
    assert (hub.waits, hub.forge.pulls) == ([], {})
    hub.opened(hub.promote())


def test_a_forge_that_is_down_is_given_up_and_the_next_run_goes_on(either: Desk) -> None:
    either.forge.faults = [Fault("GET .*", 503) for _ in range(4)]
    ran = either.promote()
    assert (ran.code, ran.err.splitlines()[-2:]) == (
        3,
        [
            f"modelyard: {either.host} answered with status 503, 4 times in a row",
            "    hint: run the same command again; what was pushed stays, and nothing is opened twice",
        ],
    )
    assert either.waits == [1, 2, 4]
    assert either.forge.pulls == {}
    either.opened(either.promote())


def test_labels_that_cannot_be_set_are_told_and_no_more(hub: Desk) -> None:
    hub.forge.faults = [Fault("POST .*/labels", 403, message="Must have triage rights")]
    ran = hub.promote()
    hub.opened(ran)
    assert ran.err == (
        f"warning: pull request #1 was not labelled: {hub.host} does not let the token in GITHUB_TOKEN do this in "
        "example/models: Must have triage rights\n"
        "    hint: set the labels by hand\n"
    )
    hub.opened(hub.promote())
    assert hub.only.labels == ["promotion", "staging"]


@pytest.mark.parametrize(
    ("status", "message", "code", "told", "hint"),
    [
        (
            401,
            "Bad credentials",
            3,
            "does not take the token in GITHUB_TOKEN",
            "export GITHUB_TOKEN=… with a valid one",
        ),
        (
            403,
            f"Resource not accessible by {TOKEN}\x1b[2J",
            3,
            "does not let the token in GITHUB_TOKEN do this in example/models: Resource not accessible by ***\\x1b[2J",
            "give the token the right to write pull requests of example/models",
        ),
        (422, "Validation Failed", 1, "refuses it with status 422: Validation Failed", None),
    ],
)
def test_a_refusal_is_told_once(hub: Desk, status: int, message: str, code: int, told: str, hint: str | None) -> None:
    hub.forge.faults = [Fault(OPENING, status, message=message)]
    ran = hub.promote()
    assert (ran.code, ran.err) == (
        code,
        f"modelyard: {hub.host} {told}\n" + (f"    hint: {hint}\n" if hint else ""),
    )
    assert hub.waits == []


@pytest.mark.parametrize(
    ("token", "told"),
    [
        ("", "to open a pull request on {host} needs a token, and GH_TOKEN and GITHUB_TOKEN are not set"),
        ("two words", "GITHUB_TOKEN holds characters that no token has"),
    ],
)
def test_without_a_token_nothing_is_written(hub: Desk, monkeypatch: pytest.MonkeyPatch, token: str, told: str) -> None:
    monkeypatch.setenv("GITHUB_TOKEN", token)
    ran = hub.promote()
    assert (ran.code, ran.out) == (2, "")
    assert ran.err.splitlines()[0] == f"modelyard: {told.format(host=hub.host)}"
    assert hub.scene.registry.git("branch", "--list", BRANCH) == ""
    assert hub.forge.requests == []


def test_without_the_library_nothing_is_written(hub: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    import sys

    monkeypatch.delitem(sys.modules, "modelyard.forges.github", raising=False)
    monkeypatch.setitem(sys.modules, "github", None)
    ran = hub.promote()
    assert (ran.code, ran.err) == (
        2,
        (
            f"modelyard: to talk to {hub.host} needs PyGithub, which is not installed\n"
            "    hint: pip install 'modelyard[github]'\n"
        ),
    )
    assert hub.scene.registry.git("branch", "--list", BRANCH) == ""


def test_where_there_is_no_forge_the_branch_is_pushed_and_a_command_printed(merged: Scene) -> None:
    ran = merged.run("promote", "fraud@1.1.0", "--to", "staging", "--pr")
    commit = merged.origin.git("rev-parse", BRANCH)
    assert (ran.code, ran.out) == (
        0,
        (
            "promoted fraud@1.1.0 to staging, replacing 1.0.0\n"
            f"  committed on branch {BRANCH} as {commit[:12]}\n"
            "  holds     model_registry/stages/staging/fraud.yaml\n"
            "  pushed to origin\n"
            "\n"
            "next:\n"
            f"  git request-pull origin/main origin {BRANCH}\n"
        ),
    )
    assert ran.err == (
        "no forge is known behind origin; if there is one: git config modelyard.forge github, or gitlab\n"
    )
    told = merged.registry.git("request-pull", "origin/main", "origin", BRANCH)
    assert "Promote fraud@1.1.0 to staging" in told


def test_without_a_remote_the_next_step_is_a_merge(merged: Scene) -> None:
    merged.registry.git("remote", "remove", "origin")
    ran = merged.run("promote", "fraud@1.1.0", "--to", "staging", "--pr")
    assert (ran.code, ran.err) == (0, "")
    assert ran.out.splitlines()[-2:] == ["next:", f"  git merge --no-ff {BRANCH}"]


def test_a_plan_asks_nobody(hub: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("GITHUB_TOKEN")
    ran = hub.promote("--dry-run")
    assert (ran.code, ran.out.splitlines()[-1]) == (0, "nothing was written")
    assert hub.forge.requests == []


def test_what_is_committed_on_the_branch_that_is_checked_out_is_not_published(hub: Desk) -> None:
    with unchanged(hub.scene.registry):
        assert hub.promote("--commit") == Ran(
            2, "", "modelyard: a pull request takes a branch of its own\n    hint: leave out --commit, or --pr\n"
        )
    assert hub.forge.pulls == {}


def test_a_scheduled_job_opens_one_request_for_what_is_better_and_none_for_what_is_not(hub: Desk) -> None:
    refused = hub.scene.run("promote", "fraud@1.1.0", "--to", "production", "--if-better", "--pr")
    assert (refused.code, refused.out.splitlines()[-3:]) == (
        0,
        ["nothing to do", "  left out  fraud@1.1.0 is refused by the gate of production", "nothing was written"],
    )
    assert hub.forge.pulls == {}

    hub.opened(hub.promote("--if-better"))
    hub.opened(hub.promote("--if-better"))
