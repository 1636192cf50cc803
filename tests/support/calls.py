"""The calls of the kernel that a command makes, and the command that is struck at one of them."""

from __future__ import annotations

import re
import subprocess
import sys
from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING

from support.tools import requires_tool

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

__all__ = ["CHANGING", "Call", "Struck", "calls_of", "strike"]

CHANGING = (
    "openat,write,pwrite64,copy_file_range,sendfile,fsync,fdatasync,"
    "rename,renameat,renameat2,mkdir,mkdirat,unlink,unlinkat,link,linkat,fchmod,ioctl,flock"
)
"""Calls that make, fill, secure, name and remove files."""

_ALL = f"{CHANGING},sendto,recvfrom,writev"
_IMPORT = re.compile(r"\.pyc\"|\.so[.0-9]*\"|ld\.so")
# A library of digests that cannot be loaded says so by itself, with a traceback, and is not what is struck.
_PROGRAM = "import hashlib, sys; from modelyard.cli import main; sys.exit(main())"
_LINE = re.compile(r"^\d+ +([a-z0-9_]+)\((.*)")


@dataclass(frozen=True)
class Call:
    """One call of a command: its name, and which one of that name it is, from 1."""

    name: str
    number: int


@dataclass(frozen=True)
class Struck:
    """What a command that was struck ended with; negative for a signal."""

    code: int
    err: str


def calls_of(words: Sequence[str | Path], *, directory: Path, trace: Path, within: str) -> list[Call]:
    """Run a command, which succeeds, and return its calls in order, from the first that names a directory on.

    What comes before, as the interpreter starts, and what it imports later, is of no interest.

    :param within: text that the first interesting call holds.
    """
    strace = [
        str(requires_tool("strace")),
        "-f",
        "--seccomp-bpf",
        "-qq",
        "-s",
        "256",
        "-o",
        str(trace),
        "-e",
        f"trace={CHANGING}",
    ]
    ran = subprocess.run([*strace, *_command(words)], cwd=directory, capture_output=True, text=True, check=False)
    assert ran.returncode == 0, ran.stderr
    counts: Counter[str] = Counter()
    calls, begun, process = [], False, None
    for line in trace.read_text("utf-8", "replace").splitlines():
        found = _LINE.match(line)
        # The first process is the command itself; the others are Git's.
        process = process or line.split()[0]
        if found is None or line.split()[0] != process:
            continue
        counts[found[1]] += 1
        begun = begun or within in found[2]
        if begun and not _IMPORT.search(found[2]):
            calls.append(Call(found[1], counts[found[1]]))
    return calls


def calls_of_threads(words: Sequence[str | Path], *, directory: Path, trace: Path) -> list[Call]:
    """Run a command that starts no other, and return the calls of all its threads that change files or speak.

    They are numbered in each thread by itself, as ``strace`` counts them.
    """
    strace = [str(requires_tool("strace")), "-f", "--seccomp-bpf", "-qq", "-o", str(trace), "-e", f"trace={_ALL}"]
    ran = subprocess.run([*strace, *_command(words)], cwd=directory, capture_output=True, text=True, check=False)
    assert ran.returncode == 0, ran.stderr
    counts: Counter[tuple[str, str]] = Counter()
    calls = []
    for line in trace.read_text("utf-8", "replace").splitlines():
        if found := _LINE.match(line):
            thread = line.split()[0]
            counts[thread, found[1]] += 1
            if not _IMPORT.search(found[2]):
                calls.append(Call(found[1], counts[thread, found[1]]))
    return calls


def strike(words: Sequence[str | Path], call: Call, what: str, *, directory: Path, threads: bool = False) -> Struck:
    """Run a command to which something happens at one of its calls, before the kernel does anything for it.

    :param what: ``signal=KILL``, or ``error=EIO``.
    :param threads: whether the call is that of whichever thread comes to it, and not the main thread's.
    """
    inject = f"inject={call.name}:{what}:when={call.number}"
    strace = [str(requires_tool("strace")), "-qq", "-o", "/dev/null", "-e", f"trace={call.name}", "-e", inject]
    strace += ["-f"] if threads else []
    ran = subprocess.run([*strace, *_command(words)], cwd=directory, capture_output=True, text=True, check=False)
    return Struck(ran.returncode, ran.stderr)


def _command(words: Sequence[str | Path]) -> list[str]:
    return [sys.executable, "-c", _PROGRAM, *map(str, words)]
