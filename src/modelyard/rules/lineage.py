"""MY503 and MY507: can a reader follow a version back to what it was made from?"""

from __future__ import annotations

from bisect import bisect
from typing import TYPE_CHECKING

from modelyard.rules.rule import Finding

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from modelyard.documents.document import Path
    from modelyard.documents.metadata import Metadata
    from modelyard.names import VersionId
    from modelyard.rules.rule import Findings
    from modelyard.snapshot import Snapshot
    from modelyard.version_directory import VersionDirectory

__all__ = ["cycle", "parents"]


def parents(version: VersionDirectory, snapshot: Snapshot) -> Findings:
    """Each parent, and each member of an ensemble, is a registered version, and not the version itself.

    One that was retired later stays a parent: its tombstone still says what it was.

    Bad:
        version: 1.1.0
        parents: [fraud@1.1.0]
    Good:
        version: 1.1.0
        parents: [fraud@1.0.0]
    """
    parsed = version.metadata
    if not parsed or not parsed.value:
        return
    for path, version_id in _links(parsed.value):
        if version_id == version.id:
            yield Finding(parsed.path, f"{version_id} names itself", "name another version", parsed.locate(path))
        elif not snapshot.has(version_id) and not _was_retired(version_id, snapshot):
            hint = f"modelyard list {version_id.name}"
            yield Finding(parsed.path, f"{version_id} is not registered", hint, parsed.locate(path))


def cycle(version: VersionDirectory, snapshot: Snapshot) -> Findings:
    """No version is an ancestor of itself, by parents or by members of an ensemble.

    A circle can only be closed by versions that are registered together. It is told once, at its lowest version, with
    all of its way.

    Bad:
        parents: [fraud@1.1.0]   # in fraud-1.2.0, while fraud-1.1.0 has parents: [fraud@1.2.0]
    Good:
        parents: [fraud@1.1.0]   # in fraud-1.2.0, while fraud-1.1.0 has parents: [fraud@1.0.0]
    """
    metadata = version.metadata.value if version.metadata else None
    # Most versions have no ancestor that leads anywhere, and need no walk.
    parents = [parent for _path, parent in _links(metadata)] if metadata else []
    way = _way_back(version.id, snapshot) if _may_lead_to(version.id, parents, snapshot) else []
    if len(way) > 1:
        start = way.index(min(way))
        way = [*way[start:], *way[:start]]
        parsed = snapshot.version(way[0]).metadata
        if parsed and parsed.value:
            path = next(path for path, parent in _links(parsed.value) if parent == way[1])
            message = f"{way[0]} is made from itself: {' from '.join(map(str, (*way, way[0])))}"
            yield Finding(parsed.path, message, "take one of these links out", parsed.locate(path))


def _may_lead_to(wanted: VersionId, starts: Sequence[VersionId], snapshot: Snapshot) -> bool:
    """Whether a version may be among others and their ancestors; False is certain.

    What their metadata mention in any place is taken for a link: that is found without parsing them. Lines of
    versions are long, and most often one leads to the next lower one, so ever more of those are read ahead.
    """
    waiting, ahead = list(starts), 1
    seen: set[VersionId] = set()
    mentioned: Mapping[VersionId, tuple[VersionId, ...] | None] = {}
    while waiting:
        version_id = waiting.pop()
        if version_id == wanted:
            return True
        if version_id in seen or not snapshot.has(version_id):
            continue
        seen.add(version_id)
        if version_id not in mentioned:
            mentioned = snapshot.mentions(_down_from(version_id, snapshot, ahead))
            ahead *= 2
        found = mentioned[version_id]
        if found is None:
            return True
        waiting += found
    return False


def _down_from(version_id: VersionId, snapshot: Snapshot, count: int) -> list[VersionId]:
    """Return a version and the next lower ones of its model, so many in all."""
    versions = snapshot.versions_of(version_id.name)
    end = bisect(versions, version_id.sort_key, key=lambda each: each.sort_key)
    return list(versions[max(0, end - count) : end])


def _way_back(start: VersionId, snapshot: Snapshot) -> list[VersionId]:
    """Return a way from a version over its ancestors back to it, without its end; nothing where there is none."""
    way: list[VersionId] = []
    seen = {start}
    waiting = [(start, 0)]
    while waiting:
        version_id, depth = waiting.pop()
        way[depth:] = [version_id]
        for parent in reversed(_ancestors(version_id, snapshot)):
            if parent == start:
                return way
            if parent not in seen:
                seen.add(parent)
                waiting.append((parent, depth + 1))
    return []


def _ancestors(version_id: VersionId, snapshot: Snapshot) -> list[VersionId]:
    parsed = snapshot.version(version_id).metadata if snapshot.has(version_id) else None
    return [parent for _path, parent in _links(parsed.value)] if parsed and parsed.value else []


def _links(metadata: Metadata) -> Iterator[tuple[Path, VersionId]]:
    for index, parent in enumerate(metadata.parents):
        yield ("parents", index), parent
    for index, member in enumerate(metadata.ensemble.members if metadata.ensemble else ()):
        yield ("ensemble", "members", index), member


def _was_retired(version_id: VersionId, snapshot: Snapshot) -> bool:
    parsed = snapshot.model(version_id.name)
    return bool(parsed and parsed.value and version_id.version in parsed.value.retired)
