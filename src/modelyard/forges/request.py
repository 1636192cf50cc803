"""A request to merge a branch: how it is asked for, and how the forge has it."""

from __future__ import annotations

from enum import Enum

from modelyard.values import dataclass

__all__ = ["Draft", "Request", "State"]


class State(str, Enum):
    """What became of a request."""

    OPEN = "open"
    CLOSED = "closed"
    MERGED = "merged"


@dataclass(frozen=True)
class Draft:
    """A request before it is opened.

    :param branch: the branch that holds the change, pushed already.
    :param commit: the full id of that branch's tip.
    :param body: Markdown.
    """

    branch: str
    commit: str
    title: str
    body: str
    labels: tuple[str, ...] = ()


@dataclass(frozen=True)
class Request:
    """A request as the forge has it.

    :param number: by which the forge calls it, in its project.
    :param url: its page.
    :param commit: the full id of the commit that it would merge.
    """

    number: int
    url: str
    state: State
    commit: str
    labels: tuple[str, ...] = ()
