"""GitHub, through PyGithub: https://docs.github.com/rest/pulls/pulls and https://docs.github.com/rest/issues/labels."""

from __future__ import annotations

import time
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

import requests
from github import Auth, Github, GithubException

from modelyard.forges.failures import Answer, Denied, Unanswered, failure
from modelyard.forges.github_protection import of_branch_protection, of_rule, of_ruleset
from modelyard.forges.protection import Protection, combined
from modelyard.forges.request import Request, State
from modelyard.reports.visible import visible
from modelyard.values import cached_property

if TYPE_CHECKING:
    from collections.abc import Iterator

    from github.PullRequest import PullRequest
    from github.Repository import Repository

    from modelyard.forges.address import ForgeAddress
    from modelyard.forges.purpose import Purpose
    from modelyard.forges.request import Draft
    from modelyard.forges.token import Token

__all__ = ["GitHub"]

_TIMEOUT = 30  # seconds
_PAGE = 100


class GitHub:
    """One repository on GitHub; see :class:`modelyard.forges.forge.Forge`."""

    def __init__(self, address: ForgeAddress, token: Token, purpose: Purpose) -> None:
        self.address = address
        self._purpose = purpose
        self._token = token
        # The library would ask again by itself, and open a second request after a lost answer.
        self._client = Github(
            auth=Auth.Token(token.value),
            base_url=address.api,
            timeout=_TIMEOUT,
            retry=None,
            per_page=_PAGE,
            seconds_between_requests=None,
            seconds_between_writes=None,
        )
        self._pulls: dict[int, PullRequest] = {}

    @cached_property
    def _repository(self) -> Repository:
        return self._client.get_repo(self.address.project)

    def default_branch(self) -> str:
        with self._asked():
            return self._repository.default_branch

    def requests(self, branch: str, target: str) -> tuple[Request, ...]:
        owner = self.address.project.partition("/")[0]
        with self._asked():
            found = self._repository.get_pulls(state="all", head=f"{owner}:{branch}", base=target)
            return tuple(map(self._request, found.get_page(0)))

    def open(self, draft: Draft, target: str) -> Request:
        with self._asked():
            pull = self._repository.create_pull(base=target, head=draft.branch, title=draft.title, body=draft.body)
            return self._request(pull)

    def label(self, request: Request, labels: tuple[str, ...]) -> None:
        with self._asked():
            self._pulls[request.number].add_to_labels(*labels)

    def protection(self, branch: str) -> Protection:
        found = [self._classic(branch)]
        rules = self._rules(branch)
        found += map(of_rule, rules)
        found += map(of_ruleset, map(self._ruleset, sorted({rule["ruleset_id"] for rule in rules})))
        return combined(found)

    def _rules(self, branch: str) -> list[dict[str, Any]]:
        rules: list[dict[str, Any]] = []
        page = 0
        while len(rules) == page * _PAGE:
            page += 1
            rules += self._get(f"/rules/branches/{quote(branch, safe='')}?per_page={_PAGE}&page={page}")
        return rules

    def _ruleset(self, number: int) -> dict[str, Any]:
        try:
            ruleset: dict[str, Any] = self._get(f"/rulesets/{number}")
        except Denied:
            return {"name": str(number)}
        return ruleset

    def _classic(self, branch: str) -> Protection:
        try:
            return of_branch_protection(self._get(f"/branches/{quote(branch, safe='')}/protection"))
        except Denied as denied:
            # Without the right, GitHub answers as if there were nothing; with it, in these words.
            told = denied.told.casefold()
            return Protection() if "not protected" in told else Protection(hidden=("classic branch protection",))

    def _get(self, path: str) -> Any:
        with self._asked():
            _headers, value = self._client.requester.requestJsonAndCheck("GET", f"/repos/{self.address.project}{path}")
            return value

    def _request(self, pull: PullRequest) -> Request:
        self._pulls[pull.number] = pull
        state = State.MERGED if pull.merged_at else State(pull.state)
        return Request(pull.number, pull.html_url, state, pull.head.sha, tuple(label.name for label in pull.labels))

    @contextmanager
    def _asked(self) -> Iterator[None]:
        try:
            yield
        except GithubException as error:
            headers = {name.lower(): value for name, value in (error.headers or {}).items()}
            answer = Answer(error.status, headers, visible(self._token.hidden(_message(error.data))))
            raise failure(
                answer, self.address, token=self._token.name, purpose=self._purpose, now=time.time()
            ) from None
        except requests.Timeout:
            raise Unanswered(f"{self.address.host} did not answer within {_TIMEOUT} seconds") from None
        except requests.RequestException:
            raise Unanswered(f"{self.address.host} cannot be reached") from None


def _message(data: Any) -> str:
    """Return what GitHub says, with the details of a validation; at most a line's worth of it."""
    if not isinstance(data, dict):
        return "it gives no reason"
    details = [error.get("message") for error in data.get("errors") or () if isinstance(error, dict)]
    return "; ".join(str(part) for part in (data.get("message"), *details) if part)[:500]
