"""MY632: was a version long enough in the stage that it comes from?"""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import datetime

    from modelyard.rules.entering import Entry
    from modelyard.rules.finding import Findings
    from modelyard.rules.transition import Stay, Transition

__all__ = ["too_early"]

_HOUR = timedelta(hours=1)
_DAY = timedelta(days=1)


def too_early(transition: Transition) -> Findings:
    """A version enters a stage once it has soaked: once it was in the stage before for as long as the policy demands.

    The time is counted along the first parents of the base, from when each change was merged there, and all stays
    are added up. A stage that takes versions from none counts from the registration. The change itself is dated by
    its commit, and never later than now. No date counts as earlier than that of a commit before it, so that nobody
    gains time by a wrong clock. A version that was the stage's champion before need not soak again.

    Bad:
        version: 1.1.0        # in production on the 9th; the policy says `soak: 7d`; in staging since the 5th
    Good:
        version: 1.1.0        # in production on the 12th
    """
    for entry in transition.entries:
        soak = entry.stage.soak if entry.stage else None
        moment = _moment(transition)
        # In a change that founds a registry nothing was anywhere before.
        if not soak or not entry.stage or moment is None or transition.founds or not entry.version:
            continue
        source = entry.stage.comes_from
        spent = _spent(transition.past.stays(source, entry.version_id), moment)
        if spent < soak and not entry.comes_back:
            where = f"in {source}" if source else "in the registry"
            message = (
                f"{entry.version_id} was {where} for {_shown(spent)}, and {entry.change.stage} asks for {_shown(soak)}"
            )
            yield entry.finding(message, _hint(entry, moment + soak - spent))


def _moment(transition: Transition) -> datetime | None:
    """Return when the change is made: time that its commit only claims to have passed has not."""
    if transition.moment is None or transition.past.ends is None:
        return transition.moment
    return min(transition.moment, transition.past.ends)


def _spent(stays: tuple[Stay, ...], moment: datetime) -> timedelta:
    """Return how long all stays took together until a moment; one that began later took no time."""
    ends = ((stay.since, min(stay.until or moment, moment)) for stay in stays)
    return sum((max(until - since, timedelta(0)) for since, until in ends), timedelta(0))


def _hint(entry: Entry, ripe: datetime) -> str:
    return f"promote it on {ripe:%Y-%m-%d %H:%M} UTC or later, with a commit of then: modelyard promote {_what(entry)}"


def _what(entry: Entry) -> str:
    return f"{entry.version_id} --to {entry.change.stage}"


def _shown(span: timedelta) -> str:
    """Return a span in whole days, or in hours where it is not one."""
    days, hours = span // _DAY, span // _HOUR
    if span == days * _DAY and days:
        return f"{days} {'day' if days == 1 else 'days'}"
    return f"{hours} {'hour' if hours == 1 else 'hours'}"
