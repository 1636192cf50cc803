"""Reading events: one walk over the line of first parents, one batch of objects, and no process per event."""

from __future__ import annotations

from typing import TYPE_CHECKING

from modelyard.documents import metadata
from modelyard.git.line import whole_line
from modelyard.git.people import Person, find_pull_request, find_reviewers
from modelyard.history.event import Event, Kind, concerning
from modelyard.history.occurrence import Occurrence, in_model, in_stage
from modelyard.history.states import Broken, States
from modelyard.names import InvalidName, ModelName, Version, VersionId, looks_like_model_name
from modelyard.snapshot import MODELS, POLICY, ROOT, STAGES

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from modelyard.git.line import FileChange, LineCommit
    from modelyard.git.objects import ObjectReader

__all__ = ["events"]

_METADATA = frozenset((metadata.YAML_FILE, metadata.JSON_FILE))
# After these, a stage's versions are those that the event names.
_OF_STAGES = frozenset(
    (Kind.PROMOTED, Kind.DEMOTED, Kind.ROLLED_BACK, Kind.TRAFFIC_CHANGED, Kind.RESTATED, Kind.BROKEN)
)

# Where, to which model, and what.
Happened = tuple[str | None, ModelName | None, Occurrence]
Served = dict[tuple[str, ModelName], set[Version]]


def events(
    reader: ObjectReader,
    tip: str,
    *,
    name: str | None = None,
    stage: str | None = None,
    since: str | None = None,
    earlier: Iterable[Event] = (),
) -> tuple[Event, ...]:
    """Return what happened to a registry until a commit, newest first.

    Read are the commits that its branch was at: first parents. What happened on a branch that was merged has the
    time and the commit of the merge, and what was never merged did not happen.

    :param tip: the full id of the commit.
    :param name: only what concerns this model, and ``stage`` only what happened in this stage.
    :param since: the full id of a commit on the line; what happened until then is left out.
    :param earlier: all that happened until ``since``, where it is given.
    :raises NotFinished: the clone's history is cut off, or an object is missing.
    """
    line = list(whole_line(reader.location, tip, ROOT, since=since))
    line.reverse()
    found = _Reading(reader, line, _served(earlier)).events()
    return tuple(concerning(reversed(list(found)), name=name, stage=stage))


def _served(earlier: Iterable[Event]) -> Served:
    served: Served = {}
    for event in earlier:
        if event.kind in _OF_STAGES and event.stage and event.name:
            versions = (event.before, event.after, *event.traffic)
            _of(served, event.stage, event.name).update(each for each in versions if isinstance(each, Version))
    return served


def _of(served: Served, stage: str, name: ModelName) -> set[Version]:
    return served.setdefault((stage, name), set())


