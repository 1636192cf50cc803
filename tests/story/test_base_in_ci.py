"""``validate --base auto`` in CI: what GitHub Actions and GitLab CI say of a job, in full and in shallow clones."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from support.commands import Ended, run_command
from support.repositories import Repository
from support.services import COMMITS, ZERO, Service, new_service
from support.told import NO_OWNERS

EDITED = (
    "model_registry/fraud-1.0.0/metrics.json:7:1: error MY601 fraud@1.0.0 is merged and immutable, "
    "but metrics.json was changed: line 7 differs\n"
)
MERGED = "the first parent of the pull request's test merge"
FULL, ONE, TWO, FIFTY = 0, 1, 2, 50


@pytest.fixture(scope="session")
def service(tmp_path_factory: pytest.TempPathFactory) -> Service:
    return new_service(tmp_path_factory.mktemp("service"))


@pytest.fixture
def place(tmp_path: Path) -> Path:
    return tmp_path / "clone"


def validate(clone: Repository, variables: dict[str, str], *words: str) -> Ended:
    return run_command("validate", "--base", "auto", *words, directory=clone.path, **variables)


def judged(clone: Repository, variables: dict[str, str], *words: str) -> dict[str, Any]:
    ended = validate(clone, variables, "--format", "json", *words)
    assert (ended.code, ended.err) == (0, ""), ended
    judgement: dict[str, Any] = json.loads(ended.out)
    assert judgement["commit"] == clone.head
    return judgement


def could_not(clone: Repository, variables: dict[str, str], message: str, hint: str, *, code: int = 3) -> None:
    """Make sure that the command ends without a verdict, and that the hint's own command helps where it has one."""
    assert validate(clone, variables) == Ended(code, "", f"modelyard: {message}\n    hint: {hint}\n")
    command = hint.rpartition(", or ")[2]
    if code == 3 and command.startswith("git "):
        clone.git(*command.split()[1:])
        assert validate(clone, variables).code == 0


@pytest.mark.parametrize("depth", [FULL, TWO, FIFTY])
def test_a_pull_request_is_judged_against_the_first_parent_of_its_test_merge(
    depth: int, service: Service, place: Path
) -> None:
    clone = service.clone(place, service.merge, depth=depth)

    judgement = judged(clone, service.pull_request(service.topic, service.merge))

    assert (judgement["base"], judgement["base_reason"]) == (service.main, MERGED)
    assert (judgement["subject"], judgement["versions"]) == ("commit", ["fraud@1.2.0"])


def test_the_report_says_what_was_taken_as_base_and_why(service: Service, place: Path) -> None:
    clone = service.clone(place, service.merge, depth=TWO)

    assert validate(clone, service.pull_request(service.topic, service.merge)) == Ended(
        0,
        f"{NO_OWNERS}judged: commit {service.merge[:12]} against {service.main[:12]}, {MERGED}\n"
        "passed: no problems, 1 model version judged\n",
        "",
    )


def test_case_19_a_pull_request_at_depth_one_says_which_depth_it_needs(service: Service, place: Path) -> None:
    could_not(
        service.clone(place, service.merge, depth=ONE),
        service.pull_request(service.topic, service.merge),
        f"the base {service.main[:12]} is not in this shallow clone",
        "set fetch-depth: 2 for the checkout, or git fetch --deepen=1",
    )


def test_the_head_of_a_pull_request_is_judged_from_where_it_left_main(service: Service, place: Path) -> None:
    clone = service.clone(place, service.topic, depth=FULL)

    judgement = judged(clone, service.pull_request(service.topic, service.merge))

    assert judgement["base"] == service.fork
    assert judgement["base_reason"] == "the merge base with main as the pull request names it"
    assert judgement["versions"] == ["fraud@1.2.0"]


