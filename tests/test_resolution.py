"""The dependencies can be resolved on each supported Python, those that cannot run here included."""

from __future__ import annotations

import os
import re
import subprocess
from pathlib import Path

import pytest

from support.project import ROOT
from support.tools import requires_tool, unavailable

PYTHONS = re.findall(r'"Programming Language :: Python :: (3\.\d+)"', (ROOT / "pyproject.toml").read_text())

pytestmark = pytest.mark.network


def compile_for(python: str, *arguments: str | Path, cache: Path) -> subprocess.CompletedProcess[str]:
    command = [requires_tool("uv"), "pip", "compile", "--quiet", "--no-config", "--python-version", python, *arguments]
    environment = {**os.environ, "UV_CACHE_DIR": str(cache)}
    return subprocess.run(command, capture_output=True, text=True, check=False, env=environment)


@pytest.fixture(scope="module")
def cache(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return uv's cache for this file; without an index nothing here can be told."""
    directory = tmp_path_factory.mktemp("uv")
    probe = directory / "probe.in"
    probe.write_text("packaging\n", encoding="utf-8")
    if compile_for("3.11", probe, cache=directory).returncode:
        unavailable("the package index does not answer")
    return directory


def test_the_supported_pythons_are_declared() -> None:
    assert PYTHONS == ["3.10", "3.11", "3.12", "3.13", "3.14"]


@pytest.mark.parametrize("python", PYTHONS)
def test_the_base_install_resolves(python: str, cache: Path) -> None:
    resolution = compile_for(python, ROOT / "pyproject.toml", cache=cache)
    assert resolution.returncode == 0, resolution.stderr
    assert "jsonschema==" in resolution.stdout


@pytest.mark.parametrize("python", PYTHONS)
def test_every_extra_resolves(python: str, cache: Path) -> None:
    resolution = compile_for(python, "--extra", "all", ROOT / "pyproject.toml", cache=cache)
    assert resolution.returncode == 0, resolution.stderr
    assert "\nmlflow-skinny==" in resolution.stdout
