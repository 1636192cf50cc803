from __future__ import annotations

from datetime import date, datetime, timedelta, timezone
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from modelyard.documents import scalars
from modelyard.documents.scalars import InvalidScalar, parse_date, parse_duration, parse_timestamp, quoted

if TYPE_CHECKING:
    from collections.abc import Callable

SHA1, SHA256, MD5 = "3f" * 20, "9f" * 32, "5d" * 16
OFFSETS = st.integers(-(24 * 60 - 1), 24 * 60 - 1).map(lambda minutes: timezone(timedelta(minutes=minutes)))


@pytest.mark.parametrize(
    ("parse", "text"),
    [
        (scalars.parse_sha256, SHA256),
        (scalars.parse_md5, MD5),
        (scalars.parse_md5, f"{MD5}.dir"),
        (scalars.parse_run_id, MD5),
        (scalars.parse_object_id, SHA1),
        (scalars.parse_object_id, SHA256),
        (scalars.parse_digest, f"sha256:{SHA256}"),
        (scalars.parse_training_hash, f"git:{SHA1}"),
        (scalars.parse_training_hash, f"git:{SHA256}"),
        (scalars.parse_training_hash, f"sha256:{SHA256}"),
        (scalars.parse_rule_code, "MY101"),
        (scalars.parse_word, "s3-remote_2.eu"),
    ],
)
def test_a_text_within_its_grammar_is_returned(parse: Callable[[str], str], text: str) -> None:
    assert parse(text) == text


@pytest.mark.parametrize(
    ("parse", "text", "message"),
    [
        (scalars.parse_sha256, "abc", "'abc' is not a SHA-256 of 64 lower-case hexadecimal digits"),
        (
            scalars.parse_md5,
            f"{MD5}.file",
            f"'{MD5}.file' is not an MD5 of 32 lower-case hexadecimal digits, with '.dir' after it for a directory",
        ),
        (scalars.parse_run_id, "", "'' is not an MLflow run id of 32 lower-case hexadecimal digits"),
        (scalars.parse_rule_code, "MY1", "'MY1' is not a rule code such as MY101"),
        (scalars.parse_word, "-rf", "'-rf' is not one word of at most 100 letters, digits, '.', '_' and '-'"),
        (scalars.parse_object_id, "HEAD", "'HEAD' is not a full Git id of 40 or 64 lower-case hexadecimal digits"),
        (scalars.parse_digest, f"md5:{MD5}", f"'md5:{MD5}' is not 'sha256:' and 64 lower-case hexadecimal digits"),
        (
            scalars.parse_training_hash,
            f"sha256:{SHA1}",
            f"'sha256:{SHA1}' is neither 'git:<full commit id>' nor 'sha256:<64 hexadecimal digits>'",
        ),
        (parse_duration, "7", "'7' is not a whole number of at most five digits with 'h', 'd' or 'w' after it"),
        (parse_duration, "07d", "'07d' is not a whole number of at most five digits with 'h', 'd' or 'w' after it"),
        (parse_duration, "-1d", "'-1d' is not a whole number of at most five digits with 'h', 'd' or 'w' after it"),
        (parse_date, "31.12.2026", "'31.12.2026' is not a date as YYYY-MM-DD"),
        (parse_date, "2026-02-29", "'2026-02-29' is a day that the calendar does not have"),
        (parse_timestamp, "2025-03-14", "'2025-03-14' is not a time with an offset as RFC 3339 has it"),
        (
            parse_timestamp,
            "2025-03-14t09:26:53z",
            "'2025-03-14t09:26:53z' is not a time with an offset as RFC 3339 has it",
        ),
        (
            parse_timestamp,
            "2025-03-14T09:26:60Z",
            "'2025-03-14T09:26:60Z' is a moment that the calendar does not have",
        ),
        (
            parse_timestamp,
            "2025-03-14T09:26:53+01:60",
            "'2025-03-14T09:26:53+01:60' is a moment that the calendar does not have",
        ),
        (
            parse_timestamp,
            "2025-03-14T09:26:53+24:00",
            "'2025-03-14T09:26:53+24:00' is a moment that the calendar does not have",
        ),
    ],
)
def test_a_text_outside_its_grammar_is_refused(parse: Callable[[str], object], text: str, message: str) -> None:
    with pytest.raises(InvalidScalar) as raised:
        parse(text)
    assert raised.value.message == message


def test_digits_of_other_scripts_are_no_digits() -> None:
    for parse, text in ((parse_date, "202\uff16-12-31"), (scalars.parse_rule_code, "MY10\uff11")):
        with pytest.raises(InvalidScalar):
            parse(text)


@given(st.dates())
def test_a_date_survives_its_text(day: date) -> None:
    """parse_date(d.isoformat()) == d"""
    assert parse_date(day.isoformat()) == day


@given(st.integers(0, 99_999), st.sampled_from(["h", "d", "w"]))
def test_a_duration_is_its_number_times_its_unit(count: int, unit: str) -> None:
    """parse_duration(f"{n}{unit}") == n * unit"""
    hours = {"h": 1, "d": 24, "w": 7 * 24}
    assert parse_duration(f"{count}{unit}") == timedelta(hours=count * hours[unit])


@given(st.datetimes(timezones=OFFSETS))
def test_a_timestamp_survives_its_text(moment: datetime) -> None:
    """parse_timestamp(t.isoformat()) == t, with the same offset"""
    parsed = parse_timestamp(moment.isoformat())
    assert (parsed.replace(tzinfo=None), parsed.utcoffset()) == (moment.replace(tzinfo=None), moment.utcoffset())


def test_a_short_fraction_counts_from_the_point() -> None:
    assert parse_timestamp("2025-03-14T09:26:53.5Z").microsecond == 500_000


def test_digits_beyond_microseconds_are_dropped() -> None:
    expected = datetime(2025, 3, 14, 9, 26, 53, 123456, tzinfo=timezone.utc)
    assert parse_timestamp("2025-03-14T09:26:53.123456789Z") == expected


def test_a_long_or_strange_text_is_quoted_so_that_a_terminal_can_show_it() -> None:
    assert quoted("a" * 61) == f"'{'a' * 60}'…"
    assert quoted("a\x1b[31m\n") == r"'a\x1b[31m\n'"