@pytest.mark.parametrize("depth", [ONE, TWO, FIFTY])
def test_the_head_of_a_pull_request_in_a_shallow_clone_needs_everything(
    depth: int, service: Service, place: Path
) -> None:
    clone = service.clone(place, service.topic, depth=depth)
    variables = service.pull_request(service.topic, service.merge)
    message = f"the tip of main {service.main[:12]} is not in this clone"
    hint = f"set fetch-depth: 0 for the checkout, or git fetch --depth=1 origin {service.main}"

    assert validate(clone, variables) == Ended(3, "", f"modelyard: {message}\n    hint: {hint}\n")

    # With the tip alone, where the two parted still cannot be told.
    clone.git("fetch", "--quiet", "--depth=1", "origin", service.main)
    could_not(
        clone,
        variables,
        "the clone is too shallow to hold the merge base",
        "set fetch-depth: 0 for the checkout, or git fetch --unshallow",
    )


@pytest.mark.parametrize("checked_out", ["evil", "evil_merge"])
def test_a_merge_commit_of_the_change_itself_hides_nothing(checked_out: str, service: Service, place: Path) -> None:
    commit = getattr(service, checked_out)
    clone = service.clone(place, commit, depth=FULL)
    variables = service.pull_request(service.evil, service.evil_merge)

    for words in ((), ("--all",)):
        ended = validate(clone, variables, *words)
        assert (ended.code, ended.err) == (1, "")
        assert ended.out.startswith(EDITED)


def test_the_head_is_no_test_merge_whatever_its_parents_are(service: Service, place: Path) -> None:
    """The names of the merge are the service's, the commit that is checked out is the branch's."""
    clone = service.clone(place, service.evil, depth=FULL)
    ended = validate(clone, service.pull_request(service.evil, service.evil))
    assert (ended.code, ended.out.splitlines()[0] + "\n") == (1, EDITED)


def test_the_base_branch_itself_is_no_pull_request(service: Service, place: Path) -> None:
    """What ``pull_request_target`` checks out unless told otherwise."""
    variables = service.pull_request(service.topic, service.main, name="pull_request_target")
    could_not(
        service.clone(place, service.main, depth=FULL),
        {**variables, "GITHUB_REF": "refs/heads/main"},
        f"{service.main[:12]} holds nothing of the pull request, all of it is in main already",
        "run on `pull_request`, and let the checkout take its default, refs/pull/NUMBER/merge",
        code=2,
    )


def test_a_base_that_main_itself_has_never_been_at_is_refused(service: Service, place: Path) -> None:
    """An inner commit of a merged branch may hold any policy: nobody has judged it."""
    clone = service.clone(place, service.merge, depth=FULL)
    stacked = clone.commit_tree(f"{service.topic}^{{tree}}", service.topic, message="Go on")
    clone.git("checkout", "--quiet", "--detach", stacked)
    pull = {"head": {"sha": stacked}, "base": {"sha": service.merge, "ref": "main"}}
    variables = service.event(
        "pull_request", {"pull_request": pull}, reference="refs/pull/3/merge", commit=service.main
    )

    could_not(
        clone,
        variables,
        f"the change leaves main at {service.topic[:12]}, where main itself has never been",
        f"merge main into the change: git merge {service.merge}",
        code=2,
    )


@pytest.mark.parametrize("depth", [FULL, TWO, FIFTY])
def test_a_merge_group_is_judged_against_its_own_base(depth: int, service: Service, place: Path) -> None:
    group = {"base_sha": service.main, "head_sha": service.merge, "base_ref": "refs/heads/main"}
    reference = f"refs/heads/gh-readonly-queue/main/pr-1-{service.main}"
    variables = service.event("merge_group", {"merge_group": group}, reference=reference, commit=service.merge)
    clone = service.clone(place, service.merge, depth=depth)

    judgement = judged(clone, variables, "--all")

    assert (judgement["base"], judgement["base_reason"]) == (service.main, "the base of the merge group")
    assert judgement["versions"] == ["fraud@1.0.0", "fraud@1.1.0", "fraud@1.2.0"]


def test_a_merge_group_at_depth_one_says_what_to_fetch(service: Service, place: Path) -> None:
    group = {"base_sha": service.main, "head_sha": service.merge}
    could_not(
        service.clone(place, service.merge, depth=ONE),
        service.event("merge_group", {"merge_group": group}, reference="refs/heads/queue", commit=service.merge),
        f"the base of the merge group {service.main[:12]} is not in this clone",
        f"set fetch-depth: 0 for the checkout, or git fetch --depth=1 origin {service.main}",
    )


