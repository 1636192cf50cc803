"""How often a forge is asked again, and how long we wait in between."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, TypeVar

from modelyard.errors import NotFinished
from modelyard.forges.failures import Limited, Unanswered
from modelyard.values import dataclass

if TYPE_CHECKING:
    from collections.abc import Callable

__all__ = ["Patience"]

_AGAIN = "run the same command again; what was pushed stays, and nothing is opened twice"

T = TypeVar("T")


def _ignore(_sentence: str) -> None:
    pass


@dataclass(frozen=True)
class Patience:
    """How a forge that fails is asked again.

    :param tell: is told why and how long we wait, as a sentence.
    :param pause: waits for so many seconds.
    :param tries: how often at most the same is asked.
    :param longest: seconds that a single wait may take; a forge that asks for more is left alone.
    """

    tell: Callable[[str], None] = _ignore
    pause: Callable[[float], None] = time.sleep
    tries: int = 4
    longest: float = 120.0

    def ask(self, question: Callable[[], T]) -> T:
        """Return the answer to a question that may be asked twice without harm.

        :raises NotFinished: there was none, or the forge wants us to wait too long.
        """
        failures = 0
        while True:
            try:
                return question()
            except (Limited, Unanswered) as failure:
                failures += 1
                if failures == self.tries:
                    raise self.given_up(failure) from failure
                self.wait(failure, failures)

    def wait(self, failure: Limited | Unanswered, count: int) -> None:
        """Wait after a failure: as long as the forge asks us to, else 1, 2, 4 … seconds.

        :param count: how many failures in a row it is.
        :raises NotFinished: the forge wants us to wait too long.
        """
        seconds = failure.wait if isinstance(failure, Limited) else float(2 ** (count - 1))
        if seconds > self.longest:
            raise NotFinished(f"{failure}, and wants us to wait {_span(seconds)}", hint=f"then {_AGAIN}") from failure
        self.tell(f"{failure}; asking again in {_span(seconds)}")
        self.pause(seconds)

    def given_up(self, failure: Limited | Unanswered) -> NotFinished:
        """Return what is raised after the last try."""
        return NotFinished(f"{failure}, {self.tries} times in a row", hint=_AGAIN)


def _span(seconds: float) -> str:
    if seconds > 120:
        return f"{round(seconds / 60)} minutes"
    return "1 second" if seconds == 1 else f"{round(seconds)} seconds"
