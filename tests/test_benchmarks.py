"""The benchmarks measure what they say: their registry is valid, and the results name the commands."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

from support.project import ROOT
from support.registry import modelyard

RESULTS = (ROOT / "benchmarks" / "RESULTS.md").read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def registry(tmp_path_factory: pytest.TempPathFactory) -> Path:
    directory = tmp_path_factory.mktemp("benchmark") / "registry"
    subprocess.run([sys.executable, ROOT / "benchmarks" / "registry.py", directory, "9"], check=True)
    return directory


def test_the_generated_registry_is_valid(registry: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(registry)
    assert modelyard("validate").out == "passed: no problems, 9 model versions judged\n"
    assert modelyard("validate", "--base", "HEAD~1").code == 0
    assert modelyard("resolve", "fraud@staging").out == "fraud@1.1.0\n"


def test_it_has_one_commit_for_each_version(registry: Path) -> None:
    count = subprocess.run(["git", "-C", registry, "rev-list", "--count", "HEAD"], capture_output=True, check=True)
    assert int(count.stdout) == 9 + 2


def test_the_results_keep_their_targets() -> None:
    rows = re.findall(
        r"^\| ([^|]+) \| \d+ \| [^|]+ \| \d+ \| ([\d.]+) \| [\d.]+ \| ([\d.-]+) \|$", RESULTS, re.MULTILINE
    )
    assert len(rows) == RESULTS.count("  # of ")
    assert [what for what, ratio, target in rows if target != "-" and float(ratio) > float(target)] == []