@pytest.mark.parametrize("depth", [FULL, TWO, FIFTY])
def test_a_push_to_main_is_judged_against_what_main_was(depth: int, service: Service, place: Path) -> None:
    clone = service.clone(place, service.main, depth=depth, reference="refs/remotes/origin/main")

    judgement = judged(clone, service.push(service.fork, service.main))

    assert (judgement["base"], judgement["base_reason"]) == (service.fork, "what main was before the push")


def test_the_depth_that_a_push_needs_is_computed(service: Service, place: Path) -> None:
    before = service.origin.git("rev-parse", f"{service.main}~3")
    clone = service.clone(place, service.main, depth=ONE, reference="refs/remotes/origin/main")
    variables = service.push(before, service.main, commits=[{"id": "1"}, {"id": "2"}, {"id": "3"}])
    deep_enough = service.clone(place.parent / "deep", service.main, depth=4, reference="refs/remotes/origin/main")

    assert judged(deep_enough, variables)["base"] == before
    could_not(
        clone,
        variables,
        f"what main was before the push, {before[:12]} is not in this clone",
        f"set fetch-depth: 4 for the checkout, or git fetch --depth=1 origin {before}",
    )


def test_a_forced_push_needs_what_no_branch_holds(service: Service, place: Path) -> None:
    gone = service.origin.commit_tree(f"{service.fork}^{{tree}}", service.fork, message="Rewritten")
    could_not(
        service.clone(place, service.main, depth=FULL),
        service.push(gone, service.main, forced=True, commits=[{"id": "1"}]),
        f"what main was before the push, {gone[:12]} is not in this clone",
        f"git fetch origin {gone}",
    )


def test_a_first_push_founds(service: Service, place: Path) -> None:
    clone = service.clone(place, service.main, depth=FULL)

    judgement = judged(clone, service.push(ZERO, service.main, created=True))

    assert (judgement["base"], judgement["founded"]) == (None, True)
    assert judgement["base_reason"] == "main was not there before the push"
    assert judgement["versions"] == ["fraud@1.0.0", "fraud@1.1.0"]


@pytest.mark.parametrize("before", [ZERO, "topic~1"])
def test_a_push_to_another_branch_is_judged_as_a_whole(before: str, service: Service, place: Path) -> None:
    """The second push of a branch does not forgive what the first one broke."""
    clone = service.clone(place, service.topic, depth=FULL, reference="refs/remotes/origin/topic")
    before = before if before == ZERO else clone.git("rev-parse", f"origin/{before}")

    judgement = judged(clone, service.push(before, service.topic, branch="topic"))

    assert (judgement["base"], judgement["base_reason"]) == (service.fork, "the merge base with origin/main")
    assert judgement["versions"] == ["fraud@1.2.0"]


def test_a_push_to_another_branch_in_a_shallow_clone_says_what_to_fetch(service: Service, place: Path) -> None:
    could_not(
        service.clone(place, service.topic, depth=TWO, reference="refs/remotes/origin/topic"),
        service.push(ZERO, service.topic, branch="topic"),
        "the branch origin/main is not in this clone",
        "set fetch-depth: 0 for the checkout, or git fetch --unshallow origin "
        "+refs/heads/main:refs/remotes/origin/main",
    )


@pytest.mark.parametrize("name", ["schedule", "workflow_dispatch"])
def test_a_run_without_a_change_judges_everything(name: str, service: Service, place: Path) -> None:
    clone = service.clone(place, service.main, depth=ONE, reference="refs/remotes/origin/main")

    judgement = judged(clone, service.event(name, {}, reference="refs/heads/main", commit=service.main))

    assert (judgement["base"], judgement["commit"]) == (service.main, service.main)
    assert judgement["base_reason"] == f"{name} brings no change, so everything is judged"
    assert judgement["versions"] == ["fraud@1.0.0", "fraud@1.1.0"]


def test_a_run_by_hand_on_another_branch_is_judged_from_where_it_left_main(service: Service, place: Path) -> None:
    clone = service.clone(place, service.topic, depth=FULL)
    variables = service.event("workflow_dispatch", {}, reference="refs/heads/topic", commit=service.topic)
    assert judged(clone, variables)["base"] == service.fork


