"""What a rule is: a code, a severity, a summary, and a pure function that finds."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import TYPE_CHECKING, Any, Protocol

from modelyard.problems import Problem
from modelyard.snapshot import ROOT
from modelyard.values import dataclass, field

if TYPE_CHECKING:
    from datetime import date, datetime

    from modelyard.changes import Changes
    from modelyard.documents.parsed import Parsed
    from modelyard.documents.policy import Policy
    from modelyard.formats.imports import Imports
    from modelyard.formats.keras import Layers
    from modelyard.git.authors import Author
    from modelyard.names import VersionId
    from modelyard.problems import Position, Severity
    from modelyard.snapshot import Snapshot
    from modelyard.tree import Tree
    from modelyard.version_directory import VersionDirectory

__all__ = [
    "ArtifactBytes",
    "BytesRule",
    "ChangeRule",
    "DatedRule",
    "DocumentRule",
    "ExemptionRule",
    "Finding",
    "Findings",
    "FoundBytes",
    "FoundManifest",
    "Lesson",
    "LinkRule",
    "Maker",
    "Past",
    "RegistryRule",
    "RemoteAnswers",
    "RemoteRule",
    "Rule",
    "Stay",
    "Transition",
    "VersionRule",
    "Waiving",
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


@dataclass(frozen=True)
class FoundManifest:
    """DVC's manifest of a directory: the md5 of each file by relative path, or why it may not be followed."""

    files: Mapping[str, str] = field(default_factory=dict)
    fault: str | None = None


class ArtifactBytes(Protocol):
    """Where artifacts can be looked at without a network: the work tree and DVC's cache."""

    def find(self, version: VersionDirectory, file: str) -> FoundBytes | None:
        """Return the digests of a file that the metadata names, or None where it is not at hand."""

    def manifest(self, oid: str) -> FoundManifest | None:
        """Return the manifest of a directory, or None where it is not at hand."""

    def format(self, version: VersionDirectory, file: str) -> str | None:
        """Return the format that a file's own bytes tell, or None where it is not at hand."""

    def imports(self, version: VersionDirectory, file: str, declared: str) -> Imports | None:
        """Return what a pickle-based file would import, or None where it is not at hand."""

    def layers(self, version: VersionDirectory, file: str) -> Layers | None:
        """Return what the layers of a Keras model bring along, or None where it is not at hand."""


@dataclass(frozen=True)
class RemoteAnswers:
    """What a remote said of the objects of the versions that are judged.

    :param described: name and address of the remote, without credentials.
    :param sizes: size in bytes of each file's object that is there.
    :param manifests: manifest of each directory whose object is there.
    :param failure: why there is no answer at all, where there is none.
    """

    described: str = ""
    sizes: Mapping[str, int] = field(default_factory=dict)
    manifests: Mapping[str, FoundManifest] = field(default_factory=dict)
    failure: str | None = None


@dataclass(frozen=True)
class Stay:
    """When a version came into a stage, and when it left it; None: it has not."""

    since: datetime
    until: datetime | None = None


class Past(Protocol):
    """What the base's own history says."""

    @property
    def ends(self) -> datetime | None:
        """When it ends, by the clock; None where there is no clock."""

    def was_in(self, stage: str, version_id: VersionId) -> bool:
        """Whether the version has ever been in the stage on the base's first parents.

        :raises NotFinished: the history is cut off before the answer.
        """

    def was_champion(self, stage: str, version_id: VersionId) -> bool:
        """Whether the version has ever been the stage's champion on the base's first parents.

        :raises NotFinished: the history is cut off before the answer.
        """

    def stays(self, stage: str | None, version_id: VersionId) -> tuple[Stay, ...]:
        """Return when the version was in a stage, or in the registry at all where no stage is given; oldest first.

        No date is taken for earlier than that of a commit before it.

        :raises NotFinished: the history is cut off before the answer.
        """

    def authors(self, version_id: VersionId) -> tuple[Author, ...]:
        """Return who wrote the commits that made the version; nobody where the base does not have it.

        :raises NotFinished: the history is cut off before the answer.
        """


@dataclass(frozen=True)
class Maker:
    """Whoever makes a change.

    :param actor: a name, None where nobody says one.
    :param signed: whether a key that the base's policy knows signed the head commit; None where nobody looked.
    """

    actor: str | None = None
    signed: bool | None = None


@dataclass(frozen=True)
class Transition:
    """A base, a head, what differs between them, and the policy that judges it (the base's).

    :param actor: who makes the change, None where nobody said so.
    :param moment: when the change is made, as it says itself; None where that is unknown.
    :param signed: whether a key that the policy knows signed the head commit; None where nobody looked.
    """

    base: Snapshot
    head: Snapshot
    changes: Changes
    policy: Policy
    past: Past
    actor: str | None = None
    moment: datetime | None = None
    signed: bool | None = None

    @property
    def founds(self) -> bool:
        """Whether there was no registry before."""
        return not self.base.exists


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
class Lesson:
    """What a rule teaches: why it is there, and what breaks and what keeps it.

    It is the docstring of the rule's function, which ends with two indented blocks, ``Bad:`` and ``Good:``.
    """

    explanation: str
    bad: str
    good: str

    @classmethod
    def of(cls, docstring: str) -> Lesson:
        """Return the lesson that a docstring holds; an example that it lacks is empty."""
        from inspect import cleandoc

        text, _, examples = cleandoc(docstring).partition("\nBad:\n")
        bad, _, good = examples.partition("\nGood:\n")
        return cls(text.strip(), cleandoc("\n" + bad), cleandoc("\n" + good))


@dataclass(frozen=True)
class Rule:
    """One rule of the gate. Its explanation is the docstring of the function that checks it."""

    code: str
    severity: Severity
    summary: str

    @property
    def lesson(self) -> Lesson:
        """What the rule wants and why, with an example of each kind, as the function that checks it says."""
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
class ExemptionRule(Rule):
    """Looks at the policy's exemptions, after all else was judged."""

    check: Callable[[Waiving], Findings]
