"""Scalars with a grammar: digests, ids, times and words, each judged by a parser of ours.

Schemas name these grammars as formats (see :mod:`modelyard.documents.schema_formats`), so that
no verdict depends on the dialect of a regular expression. Every parser is linear in its input.
"""

from __future__ import annotations

import re
from datetime import date, datetime, timedelta, timezone
from functools import lru_cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

__all__ = [
    "InvalidScalar",
    "parse_date",
    "parse_digest",
    "parse_duration",
    "parse_md5",
    "parse_object_id",
    "parse_openpgp_key",
    "parse_rule_code",
    "parse_run_id",
    "parse_sha256",
    "parse_ssh_key",
    "parse_timestamp",
    "parse_training_hash",
    "parse_variable",
    "parse_word",
    "quoted",
]

_LONGEST_QUOTE = 60
_SHA256 = re.compile(r"[0-9a-f]{64}")
_MD5 = re.compile(r"[0-9a-f]{32}(?:\.dir)?")
_RUN_ID = re.compile(r"[0-9a-f]{32}")
_OBJECT_ID = re.compile(r"[0-9a-f]{40}(?:[0-9a-f]{24})?")
_RULE_CODE = re.compile(r"MY[0-9]{3}")
_OPENPGP_KEY = re.compile(
    "-----BEGIN PGP PUBLIC KEY BLOCK-----\n[A-Za-z0-9+/=:.() \n-]{1,20000}\n-----END PGP PUBLIC KEY BLOCK-----\n?"
)
_SSH_KEY = re.compile(r"(?:ssh|ecdsa|sk-ssh|sk-ecdsa)-[a-z0-9@.-]{1,60} [A-Za-z0-9+/]{1,1900}={0,2}")
_VARIABLE = re.compile(r"[A-Za-z_][A-Za-z0-9_]{0,99}")
_WORD = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,99}")
_DURATION = re.compile(r"(0|[1-9][0-9]{0,4})([hdw])")
_UNITS = {"h": "hours", "d": "days", "w": "weeks"}
_DATE = re.compile(r"([0-9]{4})-([0-9]{2})-([0-9]{2})")
_TIMESTAMP = re.compile(
    r"([0-9]{4})-([0-9]{2})-([0-9]{2})T([0-9]{2}):([0-9]{2}):([0-9]{2})(?:\.([0-9]{1,9}))?"
    r"(?:Z|([+-])([0-9]{2}):([0-9]{2}))"
)


