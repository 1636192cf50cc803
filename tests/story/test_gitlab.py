"""The template for GitLab CI: its script, run on merge requests as GitLab's runner checks them out."""

from __future__ import annotations

import json
import os
import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

import pytest
import yaml

from modelyard.api.smoking.confinement import can_isolate
from modelyard.lifecycle.ci import GITLAB_JOB, CiService
from modelyard.lifecycle.hooks import ToolSource
from support.consumers import keep_models_at
from support.project import ROOT
from support.registry import Scene
from support.repositories import Repository, run_git

TEMPLATE = ROOT / "docs/examples/gitlab/modelyard.gitlab-ci.yml"
JOBS: dict[str, dict[str, Any]] = yaml.safe_load(TEMPLATE.read_text(encoding="utf-8"))
JOB = JOBS["modelyard"]
CANARY = "the gate works: it refused the canary for MY101, "


@dataclass(frozen=True)
class Ended:
    """How the job ended, and the checkout with the reports that it left."""

    code: int
    output: str
    place: Path

    @property
    def quality(self) -> list[dict[str, Any]]:
        """The entries of problems; the last entry of a report is bound to say which commit was judged."""
        report = json.loads((self.place / JOB["artifacts"]["reports"]["codequality"]).read_text())
        problems: list[dict[str, Any]] = report[:-1]
        judged = report[-1]
        assert judged["check_name"] == "modelyard"
        assert judged["description"].startswith(f"judged: commit {run_git(self.place, 'rev-parse', 'HEAD')} against ")
        return problems

    @property
    def failures(self) -> list[str]:
        document = ET.parse(self.place / JOB["artifacts"]["reports"]["junit"])
        return [failure.get("message", "") for failure in document.iter("failure")]


def run(scene: Scene, commit: str, shell: str = "bash", job: str = "modelyard", **variables: str) -> Ended:
    """Check a commit out as GitLab's runner does with GIT_DEPTH 0, and run the script of a job there."""
    assert JOBS[job]["variables"] == {"GIT_DEPTH": "0"}
    place = scene.path / "builds"
    place.mkdir()
    run_git(place, "init", "--quiet")
    run_git(place, "remote", "add", "origin", str(scene.registry.path))
    # No branch of the project is fetched, only the pipeline's own reference.
    run_git(place, "fetch", "--quiet", "--no-tags", "origin", f"+{commit}:refs/pipelines/1")
    run_git(place, "checkout", "--quiet", "--force", "--detach", commit)
    kept = {key: value for key, value in os.environ.items() if not key.startswith(("CI", "GITHUB_", "GITLAB_"))}
    told = {
        "CI": "true",
        "GITLAB_CI": "true",
        "CI_PROJECT_DIR": str(place),
        "CI_COMMIT_SHA": commit,
        "CI_DEFAULT_BRANCH": "main",
        **variables,
    }
    script = "\n".join(["set -e", *JOBS[job]["script"]])
    ran = subprocess.run(
        [shell, "-c", script],
        cwd=place,
        env={**kept, **told},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
        timeout=600,
    )
    return Ended(ran.returncode, ran.stdout, place)


def merge_request(registry: Repository, *, merged: str | None = None) -> dict[str, str]:
    """Return what GitLab tells a pipeline about the merge request of the branch ``work``."""
    told = {
        "CI_PIPELINE_SOURCE": "merge_request_event",
        "CI_MERGE_REQUEST_IID": "1",
        "CI_MERGE_REQUEST_EVENT_TYPE": "merged_result" if merged else "detached",
        "CI_MERGE_REQUEST_TARGET_BRANCH_NAME": "main",
        "CI_MERGE_REQUEST_SOURCE_BRANCH_NAME": "work",
        "CI_MERGE_REQUEST_DIFF_BASE_SHA": registry.git("merge-base", "main", "work"),
        "CI_MERGE_REQUEST_TARGET_BRANCH_SHA": "",
        "CI_MERGE_REQUEST_SOURCE_BRANCH_SHA": "",
    }
    if merged:
        told["CI_MERGE_REQUEST_TARGET_BRANCH_SHA"] = registry.git("rev-parse", "main")
        told["CI_MERGE_REQUEST_SOURCE_BRANCH_SHA"] = registry.git("rev-parse", "work")
    return told


def branched(scene: Scene, *, license_id: str = "MIT") -> str:
    """Register a version on the branch ``work``, and let main move on."""
    scene.registry.git("switch", "--quiet", "--create", "work")
    done = scene.register("--version", "1.2.0", "--metrics", "accuracy=0.9", "--n", "100")
    assert done.code == 0, done.err
    metadata = scene.version("fraud-1.2.0") / "metadata.yaml"
    metadata.write_text(metadata.read_text().replace("license: MIT", f"license: {license_id}"))
    head = scene.commit("Register fraud@1.2.0")
    scene.registry.git("switch", "--quiet", "main")
    (scene.registry.path / "notes.txt").write_text("main has moved on\n")
    scene.commit("Move on")
    return head


