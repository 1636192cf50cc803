"""How often a remote that fails is asked again, and how long we wait in between."""

from __future__ import annotations

import random
import time
from typing import TYPE_CHECKING, TypeVar

from modelyard.errors import NotFinished
from modelyard.storage.remotes import Interrupted

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

__all__ = ["Patience", "persistently", "quick_enough"]

_TRIES = 6
_WITHOUT_A_BYTE = 90.0  # seconds
_FIRST = 0.25  # seconds
_LONGEST = 15.0
_RENEWALS = 100  # a remote that sends a little each time does not keep us for ever
_WINDOW = 30.0  # seconds over which a rate is looked at
_SLOWEST = 1_000  # bytes in a second

T = TypeVar("T")


class Patience:
    """The budget of failures for one thing that is asked.

    It is spent by tries and by time, and renewed by bytes that come. Waits grow, and are shorter by chance than they
    might be, so that many who failed together do not come back together.

    :param place: what is asked, as messages name it.
    :param pause: waits for so many seconds; may raise to end the waiting.
    """

    def __init__(
        self,
        place: str,
        *,
        pause: Callable[[float], object] = time.sleep,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._place = place
        self._pause = pause
        self._clock = clock
        self._failures = 0
        self._renewals = 0
        self._since = clock()

    def renew(self) -> None:
        """Start anew, for bytes have come."""
        if self._renewals < _RENEWALS:
            self._renewals += 1
            self._failures = 0
            self._since = self._clock()

    def wait(self, failure: Interrupted) -> None:
        """Wait after a failure: as long as the remote asks, and otherwise up to 0.25, 0.5, 1 … seconds.

        :raises NotFinished: the budget is spent, or the remote asks for more than is left of it.
        """
        self._failures += 1
        # Where many processes draw, none of them has to be unpredictable.
        seconds = random.uniform(0.5, 1) * min(_FIRST * 2 ** (self._failures - 1), _LONGEST)  # noqa: S311
        seconds = max(seconds, failure.after or 0)
        if self._failures >= _TRIES or self._clock() + seconds - self._since > _WITHOUT_A_BYTE:
            times = f", {self._failures} times in a row" if self._failures > 1 else ""
            raise NotFinished(
                f"{self._place} cannot be used: {failure.reason}{times}",
                hint="run the command again when it answers: what has arrived is kept, and is not fetched twice",
            ) from failure
        self._pause(seconds)


def persistently(act: Callable[[], T], patience: Patience) -> T:
    """Return what an act that may be repeated returns, once it is not interrupted.

    :raises NotFinished: the patience ends.
    """
    while True:
        try:
            return act()
        except Interrupted as failure:
            patience.wait(failure)


def quick_enough(pieces: Iterator[bytes]) -> Iterator[bytes]:
    """Yield the pieces, unless they come so slowly that nobody waits for the last of them."""
    since, count = time.monotonic(), 0
    for piece in pieces:
        count += len(piece)
        now = time.monotonic()
        if now - since > _WINDOW:
            if count < _SLOWEST * (now - since):
                raise Interrupted(f"it sent {count} bytes in {now - since:.0f} seconds")
            since, count = now, 0
        yield piece