class InvalidScalar(ValueError):
    """A text is outside its grammar.

    :param message: what is wrong, with the text in it unless that may hold a secret.
    :param hint: what to do about it, or an empty text where an example says enough.
    """

    def __init__(self, message: str, hint: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint


def quoted(text: str) -> str:
    """Return the text in quotes, control characters escaped, cut at 60 characters."""
    if len(text) > _LONGEST_QUOTE:
        return f"{text[:_LONGEST_QUOTE]!r}…"
    return repr(text)


def _matching(grammar: re.Pattern[str], meaning: str) -> Callable[[str], str]:
    def parse(text: str) -> str:
        if grammar.fullmatch(text):
            return text
        raise InvalidScalar(f"{quoted(text)} is not {meaning}")

    parse.__doc__ = f"Return the text, {meaning}.\n\n:raises InvalidScalar: it is anything else."
    return parse


parse_sha256 = _matching(_SHA256, "a SHA-256 of 64 lower-case hexadecimal digits")
parse_md5 = _matching(_MD5, "an MD5 of 32 lower-case hexadecimal digits, with '.dir' after it for a directory")
parse_run_id = _matching(_RUN_ID, "an MLflow run id of 32 lower-case hexadecimal digits")
parse_rule_code = _matching(_RULE_CODE, "a rule code such as MY101")
parse_ssh_key = _matching(_SSH_KEY, "an SSH public key such as 'ssh-ed25519 AAAA…', without a comment")
parse_openpgp_key = _matching(_OPENPGP_KEY, "an OpenPGP public key as `gpg --armor --export` prints it")
parse_variable = _matching(_VARIABLE, "the name of an environment variable")
parse_word = _matching(_WORD, "one word of at most 100 letters, digits, '.', '_' and '-'")


def parse_object_id(text: str) -> str:
    """Return the text, the full id of a Git object: 40 or 64 lower-case hexadecimal digits.

    :raises InvalidScalar: it is anything else, an abbreviated id for one.
    """
    if _OBJECT_ID.fullmatch(text):
        return text
    message = f"{quoted(text)} is not a full Git id of 40 or 64 lower-case hexadecimal digits"
    raise InvalidScalar(message, "print the full id with `git rev-parse <revision>`")


def parse_digest(text: str) -> str:
    """Return the text, ``sha256:`` and 64 lower-case hexadecimal digits.

    :raises InvalidScalar: it is anything else.
    """
    algorithm, _, digits = text.partition(":")
    if algorithm == "sha256" and _SHA256.fullmatch(digits):
        return text
    raise InvalidScalar(f"{quoted(text)} is not 'sha256:' and 64 lower-case hexadecimal digits")


def parse_training_hash(text: str) -> str:
    """Return the text, ``git:<commit>`` or ``sha256:<64 hexadecimal digits>``.

    :raises InvalidScalar: it is anything else.
    """
    kind, _, digits = text.partition(":")
    if kind == "git" and _OBJECT_ID.fullmatch(digits):
        return text
    if kind == "sha256" and _SHA256.fullmatch(digits):
        return text
    message = f"{quoted(text)} is neither 'git:<full commit id>' nor 'sha256:<64 hexadecimal digits>'"
    raise InvalidScalar(message, "print the full id with `git rev-parse <revision>`" if kind == "git" else "")


def parse_date(text: str) -> date:
    """Return the day that ``YYYY-MM-DD`` names.

    :raises InvalidScalar: another form, or a day that no calendar has.
    """
    found = _DATE.fullmatch(text)
    if not found:
        raise InvalidScalar(f"{quoted(text)} is not a date as YYYY-MM-DD")
    try:
        return date(*(int(part) for part in found.groups()))
    except ValueError:
        raise InvalidScalar(f"{quoted(text)} is a day that the calendar does not have") from None


def parse_duration(text: str) -> timedelta:
    """Return the span that a whole number of hours, days or weeks names, such as ``36h``, ``7d`` or ``2w``.

    :raises InvalidScalar: another form.
    """
    found = _DURATION.fullmatch(text)
    if not found:
        message = f"{quoted(text)} is not a whole number of at most five digits with 'h', 'd' or 'w' after it"
        raise InvalidScalar(message, "write it like 36h, 7d or 2w")
    return timedelta(**{_UNITS[found[2]]: int(found[1])})


# The schema and the rules on times ask in turn.
@lru_cache(maxsize=64)
def parse_timestamp(text: str) -> datetime:
    """Return the moment that the text names by RFC 3339, as a datetime with an offset.

    Only the strict form is taken: ``T`` and ``Z`` in capitals, an offset always, no leap second.
    Digits beyond microseconds are dropped.

    :raises InvalidScalar: another form, or a moment that no calendar has.
    """
    found = _TIMESTAMP.fullmatch(text)
    if not found:
        raise InvalidScalar(
            f"{quoted(text)} is not a time with an offset as RFC 3339 has it",
            'write it like "2025-03-14T09:26:53Z" or "2025-03-14T10:26:53+01:00"',
        )
    year, month, day, hour, minute, second = (int(part) for part in found.groups()[:6])
    microsecond = int((found.group(7) or "").ljust(6, "0")[:6])
    try:
        return datetime(year, month, day, hour, minute, second, microsecond, tzinfo=_offset(*found.groups()[7:]))
    except ValueError:
        raise InvalidScalar(f"{quoted(text)} is a moment that the calendar does not have") from None


def _offset(sign: str | None, hours: str | None, minutes: str | None) -> timezone:
    if sign is None or hours is None or minutes is None:
        return timezone.utc
    if int(minutes) > 59:
        raise ValueError
    offset = timedelta(hours=int(hours), minutes=int(minutes))
    return timezone(-offset if sign == "-" else offset)
