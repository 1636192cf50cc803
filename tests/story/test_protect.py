"""``modelyard protect --check``: what the forge does not make sure of, read by the real client libraries.

The settings have the shapes of https://docs.github.com/rest/branches/branch-protection,
https://docs.github.com/rest/repos/rules and https://docs.gitlab.com/api/protected_branches/.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest

from modelyard import Registry
from modelyard.api import protecting
from modelyard.forges import patience
from support.forge import Fault, Forge
from support.forge_server import serving
from support.registry import Ran, Scene

POLICY = """\
schema_version: 1
stages:
  - name: staging
  - name: production
    checks: [smoke]
    reviewers: ["@example/risk"]
    separate_duties: true
"""
URL = "https://api.github.com/repos/example/models/branches/main/protection"
CLASSIC: dict[str, Any] = {
    "url": URL,
    "required_status_checks": {
        "url": f"{URL}/required_status_checks",
        "strict": True,
        "contexts": ["Validate model versions", "smoke"],
        "contexts_url": f"{URL}/required_status_checks/contexts",
        "checks": [{"context": "Validate model versions", "app_id": 15368}, {"context": "smoke", "app_id": None}],
    },
    "enforce_admins": {"url": f"{URL}/enforce_admins", "enabled": True},
    "required_pull_request_reviews": {
        "url": f"{URL}/required_pull_request_reviews",
        "dismiss_stale_reviews": True,
        "require_code_owner_reviews": True,
        "required_approving_review_count": 1,
        "require_last_push_approval": True,
    },
    "required_linear_history": {"enabled": False},
    "allow_force_pushes": {"enabled": False},
    "allow_deletions": {"enabled": False},
    "block_creations": {"enabled": False},
    "required_conversation_resolution": {"enabled": False},
    "lock_branch": {"enabled": False},
    "allow_fork_syncing": {"enabled": False},
}
PULL_REQUEST: dict[str, Any] = {
    "type": "pull_request",
    "parameters": {
        "required_approving_review_count": 1,
        "dismiss_stale_reviews_on_push": True,
        "require_code_owner_review": True,
        "require_last_push_approval": True,
        "required_review_thread_resolution": False,
        "allowed_merge_methods": ["merge", "squash", "rebase"],
    },
}
CHECKS: dict[str, Any] = {
    "type": "required_status_checks",
    "parameters": {
        "strict_required_status_checks_policy": True,
        "do_not_enforce_on_create": False,
        "required_status_checks": [
            {"context": "Validate model versions", "integration_id": 15368},
            {"context": "smoke"},
        ],
    },
}
LAB: dict[str, Any] = {
    "project": {
        "only_allow_merge_if_pipeline_succeeds": True,
        "allow_merge_on_skipped_pipeline": False,
        "merge_method": "ff",
    },
    "protected_branches": [
        {
            "id": 1,
            "name": "main",
            "push_access_levels": [{"id": 1, "access_level": 0, "access_level_description": "No one"}],
            "merge_access_levels": [{"id": 1, "access_level": 40, "access_level_description": "Maintainers"}],
            "allow_force_push": False,
            "code_owner_approval_required": True,
        }
    ],
    "approvals": {"reset_approvals_on_push": True, "merge_requests_disable_committers_approval": True},
    "approval_rules": [
        {"id": 1, "name": "All", "rule_type": "any_approver", "approvals_required": 1, "protected_branches": []}
    ],
}
EVERYTHING = (
    "missing: whoever may write can push to main\n"
    "    hint: require a pull request before merging\n"
    "missing: whoever may write can rewrite main\n"
    "    hint: block force pushes\n"
    "missing: whoever may write can delete main\n"
    "    hint: restrict deletions\n"
    "missing: the gate wants the check 'Validate model versions', and main takes a change without it\n"
    "    hint: require the status check 'Validate model versions'\n"
    "missing: stage production wants the check 'smoke', and main takes a change without it\n"
    "    hint: require the status check 'smoke'\n"
    "missing: checks may have seen a change on top of an older state than it is merged into\n"
    "    hint: require branches to be up to date before merging, or a merge queue\n"
    "missing: a change is merged that nobody has approved\n"
    "    hint: require at least one approval\n"
    "missing: stage production names reviewers, and a change is merged without their approval\n"
    "    hint: require review from code owners\n"
    "missing: an approval holds for what is pushed after it\n"
    "    hint: dismiss approvals when new commits are pushed\n"
    "missing: stage production separates duties, and whoever pushed last may approve\n"
    "    hint: require approval by somebody else than whoever pushed last\n"
)


@pytest.fixture
def forge(founded: Scene, tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> Iterator[Forge]:
    """A forge that has the registry, without any protection that its interface would tell."""
    (founded.registry.path / "model_registry/registry.yaml").write_text(POLICY)
    founded.commit("Let risk approve what enters production")
    forge = Forge(tmp_path_factory.mktemp("forge"))
    forge.seed(founded.registry)
    with serving(forge):
        founded.registry.git("remote", "set-url", "origin", forge.clone_url)
        founded.registry.git("config", "modelyard.forge", "github")
        founded.registry.git("config", "modelyard.forgeApi", forge.url)
        for name in ("GITHUB_TOKEN", "GITLAB_TOKEN"):
            monkeypatch.setenv(name, "token-of-the-author")
        monkeypatch.setattr(protecting, "Patience", lambda tell: patience.Patience(tell, pause=lambda _: None))
        yield forge


def check(scene: Scene, forge: Forge, *words: str) -> Ran:
    ran = scene.run("protect", "--check", *words)
    assert "token-of-the" not in ran.out + ran.err
    host = forge.url.removeprefix("http://")
    return Ran(ran.code, ran.out.replace(host, "FORGE"), ran.err.replace(host, "FORGE"))


def ruleset(number: int, *rules: dict[str, Any], **more: Any) -> dict[str, Any]:
    return {
        "id": number,
        "name": f"rules {number}",
        "target": "branch",
        "source_type": "Repository",
        "source": "example/models",
        "enforcement": "active",
        "conditions": {"ref_name": {"include": ["~DEFAULT_BRANCH"], "exclude": []}},
        "rules": list(rules),
        "bypass_actors": [],
        **more,
    }


def without(value: dict[str, Any], *names: str, **others: Any) -> dict[str, Any]:
    return {**{key: each for key, each in value.items() if key not in names}, **others}


def test_a_branch_without_protection_lacks_everything(founded: Scene, forge: Forge) -> None:
    ran = check(founded, forge)
    assert (ran.code, ran.err) == (1, "")
    assert ran.out == f"{EVERYTHING}main of example/models on FORGE: 10 missing\n"


def test_classic_protection_that_does_it_all_is_enough(founded: Scene, forge: Forge) -> None:
    forge.protection = CLASSIC
    assert check(founded, forge) == Ran(0, "main of example/models on FORGE: protected as the policy needs it\n", "")


def test_rulesets_that_do_it_all_are_enough(founded: Scene, forge: Forge) -> None:
    forge.rulesets = [
        ruleset(1, PULL_REQUEST, {"type": "deletion"}, {"type": "non_fast_forward"}),
        ruleset(2, CHECKS),
    ]
    assert check(founded, forge).code == 0


def test_rules_of_several_pages_are_all_read(founded: Scene, forge: Forge) -> None:
    names = [{"type": "commit_message_pattern", "parameters": {"operator": "contains", "pattern": "x"}}] * 100
    forge.rulesets = [
        ruleset(1, *names, PULL_REQUEST, CHECKS, {"type": "deletion"}, {"type": "non_fast_forward"}),
    ]
    assert check(founded, forge).code == 0
    assert forge.requests.count("GET /repos/example/models/rules/branches/main") == 2


def test_of_rules_and_classic_protection_the_strictest_holds(founded: Scene, forge: Forge) -> None:
    reviews = {**CLASSIC["required_pull_request_reviews"], "require_code_owner_reviews": False}
    checks = {"strict": False, "contexts": ["smoke"], "checks": [{"context": "smoke", "app_id": None}]}
    forge.protection = {**CLASSIC, "required_pull_request_reviews": reviews, "required_status_checks": checks}
    value = json.loads(check(founded, forge, "--format", "json").out)
    assert [gap["setting"] for gap in value["missing"]] == ["checks", "up to date", "code owners"]
    assert (value["protected"], value["certain"], value["branch"]) == (False, True, "main")
    parameters = {**CHECKS["parameters"], "required_status_checks": [{"context": "Validate model versions"}]}
    forge.rulesets = [ruleset(7, PULL_REQUEST, {**CHECKS, "parameters": parameters})]
    assert check(founded, forge).code == 0


def test_the_same_from_python(founded: Scene, forge: Forge) -> None:
    forge.protection = without(CLASSIC, "required_status_checks")
    guarded = Registry(founded.registry.path).check_protection(gate="judge")
    assert [gap.message.split(",")[0] for gap in guarded.gaps] == [
        "the gate wants the check 'judge'",
        "stage production wants the check 'smoke'",
        "checks may have seen a change on top of an older state than it is merged into",
    ]
    assert (guarded.branch, guarded.remarks, guarded.certain) == ("main", (), True)


GAPS = {
    "required_pull_request_reviews": ["requests", "reviews", "code owners", "stale approvals", "separate duties"],
    "required_status_checks": ["checks", "checks", "up to date"],
}


@pytest.mark.parametrize("name", GAPS)
def test_each_part_that_is_not_there_is_named(founded: Scene, forge: Forge, name: str) -> None:
    forge.protection = without(CLASSIC, name)
    value = json.loads(check(founded, forge, "--format", "json").out)
    assert [gap["setting"] for gap in value["missing"]] == GAPS[name]


@pytest.mark.parametrize(("name", "gap"), [("allow_force_pushes", "force pushes"), ("allow_deletions", "deletion")])
def test_what_is_allowed_is_named(founded: Scene, forge: Forge, name: str, gap: str) -> None:
    forge.protection = {**CLASSIC, name: {"enabled": True}}
    value = json.loads(check(founded, forge, "--format", "json").out)
    assert [each["setting"] for each in value["missing"]] == [gap]


def test_who_may_go_round_it_is_told_and_no_more(founded: Scene, forge: Forge) -> None:
    allowed = {"users": [{"login": "ada"}], "teams": [], "apps": [{"slug": "release-bot"}]}
    reviews = {**CLASSIC["required_pull_request_reviews"], "bypass_pull_request_allowances": allowed}
    forge.protection = {
        **CLASSIC,
        "enforce_admins": {"enabled": False},
        "required_pull_request_reviews": reviews,
    }
    actors = [
        {"actor_id": 5, "actor_type": "RepositoryRole", "bypass_mode": "always"},
        {"actor_id": None, "actor_type": "DeployKey", "bypass_mode": "always"},
    ]
    forge.rulesets = [ruleset(1, {"type": "deletion"}, bypass_actors=actors)]
    assert check(founded, forge) == Ran(
        0,
        "look at: administrators may bypass branch protection\n"
        "look at: ada may push without a pull request\n"
        "look at: release-bot may push without a pull request\n"
        "look at: RepositoryRole 5 may bypass ruleset 'rules 1'\n"
        "look at: DeployKey may bypass ruleset 'rules 1'\n"
        "main of example/models on FORGE: protected as the policy needs it\n",
        "",
    )


def test_a_token_that_may_not_see_it_all_proves_nothing_missing(
    founded: Scene, forge: Forge, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GITHUB_TOKEN", "token-of-the-job")
    forge.protection = CLASSIC
    ran = check(founded, forge)
    assert (ran.code, ran.out) == (
        3,
        (
            f"{EVERYTHING}look at: the token may not see classic branch protection, which may hold what is missing\n"
            "main of example/models on FORGE: 10 missing\n"
        ),
    )
    assert ran.err == (
        "modelyard: what is missing may be there where the token may not look\n"
        "    hint: give the token the right to read the administration of example/models\n"
    )
    # What rulesets say, everybody may see.
    forge.rulesets = [
        ruleset(1, PULL_REQUEST, CHECKS, {"type": "deletion"}, {"type": "non_fast_forward"}),
    ]
    seen = check(founded, forge)
    assert (seen.code, seen.err) == (0, "")
    assert "look at: the token may not see who may bypass ruleset 'rules 1'\n" in seen.out


def test_code_owners_must_approve_where_a_file_names_them(founded: Scene, forge: Forge) -> None:
    (founded.registry.path / "model_registry/registry.yaml").write_text("schema_version: 1\n")
    founded.commit("Let nobody approve anything")
    reviews = {**CLASSIC["required_pull_request_reviews"], "require_code_owner_reviews": False}
    forge.protection = {**CLASSIC, "required_pull_request_reviews": reviews}
    assert check(founded, forge).code == 0
    (founded.registry.path / ".github/CODEOWNERS").write_text("* @example/everybody\n")
    founded.commit("Name code owners")
    assert check(founded, forge).out.startswith(
        "missing: CODEOWNERS names reviewers, and a change is merged without their approval\n"
    )


def test_another_name_of_the_gate_and_another_branch(founded: Scene, forge: Forge) -> None:
    forge.protection = CLASSIC
    ran = check(founded, forge, "--gate", "gate / judge")
    assert ran.out.startswith("missing: the gate wants the check 'gate / judge', and main takes a change without it\n")
    other = check(founded, forge, "--branch", "release")
    assert (other.code, other.err.splitlines()[0]) == (
        3,
        "modelyard: FORGE does not let the token in GITHUB_TOKEN do this in example/models: Not Found",
    )


def test_a_forge_that_fails_is_asked_again(founded: Scene, forge: Forge) -> None:
    forge.protection = CLASSIC
    forge.faults = [Fault("GET .*/protection", 502), Fault("GET .*/rules/.*", 429, {"Retry-After": "3"})]
    ran = check(founded, forge)
    assert (ran.code, ran.err) == (
        0,
        (
            "FORGE answered with status 502; asking again in 1 second\n"
            "FORGE limits how often it is asked; asking again in 3 seconds\n"
        ),
    )


def test_without_a_token_or_a_forge_nothing_is_asked(
    founded: Scene, forge: Forge, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("GITHUB_TOKEN")
    ran = check(founded, forge)
    assert (ran.code, ran.err) == (
        2,
        (
            "modelyard: to read how a branch is protected on FORGE needs a token, and GH_TOKEN and GITHUB_TOKEN "
            "are not set\n    hint: export GH_TOKEN=… with a token for example/models\n"
        ),
    )
    founded.registry.git("config", "modelyard.forge", "none")
    ran = check(founded, forge)
    assert (ran.code, ran.err) == (
        2,
        (
            "modelyard: no forge is known behind origin\n"
            "    hint: git config modelyard.forge github; for GitLab: git config modelyard.forge gitlab\n"
        ),
    )
    assert forge.requests == []


class TestGitLab:
    """The same of GitLab."""

    @pytest.fixture(autouse=True)
    def _lab(self, founded: Scene, forge: Forge) -> None:
        founded.registry.git("config", "modelyard.forge", "gitlab")
        forge.lab = LAB

    def test_a_project_that_does_it_all_is_enough(self, founded: Scene, forge: Forge) -> None:
        assert check(founded, forge) == Ran(
            0,
            "look at: GitLab requires pipelines, and no job by its name: see that every pipeline holds Validate model "
            "versions, smoke\nmain of example/models on FORGE: protected as the policy needs it\n",
            "",
        )

    def test_a_free_project_without_settings_lacks_everything(self, founded: Scene, forge: Forge) -> None:
        project = {"only_allow_merge_if_pipeline_succeeds": False, "merge_method": "merge"}
        forge.lab = {"project": project, "protected_branches": []}
        ran = check(founded, forge)
        assert (ran.code, ran.err) == (1, "")
        assert ran.out.splitlines()[1::2][:5] == [
            "    hint: require a merge request before merging",
            "    hint: block force pushes",
            "    hint: restrict deletions",
            "    hint: set that pipelines must succeed, and that skipped ones do not count",
            "    hint: require branches to be up to date before merging: fast-forward merges, or merge trains",
        ]
        assert ran.out.splitlines()[-2:] == [
            "look at: the token may not see approval rules, which take GitLab Premium",
            "main of example/models on FORGE: 9 missing",
        ]

    @pytest.mark.parametrize("pattern", ["*", "m*", "ma*n", "*main", "main*"])
    def test_of_several_rules_the_most_permissive_holds(self, founded: Scene, forge: Forge, pattern: str) -> None:
        wide = {
            **LAB["protected_branches"][0],
            "id": 2,
            "name": pattern,
            "push_access_levels": [{"id": 2, "access_level": 30}],
            "allow_force_push": True,
            "code_owner_approval_required": False,
        }
        forge.lab = {**LAB, "protected_branches": [*LAB["protected_branches"], wide]}
        value = json.loads(check(founded, forge, "--format", "json").out)
        assert [gap["setting"] for gap in value["missing"]] == ["requests", "force pushes"]

    @pytest.mark.parametrize("pattern", ["release", "m", "ma*m", "main*n", "main/*"])
    def test_rules_of_other_branches_do_not_count(self, founded: Scene, forge: Forge, pattern: str) -> None:
        forge.lab = {**LAB, "protected_branches": [{**LAB["protected_branches"][0], "name": pattern}]}
        value = json.loads(check(founded, forge, "--format", "json").out)
        assert [gap["setting"] for gap in value["missing"]] == ["requests", "force pushes", "deletion", "code owners"]

    def test_a_deploy_key_pushes_whatever_its_level(self, founded: Scene, forge: Forge) -> None:
        levels = [{"id": 1, "access_level": 0}, {"id": 2, "access_level": 40, "deploy_key_id": 3}]
        forge.lab = {**LAB, "protected_branches": [{**LAB["protected_branches"][0], "push_access_levels": levels}]}
        value = json.loads(check(founded, forge, "--format", "json").out)
        assert [gap["setting"] for gap in value["missing"]] == ["requests"]

    def test_approvals_of_another_branch_or_of_a_report_do_not_count(self, founded: Scene, forge: Forge) -> None:
        rule = LAB["approval_rules"][0]
        others = [
            {**rule, "protected_branches": [{"name": "release"}]},
            {**rule, "rule_type": "report_approver"},
            {**rule, "rule_type": "regular", "approvals_required": 0},
        ]
        forge.lab = {**LAB, "approval_rules": others}
        value = json.loads(check(founded, forge, "--format", "json").out)
        assert [gap["setting"] for gap in value["missing"]] == ["reviews"]