class _Reading:
    """The walk, oldest commit first, since a roll back goes to what served before."""

    def __init__(self, reader: ObjectReader, line: Sequence[LineCommit], served: Served) -> None:
        self._reader = reader
        self._line = line
        self._served = served
        changes = (change for commit in line for change in commit.changes if _is_document(change.path))
        self._states = States(reader, (blob_id for change in changes for blob_id in (change.before, change.after)))
        reader.load_commits(commit.parents[-1] for commit in line if len(commit.parents) > 1)

    def events(self) -> Iterator[Event]:
        for commit in self._line:
            happened = [*_to_policy(commit), *self._to_models(commit)]
            # The tombstone says it, with its reason.
            retired = {(name, each.before) for _, name, each in happened if each.kind is Kind.RETIRED}
            happened += [each for each in _to_versions(commit) if (each[1], each[2].before) not in retired]
            happened += self._to_stages(commit)
            if happened:
                yield from self._signed(commit, happened)

    def _signed(self, commit: LineCommit, happened: Iterable[Happened]) -> Iterator[Event]:
        author, committer, said = commit.author, commit.committer, _said(commit.message)
        if len(commit.parents) > 1:
            merged = self._reader.commit(commit.parents[-1])
            author, committer = Person(merged.author, merged.email), commit.author
            said = _said(merged.message) or said
        reviewers, pull_request = find_reviewers(commit.message), find_pull_request(commit.message)
        for stage, name, (kind, before, after, reason, traffic) in happened:
            why = reason or (None if kind is Kind.REGISTERED else said)
            yield Event(
                commit.time, kind, stage, name, before, after, why,
                commit.id, author, committer, reviewers, pull_request, traffic,
            )  # fmt: skip

    def _to_stages(self, commit: LineCommit) -> Iterator[Happened]:
        for change in commit.changes:
            stage, _, file = change.path.removeprefix(f"{STAGES}/").partition("/")
            if not change.path.startswith(f"{STAGES}/") or not (name := _model_of(file)):
                continue
            before, after = (self._states.promotion(change.path, each) for each in (change.before, change.after))
            served = _of(self._served, stage, name)
            if isinstance(after, Broken):
                version = None if before is None or isinstance(before, Broken) else before.version
                yield stage, name, Occurrence(Kind.BROKEN, version, None, after.reason)
                continue
            if isinstance(before, Broken):
                restated = Occurrence(Kind.RESTATED, None, after.version, after.reason) if after else None
                yield stage, name, restated or Occurrence(Kind.DEMOTED, None, None)
            else:
                yield from ((stage, name, each) for each in in_stage(before, after, served))
            served.update(after.versions if after else ())

    def _to_models(self, commit: LineCommit) -> Iterator[Happened]:
        for change in commit.changes:
            if not change.path.startswith(f"{MODELS}/") or not (name := _model_of(change.path[len(MODELS) + 1 :])):
                continue
            before, after = (self._states.model(change.path, each) for each in (change.before, change.after))
            if isinstance(after, Broken):
                yield None, name, Occurrence(Kind.BROKEN, None, None, after.reason)
            elif isinstance(before, Broken):
                yield None, name, Occurrence(Kind.RESTATED, None, None)
            else:
                yield from ((None, name, each) for each in in_model(before, after))


def _to_policy(commit: LineCommit) -> Iterator[Happened]:
    for change in commit.changes:
        if change.path == POLICY:
            yield None, None, Occurrence(Kind.POLICY_CHANGED, change.before, change.after)


def _to_versions(commit: LineCommit) -> Iterator[Happened]:
    directories: dict[str, list[FileChange]] = {}
    for change in commit.changes:
        directory, slash, _ = change.path[len(ROOT) + 1 :].partition("/")
        if slash and "." in directory:
            directories.setdefault(directory, []).append(change)
    for directory, changes in directories.items():
        try:
            version_id = VersionId.from_directory(directory)
        except InvalidName:
            continue
        yield None, version_id.name, _to_version(version_id.version, changes)


def _to_version(version: Version, changes: Iterable[FileChange]) -> Occurrence:
    stated = [change for change in changes if change.path.rpartition("/")[2] in _METADATA]
    had, has = (any(states) for states in (map(_before, stated), map(_after, stated)))
    if has and not had:
        return Occurrence(Kind.REGISTERED, None, version)
    if had and not has:
        return Occurrence(Kind.REMOVED, version, None)
    return Occurrence(Kind.EDITED, version, version)


def _before(change: FileChange) -> str | None:
    return change.before


def _after(change: FileChange) -> str | None:
    return change.after


def _is_document(path: str) -> bool:
    return path.startswith((f"{STAGES}/", f"{MODELS}/")) and _model_of(path.rpartition("/")[2]) is not None


def _model_of(file: str) -> ModelName | None:
    name = file.removesuffix(".yaml")
    return ModelName(name) if name != file and looks_like_model_name(name) else None


def _said(message: str) -> str | None:
    """Return the first paragraph of a message below its subject, where it is no block of trailers."""
    _, _, body = message.partition("\n")
    paragraph = " ".join(body.strip().partition("\n\n")[0].split())
    first = paragraph.partition(" ")[0]
    return (
        paragraph if paragraph and not first.endswith(":") and not paragraph.startswith("See merge request ") else None
    )
