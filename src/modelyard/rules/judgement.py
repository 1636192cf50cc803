"""A judgement: what the gate says of a registry or of a change, as data."""

from __future__ import annotations

from enum import Enum
from typing import TYPE_CHECKING

from modelyard.values import dataclass

if TYPE_CHECKING:
    from modelyard.documents.policy import Exemption
    from modelyard.names import VersionId
    from modelyard.problems import Problem

__all__ = ["Judgement", "Subject"]


class Subject(str, Enum):
    """What a verdict is about."""

    COMMIT = "commit"
    INDEX = "index"
    WORK_TREE = "work tree"


@dataclass(frozen=True)
class Judgement:
    """What the gate says.

    :param problems: what refuses or warns, sorted, each once. Against a base, only what the change
        introduces.
    :param versions: the versions that were looked at.
    :param pre_existing: problems that the base has as well.
    :param healed: problems of the base that the head has no more.
    :param exempted: problems that an exemption of the policy covers.
    :param exemptions: the exemptions of that policy, each with its reason.
    :param changes_seen: whether anything of the registry differs from the base.
    :param subject: what was judged, where it was more than trees in memory.
    :param commit: id of the commit that was judged, None for a work tree or the index.
    :param base: id of the commit that it was judged against.
    :param base_reason: why that is the base, as a phrase.
    :param founded: whether there was no registry on the base, so that the change's own policy judged it.
    :param actor: who makes the change, as far as anybody said so.
    :param owners_judged: whether that actor was held against the owners of what the change touches.
    """

    problems: tuple[Problem, ...]
    versions: tuple[VersionId, ...]
    pre_existing: tuple[Problem, ...] = ()
    healed: tuple[Problem, ...] = ()
    exempted: tuple[Problem, ...] = ()
    exemptions: tuple[Exemption, ...] = ()
    founded: bool = False
    actor: str | None = None
    owners_judged: bool = False
    changes_seen: bool = True
    subject: Subject | None = None
    commit: str | None = None
    base: str | None = None
    base_reason: str | None = None

    @property
    def refused(self) -> bool:
        """Whether any problem is of a severity that refuses."""
        return any(problem.severity.refuses for problem in self.problems)
