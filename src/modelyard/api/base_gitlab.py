"""The base of a change in GitLab CI, by the predefined variables of the pipeline.

Source: https://docs.gitlab.com/ci/variables/predefined_variables/.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from modelyard.api.ancestry import Base
from modelyard.errors import NotFinished
from modelyard.git.formats import zero_id
from modelyard.git.revisions import is_full_id

if TYPE_CHECKING:
    from collections.abc import Mapping

    from modelyard.api.ancestry import Ancestry

__all__ = ["base_of"]

_MERGED = ("merged_result", "merge_train")


def base_of(ancestry: Ancestry, environment: Mapping[str, str]) -> Base:
    """Return what a change is judged against in a job of GitLab CI.

    :raises UsageError: the branch and the default branch share no history.
    :raises NotFinished: the base was not fetched, or no variable names it.
    """
    of_head = environment.get("CI_COMMIT_SHA") == ancestry.head
    if "CI_MERGE_REQUEST_IID" in environment:
        return _merge_request(ancestry, environment, of_head=of_head)
    branch = environment.get("CI_DEFAULT_BRANCH", "")
    if not (of_head and branch and environment.get("CI_COMMIT_BRANCH") == branch):
        # Of any other branch all that it changes is judged, or a second push would hide what the first one broke.
        return ancestry.since_branching(branch or None)
    source = environment.get("CI_PIPELINE_SOURCE", "")
    if source != "push":
        return Base(ancestry.head, f"a pipeline by {source} brings no change, so everything is judged", everything=True)
    if environment.get("CI_COMMIT_BEFORE_SHA") == zero_id(ancestry.algorithm):
        return Base(None, f"{branch} was not there before the push")
    before = _id(ancestry, environment, "CI_COMMIT_BEFORE_SHA")
    return Base(
        ancestry.held(before, f"what {branch} was before the push,"),
        f"what {branch} was before the push",
    )


def _merge_request(ancestry: Ancestry, environment: Mapping[str, str], *, of_head: bool) -> Base:
    change = environment.get("CI_MERGE_REQUEST_SOURCE_BRANCH_SHA")
    merged = environment.get("CI_MERGE_REQUEST_EVENT_TYPE") in _MERGED
    # A change can make a commit with two parents, but GitLab names it as a merged result only where it made it.
    if of_head and merged and change and ancestry.parents[1:] == (change,):
        return Base(ancestry.first_parent(), "the first parent of the merged result")
    if environment.get("CI_MERGE_REQUEST_TARGET_BRANCH_SHA"):
        target = _id(ancestry, environment, "CI_MERGE_REQUEST_TARGET_BRANCH_SHA")
        tip = ancestry.held(target, "the tip of the target branch")
        return Base(ancestry.fork(tip, "the target branch", strict=True), "the merge base with the target branch")
    base = _id(ancestry, environment, "CI_MERGE_REQUEST_DIFF_BASE_SHA")
    return Base(ancestry.held(base, "the merge request's diff base"), "the merge request's diff base")


def _id(ancestry: Ancestry, environment: Mapping[str, str], name: str) -> str:
    value = environment.get(name, "")
    if not is_full_id(value, ancestry.algorithm):
        raise NotFinished(f"{name} names no commit", hint="name a revision: --base REV")
    return value
