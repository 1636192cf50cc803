"""MY632 to the minute, from the golden case in which five days of seven are over."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta, timezone

import pytest

from support.cases import CASES, read_case

CASE = next(path for path in CASES if path.name == "MY632-five-days-of-seven")
RIPE = datetime(2026, 11, 12, 9, tzinfo=timezone.utc)
MINUTE = timedelta(minutes=1)


@pytest.mark.parametrize(("moment", "is_refused"), [(RIPE - MINUTE, True), (RIPE, False)])
def test_a_version_may_enter_from_the_minute_on_that_the_hint_names(moment: datetime, is_refused: bool) -> None:
    assert ("MY632" in replace(read_case(CASE), moment=moment).judge()) is is_refused


def test_a_commit_that_is_dated_ahead_gains_nothing() -> None:
    case = read_case(CASE)
    ahead = replace(case, moment=RIPE, past=replace(case.past, ends=RIPE - MINUTE))
    assert "error MY632 fraud@1.1.0 was in staging for 167 hours, and production asks for 7 days" in ahead.judge()


def test_where_nobody_knows_when_the_change_is_made_nothing_is_too_early() -> None:
    assert replace(read_case(CASE), moment=None).judge() == "passed: no problems\n"
