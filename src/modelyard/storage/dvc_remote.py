"""A remote that DVC has a client for: S3, Google Cloud, Azure, SSH, HTTP and others.

DVC's file systems run in another process, in an empty directory, and are given object ids and file
names alone. They never see a pointer, a manifest or a repository, so the bytes they bring are the only
thing about them that has to be checked.
"""

from __future__ import annotations

import json
import os
import shlex
import subprocess
import sys
import tempfile
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, TextIO
from urllib.parse import urlsplit

from modelyard.errors import MissingClient, NotFinished
from modelyard.storage.dvc_driver import MISSING_CLIENT, MISSING_DVC
from modelyard.storage.jobs import JOBS
from modelyard.storage.layout import object_path
from modelyard.storage.remotes import Arrival, Outgoing, Request
from modelyard.storage.writing import new_directory, translated

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from threading import Event

    from modelyard.storage.dvcconfig import RemoteSettings
    from modelyard.storage.progress import Progress

__all__ = ["DvcRemote"]

_PATIENCE = 600  # seconds, for a request and its answers
_SLOWEST = 50_000  # bytes in a second, added to the patience
_LONGEST = 7 * 24 * 60 * 60
_SECRET = ("password", "secret", "token", "key", "sas", "connection_string", "credential")
_EXTRAS = {"azure": "modelyard[dvc-azure]", "s3": "modelyard[dvc-s3]", "ssh": "modelyard[dvc-ssh]"}
_UNKNOWN_HOST = "HostKeyNotVerifiable: "
_WRONG_KEY = "PermissionError: Permission denied for user "
_SINCE = 0x030B0000  # Python 3.11, which it takes
_LOOK = "look at its address (`dvc remote list`), at your credentials for it, and at the network"


class DvcRemote:
    """A remote behind one of DVC's clients.

    :param scratch: a directory for what is under way; on the cache's own disk it is cheapest.
    :param patience: seconds until a server that does not answer is given up; more for many bytes.
    """

    def __init__(self, settings: RemoteSettings, *, scratch: Path, patience: float = _PATIENCE) -> None:
        self.name = settings.name
        self._patience = patience
        self.settings = settings
        self._scratch = scratch

    def describe(self) -> str:
        """Return name and URL, without user and password."""
        return f"remote {self.name!r} ({self.settings.address})"

    def place(self, oid: str) -> str:
        """Return name and URL of the object, without user and password."""
        return f"remote {self.name!r} ({self.settings.address.rstrip('/')}/{object_path(oid)})"

    def sizes(self, oids: Sequence[str]) -> Mapping[str, int]:
        """Return the sizes of those objects that are there, asked in one process.

        :raises NotFinished: the remote cannot be reached, or refuses.
        :raises MissingClient: DVC or its client for this remote is not installed.
        """
        items = [{"oid": oid, "limit": 0} for oid in oids]
        with self._directory() as directory:
            reports = self._run("sizes", items, directory)
            return {report["oid"]: report["size"] for report in reports if report["size"] is not None}

    def fetch_many(self, requests: Sequence[Request]) -> Iterator[Arrival]:
        """Yield each object as soon as it is on this machine.

        :raises NotFinished: the remote cannot be reached, or refuses.
        :raises MissingClient: DVC or its client for this remote is not installed.
        """
        with self._directory() as directory:
            files = {request.oid: directory / request.oid for request in requests}
            items = [{"oid": item.oid, "limit": item.limit, "file": str(files[item.oid])} for item in requests]
            for report in self._run("fetch", items, directory):
                oid = report["oid"]
                if report["size"] is None:
                    yield Arrival(oid, None)
                    continue
                with files[oid].open("rb") as stream:
                    yield Arrival(oid, stream)
                files[oid].unlink()

    def push_many(self, objects: Sequence[Outgoing], *, progress: Progress) -> Mapping[str, int]:
        """Upload the objects in one process, and return the sizes that they have there.

        :raises NotFinished: the remote cannot be reached, or refuses.
        :raises MissingClient: DVC or its client for this remote is not installed.
        """
        items = [{"oid": item.oid, "limit": 0, "file": str(item.path.absolute())} for item in objects]
        stored = {}
        with self._directory() as directory:
            for report in self._run("push", items, directory):
                stored[report["oid"]] = report["size"] or 0
                progress.advance(stored[report["oid"]])
        return stored

    @contextmanager
    def _directory(self) -> Iterator[Path]:
        with translated("write to", self._scratch), new_directory(self._scratch) as directory:
            yield directory

    def _run(self, action: str, items: list[dict[str, Any]], directory: Path) -> Iterator[dict[str, Any]]:
        if not items:
            return
        settings = {**self.settings.options, "url": self.settings.url}
        allowed = min(self._patience + sum(map(_bytes, items)) / _SLOWEST, _LONGEST)
        request = {"action": action, "settings": settings, "objects": items, "jobs": JOBS}
        with (
            tempfile.TemporaryFile("w+", encoding="utf-8") as asked,
            tempfile.TemporaryFile("w+", encoding="utf-8", errors="replace") as errors,
        ):
            json.dump(request, asked)
            asked.seek(0)
            with _driver(directory, asked, errors) as process, _killed_after(allowed, process) as late:
                yield from self._reports(process)
                code = process.wait()
            if late.is_set():
                message = f"{self.describe()} did not finish within {allowed:.0f} seconds"
                raise NotFinished(message, hint="look at the server and the network, and run the command again")
            errors.seek(0)
            if code:
                raise self._failure(code, errors.read())

    def _reports(self, process: subprocess.Popen[str]) -> Iterator[dict[str, Any]]:
        for line in process.stdout or ():
            report: dict[str, Any] = json.loads(line)
            if report["error"]:
                raise self._refusal(report["error"])
            yield report

    def _refusal(self, text: str) -> NotFinished:
        reason, hint = self._redacted(text), _LOOK
        if text.startswith(_UNKNOWN_HOST):
            reason = "its host key is none that ~/.ssh/known_hosts has for it"
            hint = f"connect once and compare the fingerprint that is shown: `{self._ssh()}`"
        elif text.startswith(_WRONG_KEY):
            hint = f"name a key that the server knows: `dvc remote modify --local {self.name} keyfile <path>`"
        return NotFinished(f"{self.describe()} cannot be used: {reason}", hint=hint)

    def _ssh(self) -> str:
        """Return the command that connects to the host of an SSH remote."""
        url, options = urlsplit(self.settings.url), self.settings.options
        user, port = options.get("user") or url.username, options.get("port") or url.port
        host = f"{user}@{url.hostname}" if user else f"{url.hostname}"
        return shlex.join(["ssh", *(["-p", str(port)] if port else []), host])

    def _failure(self, code: int, errors: str) -> Exception:
        scheme = self.settings.url.partition("://")[0]
        if code in (MISSING_DVC, MISSING_CLIENT):
            if _is_ours(self.settings):
                return MissingClient(f"{self.describe()} needs a client for S3", hint="pip install 'modelyard[s3]'")
            what = _EXTRAS.get(scheme, f"dvc[{scheme}]")
            return MissingClient(f"{self.describe()} needs DVC's client for {scheme}", hint=f"pip install '{what}'")
        last = errors.strip().splitlines()[-1:] or [f"exit code {code}"]
        return self._refusal(last[0])

    def _redacted(self, text: str) -> str:
        text = text.replace(self.settings.url, self.settings.address)
        for key, value in self.settings.options.items():
            if value and any(word in key for word in _SECRET):
                text = text.replace(value, "…")
        return text


