"""How git is started for reading: a fixed, hardened prefix and an allow-listed environment.

Nothing that a repository's own configuration names is run: no file system monitor, no hook, no
pager, no signature program, no remote helper.
"""

from __future__ import annotations

import os
import subprocess
from typing import TYPE_CHECKING

from modelyard.errors import NotFinished
from modelyard.git.failures import GitFailed

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from pathlib import Path
    from typing import IO

__all__ = ["HARDENING", "capture", "first_line", "network_environment", "reading_environment", "spawn", "subcommand"]

HARDENING = (
    "--no-pager",
    "--no-optional-locks",
    "--literal-pathspecs",
    "-c",
    "core.fsmonitor=false",
    "-c",
    "core.hooksPath=/dev/null",
    "-c",
    "core.untrackedCache=false",
    "-c",
    "log.showSignature=false",
    "-c",
    "safe.bareRepository=explicit",
    "-c",
    "protocol.ext.allow=never",
)
_KEPT = (
    "PATH",
    "HOME",
    "XDG_CONFIG_HOME",
    "TMPDIR",
    # Which configuration is the user's, and how far up a repository is looked for.
    "GIT_CONFIG_GLOBAL",
    "GIT_CONFIG_NOSYSTEM",
    "GIT_CONFIG_SYSTEM",
    "GIT_CEILING_DIRECTORIES",
)
# Set by a git that started us, for its own repository (`git rev-parse --local-env-vars`); the
# configuration that a user hands over in GIT_CONFIG_COUNT is not among them.
_OF_A_REPOSITORY = frozenset(
    {
        "GIT_ALTERNATE_OBJECT_DIRECTORIES",
        "GIT_COMMON_DIR",
        "GIT_CONFIG",
        "GIT_DIR",
        "GIT_GRAFT_FILE",
        "GIT_IMPLICIT_WORK_TREE",
        "GIT_INDEX_FILE",
        "GIT_NAMESPACE",
        "GIT_OBJECT_DIRECTORY",
        "GIT_PREFIX",
        "GIT_QUARANTINE_PATH",
        "GIT_REPLACE_REF_BASE",
        "GIT_SHALLOW_FILE",
        "GIT_WORK_TREE",
    }
)
_FIXED = {
    "LC_ALL": "C.UTF-8",
    "GIT_TERMINAL_PROMPT": "0",
    "GIT_NO_LAZY_FETCH": "1",
    "GIT_NO_REPLACE_OBJECTS": "1",
    # No file can be there: Git has no switch that leaves its grafts out.
    "GIT_GRAFT_FILE": f"{os.devnull}/none",
}


def reading_environment() -> dict[str, str]:
    """Return the environment for a git that only reads: what is allow-listed, and no other ``GIT_*``."""
    kept = {name: os.environ[name] for name in _KEPT if name in os.environ}
    return {**kept, **_FIXED}


def network_environment() -> dict[str, str]:
    """Return the environment for a git that talks to a remote for us.

    It is our own, since agents, proxies and credential helpers are found through it, without what
    would point git at another repository. Nobody is asked for a password.
    """
    inherited = {name: value for name, value in os.environ.items() if name not in _OF_A_REPOSITORY}
    return {
        "GIT_ALLOW_PROTOCOL": "file:git:http:https:ssh",
        **inherited,
        "GIT_TERMINAL_PROMPT": "0",
        "LC_ALL": "C.UTF-8",
    }


def spawn(
    arguments: Sequence[str],
    *,
    directory: Path,
    environment: Mapping[str, str],
    stderr: int | IO[bytes] = subprocess.PIPE,
    prefix: Sequence[str] = HARDENING,
    lend: Sequence[int] = (),
) -> subprocess.Popen[bytes]:
    """Start ``git`` with pipes.

    :param prefix: what stands before the arguments; who only reads leaves it as it is.
    :param lend: open files that git holds too, so that a lock of ours outlives us where git does.
    :raises NotFinished: git is not installed, or the directory is gone.
    """
    try:
        return subprocess.Popen(
            ["git", *prefix, *arguments],
            cwd=directory,
            env=dict(environment),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=stderr,
            pass_fds=lend,
        )
    except FileNotFoundError as error:
        if not directory.is_dir():
            raise NotFinished(f"{str(directory)!r} is not a directory") from error
        raise NotFinished("git is not installed", hint="install Git 2.39 or newer") from error


def capture(
    arguments: Sequence[str],
    *,
    directory: Path,
    environment: Mapping[str, str],
    stdin: bytes = b"",
    lend: Sequence[int] = (),
    meanwhile: Callable[[], object] | None = None,
) -> bytes:
    """Return what one ``git`` command prints.

    :param lend: as for :func:`spawn`.
    :param meanwhile: called when git runs and before it is listened to; it must not take long.
    :raises GitFailed: it ended with another exit code than 0.
    """
    with spawn(arguments, directory=directory, environment=environment, lend=lend) as process:
        if meanwhile:
            meanwhile()
        output, errors = process.communicate(stdin)
    if process.returncode:
        raise GitFailed(subcommand(arguments), process.returncode, first_line(errors))
    return output


def first_line(errors: bytes) -> str:
    """Return why git gave up, else the first line of what it complained about, without control characters."""
    lines = errors.decode("utf-8", "replace").strip().split("\n")
    text = next((line for line in lines if line.startswith("fatal: ")), lines[0])
    for prefix in ("fatal: ", "error: "):
        text = text.removeprefix(prefix)
    return "".join(character for character in text if character.isprintable())


def subcommand(arguments: Sequence[str]) -> str:
    """Return which command of git it is that the arguments start with, whatever options stand before it."""
    words = iter(arguments)
    for word in words:
        if word == "-c":
            next(words, None)
        elif not word.startswith("-"):
            return word
    return ""
