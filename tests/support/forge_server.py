"""The forge over HTTP: Git's own `git http-backend`, and the part of GitHub's REST interface that is used."""

from __future__ import annotations

import json
import os
import re
import subprocess
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from itertools import chain
from typing import Any
from urllib.parse import parse_qs, urlsplit

from support.forge import ACTIONS, AUTHOR, Forge, ForgeError, Pull

__all__ = ["TOKENS", "serving"]

TOKENS = {"token-of-the-author": AUTHOR, "token-of-the-job": ACTIONS}

Answer = tuple[int, Any]


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
            ("GET", f"/pulls/{number}", self.show_pull),
            ("POST", "/pulls", self.open_pull),
            ("GET", f"/pulls/{number}/files", self.show_files),
            ("PUT", f"/pulls/{number}/merge", self.merge),
            ("POST", f"/statuses/{commit}", self.set_status),
            ("GET", f"/commits/{commit}/status", self.show_status),
            ("GET", f"/issues/{number}/comments", self.show_comments),
            ("POST", f"/issues/{number}/comments", self.comment),
            ("PATCH", f"/issues/comments/{number}", self.change_comment),
            ("GET", f"/actions/runs/{number}/artifacts", self.show_artifacts),
        ]

    def answer(self, method: str, path: str, query: Mapping[str, list[str]], body: Any, user: str | None) -> Answer:
        """Return status and value for one request."""
        rest = path.removeprefix(f"/repos/{self.forge.name}")
        for verb, pattern, respond in self.routes:
            found = re.fullmatch(pattern, rest)
            if rest != path and verb == method and found:
                if method != "GET" and user is None:
                    return 401, {"message": "Requires authentication"}
                given = [int(part) if part.isdigit() and len(part) < 20 else part for part in found.groups()]
                return respond(*given, **({} if method == "GET" else {"body": body, "user": user}), **_paging(query))
        return 404, {"message": "Not Found"}

    def show_repository(self, **_: Any) -> Answer:
        owner, name = self.forge.name.split("/")
        about = {"full_name": self.forge.name, "name": name, "default_branch": "main", "owner": {"login": owner}}
        return 200, {**about, "url": self.address("")}

    def open_pull(self, body: Any, user: str, **_: Any) -> Answer:
        pull = self.forge.open_pull(body["title"], body["head"], author=user)
        return 201, self.described(pull)

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

    def show_comments(self, number: int, page: int, size: int, **_: Any) -> Answer:
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
        head = forge.commit(f"refs/pull/{number}/head")
        merge = pull.merged or forge.commit(f"refs/pull/{number}/merge")
        base = {"ref": "main", "sha": forge.commit("refs/heads/main"), "repo": {"full_name": forge.name}}
        return {
            "url": self.address(f"/pulls/{number}"),
            "issue_url": self.address(f"/issues/{number}"),
            "number": number,
            "state": "closed" if pull.merged else "open",
            "title": pull.title,
            "user": {"login": pull.author},
            "merged": pull.merged is not None,
            "mergeable": None if pull.merged else merge is not None,
            "merge_commit_sha": merge,
            "head": {"ref": pull.branch, "sha": head, "repo": {"full_name": pull.head_repository}},
            "base": base,
        }


def _paging(query: Mapping[str, list[str]]) -> dict[str, int]:
    return {"page": int(query.get("page", ["1"])[0]), "size": int(query.get("per_page", ["30"])[0])}


class Server(ThreadingHTTPServer):
    """One forge on one port."""

    def __init__(self, forge: Forge) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.forge = forge
        self.interface = Interface(forge)
        self.lock = threading.RLock()


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
        token = self.headers.get("Authorization", "").partition(" ")[2]
        user = TOKENS.get(token)
        try:
            given = json.loads(body) if body else None
            status, value = self.server.interface.answer(self.command, path, parse_qs(query), given, user)
        except ForgeError as error:
            status, value = error.status, {"message": error.message}
        self._send(status, json.dumps(value).encode(), {"Content-Type": "application/json; charset=utf-8"})

    def _git(self, path: str, query: str, body: bytes) -> None:
        environment = {
            **os.environ,
            "GIT_PROJECT_ROOT": str(self.server.forge.root),
            "GIT_HTTP_EXPORT_ALL": "1",
            "PATH_INFO": path,
            "QUERY_STRING": query,
            "REQUEST_METHOD": self.command,
            "CONTENT_TYPE": self.headers.get("Content-Type", ""),
            "CONTENT_LENGTH": str(len(body)),
            "HTTP_CONTENT_ENCODING": self.headers.get("Content-Encoding", ""),
            "GIT_PROTOCOL": self.headers.get("Git-Protocol", ""),
            "REMOTE_ADDR": "127.0.0.1",
        }
        ran = subprocess.run(
            ["git", "http-backend"], input=body, capture_output=True, env=environment, check=True, timeout=120
        )
        head, _, content = ran.stdout.partition(b"\r\n\r\n")
        fields = dict(line.split(": ", 1) for line in head.decode().split("\r\n"))
        self._send(int(fields.pop("Status", "200")[:3]), content, fields)
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
