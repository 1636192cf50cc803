"""What the rules find in one version, told apart by what it depends on."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from modelyard.rules.catalogue import RULES
from modelyard.rules.rule import BytesRule, DatedRule, DocumentRule, LinkRule, VersionRule
from modelyard.snapshot import Snapshot
from modelyard.values import dataclass

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from datetime import datetime

    from modelyard.documents.parsed import Parsed
    from modelyard.names import VersionId
    from modelyard.problems import Problem
    from modelyard.rules.found import ArtifactBytes
    from modelyard.version_directory import VersionDirectory

__all__ = ["VersionProblems", "document_problems", "scan_problems", "version_problems"]

_DOCUMENT_RULES = [rule for rule in RULES if isinstance(rule, DocumentRule)]
_VERSION_RULES = [rule for rule in RULES if isinstance(rule, VersionRule)]
_LINK_RULES = [rule for rule in RULES if isinstance(rule, LinkRule)]
_DATED_RULES = [rule for rule in RULES if isinstance(rule, DatedRule)]
_BYTES_RULES = [rule for rule in RULES if isinstance(rule, BytesRule)]
_SCANS = [rule for rule in _BYTES_RULES if rule.code.startswith("MY7")]


@dataclass(frozen=True)
class VersionProblems:
    """What the rules find in one version, by what it depends on.

    :param own: on its tree and the policy.
    :param linked: on the registry around it too; ``alone`` says that nothing was asked of that.
    :param dated: on the moment.
    :param in_bytes: on what lies at hand.
    """

    own: tuple[Problem, ...]
    linked: tuple[Problem, ...]
    dated: tuple[Problem, ...]
    in_bytes: tuple[Problem, ...]
    alone: bool

    @property
    def all(self) -> tuple[Problem, ...]:
        """All of them."""
        return (*self.own, *self.linked, *self.dated, *self.in_bytes)


def version_problems(
    version: VersionDirectory,
    snapshot: Snapshot,
    artifacts: ArtifactBytes | None,
    moment: datetime | None,
) -> VersionProblems:
    """Return what the rules find in one version, and what of it is a matter of its tree alone."""
    around = _Watched(snapshot, version)
    own = [*document_problems(version.documents())]
    for rule in _VERSION_RULES:
        own += map(rule.problem, rule.check(version, snapshot.policy))
    linked = [problem for rule in _LINK_RULES for problem in map(rule.problem, rule.check(version, around))]
    dated: list[Problem] = []
    if moment:
        dated += [problem for rule in _DATED_RULES for problem in map(rule.problem, rule.check(version, moment))]
    in_bytes: list[Problem] = []
    if artifacts:
        in_bytes += [problem for rule in _BYTES_RULES for problem in map(rule.problem, rule.check(version, artifacts))]
    return VersionProblems(tuple(own), tuple(linked), tuple(dated), tuple(in_bytes), alone=not around.asked)


def scan_problems(version: VersionDirectory, artifacts: ArtifactBytes) -> Iterator[Problem]:
    """Yield what loading the version's artifacts could do to whoever loads them, as far as they lie at hand."""
    for rule in _SCANS:
        yield from map(rule.problem, rule.check(version, artifacts))


def document_problems(documents: Iterable[Parsed[Any]]) -> Iterator[Problem]:
    """Yield what the rules find in documents, each looked at by itself."""
    for parsed in documents:
        if parsed.faults or parsed.schema_faults:
            for rule in _DOCUMENT_RULES:
                yield from map(rule.problem, rule.check(parsed))


class _Watched(Snapshot):
    """A snapshot as a rule sees it that looks at one version: it notices questions about anything else."""

    def __init__(self, snapshot: Snapshot, version: VersionDirectory) -> None:
        self._snapshot = snapshot
        self._version = version
        self.asked = False

    def has(self, version_id: VersionId) -> bool:
        return True if version_id == self._version.id else self._around().has(version_id)

    def version(self, version_id: VersionId) -> VersionDirectory:
        return self._version if version_id == self._version.id else self._around().version(version_id)

    def __getattribute__(self, name: str) -> Any:
        if name in _OWN:
            return object.__getattribute__(self, name)
        return getattr(self._around(), name)

    def _around(self) -> Snapshot:
        self.asked = True
        return self._snapshot


_OWN = frozenset({"_snapshot", "_version", "_around", "asked", "has", "version", "__class__", "__dict__"})
