"""The part of GitLab's REST interface that is used, over the same forge: https://docs.gitlab.com/api/merge_requests/."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any
from urllib.parse import unquote

from support.forge import Forge, ForgeError, Pull

__all__ = ["GitLabInterface"]

Answer = tuple[int, Any]
Query = Mapping[str, list[str]]
STATES = {"open": "opened", "closed": "closed"}


class GitLabInterface:
    """GitLab's REST interface over one forge; its pull requests are merge requests."""

    def __init__(self, forge: Forge) -> None:
        self.forge = forge

    def answer(self, method: str, path: str, query: Query, body: Any, user: str | None) -> Answer:
        """Return status and value for one request."""
        project, _, rest = path.removeprefix("/api/v4/projects/").partition("/")
        if unquote(project) != self.forge.name:
            return 404, {"message": "404 Project Not Found"}
        if user is None:
            return 401, {"message": "401 Unauthorized"}
        if (method, rest) == ("GET", ""):
            about = {"id": 1, "path_with_namespace": self.forge.name, "default_branch": "main"}
            return 200, {**about, **self.forge.lab.get("project", {})}
        if method == "GET" and rest in ("protected_branches", "approvals", "approval_rules"):
            found = self.forge.lab.get(rest)
            return (404, {"error": "404 Not Found"}) if found is None else (200, found)
        if (method, rest) == ("GET", "merge_requests"):
            return self.show_requests(query)
        if (method, rest) == ("POST", "merge_requests"):
            return self.open_request(body, user)
        if method == "PUT" and (found := re.fullmatch(r"merge_requests/([0-9]+)", rest)):
            return self.change_request(int(found[1]), body)
        return 404, {"error": "404 Not Found"}

    def refused(self, error: ForgeError) -> Any:
        """Return what says why something is refused."""
        return {"message": [*error.details] or error.message}

    def show_requests(self, query: Query) -> Answer:
        assert (query["target_branch"], query["state"]) == (["main"], ["all"])
        found = [pull for pull in self.forge.pulls.values() if [pull.branch] == query["source_branch"]]
        return 200, [self.described(pull) for pull in reversed(found)]

    def open_request(self, body: Any, user: str) -> Answer:
        branch = body["source_branch"]
        standing = [pull for pull in self.forge.pulls.values() if pull.branch == branch and pull.state == "open"]
        if standing:
            told = f"Another open merge request already exists for this source branch: !{standing[0].number}"
            raise ForgeError(409, "Conflict", told)
        pull = self.forge.open_pull(body["title"], branch, author=user, body=body["description"])
        pull.labels = [label for label in body["labels"].split(",") if label]
        return 201, self.described(pull)

    def change_request(self, number: int, body: Any) -> Answer:
        pull = self.forge.pull(number)
        pull.labels += [label for label in body["add_labels"].split(",") if label not in pull.labels]
        return 200, self.described(pull)

    def described(self, pull: Pull) -> dict[str, Any]:
        return {
            "iid": pull.number,
            "title": pull.title,
            "description": pull.body,
            "state": "merged" if pull.merged else STATES[pull.state],
            "source_branch": pull.branch,
            "target_branch": "main",
            "labels": pull.labels,
            "sha": pull.head,
            "merge_commit_sha": pull.merged,
            "web_url": f"{self.forge.url}/{self.forge.name}/-/merge_requests/{pull.number}",
            "author": {"username": pull.author},
        }
