"""What a rule is: a code, a severity, a summary, and a pure function that finds; a kind for all it may look at."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from modelyard.problems import Problem
from modelyard.snapshot import ROOT
from modelyard.values import dataclass

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import date, datetime

    from modelyard.documents.parsed import Parsed
    from modelyard.documents.policy import Policy
    from modelyard.problems import Severity
    from modelyard.rules.finding import Finding, Findings
    from modelyard.rules.found import ArtifactBytes, RemoteAnswers
    from modelyard.rules.lesson import Lesson
    from modelyard.rules.transition import Transition
    from modelyard.snapshot import Snapshot
    from modelyard.tree import Tree
    from modelyard.version_directory import VersionDirectory

__all__ = [
    "BytesRule",
    "ChangeRule",
    "DatedRule",
    "DocumentRule",
    "ExemptionRule",
    "LinkRule",
    "RegistryRule",
    "RemoteRule",
    "Rule",
    "VersionRule",
    "Waiving",
]


@dataclass(frozen=True)
class Rule:
    """One rule of the gate. Its explanation is the docstring of the function that checks it."""

    code: str
    severity: Severity
    summary: str

    @property
    def lesson(self) -> Lesson:
        """What the rule wants and why, with an example of each kind, as the function that checks it says."""
        from modelyard.rules.lesson import Lesson

        return Lesson.of(str(vars(self)["check"].__doc__))

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
    """Looks at one version's directory, under a policy: the same tree and policy give the same findings."""

    check: Callable[[VersionDirectory, Policy], Findings]


@dataclass(frozen=True)
class LinkRule(Rule):
    """Looks at what one version names of the registry around it."""

    check: Callable[[VersionDirectory, Snapshot], Findings]


@dataclass(frozen=True)
class DatedRule(Rule):
    """Looks at the times that a version states, as of a moment.

    The moment is the date of the commit that is judged; for content that no commit holds yet, now. Time only
    heals: what such a rule does not find at one moment, it does not find at a later one.
    """

    check: Callable[[VersionDirectory, datetime], Findings]


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


@dataclass(frozen=True)
class RemoteRule(Rule):
    """Looks at what a remote said of a version's objects. It is run only where a remote is asked."""

    check: Callable[[VersionDirectory, RemoteAnswers], Findings]


@dataclass(frozen=True)
class Waiving:
    """The exemptions of a policy, once everything else was judged.

    :param parsed: the policy's document.
    :param day: the day that they are held against; None where it is unknown.
    :param covered: pairs of code and path at which a problem was found, None where not everything was looked at.
    :param tree: the tree that was judged.
    """

    parsed: Parsed[Policy]
    day: date | None
    covered: frozenset[tuple[str, str]] | None
    tree: Tree


@dataclass(frozen=True)
class ExemptionRule(Rule):
    """Looks at the policy's exemptions, after all else was judged."""

    check: Callable[[Waiving], Findings]
