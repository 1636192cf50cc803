"""Versions beside each other: compared, ranked, and the best of them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from modelyard.api.listing import require_model
from modelyard.api.waiting import resolve_committed
from modelyard.errors import UsageError
from modelyard.evaluate.comparison import Candidate, compare_versions
from modelyard.evaluate.ranking import SCORE, rank
from modelyard.resolve import contenders
from modelyard.review.facts import facts_of
from modelyard.review.signatures import signature_changes
from modelyard.snapshot import POLICY
from modelyard.values import dataclass

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from modelyard.api.origin import Origin
    from modelyard.documents.policy import Policy
    from modelyard.evaluate.comparison import Comparison
    from modelyard.evaluate.ranking import Ranked
    from modelyard.names import ModelName
    from modelyard.review.facts import Fact
    from modelyard.review.signatures import SignatureChange
    from modelyard.snapshot import Snapshot
    from modelyard.version_directory import VersionDirectory

__all__ = ["Contrast", "Leaderboard", "best_version", "compare_all", "leaderboard"]


@dataclass(frozen=True)
class Contrast:
    """One version beside another: their metrics compared, and what else they state.

    :param signature: what is different for callers; None where neither states a signature.
    """

    comparison: Comparison
    facts: tuple[Fact, ...]
    signature: tuple[SignatureChange, ...] | None


@dataclass(frozen=True)
class Leaderboard:
    """The versions of one model, the best one first.

    :param by: ``score``, or the full name of a metric.
    :param commit: the full id of the commit that was read, None where there is none.
    """

    by: str
    ranked: tuple[Ranked, ...]
    commit: str | None


def compare_all(
    origin: Origin, references: Sequence[str], *, only: Sequence[str] = (), margins: Mapping[str, float] | None = None
) -> tuple[Contrast, ...]:
    """Hold each version after the first one against the first.

    The policy is that of the first version's model.

    :param only: full names of metrics; empty for all.
    :param margins: by metric, the difference that does not matter.
    :raises UsageError: a reference means nothing, fewer than two are given, or no version has one of the metrics.
    :raises Refused: the metadata of one has faults.
    :raises NotFinished: predictions are to be resampled, and NumPy is not installed.
    """
    if len(references) < 2:
        raise UsageError("two versions at least are needed to compare", hint="modelyard compare --help")
    with origin.reading() as snapshot:
        ids = [resolve_committed(reference, origin, snapshot) for reference in references]
        snapshot.prefetch(ids)
        older, *newer = [snapshot.version(each) for each in ids]
        for each in (older, *newer):
            each.require_metadata()
        _require_metrics([Candidate.of(each) for each in (older, *newer)], (*only, *(margins or {})))
        policy = snapshot.policy.for_model(older.id.name)
        return tuple(_contrast(older, each, policy, only, margins or {}) for each in newer)


def leaderboard(origin: Origin, name: str, *, by: str = SCORE) -> Leaderboard:
    """Rank the released versions of a model that are not yanked.

    :param by: ``score``, or the full name of a metric.
    :raises UsageError: there is no such model, the policy makes no scores, or no version has the metric.
    """
    with origin.reading() as snapshot:
        model = require_model(snapshot, name)
        policy = snapshot.policy.for_model(model)
        if by == SCORE and not policy.scores.weights:
            raise _no_scores(model, _metrics(_candidates(model, snapshot)))
        found = _candidates(model, snapshot)
        if by != SCORE:
            _require_metrics(found, (by,))
        return Leaderboard(by, rank(found, policy, by=by), snapshot.tree.commit)


def best_version(origin: Origin, name: str, *, by: str = SCORE) -> Ranked:
    """Return the version that stands first in the leaderboard.

    :raises UsageError: as for :func:`leaderboard`, or no version takes part in it.
    """
    board = leaderboard(origin, name, by=by)
    first = board.ranked[0] if board.ranked else None
    if first is None or first.figure is None:
        why = f": {first.version_id} {first.explanation.removeprefix('it ')}" if first else ""
        raise UsageError(f"no version of {name} has a {by}{why}", hint=f"modelyard leaderboard {name} --by METRIC")
    return first


def _candidates(name: ModelName, snapshot: Snapshot) -> list[Candidate]:
    taking_part = contenders(name, snapshot)
    snapshot.prefetch(taking_part)
    return [Candidate.of(snapshot.version(each)) for each in taking_part]


def _no_scores(name: ModelName, metrics: Sequence[str]) -> UsageError:
    by = f", or modelyard leaderboard {name} --by {metrics[0]}" if metrics else ""
    known = f"; metrics are: {', '.join(metrics)}" if len(metrics) > 1 else ""
    return UsageError(f"the policy makes no scores for {name}", hint=f"set scores.weights in {POLICY}{by}{known}")


def _metrics(found: Sequence[Candidate]) -> list[str]:
    return sorted({name for each in found if each.figures.metrics for name in each.figures.metrics.values})


def _contrast(
    older: VersionDirectory,
    newer: VersionDirectory,
    policy: Policy,
    only: Sequence[str],
    margins: Mapping[str, float],
) -> Contrast:
    theirs, ours = older.require_metadata().signature, newer.require_metadata().signature
    return Contrast(
        compare_versions(*Candidate.pair(older, newer), policy, only=only, margins=margins),
        facts_of(newer, older),
        signature_changes(ours, theirs),
    )


def _require_metrics(found: Sequence[Candidate], names: Sequence[str]) -> None:
    known = set(_metrics(found))
    short = {name.rpartition(".")[2] for name in known}
    for name in names:
        if name not in known and name not in short and f"test.{name}" not in known:
            from difflib import get_close_matches

            near = get_close_matches(name, sorted(known | short), n=1)
            listed = ", ".join(sorted(known)) or "none"
            hint = f"did you mean {near[0]}?" if near else f"metrics are: {listed}"
            raise UsageError(f"no version has the metric {name!r}", hint=hint)
