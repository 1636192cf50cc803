"""The forge over HTTP: Git's own `git http-backend`, and the part of GitHub's REST interface that is used."""

from __future__ import annotations

import json
import re
import sys
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from itertools import chain
from typing import Any
from urllib.parse import parse_qs, urlsplit

from support.forge import ACTIONS, AUTHOR, Forge, ForgeError, Pull
from support.forge_gitlab import GitLabInterface
from support.git_backend import answer_of_git

__all__ = ["TOKENS", "serving"]

TOKENS = {"token-of-the-author": AUTHOR, "token-of-the-job": ACTIONS}

MOMENT = "2026-03-01T12:00:00Z"

Answer = tuple[int, Any]
Query = Mapping[str, list[str]]


@contextmanager
def serving(forge: Forge) -> Iterator[Forge]:
    """Serve a forge on this machine until the block ends."""
    server = Server(forge)
    forge.url = f"http://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield forge
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


class Interface:
    """GitHub's REST interface over one forge."""

    def __init__(self, forge: Forge) -> None:
        self.forge = forge
        number, commit = r"(\d+)", r"([0-9a-f]{40})"
        self.routes: list[tuple[str, str, Callable[..., Answer]]] = [
            ("GET", "", self.show_repository),
            ("GET", "/pulls", self.show_pulls),
            ("GET", f"/pulls/{number}", self.show_pull),
            ("POST", f"/issues/{number}/labels", self.label),
            ("POST", "/pulls", self.open_pull),
            ("GET", f"/pulls/{number}/files", self.show_files),
            ("PUT", f"/pulls/{number}/merge", self.merge),
            ("POST", f"/statuses/{commit}", self.set_status),
            ("GET", f"/commits/{commit}/status", self.show_status),
            ("GET", f"/issues/{number}/comments", self.show_comments),
            ("POST", f"/issues/{number}/comments", self.comment),
            ("PATCH", f"/issues/comments/{number}", self.change_comment),
            ("GET", "/branches/main/protection", self.show_protection),
            ("GET", "/rules/branches/main", self.show_rules),
            ("GET", f"/rulesets/{number}", self.show_ruleset),
            ("GET", f"/actions/runs/{number}/artifacts", self.show_artifacts),
        ]

    def answer(self, method: str, path: str, query: Query, body: Any, user: str | None) -> Answer:
        """Return status and value for one request."""
        rest = path.removeprefix(f"/repos/{self.forge.name}")
        for verb, pattern, respond in self.routes:
            found = re.fullmatch(pattern, rest)
            if rest != path and verb == method and found:
                if method != "GET" and user is None:
                    return 401, {"message": "Requires authentication"}
                given = [int(part) if part.isdigit() and len(part) < 20 else part for part in found.groups()]
                if respond in (self.show_protection, self.show_ruleset):
                    return respond(*given, user=user)
                return respond(*given, **({} if method == "GET" else {"body": body, "user": user}), query=query)
        return 404, {"message": "Not Found"}

    def refused(self, error: ForgeError) -> Any:
        """Return what says why something is refused."""
        details = [{"resource": "PullRequest", "code": "custom", "message": detail} for detail in error.details]
        return {"message": error.message, **({"errors": details} if details else {}), "status": str(error.status)}

    def show_repository(self, **_: Any) -> Answer:
        owner, name = self.forge.name.split("/")
        about = {"full_name": self.forge.name, "name": name, "default_branch": "main", "owner": {"login": owner}}
        return 200, {**about, "url": self.address("")}

    def open_pull(self, body: Any, user: str, **_: Any) -> Answer:
        pull = self.forge.open_pull(body["title"], body["head"], author=user, body=body["body"])
        return 201, self.described(pull)

    def show_pulls(self, query: Query, **_: Any) -> Answer:
        owner, _slash, _name = self.forge.name.partition("/")
        state, (head,) = query["state"][0], query["head"]
        found = [pull for pull in self.forge.pulls.values() if f"{owner}:{pull.branch}" == head]
        assert query["base"] == ["main"]
        return 200, [self.described(pull) for pull in reversed(found) if state in ("all", pull.state)]

    def label(self, number: int, body: Any, **_: Any) -> Answer:
        pull = self.forge.pull(number)
        # An object that holds the array is documented, and the bare array is taken as well.
        given = body["labels"] if isinstance(body, dict) else body
        pull.labels += [label for label in given if label not in pull.labels]
        return 200, _labels(pull)

    def show_pull(self, number: int, **_: Any) -> Answer:
        return 200, self.described(self.forge.pull(number))

    def show_files(self, number: int, **_: Any) -> Answer:
        return 200, self.forge.files(number)

    def merge(self, number: int, **_: Any) -> Answer:
        return 200, {"sha": self.forge.merge(number), "merged": True, "message": "Pull Request successfully merged"}

    def set_status(self, commit: str, body: Any, user: str, **_: Any) -> Answer:
        status = {**body, "id": 1, "creator": {"login": user}}
        kept = [each for each in self.forge.statuses.get(commit, []) if each["context"] != body["context"]]
        self.forge.statuses[commit] = [*kept, status]
        return 201, status

    def show_status(self, commit: str, **_: Any) -> Answer:
        statuses = self.forge.statuses.get(commit, [])
        states = {status["state"] for status in statuses}
        state = "failure" if states & {"failure", "error"} else "success" if states == {"success"} else "pending"
        return 200, {"state": state, "statuses": statuses, "sha": commit, "total_count": len(statuses)}

    def show_comments(self, number: int, query: Query, **_: Any) -> Answer:
        page, size = _paging(query)
        return 200, self.forge.comments.get(number, [])[(page - 1) * size : page * size]

    def comment(self, number: int, body: Any, user: str, **_: Any) -> Answer:
        kind = "Bot" if user.endswith("[bot]") else "User"
        comment = {"id": self.known_comments() + 1, "body": body["body"], "user": {"login": user, "type": kind}}
        self.forge.comments.setdefault(number, []).append(comment)
        return 201, comment

    def change_comment(self, wanted: int, body: Any, user: str, **_: Any) -> Answer:
        for comment in chain.from_iterable(self.forge.comments.values()):
            if comment["id"] == wanted:
                if comment["user"]["login"] != user:
                    return 403, {"message": "Must have admin rights to Repository."}
                comment["body"] = body["body"]
                return 200, comment
        return 404, {"message": "Not Found"}

    def show_protection(self, user: str | None) -> Answer:
        if user != AUTHOR:
            return 403, {"message": "Resource not accessible by integration"}
        if self.forge.protection is None:
            return 404, {"message": "Branch not protected"}
        return 200, self.forge.protection

    def show_rules(self, query: Query, **_: Any) -> Answer:
        page, size = _paging(query)
        rules = [
            {**rule, "ruleset_source_type": "Repository", "ruleset_source": self.forge.name, "ruleset_id": each["id"]}
            for each in self.forge.rulesets
            for rule in each["rules"]
        ]
        return 200, rules[(page - 1) * size : page * size]

    def show_ruleset(self, wanted: int, user: str | None) -> Answer:
        for each in self.forge.rulesets:
            if each["id"] == wanted:
                # Who may bypass it is shown to those alone who may change it.
                return 200, {key: value for key, value in each.items() if user == AUTHOR or key != "bypass_actors"}
        return 404, {"message": "Not Found"}

    def show_artifacts(self, run: int, **_: Any) -> Answer:
        if run not in self.forge.artifacts:
            return 200, {"total_count": 0, "artifacts": []}
        name, content = self.forge.artifacts[run]
        artifact = {"id": run, "name": name, "size_in_bytes": len(content), "expired": False}
        return 200, {"total_count": 1, "artifacts": [artifact]}

    def known_comments(self) -> int:
        return sum(map(len, self.forge.comments.values()))

    def address(self, path: str) -> str:
        return f"{self.forge.url}/repos/{self.forge.name}{path}"

    def described(self, pull: Pull) -> dict[str, Any]:
        number, forge = pull.number, self.forge
        merge = pull.merged or forge.commit(f"refs/pull/{number}/merge")
        base = {"ref": "main", "sha": forge.commit("refs/heads/main"), "repo": {"full_name": forge.name}}
        return {
            "url": self.address(f"/pulls/{number}"),
            "issue_url": self.address(f"/issues/{number}"),
            "number": number,
            "html_url": f"{forge.url}/{forge.name}/pull/{number}",
            "state": pull.state,
            "title": pull.title,
            "body": pull.body,
            "labels": _labels(pull),
            "user": {"login": pull.author},
            "merged": pull.merged is not None,
            "merged_at": MOMENT if pull.merged else None,
            "mergeable": None if pull.merged else merge is not None,
            "merge_commit_sha": merge,
            "head": {"ref": pull.branch, "sha": pull.head, "repo": {"full_name": pull.head_repository}},
            "base": base,
        }


