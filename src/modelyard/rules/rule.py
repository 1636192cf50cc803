"""What a rule is: a code, a severity, a summary, and a pure function that finds."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any, Protocol

from modelyard.problems import Problem
from modelyard.snapshot import ROOT
from modelyard.values import dataclass

if TYPE_CHECKING:
    from modelyard.changes import Changes
    from modelyard.documents.parsed import Parsed
    from modelyard.documents.policy import Policy
    from modelyard.names import VersionId
    from modelyard.problems import Position, Severity
    from modelyard.snapshot import Snapshot
    from modelyard.version_directory import VersionDirectory

__all__ = [
    "ArtifactBytes",
    "BytesRule",
    "ChangeRule",
    "DocumentRule",
    "Finding",
    "Findings",
    "FoundBytes",
    "Past",
    "RegistryRule",
    "Rule",
    "Transition",
    "VersionRule",
]


@dataclass(frozen=True)
class Finding:
    """What a rule found, before the engine adds the rule's code and severity."""

    path: str
    message: str
    hint: str
    position: Position | None = None


Findings = Iterator[Finding]


@dataclass(frozen=True)
class FoundBytes:
    """Digests of bytes that lie at hand; ``size`` in bytes, ``md5`` as DVC names the object."""

    sha256: str
    md5: str
    size: int


class ArtifactBytes(Protocol):
    """Where artifacts can be looked at without a network: the work tree and DVC's cache."""

    def find(self, version: VersionDirectory, file: str) -> FoundBytes | None:
        """Return the digests of a file that the metadata names, or None where it is not at hand."""


class Past(Protocol):
    """What the base's own history says."""

    def was_in(self, stage: str, version_id: VersionId) -> bool:
        """Whether the version has ever been in the stage on the base's first parents.

        :raises NotFinished: the history is cut off before the answer.
        """


@dataclass(frozen=True)
class Transition:
    """A base, a head, what differs between them, and the policy that judges it (the base's)."""

    base: Snapshot
    head: Snapshot
    changes: Changes
    policy: Policy
    past: Past


@dataclass(frozen=True)
class Rule:
    """One rule of the gate. Its explanation is the docstring of the function that checks it."""

    code: str
    severity: Severity
    summary: str

    @property
    def explanation(self) -> str:
        """What the rule wants and why, as the function that checks it says."""
        return str(vars(self)["check"].__doc__ or self.summary)

    def problem(self, finding: Finding) -> Problem:
        """Return the finding as a problem of this rule."""
        return Problem(
            code=self.code,
            severity=self.severity,
            path=finding.path,
            position=finding.position,
            message=finding.message,
            hint=finding.hint,
        )


@dataclass(frozen=True)
class DocumentRule(Rule):
    """Looks at one document by itself."""

    check: Callable[[Parsed[Any]], Findings]


@dataclass(frozen=True)
class VersionRule(Rule):
    """Looks at one version's directory, and at the registry around it."""

    check: Callable[[VersionDirectory, Snapshot], Findings]


@dataclass(frozen=True)
class RegistryRule(Rule):
    """Looks at the registry as a whole; its cost must not grow with what versions hold.

    All that it finds lies at or below the path ``below``.
    """

    check: Callable[[Snapshot], Findings]
    below: str = ROOT


@dataclass(frozen=True)
class ChangeRule(Rule):
    """Looks at what differs between base and head."""

    check: Callable[[Transition], Findings]


@dataclass(frozen=True)
class BytesRule(Rule):
    """Looks at the bytes of artifacts, as far as they lie at hand."""

    check: Callable[[VersionDirectory, ArtifactBytes], Findings]
