"""What a forge answers instead of what was asked for, and what follows from it.

Sources: https://docs.github.com/rest/using-the-rest-api/rate-limits-for-the-rest-api,
https://docs.github.com/rest/using-the-rest-api/best-practices-for-using-the-rest-api and
https://docs.gitlab.com/security/rate_limits/.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from modelyard.errors import NotFinished, Refused
from modelyard.values import dataclass

if TYPE_CHECKING:
    from collections.abc import Mapping

    from modelyard.forges.address import ForgeAddress
    from modelyard.forges.purpose import Purpose

__all__ = ["AlreadyThere", "Answer", "Denied", "Failure", "Limited", "Unanswered", "failure"]

_LEAST_WAIT = 60.0
"""Seconds to wait after a secondary limit that names no time, as GitHub asks."""


class Failure(Exception):
    """The forge did not do what was asked of it, and asking again may help; the text is one sentence."""


class Unanswered(Failure):
    """It may have done it, or may not: it broke down, went silent, or could not be reached."""


class AlreadyThere(Failure):
    """It has done nothing, since what was asked for is there already."""


class Limited(Failure):
    """It has done nothing, since too much was asked of it.

    :ivar wait: seconds after which it may be asked again.
    """

    def __init__(self, message: str, wait: float) -> None:
        super().__init__(message)
        self.wait = wait


class Denied(NotFinished):
    """The token may not do it, or what it asks for is not there; forges do not say which. Exit code 3.

    :ivar told: what the forge says.
    """

    def __init__(self, message: str, told: str, *, hint: str) -> None:
        super().__init__(message, hint=hint)
        self.told = told


@dataclass(frozen=True)
class Answer:
    """An answer that is not the wanted one.

    :param headers: by their names in lower case.
    :param message: what the forge says, without control characters and without the token.
    """

    status: int
    headers: Mapping[str, str]
    message: str


def failure(answer: Answer, address: ForgeAddress, *, token: str, purpose: Purpose, now: float) -> Exception:
    """Return the exception that an answer is worth.

    :param token: the name of the variable that the token came from.
    :param purpose: what the forge was asked for.
    :param now: seconds since the epoch.
    """
    host, status = address.host, answer.status
    if _is_limit(answer):
        return Limited(f"{host} limits how often it is asked", _wait(answer, now))
    if status >= 500:
        return Unanswered(f"{host} answered with status {status}")
    if status in (409, 422) and "already exist" in answer.message.casefold():
        return AlreadyThere(answer.message)
    if status == 401:
        return NotFinished(f"{host} does not take the token in {token}", hint=f"export {token}=… with a valid one")
    if status in (403, 404):
        return Denied(
            f"{host} does not let the token in {token} do this in {address.project}: {answer.message}",
            answer.message,
            hint=f"give the token {purpose.right(address)}",
        )
    if 300 <= status < 400:
        return NotFinished(
            f"{host} says that {address.project} has moved", hint="git remote set-url origin, with its new address"
        )
    return Refused(f"{host} refuses it with status {status}: {answer.message}")


def _is_limit(answer: Answer) -> bool:
    if answer.status == 429:
        return True
    spent = answer.headers.get("x-ratelimit-remaining") == "0" or "retry-after" in answer.headers
    return answer.status == 403 and (spent or "rate limit" in answer.message.casefold())


def _wait(answer: Answer, now: float) -> float:
    asked = _number(answer.headers.get("retry-after"))
    if asked is not None:
        return asked
    for remaining, reset in (
        ("x-ratelimit-remaining", "x-ratelimit-reset"),
        ("ratelimit-remaining", "ratelimit-reset"),
    ):
        moment = _number(answer.headers.get(reset))
        if answer.headers.get(remaining) == "0" and moment is not None:
            return max(moment - now, 1.0)
    return _LEAST_WAIT


def _number(text: str | None) -> float | None:
    # A whole number of seconds; a date, which HTTP allows as well, is sent by neither forge.
    return float(text) if text and text.isascii() and text.isdigit() and len(text) < 12 else None
