"""What a registry needs of the forge, and what of it a branch's protection does not make sure of."""

from __future__ import annotations

from typing import TYPE_CHECKING

from modelyard.forges.address import ForgeKind
from modelyard.values import dataclass

if TYPE_CHECKING:
    from collections.abc import Iterator

    from modelyard.documents.policy import Policy
    from modelyard.documents.policy_stages import Stage
    from modelyard.forges.protection import Protection

__all__ = ["Demands", "Gap", "demands_of", "gaps"]


@dataclass(frozen=True)
class Demands:
    """What the forge has to make sure of.

    :param checks: each status check that must be required, and what wants it.
    :param code_owners: what wants the approval of code owners; None where nothing does.
    :param another: the stage whose duties are to be separate; None where there is none.
    """

    checks: tuple[tuple[str, str], ...]
    code_owners: str | None = None
    another: str | None = None


@dataclass(frozen=True)
class Gap:
    """Something that is not made sure of.

    :param setting: what is missing, in one or two words.
    :param message: what can happen, in one sentence.
    :param hint: what to set.
    """

    setting: str
    message: str
    hint: str


def demands_of(policy: Policy, *, gate: str, has_code_owners: bool) -> Demands:
    """Return what a policy demands of the forge.

    :param gate: the name of the check that runs the gate.
    :param has_code_owners: whether there is a file of code owners that names somebody.
    """
    stages = _stages(policy)
    checks = {gate: "the gate"}
    for stage in stages:
        for check in stage.checks:
            checks.setdefault(check, f"stage {stage.name}")
    reviewed = next((f"stage {stage.name}" for stage in stages if stage.reviewers), None)
    return Demands(
        tuple(checks.items()),
        reviewed or ("CODEOWNERS" if has_code_owners else None),
        next((stage.name for stage in stages if stage.separate_duties), None),
    )


def gaps(demands: Demands, protection: Protection, branch: str, kind: ForgeKind) -> tuple[Gap, ...]:
    """Return what is missing, the worst first."""
    return tuple(_gaps(demands, protection, branch, kind))


def _stages(policy: Policy) -> tuple[Stage, ...]:
    return (*policy.stages, *(stage for override in policy.overrides for stage in override.stages))


def _gaps(demands: Demands, found: Protection, branch: str, kind: ForgeKind) -> Iterator[Gap]:
    if not found.requests:
        yield Gap("requests", f"whoever may write can push to {branch}", f"require a {kind.request} before merging")
    if not found.kept_history:
        yield Gap("force pushes", f"whoever may write can rewrite {branch}", "block force pushes")
    if not found.kept:
        yield Gap("deletion", f"whoever may write can delete {branch}", "restrict deletions")
    if kind is ForgeKind.GITLAB:
        yield from _missing_pipelines(found)
    else:
        yield from _missing_checks(demands, found, branch)
    if not found.up_to_date:
        message = "checks may have seen a change on top of an older state than it is merged into"
        how = ": fast-forward merges, or merge trains" if kind is ForgeKind.GITLAB else ", or a merge queue"
        yield Gap("up to date", message, f"require branches to be up to date before merging{how}")
    yield from _missing_reviews(demands, found)


def _missing_checks(demands: Demands, found: Protection, branch: str) -> Iterator[Gap]:
    for check, origin in demands.checks:
        if check not in (found.checks or ()):
            message = f"{origin} wants the check {check!r}, and {branch} takes a change without it"
            yield Gap("checks", message, f"require the status check {check!r}")


def _missing_pipelines(found: Protection) -> Iterator[Gap]:
    if found.checks is not None:
        message = "a change is merged whose pipeline has failed or was skipped"
        yield Gap("checks", message, "set that pipelines must succeed, and that skipped ones do not count")


def _missing_reviews(demands: Demands, found: Protection) -> Iterator[Gap]:
    if found.approvals < 1:
        yield Gap("reviews", "a change is merged that nobody has approved", "require at least one approval")
    if demands.code_owners and not found.code_owners:
        message = f"{demands.code_owners} names reviewers, and a change is merged without their approval"
        yield Gap("code owners", message, "require review from code owners")
    if not found.fresh:
        message = "an approval holds for what is pushed after it"
        yield Gap("stale approvals", message, "dismiss approvals when new commits are pushed")
    if demands.another and not found.another:
        message = f"stage {demands.another} separates duties, and whoever pushed last may approve"
        yield Gap("separate duties", message, "require approval by somebody else than whoever pushed last")
