"""The program that speaks to remotes through DVC's file systems, in a process of its own.

Started by :mod:`modelyard.storage.dvc_remote` in an empty directory. It imports DVC and the client of
the remote, which modelyard itself never does; it is told objects and files, never pointers, so no
repository's files steer it. Reads one JSON request on standard input, writes one JSON report per object
on standard output: ``{"oid": …, "size": bytes or null where there is none, "error": null or text}``.
"""

from __future__ import annotations

import json
import os
import sys
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, TextIO

from modelyard.storage.layout import object_path

if TYPE_CHECKING:
    from collections.abc import Callable

__all__ = ["MISSING_CLIENT", "MISSING_DVC", "main"]

MISSING_DVC = 10
MISSING_CLIENT = 11

_ABSENT = (404, 410)


def main() -> int:
    """Answer the request on standard input; errors of one object are in its report."""
    request = json.load(sys.stdin)
    reports = _claim_output()
    try:
        connected = _connect(request["settings"])
    except ModuleNotFoundError:
        return MISSING_DVC
    if connected is None:
        return MISSING_CLIENT
    act = partial(_reported, _ACTIONS[request["action"]], *connected)
    with ThreadPoolExecutor(request["jobs"]) as pool:
        for report in pool.map(act, request["objects"]):
            print(json.dumps(report), file=reports, flush=True)
    return 0


def _claim_output() -> TextIO:
    # A library that prints must not end up among the reports.
    reports = os.fdopen(os.dup(1), "w", encoding="utf-8")
    os.dup2(2, 1)
    return reports


def _connect(settings: dict[str, str]) -> tuple[Any, str] | None:
    from dvc.config import Config
    from dvc.fs import RemoteMissingDepsError, get_cloud_fs

    try:
        kind, options, root = get_cloud_fs(Config(config={"remote": {"it": settings}}), name="it")
        fs = kind(**options)
    except (ImportError, RemoteMissingDepsError):
        return None
    if kind.protocol == "ssh":
        # DVC takes whoever answers for the host that was meant. Here the keys of `known_hosts` decide.
        fs.fs_args["known_hosts"] = ()
    return fs, root


def _reported(
    action: Callable[[Any, str, dict[str, Any]], int | None], fs: Any, root: str, item: dict[str, Any]
) -> dict[str, Any]:
    path = fs.join(root, *object_path(item["oid"]).split("/"))
    try:
        return {"oid": item["oid"], "size": action(fs, path, item), "error": None}
    except Exception as error:  # noqa: BLE001 - each client has exceptions of its own
        text = str(error).strip() or "no reason given"
        return {"oid": item["oid"], "size": None, "error": f"{type(error).__name__}: {text.splitlines()[0]}"}


def _size(fs: Any, path: str, item: dict[str, Any]) -> int | None:
    info = _info(fs, path)
    if info is None:
        return None
    size = info.get("size")
    # Some web servers do not tell; then the bytes have to.
    return len(_beginning(fs, path, item["limit"])) if size is None else int(size)


def _fetch(fs: Any, path: str, item: dict[str, Any]) -> int | None:
    info = _info(fs, path)
    if info is None:
        return None
    target, size = Path(item["file"]), info.get("size")
    if size is None or size > item["limit"]:
        target.write_bytes(_beginning(fs, path, item["limit"]))
    else:
        fs.get_file(path, item["file"])
    return target.stat().st_size


def _info(fs: Any, path: str) -> dict[str, Any] | None:
    try:
        info: dict[str, Any] = fs.info(path)
    except FileNotFoundError as error:
        # The HTTP client calls every failure a missing file, and keeps what it was as the cause.
        cause = error.__cause__
        if cause and (isinstance(cause, OSError) or getattr(cause, "status", 404) not in _ABSENT):
            raise cause from error
        return None
    return info


def _push(fs: Any, path: str, item: dict[str, Any]) -> int | None:
    fs.makedirs(fs.parent(path))
    fs.put_file(item["file"], path)
    return _size(fs, path, item)


def _beginning(fs: Any, path: str, limit: int) -> bytes:
    with fs.open(path, "rb") as stream:
        data: bytes = stream.read(limit + 1)
    return data


_ACTIONS = {"sizes": _size, "fetch": _fetch, "push": _push}

if __name__ == "__main__":
    sys.exit(main())
