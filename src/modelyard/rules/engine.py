"""The engine of the gate: runs the rules of the table, and keeps what a report needs."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from modelyard.documents.policy import Policy
from modelyard.names import VersionId
from modelyard.problems import sort_problems
from modelyard.rules.catalogue import RULES
from modelyard.rules.judgement import Judgement
from modelyard.rules.one_version import document_problems, scan_problems, version_problems
from modelyard.rules.restoring import instead_of_repair, restore
from modelyard.rules.rule import ChangeRule, ExemptionRule, RegistryRule, Waiving
from modelyard.rules.transition import Maker, Transition
from modelyard.rules.waivers import older_by_date, older_on, weighed, without_exempted
from modelyard.snapshot import MODELS, POLICY, ROOT, STAGES, Snapshot, version_path
from modelyard.values import replace

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
    from datetime import datetime

    from modelyard.changes import Changes, StageChange
    from modelyard.problems import Problem
    from modelyard.rules.found import ArtifactBytes
    from modelyard.rules.transition import Past

__all__ = ["Survey", "judge", "judge_change", "judging_policy", "transition_between"]


_UNREADABLE = Policy()
_NOBODY = Maker()


class Survey(Protocol):
    """Who judges many versions, and may know what was found before."""

    def whole(
        self, snapshot: Snapshot, moment: datetime | None, find: Callable[[], tuple[Problem, ...]]
    ) -> tuple[Problem, ...]:
        """Return what ``find`` returns: everything that is found in a whole registry, without its bytes."""

    def versions(
        self,
        snapshot: Snapshot,
        version_ids: tuple[VersionId, ...],
        artifacts: ArtifactBytes | None,
        moment: datetime | None,
    ) -> Iterable[Problem]:
        """Return what :mod:`modelyard.rules.one_version` finds in each of the versions, in any order."""


def judge(
    snapshot: Snapshot,
    version_ids: Iterable[VersionId],
    *,
    artifacts: ArtifactBytes | None = None,
    within: tuple[str, ...] = (ROOT,),
    moment: datetime | None = None,
    survey: Survey | None = None,
) -> Judgement:
    """Judge some versions of one snapshot, and the registry around them.

    :param artifacts: where bytes can be looked at; without it they are not.
    :param moment: what times and exemptions are held against; without it no time is judged, and exemptions that
        expire do not count.
    :param within: paths outside of which a problem is not reported.
    :param survey: who looks at the versions one by one, where there are many; without it we do.
    """
    ids = tuple(version_ids)
    if ids is not snapshot.version_ids:
        ids = tuple(sorted(ids, key=lambda version_id: version_id.sort_key))
    everything = ROOT in within and ids == snapshot.version_ids

    def find() -> tuple[Problem, ...]:
        return _problems(snapshot, ids, artifacts, within, moment, survey)

    whole = survey.whole(snapshot, moment, find) if survey and everything and artifacts is None else find()
    found = [problem for problem in whole if _inside(problem.path, within)]
    if everything:
        covered = frozenset((problem.code, problem.path) for problem in found)
        found += _exemption_problems(snapshot, moment, covered)
    standing = weighed(found, snapshot.policy, older_by_date(snapshot))
    problems, exempted = without_exempted(standing, snapshot.policy, moment)
    exemptions = snapshot.policy.exemptions
    return Judgement(problems, ids, exempted=exempted, exemptions=exemptions, commit=snapshot.tree.commit)


def judge_change(
    base: Snapshot,
    head: Snapshot,
    *,
    past: Past,
    artifacts: ArtifactBytes | None = None,
    moment: datetime | None = None,
    everything: bool = False,
    maker: Maker = _NOBODY,
    survey: Survey | None = None,
) -> Judgement:
    """Judge what a change does to a registry.

    The versions that the change touches are judged on base and head, and what both have is not the
    change's fault. Policy and its exemptions are the base's; where the base has no registry, the
    head's own policy judges, and where the base's cannot be read, the default one. The judgement says so.

    :param everything: whether all that the head holds is judged, whoever brought it, and nothing is told apart.
    :param maker: who makes the change; without an actor, nobody is held against the owners.
    :param survey: as for :func:`judge`.
    """
    transition = transition_between(base, head, past=past, maker=maker, moment=moment)
    base, head, changes, policy = transition.base, transition.head, transition.changes, transition.policy
    founded = transition.founds
    judged = head.version_ids if everything else changes.touched
    reach = (ROOT,) if everything else _reach(changes)
    on_head = (*_problems(head, judged, artifacts, reach, moment, survey), *_change_problems(transition))
    if artifacts and not everything:
        on_head = (*on_head, *_promoted_problems(transition, artifacts))
    known = tuple(each for each in changes.touched if base.has(each))
    on_base = () if everything else _problems(base, known, None, reach, moment)
    if _overlaps(POLICY, reach):
        on_head = (*on_head, *_exemption_problems(head, moment, None))
        on_base = on_base if everything else (*on_base, *_exemption_problems(base, moment, None))
    found = weighed(on_head, policy, older_on(base))
    problems, exempted = without_exempted(found, policy, moment)
    problems = tuple(_with_a_way_on(problem, transition) for problem in problems)
    before = {problem.fingerprint for problem in on_base}
    after = {problem.fingerprint for problem in found}
    return Judgement(
        tuple(problem for problem in problems if problem.fingerprint not in before),
        judged,
        pre_existing=tuple(problem for problem in problems if problem.fingerprint in before),
        healed=tuple(problem for problem in on_base if problem.fingerprint not in after),
        exempted=exempted,
        exemptions=policy.exemptions,
        founded=founded and head.exists,
        actor=maker.actor,
        owners_judged=maker.actor is not None and not founded,
        changes_seen=not changes.empty,
        commit=head.tree.commit,
        base=base.tree.commit,
    )


def transition_between(
    base: Snapshot, head: Snapshot, *, past: Past, maker: Maker = _NOBODY, moment: datetime | None = None
) -> Transition:
    """Return what differs between two snapshots, with the policy that judges it: as :func:`judge_change` says."""
    from modelyard.changes import find_changes

    policy = judging_policy(base, head)
    base = base.judged_by(policy) if policy is _UNREADABLE else base
    head = base.beside(head.tree, policy=policy)
    return Transition(base, head, find_changes(base, head), policy, past, maker.actor, moment, maker.signed)


def judging_policy(base: Snapshot, head: Snapshot) -> Policy:
    """Return the policy that judges a change: the base's, or where there is no registry yet the head's.

    Where the base's cannot be read it is the default one: what may be done about it is for a rule to say.
    """
    return _policy_of(base) if base.exists else head.policy


def _with_a_way_on(problem: Problem, transition: Transition) -> Problem:
    """Return the problem with another hint where its own names a repair, and the version is merged: none takes it."""
    if "modelyard fix " not in (problem.hint or ""):
        return problem
    directory = "/".join(problem.path.split("/")[:2])
    version_id = next((each for each in transition.base.version_ids if version_path(each) == directory), None)
    if version_id is None:
        return problem
    if transition.head.tree.id(directory) != transition.base.tree.id(directory):
        return replace(problem, hint=restore(transition, directory))
    return replace(problem, hint=instead_of_repair(version_id))


def _policy_of(base: Snapshot) -> Policy:
    parsed = base.parsed_policy
    # A policy that nobody can read judges nothing; what may be done about it is for a rule to say.
    return base.policy if parsed is None or parsed.value else _UNREADABLE


def _reach(changes: Changes) -> tuple[str, ...]:
    """Return where registry rules can find something new.

    New versions alone change nothing about models, stages and policy; anything else may.
    """
    if changes.folders or changes.policy or changes.removed:
        return (ROOT,)
    return (*(version_path(version_id) for version_id in changes.touched), *changes.strays)


def _problems(
    snapshot: Snapshot,
    version_ids: tuple[VersionId, ...],
    artifacts: ArtifactBytes | None,
    within: tuple[str, ...],
    moment: datetime | None,
    survey: Survey | None = None,
) -> tuple[Problem, ...]:
    found = [*_registry_problems(snapshot, within)]
    if survey:
        found += survey.versions(snapshot, version_ids, artifacts, moment)
    else:
        for version in snapshot.each(version_ids):
            found += version_problems(version, snapshot, artifacts, moment).all
    return sort_problems(found)


def _registry_problems(snapshot: Snapshot, within: tuple[str, ...]) -> Iterator[Problem]:
    if ROOT in within:
        snapshot.prefetch_documents()
    for rule in RULES:
        if isinstance(rule, RegistryRule) and _overlaps(rule.below, within):
            yield from map(rule.problem, rule.check(snapshot))
    if any(_overlaps(path, within) for path in (POLICY, MODELS, STAGES)):
        yield from document_problems(snapshot.registry_documents())


def _exemption_problems(
    snapshot: Snapshot,
    moment: datetime | None,
    covered: frozenset[tuple[str, str]] | None,
) -> Iterator[Problem]:
    if snapshot.parsed_policy is None:
        return
    waiving = Waiving(snapshot.parsed_policy, moment.date() if moment else None, covered, snapshot.tree)
    for rule in RULES:
        if isinstance(rule, ExemptionRule):
            yield from map(rule.problem, rule.check(waiving))


def _change_problems(transition: Transition) -> Iterator[Problem]:
    for rule in RULES:
        if isinstance(rule, ChangeRule):
            yield from map(rule.problem, rule.check(transition))


def _promoted_problems(transition: Transition, artifacts: ArtifactBytes) -> Iterator[Problem]:
    """Yield what is found in the artifacts of versions that a change puts into a stage, and does not bring.

    Theirs may not have been at hand when they were registered; from now on somebody loads them.
    """
    changes, head = transition.changes, transition.head
    promoted = {each for change in changes.stages for each in _in_stage(head, change)}
    for version in head.each(sorted(promoted.difference(changes.touched))):
        yield from scan_problems(version, artifacts)


def _in_stage(snapshot: Snapshot, change: StageChange) -> Iterator[VersionId]:
    parsed = snapshot.promotion(change.stage, change.name)
    if parsed and parsed.value:
        versions = {parsed.value.version, *parsed.value.traffic}
        yield from filter(snapshot.has, (VersionId(change.name, version) for version in versions))


def _overlaps(path: str, within: tuple[str, ...]) -> bool:
    return _inside(path, within) or any(_inside(root, (path,)) for root in within)


def _inside(path: str, within: tuple[str, ...]) -> bool:
    return any(path == root or path.startswith(f"{root}/") for root in within)