@pytest.mark.parametrize("shell", ["bash", "sh"])
def test_a_good_merge_request_passes(shell: str, merged: Scene) -> None:
    head = branched(merged)

    ended = run(merged, head, shell, **merge_request(merged.registry))

    assert ended.code == 0, ended.output
    assert CANARY in ended.output
    assert ended.output.splitlines()[-1] == "passed: no problems, 1 model version judged"
    assert (ended.quality, ended.failures) == ([], [])


def test_a_bad_merge_request_is_refused_with_its_reports(merged: Scene) -> None:
    head = branched(merged, license_id="Free")

    ended = run(merged, head, **merge_request(merged.registry))

    assert ended.code == 1, ended.output
    assert ended.output.splitlines()[-1] == "refused: 1 problem, 1 model version judged"
    (entry,) = ended.quality
    assert entry["check_name"] == "MY207"
    assert entry["location"] == {"path": "model_registry/fraud-1.2.0/metadata.yaml", "lines": {"begin": 10}}
    assert entry["description"].startswith("`license` is not valid: 'Free' is not an SPDX licence identifier (")
    assert len(ended.failures) == 1


def test_a_merged_result_is_judged_against_its_target(merged: Scene) -> None:
    branched(merged)
    target = merged.registry.git("rev-parse", "main")
    merged.registry.git("checkout", "--quiet", "--detach", "main")
    merged.registry.git("merge", "--quiet", "--no-ff", "--no-edit", "work")
    result = merged.registry.head

    ended = run(merged, result, **merge_request(merged.registry, merged=result))

    assert ended.code == 0, ended.output
    assert ended.output.splitlines()[-1] == "passed: no problems, 1 model version judged"
    assert target[:12] in ended.output


def test_an_edit_of_a_merged_version_on_the_default_branch_is_told(merged: Scene) -> None:
    before = merged.registry.head
    metrics = merged.version("fraud-1.0.0") / "metrics.json"
    metrics.write_text(metrics.read_text().replace("0.9", "0.99"))
    head = merged.commit("Better figures")

    ended = run(merged, head, CI_PIPELINE_SOURCE="push", CI_COMMIT_BRANCH="main", CI_COMMIT_BEFORE_SHA=before)

    assert ended.code == 1, ended.output
    assert [entry["check_name"] for entry in ended.quality] == ["MY601"]


def test_a_gate_that_lets_everything_pass_fails_the_job(
    merged: Scene, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    head = branched(merged)
    fake = tmp_path / "bin" / "modelyard"
    fake.parent.mkdir()
    fake.write_text(
        f'#!/bin/sh\nif [ "$1" = validate ]; then exit 0; fi\nPATH="{os.environ["PATH"]}" exec modelyard "$@"\n'
    )
    fake.chmod(0o755)
    monkeypatch.setenv("PATH", f"{fake.parent}:{os.environ['PATH']}")

    ended = run(merged, head, **merge_request(merged.registry))

    assert ended.code == 3
    assert "the gate is broken: it ended with 0 on a registry that it must refuse with 1" in ended.output
    assert not (ended.place / "gl-code-quality-report.json").exists()


@pytest.mark.skipif(not can_isolate(), reason="this machine lets nobody take the network away")
@pytest.mark.parametrize("shell", ["bash", "sh"])
def test_what_a_merge_request_registers_is_tried(shell: str, merged: Scene) -> None:
    # A relative address means another place from GitLab's own directory of builds.
    keep_models_at(merged, str(merged.storage))
    head = branched(merged)

    ended = run(merged, head, shell, "modelyard-smoke", **merge_request(merged.registry))

    assert (ended.code, ended.output) == (
        0,
        "loaded fraud@1.2.0: it states no smoke test, so nothing more was tried\n",
    )


def test_nothing_is_tried_until_the_job_is_told_what_loads_the_models() -> None:
    (rule,) = JOBS["modelyard-smoke"]["rules"]
    assert rule == {"if": '$CI_PIPELINE_SOURCE == "merge_request_event" && $MODELYARD_LOADERS'}
    assert JOBS["modelyard-smoke"]["before_script"] == [
        'python -I -m pip install --quiet "$MODELYARD_SOURCE" $MODELYARD_LOADERS'
    ]


def test_both_jobs_that_init_writes_know_where_modelyard_comes_from() -> None:
    files = CiService.GITLAB.files(ToolSource.parse("https://git.example.org/modelyard.git@v1.0.0"))
    jobs = yaml.safe_load(files[GITLAB_JOB])
    source = "git+https://git.example.org/modelyard.git@v1.0.0"
    assert {name: job["variables"]["MODELYARD_SOURCE"] for name, job in jobs.items()} == dict.fromkeys(JOBS, source)
