from __future__ import annotations

import os
import time
from datetime import datetime, timedelta, timezone
from typing import TYPE_CHECKING

import pytest

from modelyard.api import validating, validating_changes
from modelyard.rules.engine import judge
from modelyard.rules.times import _told
from support.cases import valid_files
from support.registry import modelyard
from support.repositories import new_repository
from support.snapshots import snapshot_with

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

MADE = datetime(2025, 3, 14, 9, 26, 53, tzinfo=timezone.utc)


@pytest.fixture
def elsewhere() -> Iterator[None]:
    """Be where it is tomorrow already."""
    before = os.environ.get("TZ")
    os.environ["TZ"] = "Pacific/Kiritimati"
    time.tzset()
    yield
    del os.environ["TZ"]
    if before is not None:
        os.environ["TZ"] = before
    time.tzset()


@pytest.mark.parametrize(("minutes", "codes"), [(10, set()), (10.02, {"MY212"})])
def test_case_48_two_clocks_may_differ_by_ten_minutes(minutes: float, codes: set[str]) -> None:
    snapshot = snapshot_with()
    judgement = judge(snapshot, snapshot.version_ids, moment=MADE - timedelta(minutes=minutes))
    assert {problem.code for problem in judgement.problems} == codes


@pytest.mark.parametrize("year", [1970, 2099])
def test_case_48_the_verdict_on_a_commit_does_not_depend_on_the_clock(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, elsewhere: None, year: int
) -> None:
    repository = new_repository(tmp_path)
    base = repository.commit({path: data for path, data in valid_files().items() if "fraud-1.1.0/" not in path})
    repository.commit(valid_files())
    for module in (validating, validating_changes):
        monkeypatch.setattr(module, "now", lambda: datetime(year, 1, 1, tzinfo=timezone.utc))
    monkeypatch.chdir(tmp_path)
    ran = modelyard("validate", "--base", base)
    assert (ran.code, ran.out.splitlines()[-1]) == (0, "passed: no problems, 1 model version judged")


def test_case_48_what_no_commit_holds_is_held_against_the_clock(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, elsewhere: None
) -> None:
    new_repository(tmp_path).write(valid_files())
    monkeypatch.setattr(validating, "now", lambda: datetime(2025, 3, 1, tzinfo=timezone.utc))
    monkeypatch.chdir(tmp_path)
    ran = modelyard("validate", "model_registry/fraud-1.1.0")
    assert ran.code == 1
    assert ran.out == (
        "model_registry/fraud-1.1.0/metadata.yaml:18:13: error MY212 `created_at` lies 13 days in the future\n"
        "    hint: write when it was, with its offset from UTC; `date -u +%FT%TZ` prints the time now\n"
        "refused: 1 problem, 1 model version judged\n"
    )


@pytest.mark.parametrize(
    ("span", "words"),
    [
        ({"days": 2, "hours": 23}, "2 days"),
        ({"days": 1}, "1 day"),
        ({"minutes": 119}, "1 hour"),
        ({"seconds": 61}, "1 minute"),
        ({"seconds": 2}, "2 seconds"),
        ({"microseconds": 1}, "less than a second"),
    ],
)
def test_a_span_is_told_in_its_largest_unit(span: dict[str, int], words: str) -> None:
    assert _told(timedelta(**span)) == words
