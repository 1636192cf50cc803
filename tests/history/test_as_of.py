"""Moments and lines of commits: which commit was the newest one, whatever the clocks said."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from modelyard.errors import UsageError
from modelyard.history.as_of import believed, newest_at, parse_moment

DAY = datetime(2026, 3, 1, tzinfo=timezone.utc)
HINT = "write a day like 2026-03-01, a time like 2026-03-01T09:30:00Z, or a commit"
LATE, EARLY = DAY.replace(year=2106), DAY.replace(year=1970)

TIMES = st.lists(st.integers(0, 30).map(lambda days: DAY + timedelta(days=days)), max_size=20)


def day(number: int) -> datetime:
    return DAY.replace(day=number)


def line(*times: datetime) -> list[tuple[str, datetime]]:
    return [(f"c{number}", time) for number, time in enumerate(times, 1)]


@pytest.mark.parametrize(
    ("text", "moment"),
    [
        ("2026-03-01", datetime(2026, 3, 1, 23, 59, 59, 999999, tzinfo=timezone.utc)),
        ("2026-03-01T09:30:00Z", datetime(2026, 3, 1, 9, 30, tzinfo=timezone.utc)),
        ("2026-03-01T09:30:00+02:00", datetime(2026, 3, 1, 7, 30, tzinfo=timezone.utc)),
        ("main~3", None),
        ("20260301", None),
        ("v2026-03-01", None),
    ],
)
def test_what_names_a_moment(text: str, moment: datetime | None) -> None:
    assert parse_moment(text) == moment


@pytest.mark.parametrize("text", ["2026-02-30", "2026-03-01T09:30", "2026-03-01 09:30:00Z", "2026-03-01x"])
def test_what_looks_like_a_moment_and_is_none(text: str) -> None:
    with pytest.raises(UsageError) as caught:
        parse_moment(text)
    assert (caught.value.message, caught.value.hint) == (f"--as-of {text!r} is no moment", HINT)


def test_the_newest_commit_until_a_moment() -> None:
    commits = line(day(1), day(3), day(3), day(5))
    asked = {number: newest_at(commits, day(number)) for number in (1, 2, 3, 4, 5, 6)}
    assert asked == {1: "c1", 2: "c1", 3: "c3", 4: "c3", 5: "c4", 6: "c4"}
    assert newest_at(commits, DAY - timedelta(seconds=1)) is None
    assert newest_at([], DAY) is None


def test_one_wrong_clock_misleads_nobody() -> None:
    late = line(day(1), LATE, day(5), day(7))
    assert [newest_at(late, day(number)) for number in (4, 5, 8)] == ["c1", "c3", "c4"]
    early = line(day(1), day(3), EARLY, day(7))
    assert [newest_at(early, day(number)) for number in (2, 3, 8)] == ["c1", "c3", "c4"]
    first = line(LATE, day(3), day(4))
    assert [newest_at(first, day(number)) for number in (2, 3)] == [None, "c2"]
    last = line(day(3), day(4), EARLY)
    assert [newest_at(last, day(number)) for number in (3, 4)] == ["c1", "c3"]


@given(TIMES)
def test_what_is_believed_never_goes_back(times: list[datetime]) -> None:
    assert believed(times) == sorted(believed(times))


@given(TIMES)
def test_clocks_that_agree_are_believed(times: list[datetime]) -> None:
    assert believed(sorted(times)) == sorted(times)


@given(TIMES, TIMES, st.sampled_from([LATE, EARLY]))
def test_a_wrong_clock_moves_no_other_commit(before: list[datetime], after: list[datetime], wrong: datetime) -> None:
    """Where more than one commit contradicts it: of two that contradict each other either may be wrong."""
    before, after = sorted(before), sorted(time + timedelta(days=30) for time in after)
    contradicting = before if wrong == EARLY else after
    assume(len(contradicting) != 1)
    found = believed([*before, wrong, *after])
    assert [*found[: len(before)], *found[len(before) + 1 :]] == [*before, *after]
