"""GitLab, through python-gitlab: https://docs.gitlab.com/api/merge_requests/."""

from __future__ import annotations

import time
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

import requests
from gitlab import Gitlab
from gitlab.exceptions import GitlabError

from modelyard.forges.failures import Answer, Unanswered, failure
from modelyard.forges.gitlab_protection import protection_of
from modelyard.forges.request import Request, State
from modelyard.reports.visible import visible

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from requests import Response

    from modelyard.forges.address import ForgeAddress
    from modelyard.forges.protection import Protection
    from modelyard.forges.purpose import Purpose
    from modelyard.forges.request import Draft
    from modelyard.forges.token import Token

__all__ = ["GitLab"]

_TIMEOUT = 30  # seconds
_PAGE = 100
# The library would wait and ask again by itself, without a word and for as long as it is told to.
_ONCE: Mapping[str, Any] = {"obey_rate_limit": False, "retry_transient_errors": False}
_STATES = {"opened": State.OPEN, "locked": State.OPEN, "merged": State.MERGED, "closed": State.CLOSED}


class GitLab:
    """One project on GitLab; see :class:`modelyard.forges.forge.Forge`."""

    def __init__(self, address: ForgeAddress, token: Token, purpose: Purpose) -> None:
        self.address = address
        self._purpose = purpose
        self._token = token
        self._headers: Mapping[str, str] = {}
        session = requests.Session()
        session.hooks["response"] = [self._note_headers]
        # A token goes to the host that it is for, and nowhere else.
        session.max_redirects = 0
        # As a bearer, a personal access token is no header of GitLab's own that would survive a redirect.
        self._client = Gitlab(address.api, oauth_token=token.value, timeout=_TIMEOUT, session=session)
        self._project = f"/projects/{quote(address.project, safe='')}"

    def default_branch(self) -> str:
        with self._asked():
            project: Any = self._client.http_get(self._project, **_ONCE)
            return str(project["default_branch"])

    def requests(self, branch: str, target: str) -> tuple[Request, ...]:
        wanted = {"source_branch": branch, "target_branch": target, "state": "all", "per_page": _PAGE}
        with self._asked():
            found: Any = self._client.http_get(f"{self._project}/merge_requests", query_data=wanted, **_ONCE)
            return tuple(map(_request, found))

    def open(self, draft: Draft, target: str) -> Request:
        value = {
            "source_branch": draft.branch,
            "target_branch": target,
            "title": draft.title,
            "description": draft.body,
            "labels": ",".join(draft.labels),
            "remove_source_branch": True,
        }
        with self._asked():
            return _request(self._client.http_post(f"{self._project}/merge_requests", post_data=value, **_ONCE))

    def label(self, request: Request, labels: tuple[str, ...]) -> None:
        value = {"add_labels": ",".join(labels)}
        with self._asked():
            self._client.http_put(f"{self._project}/merge_requests/{request.number}", post_data=value, **_ONCE)

    def protection(self, branch: str) -> Protection:
        return protection_of(self._get, self._project, branch)

    def _get(self, path: str) -> Any:
        with self._asked():
            return self._client.http_get(path, **_ONCE)

    def _failure(self, answer: Answer) -> Exception:
        return failure(answer, self.address, token=self._token.name, purpose=self._purpose, now=time.time())

    def _note_headers(self, response: Response, *_: Any, **__: Any) -> None:
        # The library's exceptions do not carry them.
        self._headers = {name.lower(): value for name, value in response.headers.items()}

    @contextmanager
    def _asked(self) -> Iterator[None]:
        try:
            yield
        except GitlabError as error:
            message = visible(self._token.hidden(_message(error.error_message)))
            answer = Answer(error.response_code or 0, self._headers, message)
            raise self._failure(answer) from None
        except requests.TooManyRedirects:
            answer = Answer(302, {}, "")
            raise self._failure(answer) from None
        except requests.Timeout:
            raise Unanswered(f"{self.address.host} did not answer within {_TIMEOUT} seconds") from None
        except requests.RequestException:
            raise Unanswered(f"{self.address.host} cannot be reached") from None


def _request(value: Any) -> Request:
    return Request(value["iid"], value["web_url"], _STATES[value["state"]], value["sha"], tuple(value["labels"]))


def _message(told: Any) -> str:
    """Return what GitLab says, a text, a list of texts, or lists of them by field; at most a line's worth of it."""
    if isinstance(told, dict):
        told = [f"{name}: {_message(value)}" for name, value in told.items()]
    text = "; ".join(map(str, told)) if isinstance(told, list) else str(told)
    return text[:500]
