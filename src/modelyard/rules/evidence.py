"""MY656 to MY658: does the evidence that a stage's document names belong to what the change decides?"""

from __future__ import annotations

from typing import TYPE_CHECKING

from modelyard.names import VersionId
from modelyard.rules.finding import Finding
from modelyard.rules.restoring import restore
from modelyard.values import dataclass

if TYPE_CHECKING:
    from collections.abc import Iterator

    from modelyard.changes import StageChange
    from modelyard.documents.parsed import Parsed
    from modelyard.documents.stage import Evidence, Promotion
    from modelyard.rules.finding import Findings
    from modelyard.rules.transition import Transition

__all__ = ["evidence_disagrees", "evidence_of_another_tool", "evidence_of_earlier", "recomputed_digests"]


def evidence_disagrees(transition: Transition) -> Findings:
    """The digest of the evidence is that of the figures which this change is decided on.

    It is computed again from the base and the head: the versions, the gates as the policy has them, the metrics
    and the shares of the traffic. So nobody can decide on one thing and merge another; and where the champion
    or a gate has changed since, the promotion is to be decided anew. Without evidence a document says nothing
    that could be wrong.

    Bad:
        evidence: {digest: "sha256:0000…", tool: modelyard 0.1.0}   # copied from another promotion
    Good:
        version: 1.1.0        # written by `modelyard promote`, and the evidence with it
    """
    for change, parsed, after in _changed(transition):
        if not _decided(change, after, transition):
            earlier = _before(change, transition)
            if after.evidence != (earlier.evidence if earlier else None):
                message = f"the evidence of {change.name} in {change.stage} is changed, and nothing is decided anew"
                yield _finding(change, parsed, message, restore(transition, change.path))
    for each in _mismatches(transition):
        if each.ours and not each.comes_back:
            message = (
                f"the evidence of {each.version_id} in {each.change.stage} is {each.expected}, "
                f"and not {each.stated.digest}"
            )
            hint = (
                f"it was decided on something else than what is merged by now: take `evidence` and the lines in it out "
                f"of {each.change.path}, or on the main branch "
                f"modelyard promote {each.version_id} --to {each.change.stage} --branch NAME"
            )
            yield _finding(each.change, each.parsed, message, hint)


def evidence_of_another_tool(transition: Transition) -> Findings:
    """Evidence that another version of modelyard computed, and that this one does not come to.

    Another version may compute or count in another way, so this says neither that the evidence is right nor that
    it is wrong.

    Bad:
        evidence: {digest: "sha256:0000…", tool: modelyard 0.0.9}
    Good:
        evidence: {digest: "sha256:0000…", tool: modelyard 0.1.0}   # of the version that judges
    """
    for each in _mismatches(transition):
        if not each.ours and not each.comes_back:
            message = (
                f"the evidence of {each.version_id} in {each.change.stage} was computed by {each.stated.tool!r}, "
                "and this version comes to another digest"
            )
            hint = f"modelyard promote {each.version_id} --to {each.change.stage}"
            yield _finding(each.change, each.parsed, message, hint)


def evidence_of_earlier(transition: Transition) -> Findings:
    """A version that comes back to a stage is decided on figures of now, and not on those of the first time.

    This is what a reverted merge brings: the document as it was, evidence and all. It may pass, since what served
    before is the safest thing to return to in haste.

    Bad:
        git revert -m 1 MERGE       # of the promotion of 1.1.0
    Good:
        modelyard rollback fraud --stage production --reason "Rejects cards from Malta." --branch
    """
    for each in _mismatches(transition):
        if each.comes_back:
            message = (
                f"{each.version_id} comes back to {each.change.stage}, and the evidence is not that of this change"
            )
            name, version = each.version_id.name, each.version_id.version
            hint = f"modelyard rollback {name} --stage {each.change.stage} --to {version} --reason WHY"
            yield _finding(each.change, each.parsed, message, hint)


@dataclass(frozen=True)
class _Mismatch:
    """A document whose evidence is not what this version of modelyard computes."""

    transition: Transition
    change: StageChange
    parsed: Parsed[Promotion]
    version_id: VersionId
    stated: Evidence
    expected: str
    ours: bool

    @property
    def comes_back(self) -> bool:
        """Whether the version was in the stage once.

        :raises NotFinished: the history is cut off before the answer.
        """
        return self.transition.past.was_in(self.change.stage, self.version_id)


def _mismatches(transition: Transition) -> Iterator[_Mismatch]:
    for change, parsed, after in _changed(transition):
        expected = transition.evidence.get(change)
        if after.evidence and expected and after.evidence.digest != expected:
            from modelyard.evaluate.evidence import TOOL

            version_id = VersionId(change.name, after.version)
            ours = after.evidence.tool == TOOL
            yield _Mismatch(transition, change, parsed, version_id, after.evidence, expected, ours)


def recomputed_digests(transition: Transition) -> Iterator[tuple[StageChange, str]]:
    """Yield each stage that a change decides anew and states evidence for, with the digest that it gives now."""
    for change, _parsed, after in _changed(transition):
        if after.evidence and _decided(change, after, transition):
            from modelyard.documents.canonical import digest
            from modelyard.evaluate.evidence import recomputed

            base, head, policy = transition.base, transition.head, transition.policy
            yield change, digest(recomputed(change.stage, change.name, after, base=base, head=head, policy=policy))


def _changed(transition: Transition) -> Iterator[tuple[StageChange, Parsed[Promotion], Promotion]]:
    for change in transition.changes.stages:
        parsed = transition.head.promotion(change.stage, change.name)
        if parsed and parsed.value:
            yield change, parsed, parsed.value


def _decided(change: StageChange, after: Promotion, transition: Transition) -> bool:
    from modelyard.evaluate.evidence import decides

    return decides(_before(change, transition), after)


def _before(change: StageChange, transition: Transition) -> Promotion | None:
    earlier = transition.base.promotion(change.stage, change.name)
    return earlier.value if earlier else None


def _finding(change: StageChange, parsed: Parsed[Promotion], message: str, hint: str) -> Finding:
    has_evidence = parsed.value is not None and parsed.value.evidence is not None
    return Finding(change.path, message, hint, parsed.locate(("evidence", "digest") if has_evidence else ("version",)))
