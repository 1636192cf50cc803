"""A survey: the rules of many versions, each judged once for all, on all cores."""

from __future__ import annotations

from datetime import timezone
from functools import cached_property
from typing import TYPE_CHECKING, Any

from modelyard.api.workers import cores, in_shares
from modelyard.fingerprints import context_of, fingerprint
from modelyard.index.file import FILE
from modelyard.index.verdicts import KeptVerdicts, Key, Verdict
from modelyard.problems import Problem
from modelyard.rules.one_version import version_problems
from modelyard.snapshot import BATCH, ROOT

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from datetime import datetime

    from modelyard.git.objects import ObjectReader
    from modelyard.names import VersionId
    from modelyard.rules.found import ArtifactBytes
    from modelyard.rules.one_version import VersionProblems
    from modelyard.snapshot import Snapshot

__all__ = ["MANY", "GitSurvey"]

MANY = 2 * BATCH
"""So many versions are worth a second process; fewer are judged before it has started."""

_PART = tuple[Problem, ...]


class GitSurvey:
    """Judges versions that Git's objects hold, and looks up what is known of them.

    The answer is the same whatever the index holds and however many processes work.

    :param cached: whether the index may be read and written.
    """

    def __init__(self, reader: ObjectReader, *, cached: bool = True) -> None:
        self._reader = reader
        self._index = KeptVerdicts(reader.location.common_dir / FILE) if cached else None

    def whole(
        self, snapshot: Snapshot, moment: datetime | None, find: Callable[[], tuple[Problem, ...]]
    ) -> tuple[Problem, ...]:
        """Return what is found in everything that a commit holds; nothing is found twice."""
        if self._index is None or snapshot.tree.commit is None:
            return find()
        # A rule may look beyond the registry, so the id is that of everything.
        key = f"{self._context(snapshot)} {snapshot.tree.id('')} {_utc(moment)}"
        known = self._index.whole(key)
        if known is None:
            known = find()
            self._index.keep_whole(key, known)
        return known

    def versions(
        self,
        snapshot: Snapshot,
        version_ids: tuple[VersionId, ...],
        artifacts: ArtifactBytes | None,
        moment: datetime | None,
    ) -> list[Problem]:
        """Return what the rules find in each of the versions, in any order."""
        if self._index is None or len(version_ids) < MANY:
            return [each for found in self._judged(snapshot, version_ids, artifacts, moment) for each in _all(found)]
        context = self._context(snapshot)
        trees = {name: entry.id for name, entry in snapshot.tree.listing(ROOT).items()}
        keys = {each: Key(each.directory, trees[each.directory]) for each in version_ids}
        known = self._index.versions(context)
        settled = {each: known[key] for each, key in keys.items() if _is_settled(known.get(key), artifacts, moment)}
        problems = [problem for verdict in settled.values() for problem in verdict.problems]
        open_ones = tuple(each for each in version_ids if each not in settled)
        fresh: dict[Key, Verdict] = {}
        for version_id, found in zip(open_ones, self._judged(snapshot, open_ones, artifacts, moment), strict=True):
            problems += _all(found)
            fresh[keys[version_id]] = _verdict(found, moment)
        new = {key: verdict for key, verdict in fresh.items() if known.get(key) != verdict}
        if new:
            self._index.keep_versions(context, new)
        return problems

    def _context(self, snapshot: Snapshot) -> str:
        return context_of(snapshot.policy, self._code)

    @cached_property
    def _code(self) -> str:
        return fingerprint()

    def _judged(
        self,
        snapshot: Snapshot,
        version_ids: tuple[VersionId, ...],
        artifacts: ArtifactBytes | None,
        moment: datetime | None,
    ) -> Iterator[tuple[_PART, _PART, _PART, bool]]:
        """Yield what is found in each version: in itself, at this moment, in bytes; and whether it stands alone."""
        count = cores() if len(version_ids) >= MANY else 1
        batches = [version_ids[start : start + BATCH] for start in range(0, len(version_ids), BATCH)]

        def act(share: int) -> list[Any]:
            mine = [version_id for batch in batches[share::count] for version_id in batch]
            return [_rows(version_problems(each, snapshot, artifacts, moment)) for each in snapshot.each(mine)]

        if count == 1:
            yield from map(_parts, act(0))
            return
        shares = [iter(rows) for rows in in_shares(act, count, ready=self._reader.after_fork)]
        for number, batch in enumerate(batches):
            yield from (_parts(next(shares[number % count])) for _ in batch)


def _rows(found: VersionProblems) -> Any:
    if not found.all:
        return found.alone
    parts = ((*found.own, *found.linked), found.dated, found.in_bytes)
    return (*([problem.row for problem in part] for part in parts), found.alone)


def _parts(rows: Any) -> tuple[_PART, _PART, _PART, bool]:
    if isinstance(rows, bool):
        return (), (), (), rows
    *parts, alone = rows
    own, dated, in_bytes = (tuple(map(Problem.from_row, part)) for part in parts)
    return own, dated, in_bytes, alone


def _all(found: tuple[_PART, _PART, _PART, bool]) -> _PART:
    own, dated, in_bytes, _ = found
    return (*own, *dated, *in_bytes)


def _verdict(found: tuple[_PART, _PART, _PART, bool], moment: datetime | None) -> Verdict:
    own, dated, _, alone = found
    return Verdict(alone, _utc(moment) if moment and not dated else "", own)


def _is_settled(verdict: Verdict | None, artifacts: ArtifactBytes | None, moment: datetime | None) -> bool:
    """Whether nothing of a version need be read: it stands alone, no bytes are looked at, and time is silent."""
    if verdict is None or artifacts is not None or not verdict.alone:
        return False
    return moment is None or bool(verdict.quiet and verdict.quiet <= _utc(moment))


def _utc(moment: datetime | None) -> str:
    return moment.astimezone(timezone.utc).isoformat(timespec="microseconds") if moment else ""
