"""Desks: directories in which people type commands, each under a name of their own."""

from __future__ import annotations

import os
import subprocess
import sys
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

    from demonstration.terminal import Terminal

__all__ = ["CommandFailed", "Desk", "desk"]

_FOREIGN = ("GIT_", "DVC_", "MODELYARD_", "XDG_", "PYTHON", "CI", "FORCE_COLOR", "NO_COLOR")
_GIT_CONFIG = """\
[user]
    name = {name}
    email = {email}
[init]
    defaultBranch = main
[advice]
    detachedHead = false
[gc]
    auto = 0
"""


class CommandFailed(Exception):
    """A command ended otherwise than the story goes; says which, and with what output."""


@dataclass(frozen=True)
class Desk:
    """A directory, and an environment in which nothing of the real user's configuration counts.

    :param root: the directory that all desks are in; prompts are told from there.
    """

    root: Path
    directory: Path
    environment: Mapping[str, str]
    terminal: Terminal

    def at(self, directory: Path) -> Desk:
        """Return the same person's desk in another directory."""
        return replace(self, directory=directory)

    def run(self, *words: str, exit_code: int = 0) -> str:
        """Run a command and return what it prints.

        :raises CommandFailed: it ends with another exit code.
        """
        result = subprocess.run(
            words,
            cwd=self.directory,
            env=dict(self.environment),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            encoding="utf-8",
            errors="replace",
            check=False,
        )
        if result.returncode != exit_code:
            command = " ".join(words)
            raise CommandFailed(
                f"{command!r} in {self.directory} ended with {result.returncode}, not {exit_code}:\n{result.stdout}"
            )
        return result.stdout

    def show(self, *words: str, exit_code: int = 0, keep: tuple[str, ...] | None = None) -> str:
        """Run a command before everybody's eyes.

        :param keep: only lines that hold one of these are shown; None shows all.
        :raises CommandFailed: it ends with another exit code.
        """
        self.type(*words)
        printed = self.run(*words, exit_code=exit_code)
        self.terminal.output(printed, keep=keep)
        return printed

    def type(self, *words: str) -> None:
        """Print a command as it is typed here, behind a prompt."""
        where = self.directory.relative_to(self.root).as_posix()
        self.terminal.command("" if where == "." else f"{where} ", words)


def desk(name: str, directory: Path, *, root: Path, terminal: Terminal) -> Desk:
    """Return the desk of a person, whose home is made below the root."""
    own = root / "home" / name.lower()
    own.mkdir(parents=True)
    config = own / "gitconfig"
    config.write_text(_GIT_CONFIG.format(name=name, email=f"{name.lower()}@example.org"), encoding="utf-8")
    colour = {"FORCE_COLOR": "1"} if terminal.coloured else {"NO_COLOR": "1"}
    return Desk(
        root,
        directory,
        {
            **{key: value for key, value in os.environ.items() if not key.startswith(_FOREIGN)},
            **colour,
            "GIT_CONFIG_GLOBAL": str(config),
            "GIT_CONFIG_NOSYSTEM": "1",
            "GIT_TERMINAL_PROMPT": "0",
            "HOME": str(own),
            "LC_ALL": "C.UTF-8",
            # The commands are those of the environment that runs the demo.
            "PATH": os.pathsep.join([str(Path(sys.executable).parent), os.environ.get("PATH", os.defpath)]),
            # Without it, lines of standard output and standard error change places in a pipe.
            "PYTHONUNBUFFERED": "1",
            "XDG_CACHE_HOME": str(own / "cache"),
        },
        terminal,
    )