def _paging(query: Query) -> tuple[int, int]:
    """Return which page is wanted, and how many things are on one."""
    return int(query.get("page", ["1"])[0]), int(query.get("per_page", ["30"])[0])


def _labels(pull: Pull) -> list[dict[str, Any]]:
    return [{"name": label} for label in pull.labels]


class Server(ThreadingHTTPServer):
    """One forge on one port."""

    def __init__(self, forge: Forge) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.forge = forge
        self.interfaces: dict[str, Interface | GitLabInterface] = {
            "/api/v4/": GitLabInterface(forge),
            "/repos/": Interface(forge),
        }
        self.lock = threading.RLock()

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Pass over a client that did not wait for its answer."""
        if not isinstance(sys.exc_info()[1], ConnectionError):
            super().handle_error(request, client_address)


class Handler(BaseHTTPRequestHandler):
    """Answers one connection."""

    protocol_version = "HTTP/1.1"
    server: Server

    def respond(self) -> None:
        """Answer one request."""
        place = urlsplit(self.path)
        body = self._body()
        with self.server.lock:
            if ".git/" in place.path:
                self._git(place.path, place.query, body)
            elif found := re.fullmatch(r"/repos/.+/actions/artifacts/(\d+)/zip", place.path):
                # GitHub sends to another host, which refuses whoever brings GitHub's own token along.
                self._send(302, b"", {"Location": f"{self.server.forge.url}/stored/{found[1]}"})
            elif found := re.fullmatch(r"/stored/(\d+)", place.path):
                self._stored(int(found[1]))
            else:
                self._rest(place.path, place.query, body)

    do_GET = do_POST = do_PUT = do_PATCH = respond  # noqa: N815

    def log_message(self, *_: Any) -> None:
        pass

    def _stored(self, artifact: int) -> None:
        refused = "Authorization" in self.headers
        self._send(400 if refused else 200, b"" if refused else self.server.forge.artifacts[artifact][1], {})

    def _rest(self, path: str, query: str, body: bytes) -> None:
        asked = f"{self.command} {path}"
        self.server.forge.requests.append(asked)
        fault = next((each for each in self.server.forge.faults if re.fullmatch(each.request, asked)), None)
        status, value = self._answer(path, query, body) if fault is None or fault.done else (0, None)
        if fault:
            self.server.forge.faults.remove(fault)
            if fault.status is None:
                self.close_connection = True
                return
            status, value = fault.status, {"message": fault.message}
        fields = {"Content-Type": "application/json; charset=utf-8", **(fault.headers if fault else {})}
        self._send(status, json.dumps(value).encode(), fields)

    def _answer(self, path: str, query: str, body: bytes) -> tuple[int, Any]:
        token = self.headers.get("Authorization", "").partition(" ")[2]
        user = TOKENS.get(token)
        if token and user is None:
            return 401, {"message": "Bad credentials"}
        interface = next((each for root, each in self.server.interfaces.items() if path.startswith(root)), None)
        if interface is None:
            return 404, {"message": "Not Found"}
        try:
            return interface.answer(self.command, path, parse_qs(query), json.loads(body) if body else None, user)
        except ForgeError as error:
            return error.status, interface.refused(error)

    def _git(self, path: str, query: str, body: bytes) -> None:
        root = self.server.forge.root
        status, fields, content = answer_of_git(root, self.command, path, query, self.headers, body)
        self._send(status, content, fields)
        if path.endswith("/git-receive-pack") and self.command == "POST":
            self.server.forge.refresh()

    def _body(self) -> bytes:
        if self.headers.get("Transfer-Encoding", "") != "chunked":
            return self.rfile.read(int(self.headers.get("Content-Length") or 0))
        parts = []
        while size := int(self.rfile.readline(), 16):
            parts.append(self.rfile.read(size))
            self.rfile.readline()
        self.rfile.readline()
        return b"".join(parts)

    def _send(self, status: int, body: bytes, fields: Mapping[str, str]) -> None:
        self.send_response(status)
        for name, value in fields.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)
