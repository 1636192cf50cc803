"""Comparing: several versions side by side, and the ranking of a model's versions."""

from __future__ import annotations

from typing import TYPE_CHECKING

from modelyard.api.listing import require_model
from modelyard.api.waiting import resolve_committed
from modelyard.documents.predictions import FILE, InvalidPredictions
from modelyard.errors import UsageError
from modelyard.evaluate.candidates import candidate_of
from modelyard.evaluate.comparison import compare_versions
from modelyard.evaluate.ranking import SCORE
from modelyard.evaluate.signatures import breaks
from modelyard.evaluate.standings import best_of, standings
from modelyard.names import ModelName, parse_model_name
from modelyard.values import dataclass

if TYPE_CHECKING:
    from collections.abc import Sequence

    from modelyard.api.origin import Origin
    from modelyard.evaluate.comparison import Candidate, Comparison
    from modelyard.evaluate.ranking import Ranked, Ranking
    from modelyard.evaluate.signatures import Break
    from modelyard.names import VersionId
    from modelyard.snapshot import Snapshot

__all__ = ["Compared", "best_version", "compare_references", "rank_versions"]


@dataclass(frozen=True)
class Compared:
    """Several versions side by side; all but the first are held against it.

    :param candidates: the versions in the order they were named.
    :param comparisons: one for each but the first.
    :param signature_breaks: what keeps callers of the first from calling each of the others.
    :param remarks: what was left aside, and why.
    """

    commit: str | None
    candidates: tuple[Candidate, ...]
    comparisons: tuple[Comparison, ...]
    signature_breaks: tuple[tuple[Break, ...], ...]
    remarks: tuple[str, ...]


def compare_references(origin: Origin, references: Sequence[str], *, split: str | None = None) -> Compared:
    """Hold the versions that references mean against the first of them, by the policy of that one's model.

    :raises UsageError: a reference means nothing here, or fewer than two versions are meant.
    :raises Refused: the metadata of one has faults.
    """
    with origin.reading() as snapshot:
        ids = list(dict.fromkeys(resolve_committed(each, origin, snapshot) for each in references))
        if len(ids) < 2:
            meant = f", and all of these mean {ids[0]}" if len(references) > 1 else ""
            raise UsageError(f"it takes two versions to compare{meant}", hint=f"modelyard list {ids[0].name}")
        snapshot.prefetch(ids)
        remarks: list[str] = []
        first, *others = (_candidate(snapshot, each, remarks) for each in ids)
        policy = snapshot.policy.for_model(first.version_id.name)
        return Compared(
            snapshot.tree.commit,
            (first, *others),
            tuple(compare_versions(first, each, policy, split=split) for each in others),
            tuple(_breaks(first, each) for each in others),
            tuple(remarks),
        )


def rank_versions(origin: Origin, name: str, *, by: str = SCORE, split: str | None = None) -> Ranking:
    """Return the versions of a model, best first; see :func:`modelyard.evaluate.standings.standings`.

    :raises UsageError: there is no such model, or nothing to rank it by.
    """
    with origin.reading() as snapshot:
        return standings(snapshot, _model(snapshot, name), by=by, split=split)


def best_version(origin: Origin, name: str, *, by: str = SCORE, split: str | None = None) -> Ranked:
    """Return the first of them.

    :raises UsageError: as above, or no version has a place.
    """
    with origin.reading() as snapshot:
        return best_of(snapshot, _model(snapshot, name), by=by, split=split)


def _model(snapshot: Snapshot, name: str) -> ModelName:
    parsed = parse_model_name(name)
    require_model(snapshot, parsed)
    return parsed


def _candidate(snapshot: Snapshot, version_id: VersionId, remarks: list[str]) -> Candidate:
    directory = snapshot.version(version_id)
    directory.require_metadata()
    try:
        predictions = directory.predictions()
    except InvalidPredictions as invalid:
        remarks.append(f"{directory.full_path(FILE)} is left aside, {invalid}")
        predictions = None
    return candidate_of(directory, predictions)


def _breaks(older: Candidate, newer: Candidate) -> tuple[Break, ...]:
    before, after = (each.metadata.signature if each.metadata else None for each in (older, newer))
    return breaks(before, after) if before and after else ()
