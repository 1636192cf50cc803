"""Events as rows of plain values, to be kept in a file: what is written is read back equal."""

from __future__ import annotations

import json
from datetime import datetime, timezone
from functools import lru_cache
from typing import TYPE_CHECKING

from modelyard.git.people import Person
from modelyard.history.event import Event, Kind
from modelyard.names import ModelName, Version

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

__all__ = ["from_texts", "to_texts"]

# What they are about are owners, another model, or ids of blobs; of all others, versions.
_WORDS = frozenset((Kind.TRANSFERRED, Kind.DEPRECATED, Kind.UNDEPRECATED, Kind.POLICY_CHANGED))


def to_texts(events: Iterable[Event], *, first: int = 0) -> dict[str, str]:
    """Return the events of each model by its name, and those of none by ``""``; one line an event.

    :param events: newest first, as they are in each text.
    :param first: a number larger than that of any event before them.
    """
    ordered = list(events)
    lines: dict[str, list[str]] = {}
    for number, event in zip(range(first + len(ordered), first, -1), ordered, strict=True):
        # Escapes carry what no encoding has, and no line breaks.
        lines.setdefault(event.name or "", []).append(json.dumps(_row(number, event), separators=(",", ":")))
    return {name: "\n".join(each) for name, each in lines.items()}


def from_texts(texts: Iterable[tuple[str, str]]) -> tuple[tuple[Event, ...], int]:
    """Return the events of several models, newest first, and the largest number among them.

    :param texts: names and what :func:`to_texts` wrote; later lines may be put before earlier ones.
    """
    numbered = [pair for name, text in texts for pair in _events(ModelName(name) if name else None, text)]
    numbered.sort(key=lambda pair: pair[0], reverse=True)
    return tuple(event for _, event in numbered), numbered[0][0] if numbered else 0


def _row(number: int, event: Event) -> tuple[object, ...]:
    return (
        number,
        int(event.time.timestamp()),
        event.kind.value,
        event.stage,
        None if event.before is None else str(event.before),
        None if event.after is None else str(event.after),
        event.reason,
        event.commit,
        event.author,
        event.committer,
        event.reviewers,
        event.pull_request,
        {str(version): share for version, share in event.traffic.items()},
    )


def _events(name: ModelName | None, text: str) -> Iterator[tuple[int, Event]]:
    for number, seconds, kind, stage, before, after, *rest in json.loads(f"[{text}]".replace("\n", ",")):
        reason, commit, author, committer, reviewers, pull_request, traffic = rest
        happened = Kind(kind)
        read: Callable[[str], Version | str] = str if happened in _WORDS else _version
        yield (
            number,
            Event(
                datetime.fromtimestamp(seconds, tz=timezone.utc),
                happened,
                stage,
                name,
                None if before is None else read(before),
                None if after is None else read(after),
                reason,
                commit,
                Person(*author),
                Person(*committer),
                tuple(Person(*each) for each in reviewers),
                pull_request,
                {_version(version): share for version, share in traffic.items()} if traffic else {},
            ),
        )


# Many models have the same versions.
@lru_cache(maxsize=1 << 12)
def _version(text: str) -> Version:
    return Version.parse(text)
