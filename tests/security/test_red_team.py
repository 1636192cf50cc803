"""Attempts to change merged versions, tombstones, archives and policy: what the gate says of each, in full.

Commits of these tests have fixed dates and people, so a report is the same every time, with its commit ids.
Each is kept in ``attempts/<name>.txt``; ``tests/bless.py`` writes them.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from support.attempts import ATTEMPTS, FINE, STAGED
from support.red_team import REPORTS, report_of

EVERY = sorted({**ATTEMPTS, **STAGED})


@pytest.mark.parametrize("name", EVERY)
def test_an_attempt_is_told_as_expected(name: str, tmp_path: Path) -> None:
    told = report_of(name, tmp_path / "registry")
    assert told == (REPORTS / f"{name}.txt").read_text(encoding="utf-8")
    assert told.startswith("exit 0\n") is (name in FINE)


def test_there_are_many_attempts_and_a_report_of_each() -> None:
    assert len(EVERY) - len(FINE) >= 60
    assert sorted(path.stem for path in REPORTS.iterdir()) == EVERY
