"""What a validation is asked to look at, beside what it judges in any case."""

from __future__ import annotations

from enum import Enum

from modelyard.values import dataclass

__all__ = ["Asking", "Inquiry"]


class Asking(Enum):
    """Whether the answer of the remote is required, or is left out where it cannot be had."""

    REQUIRED = "required"
    IF_REACHABLE = "if reachable"


@dataclass(frozen=True, kw_only=True)
class Inquiry:
    """How far a validation goes.

    :param artifacts: whether bytes that lie at hand are digested and compared.
    :param everything: whether all that is there is judged, and nothing of it is the base's fault.
    :param asking: whether remotes are asked for the objects of the versions; None for not at all.
    :param cached: whether verdicts that were found before are taken from beside ``.git``, and new ones kept there.
    :param actor: who makes the change; without one, as the base's policy says.
    """

    artifacts: bool = True
    everything: bool = False
    asking: Asking | None = None
    actor: str | None = None
    cached: bool = True