@pytest.mark.parametrize(
    "value", ["--output=x", "main", "A" * 40, None, 7], ids=["option", "branch", "upper case", "nothing", "number"]
)
def test_what_an_event_names_is_a_full_id_or_nothing(value: object, service: Service, place: Path) -> None:
    clone = service.clone(place, service.main, depth=ONE)
    said = "the push event names no commit as before"
    could_not(clone, service.push(value, service.main), said, "name a revision: --base REV")
    assert not (clone.path / "x").exists()


@pytest.mark.parametrize("content", [None, "", "[" * 100_000, "\xff", "[]", '{"pull_request": []}'])
def test_an_event_that_cannot_be_read_is_no_base(content: str | None, service: Service, place: Path) -> None:
    clone = service.clone(place, service.merge, depth=FULL)
    event = place.parent / "event.json"
    if content is not None:
        event.write_text(content, encoding="latin-1")
    variables = service.pull_request(service.topic, service.merge) | {"GITHUB_EVENT_PATH": str(event)}
    if content in ("[]", '{"pull_request": []}'):
        # It names no pull request: the branch is judged from where it left main.
        assert judged(clone, variables)["base"] == service.main
    else:
        message = f"the event in GITHUB_EVENT_PATH, {str(event)!r}, cannot be read"
        could_not(clone, variables, message, "name a revision: --base REV")


def test_a_default_branch_that_is_none_is_refused(service: Service, place: Path) -> None:
    clone = service.clone(place, service.topic, depth=FULL)
    payload = {"repository": {"default_branch": "--upload-pack=touch x"}}
    variables = service.event("create", payload, reference="refs/heads/topic", commit=service.topic)
    could_not(
        clone,
        variables,
        "'--upload-pack=touch x' cannot be the name of a branch",
        "use letters, digits and single '-', '/'",
        code=2,
    )


@pytest.mark.parametrize("kind", ["merged_result", "merge_train"])
@pytest.mark.parametrize("depth", [FULL, TWO, FIFTY])
def test_a_merged_result_is_judged_against_its_first_parent(
    kind: str, depth: int, service: Service, place: Path
) -> None:
    clone = service.clone(place, service.merge, depth=depth, reference="refs/pipelines/1")
    variables = service.merge_request(
        service.merge,
        CI_MERGE_REQUEST_EVENT_TYPE=kind,
        CI_MERGE_REQUEST_SOURCE_BRANCH_SHA=service.topic,
        CI_MERGE_REQUEST_TARGET_BRANCH_SHA=service.main,
        CI_MERGE_REQUEST_DIFF_BASE_SHA=service.fork,
    )

    judgement = judged(clone, variables)

    assert (judgement["base"], judgement["base_reason"]) == (service.main, "the first parent of the merged result")


def test_a_merged_result_at_depth_one_says_which_depth_it_needs(service: Service, place: Path) -> None:
    variables = service.merge_request(
        service.merge,
        CI_MERGE_REQUEST_EVENT_TYPE="merged_result",
        CI_MERGE_REQUEST_SOURCE_BRANCH_SHA=service.topic,
    )
    could_not(
        service.clone(place, service.merge, depth=ONE, reference="refs/pipelines/1"),
        variables,
        f"the base {service.main[:12]} is not in this shallow clone",
        'set GIT_DEPTH: "2" for the checkout, or git fetch --deepen=1',
    )


def test_a_merge_train_that_rebases_is_judged_against_the_target(service: Service, place: Path) -> None:
    clone = service.clone(place, service.merge, depth=FULL)
    rebased = clone.commit_tree(f"{service.merge}^{{tree}}", service.main, message="Register fraud@1.2.0")
    clone.git("checkout", "--quiet", "--detach", rebased)
    variables = service.merge_request(
        rebased,
        CI_MERGE_REQUEST_EVENT_TYPE="merge_train",
        CI_MERGE_REQUEST_SOURCE_BRANCH_SHA=service.topic,
        CI_MERGE_REQUEST_TARGET_BRANCH_SHA=service.main,
    )

    judgement = judged(clone, variables)

    assert (judgement["base"], judgement["base_reason"]) == (service.main, "the merge base with the target branch")


