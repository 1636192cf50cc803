"""Standings: the ranking of a model's versions as a registry holds them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from modelyard.errors import UsageError
from modelyard.evaluate.candidates import candidate_of
from modelyard.evaluate.ranking import SCORE, rank
from modelyard.values import replace

if TYPE_CHECKING:
    from modelyard.evaluate.ranking import Ranked, Ranking
    from modelyard.names import ModelName
    from modelyard.snapshot import Snapshot

__all__ = ["best_of", "standings"]


def standings(snapshot: Snapshot, name: ModelName, *, by: str = SCORE, split: str | None = None) -> Ranking:
    """Return the ranking of a model's versions; those that were yanked and pre-releases have no place in it.

    :raises UsageError: the policy has no scores, and the ranking is to be by them; or the model's own document, which
        says what was yanked, has faults.
    """
    policy = snapshot.policy.for_model(name)
    if by == SCORE and not policy.scores.weights:
        raise UsageError(
            f"the policy has no scores by which versions of {name} could be ranked",
            hint=f"name a metric: modelyard leaderboard {name} --by accuracy",
        )
    model = snapshot.model(name)
    if model and not model.value:
        raise UsageError(f"{name} cannot be ranked: {model.first_fault()}", hint=model.all_faults[0].hint)
    yanked = model.value.yanked if model and model.value else {}
    aside = {
        each: f"it was yanked: {yanked[each.version]}" for each in snapshot.versions_of(name) if each.version in yanked
    }
    aside |= {each: "it is a pre-release" for each in snapshot.versions_of(name) if not each.version.released}
    entrants = [each for each in snapshot.versions_of(name) if each not in aside]
    snapshot.prefetch(entrants)
    ranking = rank([candidate_of(snapshot.version(each)) for each in entrants], policy, by=by, split=split)
    return replace(ranking, unranked={**ranking.unranked, **aside})


def best_of(snapshot: Snapshot, name: ModelName, *, by: str = SCORE, split: str | None = None) -> Ranked:
    """Return the first of a model's ranking.

    :raises UsageError: none has a place in it, or there is no ranking.
    """
    ranking = standings(snapshot, name, by=by, split=split)
    if not ranking.ranked:
        reason = next(
            (f"{each}: {why}" for each, why in sorted(ranking.unranked.items(), reverse=True)), "there are no versions"
        )
        raise UsageError(f"no version of {name} can be ranked; {reason}", hint=f"modelyard list {name}")
    return ranking.ranked[0]
