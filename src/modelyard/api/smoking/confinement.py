"""The process that loads a stranger's model: without network and secrets, and with limits.

This confines mistakes and curious models; it is no virtual machine. The process runs as this user, and can
read what this user can: it has no network to send it through.
"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

from modelyard.errors import NotFinished
from modelyard.values import dataclass

__all__ = ["Ended", "Limits", "TimedOut", "can_isolate", "run_confined"]

# A network without even a loopback, and a family of processes that dies with its first member.
_ISOLATED = ("unshare", "--user", "--map-root-user", "--net", "--pid", "--fork", "--kill-child=KILL")
_KEPT = ("PATH", "LANG", "LC_ALL", "LC_CTYPE", "LD_LIBRARY_PATH", "OMP_NUM_THREADS", "PYTHONPATH", "TZ")
_TOLD = {"DO_NOT_TRACK": "1", "MLFLOW_DISABLE_TELEMETRY": "true"}
_MOST_ANSWERED = 16 << 20
_MOST_COMPLAINED = 4 << 10


@dataclass(frozen=True)
class Limits:
    """What the process may use: bytes of address space (and of each file that it writes), seconds until it answers."""

    memory: int = 4 << 30
    seconds: float = 120.0


@dataclass(frozen=True)
class Ended:
    """What a process left: its exit code (negative for a signal), its answer and the end of its complaints."""

    code: int
    answer: bytes
    complaints: str


class TimedOut(NotFinished):
    """The process did not end in time, and was killed with all that it started."""


@cache
def can_isolate() -> bool:
    """Tell whether this machine lets us take the network from a process."""
    try:
        tried = subprocess.run([*_ISOLATED, "true"], capture_output=True, check=False, stdin=subprocess.DEVNULL)
    except OSError:
        return False
    return tried.returncode == 0


def run_confined(module: str, task: bytes, limits: Limits, *, isolated: bool) -> Ended:
    """Run a module of ours in a confined process, with a task on its standard input.

    It has an empty home, an empty working directory and an environment without secrets. The module sets the limits
    on memory itself, before it loads anything.

    :raises TimedOut: it did not end in time.
    :raises NotFinished: it answered too much.
    """
    with TemporaryDirectory(prefix="modelyard-smoke-") as made:
        private = Path(made)
        for name in ("home", "tmp", "work"):
            (private / name).mkdir()
        command = [*(_ISOLATED if isolated else ()), sys.executable, "-s", "-B", "-W", "ignore", "-m", module]
        answer, complaints = private / "answer", private / "complaints"
        with answer.open("wb") as out, complaints.open("wb") as errors:
            code = _wait(
                subprocess.Popen(
                    command,
                    cwd=private / "work",
                    env=_environment(private),
                    stdin=subprocess.PIPE,
                    stdout=out,
                    stderr=errors,
                    start_new_session=True,
                ),
                task,
                limits.seconds,
            )
        if answer.stat().st_size > _MOST_ANSWERED:
            raise NotFinished("the model answered more than 16 MiB", hint="give the smoke test a smaller input")
        return Ended(code, answer.read_bytes(), _end_of(complaints))


def _environment(private: Path) -> dict[str, str]:
    kept = {name: os.environ[name] for name in _KEPT if name in os.environ}
    return {**kept, **_TOLD, "HOME": str(private / "home"), "TMPDIR": str(private / "tmp")}


def _wait(process: subprocess.Popen[bytes], task: bytes, seconds: float) -> int:
    try:
        process.communicate(task, timeout=seconds)
    except subprocess.TimeoutExpired:
        raise TimedOut(f"no answer within {seconds:g} seconds", hint="--timeout gives it more") from None
    finally:
        if process.returncode is None:
            # It was not waited for yet, so the number of its group still is its own.
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()
    return process.returncode


def _end_of(path: Path) -> str:
    with path.open("rb") as stream:
        stream.seek(max(0, path.stat().st_size - _MOST_COMPLAINED))
        return stream.read().decode("utf-8", "replace")