@pytest.mark.parametrize("depth", [FULL, FIFTY])
def test_a_merge_request_is_judged_against_its_diff_base(depth: int, service: Service, place: Path) -> None:
    clone = service.clone(place, service.topic, depth=depth, reference="refs/pipelines/1")
    variables = service.merge_request(
        service.topic, CI_MERGE_REQUEST_EVENT_TYPE="detached", CI_MERGE_REQUEST_DIFF_BASE_SHA=service.fork
    )

    judgement = judged(clone, variables)

    assert (judgement["base"], judgement["base_reason"]) == (service.fork, "the merge request's diff base")
    assert judgement["versions"] == ["fraud@1.2.0"]


@pytest.mark.parametrize("depth", [ONE, TWO])
def test_a_merge_request_without_its_diff_base_says_what_to_fetch(depth: int, service: Service, place: Path) -> None:
    could_not(
        service.clone(place, service.topic, depth=depth, reference="refs/pipelines/1"),
        service.merge_request(service.topic, CI_MERGE_REQUEST_DIFF_BASE_SHA=service.fork),
        f"the merge request's diff base {service.fork[:12]} is not in this clone",
        f'set GIT_DEPTH: "0" for the checkout, or git fetch --depth=1 origin {service.fork}',
    )


def test_a_merge_commit_of_a_merge_request_itself_hides_nothing(service: Service, place: Path) -> None:
    clone = service.clone(place, service.evil, depth=FULL, reference="refs/pipelines/1")
    variables = service.merge_request(
        service.evil, CI_MERGE_REQUEST_EVENT_TYPE="detached", CI_MERGE_REQUEST_DIFF_BASE_SHA=service.fork
    )
    ended = validate(clone, variables)
    assert (ended.code, ended.out.splitlines()[0] + "\n") == (1, EDITED)


def test_a_pipeline_of_main_is_judged_against_what_main_was(service: Service, place: Path) -> None:
    clone = service.clone(place, service.main, depth=FULL, reference="refs/pipelines/1")
    variables = service.pipeline(service.main, source="push", CI_COMMIT_BRANCH="main")

    judgement = judged(clone, variables | {"CI_COMMIT_BEFORE_SHA": service.fork})

    assert (judgement["base"], judgement["base_reason"]) == (service.fork, "what main was before the push")
    assert judged(clone, variables)["founded"]
    hint = "name a revision: --base REV"
    could_not(clone, variables | {"CI_COMMIT_BEFORE_SHA": "-x"}, "CI_COMMIT_BEFORE_SHA names no commit", hint)


@pytest.mark.parametrize("source", ["schedule", "web"])
def test_a_pipeline_without_a_change_judges_everything(source: str, service: Service, place: Path) -> None:
    clone = service.clone(place, service.main, depth=ONE, reference="refs/pipelines/1")

    judgement = judged(clone, service.pipeline(service.main, source=source, CI_COMMIT_BRANCH="main"))

    assert judgement["base_reason"] == f"a pipeline by {source} brings no change, so everything is judged"
    assert judgement["versions"] == ["fraud@1.0.0", "fraud@1.1.0"]


def test_a_pipeline_of_another_branch_is_judged_from_where_it_left_main(service: Service, place: Path) -> None:
    variables = service.pipeline(service.topic, source="push", CI_COMMIT_BRANCH="topic")
    assert judged(service.clone(place, service.topic, depth=FULL), variables)["base"] == service.fork
    could_not(
        service.clone(place.parent / "shallow", service.topic, depth=FIFTY, reference="refs/pipelines/1"),
        variables,
        "the branch origin/main is not in this clone",
        'set GIT_DEPTH: "0" for the checkout, or git fetch --unshallow origin '
        "+refs/heads/main:refs/remotes/origin/main",
    )


def test_a_service_has_more_commits_than_any_depth(service: Service) -> None:
    assert int(service.origin.git("rev-list", "--count", "main")) == COMMITS > FIFTY
