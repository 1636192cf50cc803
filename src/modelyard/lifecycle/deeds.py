"""Deeds: what a change does to a registry, one by one, as data and as a sentence."""

from __future__ import annotations

from enum import Enum
from typing import TYPE_CHECKING

from modelyard.values import dataclass

if TYPE_CHECKING:
    from modelyard.names import ModelName, Version

__all__ = ["Action", "Deed"]


class Action(str, Enum):
    """What is done; :attr:`done` says that it was."""

    REGISTER = "register"
    PROMOTE = "promote"
    DEMOTE = "demote"
    ROLL_BACK = "roll back"
    YANK = "yank"
    UNYANK = "un-yank"
    DEPRECATE = "deprecate"
    UNDEPRECATE = "un-deprecate"
    RETIRE = "retire"
    TRANSFER = "transfer"
    UPDATE = "update"

    @property
    def done(self) -> str:
        """The same in the past."""
        if self is Action.ROLL_BACK:
            return "rolled back"
        return f"{self.value.removesuffix('e')}ed" if self is not Action.TRANSFER else "transferred"


@dataclass(frozen=True)
class Deed:
    """One thing that is done.

    :param words: what it is done to and how, after the verb: ``fraud@1.1.0 to staging, replacing 1.0.0``.
    :param name: the model; None where it is about no single one.
    :param version: the version that it is about; of a demotion or a roll back, the one that comes back.
    :param replaced: the version that the stage meant until then.
    """

    action: Action
    words: str
    name: ModelName | None = None
    version: Version | None = None
    stage: str | None = None
    replaced: Version | None = None

    def __str__(self) -> str:
        return f"{self.action.value} {self.words}"

    def to_value(self) -> dict[str, str | None]:
        """Return the deed as JSON has it."""
        return {
            "action": self.action.value,
            "name": self.name,
            "version": str(self.version) if self.version else None,
            "stage": self.stage,
            "replaced": str(self.replaced) if self.replaced else None,
        }
