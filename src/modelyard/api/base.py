"""The base of a change: the commit that it starts from, in CI, in a merge queue and on a desk."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from modelyard.api.ancestry import Ancestry, Base

if TYPE_CHECKING:
    from collections.abc import Mapping

    from modelyard.git.location import Location
    from modelyard.git.objects import ObjectReader

__all__ = ["find_base"]


def find_base(
    location: Location, reader: ObjectReader, head: str, *, environment: Mapping[str, str] = os.environ
) -> Base:
    """Return what a change is judged against, and why.

    GitHub Actions and GitLab CI say which event a job runs for, and of which commits: only that is
    believed, never the shape of the commit that is checked out, which the change itself can make.
    Elsewhere it is the merge base with the main branch, and on the main branch the commit before.

    :param head: the full id of the commit that is judged.
    :raises UsageError: there is no main branch to compare with, or nothing of the change is here.
    :raises NotFinished: the clone's history is cut off before the base; the hint says what to fetch.
    """
    if environment.get("GITHUB_ACTIONS") == "true" and environment.get("GITHUB_EVENT_NAME"):
        from modelyard.api import base_github

        return base_github.base_of(Ancestry(location, reader, head, setting="fetch-depth: {}"), environment)
    if environment.get("GITLAB_CI") == "true":
        from modelyard.api import base_gitlab

        return base_gitlab.base_of(Ancestry(location, reader, head, setting='GIT_DEPTH: "{}"'), environment)
    return Ancestry(location, reader, head).since_branching()
