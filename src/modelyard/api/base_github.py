"""The base of a change in GitHub Actions, by the event that the job runs for.

Sources: https://docs.github.com/actions/reference/workflows-and-actions/events-that-trigger-workflows
and https://docs.github.com/webhooks/webhook-events-and-payloads.
"""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import TYPE_CHECKING, Any

from modelyard.api.ancestry import Base
from modelyard.errors import NotFinished, UsageError
from modelyard.git.formats import zero_id
from modelyard.git.revisions import is_full_id

if TYPE_CHECKING:
    from collections.abc import Mapping

    from modelyard.api.ancestry import Ancestry

__all__ = ["base_of"]

_MERGE_REF = re.compile(r"refs/pull/[0-9]+/merge", re.ASCII)
_MAX_PAYLOAD = 1 << 25  # GitHub caps a payload at 25 MB
_MAX_LISTED = 2048  # as many commits of a push as a payload lists


def base_of(ancestry: Ancestry, environment: Mapping[str, str]) -> Base:
    """Return what a change is judged against in a job of GitHub Actions.

    :raises UsageError: nothing of the pull request is checked out.
    :raises NotFinished: the event cannot be read, or the base was not fetched.
    """
    event = _Event(environment, ancestry)
    if event.has("pull_request"):
        return _pull_request(ancestry, event)
    if event.has("merge_group"):
        base = ancestry.held(event.id("merge_group", "base_sha"), "the base of the merge group")
        if event.of_head:
            return Base(base, "the base of the merge group")
        return Base(ancestry.fork(base, "the base of the merge group"), "the merge base with the merge group's base")
    return _branch(ancestry, event)


def _pull_request(ancestry: Ancestry, event: _Event) -> Base:
    change = event.id("pull_request", "head", "sha")
    # A change can make a commit with two parents, but neither its id nor its reference is the service's then.
    if event.of_head and _MERGE_REF.fullmatch(event.reference) and ancestry.parents[1:] == (change,):
        return Base(ancestry.first_parent(), "the first parent of the pull request's test merge")
    name = event.text("pull_request", "base", "ref") or "the base branch"
    tip = ancestry.held(event.id("pull_request", "base", "sha"), f"the tip of {name}")
    base = ancestry.fork(tip, name, strict=True)
    if base == ancestry.head:
        raise UsageError(
            f"{ancestry.head[:12]} holds nothing of the pull request, all of it is in {name} already",
            hint="run on `pull_request`, and let the checkout take its default, refs/pull/NUMBER/merge",
        )
    return Base(base, f"the merge base with {name} as the pull request names it")


def _branch(ancestry: Ancestry, event: _Event) -> Base:
    branch = event.text("repository", "default_branch")
    if not (event.of_head and branch and event.reference == f"refs/heads/{branch}"):
        # Of any other branch all that it changes is judged, or a second push would hide what the first one broke.
        return ancestry.since_branching(branch)
    if event.name != "push":
        return Base(ancestry.head, f"{event.name} brings no change, so everything is judged", everything=True)
    if event.text("before") == zero_id(event.algorithm):
        return Base(None, f"{branch} was not there before the push")
    before = ancestry.held(event.id("before"), f"what {branch} was before the push,", depth=event.pushed_depth)
    return Base(before, f"what {branch} was before the push")


class _Event:
    """The event that a job runs for; every value of it is checked when it is asked for."""

    def __init__(self, environment: Mapping[str, str], ancestry: Ancestry) -> None:
        self.name = environment["GITHUB_EVENT_NAME"]
        self.reference = environment.get("GITHUB_REF", "")
        self.of_head = environment.get("GITHUB_SHA") == ancestry.head
        self.algorithm = ancestry.algorithm
        self._payload = _read(environment.get("GITHUB_EVENT_PATH", ""))

    @property
    def pushed_depth(self) -> int | None:
        """How many commits hold the one before the push, where the payload lists all that were pushed."""
        commits = self._payload.get("commits")
        if self._payload.get("forced") is not False or not isinstance(commits, list):
            return None
        return len(commits) + 1 if 0 < len(commits) < _MAX_LISTED else None

    def has(self, key: str) -> bool:
        """Whether the payload is about such a thing."""
        return isinstance(self._payload.get(key), dict)

    def text(self, *keys: str) -> str | None:
        """Return a text of the payload, None where it holds none there."""
        value: object = self._payload
        for key in keys:
            value = value.get(key) if isinstance(value, dict) else None
        return value if isinstance(value, str) else None

    def id(self, *keys: str) -> str:
        """Return a commit's full id.

        :raises NotFinished: the payload holds none there.
        """
        found = self.text(*keys)
        if found is None or not is_full_id(found, self.algorithm):
            raise NotFinished(
                f"the {self.name} event names no commit as {'.'.join(keys)}", hint="name a revision: --base REV"
            )
        return found


def _read(path: str) -> dict[str, Any]:
    try:
        with Path(path).open("rb") as file:
            payload = json.loads(file.read(_MAX_PAYLOAD))
    except (OSError, ValueError, RecursionError) as error:
        raise NotFinished(
            f"the event in GITHUB_EVENT_PATH, {path!r}, cannot be read", hint="name a revision: --base REV"
        ) from error
    return payload if isinstance(payload, dict) else {}
