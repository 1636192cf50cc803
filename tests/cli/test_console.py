"""Colour is for terminals: never in a pipe, and as NO_COLOR and FORCE_COLOR say."""

from __future__ import annotations

import fcntl
import os
import pty
import struct
import subprocess
import sys
import termios
from pathlib import Path

import pytest

from modelyard.cli import console
from support.commands import run_command

VARIABLES = ("NO_COLOR", "FORCE_COLOR", "TERM", "COLUMNS")


@pytest.fixture(scope="module")
def registry(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a registry that is refused: its only version is empty."""
    root = tmp_path_factory.mktemp("registry")
    (root / "model_registry" / "fraud-1.0.0").mkdir(parents=True)
    (root / "model_registry" / "fraud-1.0.0" / "MODEL_CARD.md").write_text("# Fraud\n")
    subprocess.run(["git", "init", "--quiet", root], check=True)
    return root


def on_terminal(*words: str, directory: Path, columns: int = 0, variables: dict[str, str] | None = None) -> str:
    """Return what a command prints on a terminal of its own."""
    leader, follower = pty.openpty()
    if columns:
        fcntl.ioctl(follower, termios.TIOCSWINSZ, struct.pack("HHHH", 24, columns, 0, 0))
    environment = {name: value for name, value in os.environ.items() if name not in VARIABLES}
    process = subprocess.Popen(
        [sys.executable, "-m", "modelyard", *words],
        cwd=directory,
        env={**environment, "TERM": "xterm", **(variables or {})},
        stdin=subprocess.DEVNULL,
        stdout=follower,
        stderr=follower,
    )
    os.close(follower)
    printed = bytearray()
    while piece := _read(leader):
        printed += piece
    os.close(leader)
    process.wait()
    return printed.decode().replace("\r\n", "\n")


def _read(descriptor: int) -> bytes:
    try:
        return os.read(descriptor, 4096)
    except OSError:  # Linux ends a terminal so
        return b""


def test_a_terminal_gets_colour(registry: Path) -> None:
    assert "\x1b[31mrefused\x1b[0m: " in on_terminal("validate", directory=registry)
    assert "\x1b[31mmodelyard:\x1b[0m no rule's code starts with 'XX'" in on_terminal(
        "validate", "--select", "XX", directory=registry
    )


@pytest.mark.parametrize("variables", [{"NO_COLOR": "1"}, {"TERM": "dumb"}, {"NO_COLOR": "1", "FORCE_COLOR": "1"}])
def test_a_terminal_that_wants_none_gets_none(variables: dict[str, str], registry: Path) -> None:
    printed = on_terminal("validate", directory=registry, variables=variables)
    assert "refused: " in printed
    assert "\x1b" not in printed


def test_a_pipe_gets_none_unless_it_is_forced(registry: Path) -> None:
    plain = run_command("validate", directory=registry, TERM="xterm")
    assert (plain.code, "\x1b" in plain.out) == (1, False)
    forced = run_command("validate", directory=registry, FORCE_COLOR="1")
    assert "\x1b[31mrefused\x1b[0m: " in forced.out
    assert "\x1b" not in run_command("validate", directory=registry, FORCE_COLOR="1", NO_COLOR="1").out


@pytest.mark.parametrize("format_", ["json", "github"])
def test_a_report_for_programs_has_none_at_all(format_: str, registry: Path) -> None:
    assert "\x1b" not in on_terminal("validate", "--format", format_, directory=registry)


def test_help_is_as_wide_as_the_terminal(registry: Path) -> None:
    for columns in (60, 100):
        widths = [len(line) for line in on_terminal("pull", "--help", directory=registry, columns=columns).splitlines()]
        assert columns - 30 < max(width for width in widths[:12]) <= columns
    assert max(map(len, run_command("pull", "--help", directory=registry, COLUMNS="").out.splitlines()[:12])) <= 80


def test_a_table_lines_its_columns_up_and_hides_nothing() -> None:
    assert console.table(("NAME", "WHAT"), [("a", "one"), ("longer", "t\x1bwo")]) == (
        "NAME    WHAT\na       one\nlonger  t\\x1bwo"
    )
