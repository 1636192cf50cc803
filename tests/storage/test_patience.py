from __future__ import annotations

import pytest

from modelyard.errors import NotFinished
from modelyard.storage.patience import Patience, persistently
from modelyard.storage.remotes import Interrupted

CUT = Interrupted("the connection was cut")


class Clock:
    """Time that passes only while somebody waits."""

    def __init__(self) -> None:
        self.waits: list[float] = []

    def pause(self, seconds: float) -> None:
        self.waits.append(seconds)

    def now(self) -> float:
        return sum(self.waits)


@pytest.fixture
def clock() -> Clock:
    return Clock()


def patience_of(clock: Clock) -> Patience:
    return Patience("remote 'web'", pause=clock.pause, clock=clock.now)


def test_waits_longer_each_time_and_gives_up(clock: Clock) -> None:
    patience = patience_of(clock)
    for _ in range(5):
        patience.wait(CUT)

    with pytest.raises(NotFinished) as caught:
        patience.wait(CUT)

    assert caught.value.message == "remote 'web' cannot be used: the connection was cut, 6 times in a row"
    assert caught.value.hint == (
        "run the command again when it answers: what has arrived is kept, and is not fetched twice"
    )
    for wait, most in zip(clock.waits, (0.25, 0.5, 1, 2, 4), strict=True):
        assert most / 2 <= wait <= most


def test_waits_as_long_as_it_is_asked_to(clock: Clock) -> None:
    patience_of(clock).wait(Interrupted("it answered 503", after=7))

    assert clock.waits == [7]


def test_does_not_wait_longer_than_it_has(clock: Clock) -> None:
    patience = patience_of(clock)
    patience.wait(Interrupted("it answered 503", after=60))

    with pytest.raises(NotFinished, match="cannot be used: it answered 503, 2 times in a row"):
        patience.wait(Interrupted("it answered 503", after=60))

    assert clock.waits == [60]


def test_what_comes_renews_it_and_not_for_ever(clock: Clock) -> None:
    patience = patience_of(clock)
    for _ in range(105):
        patience.wait(CUT)
        patience.renew()

    with pytest.raises(NotFinished, match="the connection was cut, 6 times in a row"):
        patience.wait(CUT)


def test_repeats_an_act_until_it_is_not_interrupted(clock: Clock) -> None:
    answers = [CUT, CUT]

    def act() -> str:
        if answers:
            raise answers.pop()
        return "done"

    assert persistently(act, patience_of(clock)) == "done"
    assert len(clock.waits) == 2