def _bytes(item: dict[str, Any]) -> int:
    """Return how many bytes an item moves at most: those of the file to push, or those that are wanted."""
    return item["limit"] or (Path(item["file"]).stat().st_size if "file" in item else 0)


@contextmanager
def _killed_after(seconds: float, process: subprocess.Popen[str]) -> Iterator[Event]:
    """Kill a process that is not done by then, and set the event."""
    from threading import Event, Timer

    late = Event()

    def kill() -> None:
        late.set()
        process.kill()

    timer = Timer(seconds, kill)
    timer.daemon = True
    timer.start()
    try:
        yield late
    finally:
        timer.cancel()


@contextmanager
def _driver(directory: Path, asked: TextIO, errors: TextIO) -> Iterator[subprocess.Popen[str]]:
    import modelyard

    package = str(Path(modelyard.__file__).resolve().parent.parent)
    path = os.pathsep.join(filter(None, [os.environ.get("PYTHONPATH"), package]))
    environment = {
        **os.environ,
        "PYTHONPATH": path,
        # Corrupt bytes shall arrive here, where they are recognised, named and kept.
        "AWS_RESPONSE_CHECKSUM_VALIDATION": "when_required",
        "DVC_NO_ANALYTICS": "1",
        "DVC_SITE_CACHE_DIR": str(directory / "site"),
    }
    process = subprocess.Popen(
        [sys.executable, "-m", "modelyard.storage.dvc_driver"],
        stdin=asked,
        stdout=subprocess.PIPE,
        stderr=errors,
        cwd=directory,
        env=environment,
        text=True,
    )
    with process:
        try:
            yield process
        finally:
            process.kill()


def _is_ours(settings: RemoteSettings) -> bool:
    """Whether our own client of buckets would do, were it installed: it is lighter than DVC's."""
    if sys.hexversion < _SINCE or not settings.url.lower().startswith("s3://"):
        return False
    from modelyard.storage.s3_settings import S3Settings

    return S3Settings.of(settings) is not None
