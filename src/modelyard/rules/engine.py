"""The engine of the gate: runs the rules of the table, and keeps what a report needs."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from modelyard.problems import sort_problems
from modelyard.rules.catalogue import RULES
from modelyard.rules.judgement import Judgement
from modelyard.rules.rule import (
    ArtifactBytes,
    BytesRule,
    ChangeRule,
    DatedRule,
    DocumentRule,
    LinkRule,
    RegistryRule,
    Transition,
    VersionRule,
)
from modelyard.rules.waivers import without_exempted
from modelyard.snapshot import MODELS, POLICY, ROOT, STAGES, version_path

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from datetime import datetime

    from modelyard.changes import Changes
    from modelyard.documents.parsed import Parsed
    from modelyard.names import VersionId
    from modelyard.problems import Problem
    from modelyard.rules.rule import FoundBytes, FoundManifest, Past
    from modelyard.snapshot import Snapshot
    from modelyard.version_directory import VersionDirectory

__all__ = ["NothingAtHand", "judge", "judge_change"]


class NothingAtHand:
    """Artifacts that lie nowhere: for trees whose bytes nobody can look at."""

    def find(self, _version: VersionDirectory, _file: str) -> FoundBytes | None:
        """Return None."""
        return None

    def manifest(self, _oid: str) -> FoundManifest | None:
        """Return None."""
        return None


def judge(
    snapshot: Snapshot,
    version_ids: Iterable[VersionId],
    *,
    artifacts: ArtifactBytes | None = None,
    within: tuple[str, ...] = (ROOT,),
    moment: datetime | None = None,
) -> Judgement:
    """Judge some versions of one snapshot, and the registry around them.

    :param artifacts: where bytes can be looked at; without it they are not.
    :param moment: what times and exemptions are held against; without it no time is judged, and exemptions that
        expire do not count.
    :param within: paths outside of which a problem is not reported.
    """
    ids = tuple(sorted(version_ids))
    found = [
        problem for problem in _problems(snapshot, ids, artifacts, within, moment) if _inside(problem.path, within)
    ]
    problems, exempted = without_exempted(found, snapshot.policy, moment)
    return Judgement(problems, ids, exempted=exempted, commit=snapshot.tree.commit)


def judge_change(
    base: Snapshot,
    head: Snapshot,
    *,
    past: Past,
    artifacts: ArtifactBytes | None = None,
    moment: datetime | None = None,
) -> Judgement:
    """Judge what a change does to a registry.

    The versions that the change touches are judged on base and head, and what both have is not the
    change's fault. Policy and its exemptions are the base's; where the base has no registry, the
    head's own policy judges, and the judgement says so.
    """
    founded = not base.exists
    from modelyard.changes import find_changes

    policy = head.policy if founded else base.policy
    head = head.judged_by(policy)
    changes = find_changes(base, head)
    reach = _reach(changes)
    on_head = _problems(head, changes.touched, artifacts, reach, moment)
    on_base = _problems(base, tuple(each for each in changes.touched if base.has(each)), None, reach, moment)
    found = (*on_head, *_change_problems(Transition(base, head, changes, policy, past)))
    problems, exempted = without_exempted(found, policy, moment)
    before = {problem.fingerprint for problem in on_base}
    after = {problem.fingerprint for problem in found}
    return Judgement(
        tuple(problem for problem in problems if problem.fingerprint not in before),
        changes.touched,
        pre_existing=tuple(problem for problem in problems if problem.fingerprint in before),
        healed=tuple(problem for problem in on_base if problem.fingerprint not in after),
        exempted=exempted,
        founded=founded,
        changes_seen=not changes.empty,
        commit=head.tree.commit,
        base=base.tree.commit,
    )


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
) -> tuple[Problem, ...]:
    snapshot.prefetch(version_ids)
    found = [*_registry_problems(snapshot, within)]
    for version_id in version_ids:
        found += _version_problems(snapshot.version(version_id), snapshot, artifacts or NothingAtHand(), moment)
    return sort_problems(found)


def _registry_problems(snapshot: Snapshot, within: tuple[str, ...]) -> Iterator[Problem]:
    for rule in RULES:
        if isinstance(rule, RegistryRule) and _overlaps(rule.below, within):
            yield from map(rule.problem, rule.check(snapshot))
    if any(_overlaps(path, within) for path in (POLICY, MODELS, STAGES)):
        yield from _document_problems(snapshot.registry_documents())


def _version_problems(
    version: VersionDirectory,
    snapshot: Snapshot,
    artifacts: ArtifactBytes,
    moment: datetime | None,
) -> Iterator[Problem]:
    yield from _document_problems(version.documents())
    for rule in RULES:
        if isinstance(rule, VersionRule):
            yield from map(rule.problem, rule.check(version, snapshot.policy))
        elif isinstance(rule, LinkRule):
            yield from map(rule.problem, rule.check(version, snapshot))
        elif isinstance(rule, DatedRule):
            yield from map(rule.problem, rule.check(version, moment) if moment else ())
        elif isinstance(rule, BytesRule):
            yield from map(rule.problem, rule.check(version, artifacts))


def _document_problems(documents: Iterable[Parsed[Any]]) -> Iterator[Problem]:
    for parsed in documents:
        if parsed.faults or parsed.schema_faults:
            for rule in RULES:
                if isinstance(rule, DocumentRule):
                    yield from map(rule.problem, rule.check(parsed))


def _change_problems(transition: Transition) -> Iterator[Problem]:
    for rule in RULES:
        if isinstance(rule, ChangeRule):
            yield from map(rule.problem, rule.check(transition))


def _overlaps(path: str, within: tuple[str, ...]) -> bool:
    return _inside(path, within) or any(_inside(root, (path,)) for root in within)


def _inside(path: str, within: tuple[str, ...]) -> bool:
    return any(path == root or path.startswith(f"{root}/") for root in within)
