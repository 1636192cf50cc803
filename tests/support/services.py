"""A bare repository as a hosting service keeps it, with pull requests, and clones as its CI jobs make them.

How actions/checkout and the runner of GitLab fetch: one commit to a given depth, or all branches for depth 0.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from support.cases import valid_files
from support.repositories import Repository, bare_repository, new_repository

__all__ = ["COMMITS", "ZERO", "Service", "new_service", "next_version"]

COMMITS = 60
"""How many commits ``main`` has: more than any depth that a job is given here."""

STAGING = "model_registry/stages/staging/fraud.yaml"
ZERO = "0" * 40


@dataclass(frozen=True)
class Service:
    """The service, and commits of its history.

    ``topic`` leaves main at ``fork``, before main went on, and brings fraud@1.2.0; ``merge`` is the test
    merge of it. ``evil`` edits a merged version, and ends with a merge commit of its own making whose first
    parent holds the edit already; ``evil_merge`` is the test merge of that.
    """

    path: Path
    fork: str
    main: str
    topic: str
    merge: str
    evil: str
    evil_merge: str

    @property
    def origin(self) -> Repository:
        return Repository(self.path / "origin.git")

    def clone(self, path: Path, commit: str, *, depth: int, reference: str = "refs/remotes/pull/1/merge") -> Repository:
        """Return a clone as a job makes it, with the commit checked out."""
        clone = new_repository(path)
        clone.git("remote", "add", "origin", self.origin.path.as_uri())
        wanted = f"+{commit}:{reference}"
        if depth:
            clone.git("fetch", "--quiet", "--no-tags", f"--depth={depth}", "origin", wanted)
        else:
            branches = "+refs/heads/*:refs/remotes/origin/*"
            also = () if reference.startswith("refs/remotes/origin/") else (wanted,)
            clone.git("fetch", "--quiet", "origin", branches, *also)
        clone.git("checkout", "--quiet", "--detach", commit)
        return clone

    def event(self, name: str, payload: dict[str, Any], *, reference: str, commit: str) -> dict[str, str]:
        """Return what GitHub Actions says of an event: the environment of its jobs."""
        path = self.path / "event.json"
        repository = {"default_branch": "main", "full_name": "example/models"}
        path.write_text(json.dumps({"repository": repository, **payload}))
        return {
            "CI": "true",
            "GITHUB_ACTIONS": "true",
            "GITHUB_EVENT_NAME": name,
            "GITHUB_EVENT_PATH": str(path),
            "GITHUB_REF": reference,
            "GITHUB_SHA": commit,
        }

    def pull_request(self, head: str, merge: str, *, name: str = "pull_request") -> dict[str, str]:
        """Return the environment of a job for a pull request against main."""
        pull = {"number": 1, "head": {"sha": head, "ref": "topic"}, "base": {"sha": self.main, "ref": "main"}}
        variables = self.event(name, {"pull_request": pull}, reference="refs/pull/1/merge", commit=merge)
        return {**variables, "GITHUB_BASE_REF": "main", "GITHUB_HEAD_REF": "topic"}

    def push(self, before: object, after: str, *, branch: str = "main", **payload: Any) -> dict[str, str]:
        """Return the environment of a job for a push to a branch."""
        reference = f"refs/heads/{branch}"
        pushed = {"ref": reference, "before": before, "after": after, "forced": False, "commits": [], **payload}
        return self.event("push", pushed, reference=reference, commit=after)

    def pipeline(self, commit: str, *, source: str, **variables: str) -> dict[str, str]:
        """Return the environment of a job of GitLab CI."""
        return {
            "CI": "true",
            "GITLAB_CI": "true",
            "CI_COMMIT_SHA": commit,
            "CI_COMMIT_BEFORE_SHA": ZERO,
            "CI_DEFAULT_BRANCH": "main",
            "CI_PIPELINE_SOURCE": source,
            **variables,
        }

    def merge_request(self, commit: str, **variables: str) -> dict[str, str]:
        """Return the environment of a job for a merge request against main."""
        about = {"CI_MERGE_REQUEST_IID": "1", "CI_MERGE_REQUEST_TARGET_BRANCH_NAME": "main", **variables}
        return self.pipeline(commit, source="merge_request_event", **about)


def next_version() -> dict[str, bytes]:
    """Return the files that register fraud@1.2.0 in the valid registry."""
    old = "model_registry/fraud-1.1.0/"
    return {
        path.replace("1.1.0", "1.2.0"): content.replace(b"1.1.0", b"1.2.0")
        for path, content in valid_files().items()
        if path.startswith(old)
    }


def new_service(path: Path) -> Service:
    """Make the service."""
    origin, desk = bare_repository(path / "origin.git"), new_repository(path / "desk")
    # As GitHub and GitLab have it.
    origin.git("config", "uploadpack.allowAnySHA1InWant", "true")
    desk.git("remote", "add", "origin", str(origin.path))
    # fraud@1.0.0 has been in staging before it went to production.
    fork = desk.commit(
        valid_files() | {STAGING: valid_files()[STAGING].replace(b"1.1.0", b"1.0.0")}, "Found the registry"
    )
    for number in range(1, COMMITS - 1):
        fork = desk.commit(valid_files() if number == 1 else {}, f"Main {number}")
    main = desk.commit({"notes.txt": b"main has moved on\n"}, "Move on")
    desk.git("switch", "--quiet", "--create", "topic", fork)
    desk.commit(next_version(), "Register fraud@1.2.0")
    topic = desk.commit({"topic.txt": b"more\n"}, "Write more")
    desk.git("switch", "--quiet", "--create", "evil", fork)
    metrics = valid_files()["model_registry/fraud-1.0.0/metrics.json"]
    edit = desk.commit({"model_registry/fraud-1.0.0/metrics.json": metrics + b"\n"}, "Edit a merged version")
    evil = desk.commit_tree(f"{edit}^{{tree}}", edit, fork, message="Merge, it says")
    merge, evil_merge = (_test_merge(desk, main, change) for change in (topic, evil))
    desk.git("push", "--quiet", "origin", "main", "topic", f"{evil}:refs/heads/evil")
    desk.git("push", "--quiet", "origin", f"{merge}:refs/pull/1/merge", f"{evil_merge}:refs/pull/2/merge")
    return Service(path, fork, main, topic, merge, evil, evil_merge)


def _test_merge(desk: Repository, main: str, change: str) -> str:
    desk.git("checkout", "--quiet", "--detach", main)
    desk.git("merge", "--quiet", "--no-ff", "--no-edit", change)
    return desk.head
