"""Helper processes of a survey, as a person meets them: the same bytes, no hang, and nobody left behind."""

from __future__ import annotations

import os
import signal
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from support.commands import Ended
from support.repositories import Repository
from support.surveys import new_registry, survey, survey_command

# A helper knows that it is one by its parent; each tells its number before it strikes or waits.
IN_A_HELPER = """\
import os, signal
ours = os.getpid()
original = surveying.version_problems
def strange(*given):
    if os.getpid() != ours:
        {deed}
    return original(*given)
surveying.version_problems = strange
"""
REPORTS = ("text", "json", "github", "gitlab", "sarif", "junit", "markdown")


@pytest.fixture(scope="module")
def repository(tmp_path_factory: pytest.TempPathFactory) -> Repository:
    return new_registry(tmp_path_factory.mktemp("registry"))


@pytest.fixture(scope="module")
def alone(repository: Repository) -> Ended:
    ended = survey(repository, "--no-cache")
    assert (ended.code, ended.err) == (1, "")
    return ended


@pytest.mark.parametrize("processes", [1, 2, 3])
def test_every_report_has_the_same_bytes(processes: int, repository: Repository, tmp_path: Path) -> None:
    def written(count: int) -> list[bytes]:
        files = [tmp_path / f"{count}.{name}" for name in REPORTS]
        words = [word for name, file in zip(REPORTS, files, strict=True) for word in ("--report", f"{name}={file}")]
        assert survey(repository, "--no-cache", *words, processes=count).code == 1
        return [file.read_bytes() for file in files]

    assert written(processes) == written(1)


@pytest.mark.parametrize(
    "deed",
    ["os.kill(os.getpid(), signal.SIGKILL)", "raise MemoryError", "os._exit(0)", "raise SystemExit(0)"],
    ids=["killed", "out of memory", "gone", "ended"],
)
def test_a_helper_that_dies_changes_no_byte(deed: str, repository: Repository, alone: Ended) -> None:
    assert survey(repository, "--no-cache", processes=2, before=IN_A_HELPER.format(deed=deed)) == alone


def test_where_memory_is_short_everywhere_it_is_said(repository: Repository) -> None:
    before = IN_A_HELPER.format(deed="pass").replace("return original(*given)", "raise MemoryError")
    ended = survey(repository, "--no-cache", processes=2, before=before)
    message = "there is not enough memory to go on"
    hint = "end other programs, or try it on a larger machine"
    assert ended == Ended(3, "", f"modelyard: {message}\n    hint: {hint}\n")


@pytest.mark.parametrize("started", [0, 1])
def test_where_no_more_helpers_can_be_started_the_survey_does_their_share(
    started: int, repository: Repository, alone: Ended
) -> None:
    before = f"""\
import errno, os
original = os.fork
left = {started}
def fork():
    global left
    left -= 1
    if left < 0:
        raise BlockingIOError(errno.EAGAIN, "Resource temporarily unavailable")
    return original()
os.fork = fork
"""
    # Git is started by another call, and so is not refused.
    assert survey(repository, "--no-cache", processes=2, before=before) == alone


# As a terminal does it, everybody in the foreground gets the signal; a program signals one process.
@pytest.mark.parametrize("send", [os.killpg, os.kill])
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM], ids=lambda number: number.name)
def test_an_interruption_ends_with_130_and_leaves_no_process(
    number: signal.Signals, send: Callable[[int, int], None], repository: Repository
) -> None:
    reading, writing = os.pipe()
    deed = f"os.write({writing}, b'%d ' % os.getpid()); signal.pause()"
    process = subprocess.Popen(
        survey_command("--no-cache", processes=2, before=IN_A_HELPER.format(deed=deed)),
        cwd=repository.path,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        pass_fds=[writing],
        start_new_session=True,
    )
    os.close(writing)
    with os.fdopen(reading, "rb") as pipe:
        told = b""
        while told.count(b" ") < 2:
            told += os.read(pipe.fileno(), 100)
        send(process.pid, number)
        out, err = process.communicate(timeout=60)
        # Whoever still lives holds the pipe open, and so it would not end.
        assert pipe.read() == b""
    assert (process.returncode, out) == (130, "")
    assert err == "modelyard: interrupted; nothing half-made was left behind\n"
    for helper in told.split():
        with pytest.raises(ProcessLookupError):
            os.kill(int(helper), 0)
