"""How events are printed: as a value for machines, in a table, and at length."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from modelyard.cli import console
from modelyard.history.event import Kind
from modelyard.reports.visible import visible

if TYPE_CHECKING:
    import argparse
    from collections.abc import Iterator

    from modelyard.api.repository import Repository
    from modelyard.git.people import Person
    from modelyard.history.event import Event
    from modelyard.names import Version

__all__ = ["HEADER", "as_lines", "as_row", "as_value", "selected"]

HEADER = ("TIME", "EVENT", "MODEL", "STAGE", "CHANGE", "BY", "REVIEWED BY", "PULL", "COMMIT", "REASON")
# Ids of commits and of policies are shortened to what git itself prints of them in a registry of any size.
_SHORT = 12
_MINUTE = len("2026-01-31 23:59")


def selected(arguments: argparse.Namespace, repository: Repository, end: str | None = None) -> tuple[Event, ...]:
    """Return the events that the arguments ask for, newest first.

    :param end: as for :func:`modelyard.api.chronicle.read_history`.
    """
    from modelyard.api.chronicle import read_history
    from modelyard.errors import UsageError

    if arguments.limit is not None and arguments.limit < 1:
        raise UsageError(f"--limit {arguments.limit} leaves nothing to print", hint="--limit 1, or more")
    found = read_history(
        repository,
        name=arguments.name,
        stage=arguments.stage,
        head=arguments.head,
        end=end,
        cached=not arguments.no_cache,
    )
    return found[: arguments.limit]


def as_value(event: Event) -> dict[str, object]:
    """Return the event as JSON has it."""
    return {
        "time": f"{event.time:%Y-%m-%dT%H:%M:%SZ}",
        "event": event.kind.value,
        "model": event.name,
        "stage": event.stage,
        "from": _text(event.before),
        "to": _text(event.after),
        "traffic": {str(version): share for version, share in event.traffic.items()},
        "reason": event.reason,
        "author": _person(event.author),
        "committer": _person(event.committer),
        "reviewers": [_person(person) for person in event.reviewers],
        "pull_request": event.pull_request,
        "commit": event.commit,
    }


def as_row(event: Event) -> tuple[str, ...]:
    """Return the cells of the event, as :data:`HEADER` names them."""
    return (
        event.time.isoformat(" ", "minutes")[:_MINUTE],
        event.kind.value,
        event.name or "-",
        event.stage or "-",
        _change(event) or "-",
        event.author.name,
        ", ".join(person.name or person.email for person in event.reviewers) or "-",
        f"#{event.pull_request}" if event.pull_request is not None else "-",
        event.commit[:_SHORT],
        event.reason or "-",
    )


def as_lines(event: Event) -> Iterator[str]:
    """Yield the event at length, as ``git log`` prints a commit."""
    style = console.style_of(sys.stdout)
    yield style.yellow(f"commit {event.commit}")
    for label, value in _facts(event):
        yield f"{label + ':':<11} {visible(value)}"
    yield ""
    what = " ".join(word for word in (event.kind.value, event.name, _change(event)) if word)
    yield visible(f"    {what}{f' in {event.stage}' if event.stage else ''}")
    if event.reason:
        yield visible(f"    {event.reason}")
    yield ""


def _facts(event: Event) -> Iterator[tuple[str, str]]:
    yield "Author", str(event.author)
    if event.committer != event.author:
        yield "Committer", str(event.committer)
    for person in event.reviewers:
        yield "Reviewer", str(person)
    if event.pull_request is not None:
        yield "Pull", f"#{event.pull_request}"
    yield "Date", f"{event.time:%Y-%m-%d %H:%M:%S} UTC"


def _change(event: Event) -> str:
    before, after = (_short(each, event) for each in (event.before, event.after))
    if event.traffic:
        shares = ", ".join(f"{version} {share}%" for version, share in event.traffic.items())
        after = shares if before in (None, after) else f"{after} ({shares})"
        before = None if event.kind is Kind.TRAFFIC_CHANGED else before
    if before and after and before != after:
        return f"{before} -> {after}"
    return after or before or ""


def _short(value: Version | str | None, event: Event) -> str | None:
    text = _text(value)
    return text[:_SHORT] if text and event.kind is Kind.POLICY_CHANGED else text


def _text(value: Version | str | None) -> str | None:
    return None if value is None else str(value)


def _person(person: Person) -> dict[str, str]:
    return {"name": person.name, "email": person.email}
