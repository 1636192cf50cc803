"""Decisions: what a stage's version was decided on, computed again from the commits that decided it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from modelyard.documents.canonical import digest
from modelyard.errors import NotFinished, Refused, UsageError
from modelyard.evaluate.evidence import TOOL, decides, recomputed
from modelyard.history import stage_events
from modelyard.names import VersionId
from modelyard.refs import InStage, Ref
from modelyard.rules.engine import judging_policy
from modelyard.values import dataclass

if TYPE_CHECKING:
    from datetime import datetime

    from modelyard.api.repository import Repository
    from modelyard.documents.document import Value
    from modelyard.documents.stage import Evidence, Promotion
    from modelyard.git.objects import ObjectReader
    from modelyard.history import StageEvent
    from modelyard.names import ModelName

__all__ = ["Decision", "find_decision", "verify_decision"]


@dataclass(frozen=True)
class Decision:
    """The decision that a stage's version goes back to.

    :param commit: the commit that made it, on the way that the main branch took; ``base`` is its first parent, None
        where it had none.
    :param evidence: the figures, as these commits give them now.
    :param digest: their digest.
    :param stated: what the stage's document says of it; None where it says nothing.
    """

    version_id: VersionId
    stage: str
    commit: str
    base: str | None
    author: str
    time: datetime
    evidence: Value
    digest: str
    stated: Evidence | None

    @property
    def agrees(self) -> bool:
        """Whether the document states the digest that these commits give."""
        return self.stated is not None and self.stated.digest == self.digest


def find_decision(repository: Repository, reference: str, *, head: str = "HEAD") -> Decision:
    """Return the newest decision about a model in a stage, computed again.

    :param reference: ``fraud@production``.
    :param head: a revision; the history that ends there is read.
    :raises InvalidName: that is no reference.
    :raises UsageError: it names no stage, or the model is not in it.
    :raises NotFinished: the clone's history is cut off.
    """
    wanted = Ref.parse(reference)
    if not isinstance(wanted.selector, InStage):
        raise UsageError(f"{reference} names no stage", hint=f"modelyard decision show {wanted.name}@production")
    name, stage = wanted.name, wanted.selector.stage
    with repository.reading() as reader:
        commit = reader.commit_id(head)
        snapshot = repository.commit(reader, commit)
        if snapshot.promotion(stage, name) is None:
            raise UsageError(f"no version of {name!r} is in {stage}", hint=f"modelyard list {name}")
        event, promotion = _deciding(reader, commit, stage, name)
        base_id = next(iter(reader.commit(event.entry.id).parents), None)
        base = repository.commit(reader, base_id) if base_id else repository.nothing()
        after = repository.commit(reader, event.entry.id)
        value = recomputed(stage, name, promotion, base=base, head=after, policy=judging_policy(base, after))
        return Decision(
            VersionId(name, promotion.version),
            stage,
            event.entry.id,
            base_id,
            event.entry.author.name,
            event.entry.time,
            value,
            digest(value),
            promotion.evidence,
        )


def verify_decision(repository: Repository, reference: str, *, head: str = "HEAD") -> Decision:
    """Return the newest decision about a model in a stage, once it was found to agree with what is stated.

    :raises Refused: the document states no evidence, or other evidence than these commits give.
    :raises NotFinished: another version of modelyard computed it, and this one comes to another digest.
    """
    decision = find_decision(repository, reference, head=head)
    where = f"the evidence of {decision.version_id} in {decision.stage}"
    if decision.stated is None:
        message = f"commit {decision.commit[:12]} put {decision.version_id} into {decision.stage} without evidence"
        raise Refused(message, hint=f"modelyard decision show {reference}")
    if decision.agrees:
        return decision
    if decision.stated.tool != TOOL:
        message = f"{where} was computed by {decision.stated.tool!r}, and {TOOL} comes to another digest"
        raise NotFinished(message, hint="verify it with that version")
    message = (
        f"{where} is stated as {decision.stated.digest}, and commit {decision.commit[:12]} gives {decision.digest}"
    )
    raise Refused(message, hint=f"git show {decision.commit}")


def _deciding(reader: ObjectReader, commit: str, stage: str, name: ModelName) -> tuple[StageEvent, Promotion]:
    """Return the newest event after which the stage meant another version, or shared its traffic otherwise."""
    newer: tuple[StageEvent, Promotion] | None = None
    for event in stage_events(reader, commit, stage, name):
        if newer and (event.promotion is None or decides(event.promotion, newer[1])):
            return newer
        if event.promotion is None:
            break
        newer = event, event.promotion
    if newer is None:
        raise Refused(f"what {stage} says of {name} cannot be read", hint="modelyard validate")
    return newer
