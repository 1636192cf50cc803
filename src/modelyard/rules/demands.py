"""MY633 and MY644: does each part of a policy say something?"""

from __future__ import annotations

from typing import TYPE_CHECKING

from modelyard.rules.finding import Finding
from modelyard.snapshot import POLICY

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator

    from modelyard.documents.document import Path
    from modelyard.documents.policy import Override, Policy, Retention, Scores, Stage
    from modelyard.names import VersionId
    from modelyard.rules.finding import Findings
    from modelyard.snapshot import Snapshot

    Said = tuple[Path, str, str]

__all__ = ["empty_demand", "kept_and_unknown"]


def empty_demand(snapshot: Snapshot) -> Findings:
    """What a policy says has an effect; what has none was meant to say something else.

    A gate on a share of rows asks for a figure between 0 and 1. The lower end of a range stands before the higher one,
    also of a metric of which less is better, and is that of a metric with a weight. An override changes stages that
    there are, each once, and no override before it takes all of its models. No override that counts for a model keeps
    other versions of it than the retention names.

    Bad:
        overrides:
          - models: "fraud-*"
            stages: [{name: prod, soak: 14d}]
    Good:
        overrides:
          - models: "fraud-*"
            stages: [{name: production, soak: 14d}]
    """
    parsed = snapshot.parsed_policy
    if parsed and parsed.value:
        for path, message, hint in _said(parsed.value):
            yield Finding(POLICY, message, hint, parsed.locate(path))


def kept_and_unknown(snapshot: Snapshot) -> Findings:
    """The retention keeps versions that are registered; a wrong number protects nothing.

    Bad:
        retention: {keep: [fraud@1.10.0]}   # where 1.1.0 is meant
    Good:
        retention: {keep: [fraud@1.1.0]}
    """
    parsed = snapshot.parsed_policy
    if parsed and parsed.value:
        for place, version_id in _kept(parsed.value):
            if not snapshot.has(version_id):
                have = ", ".join(str(each.version) for each in snapshot.versions_of(version_id.name)) or "none"
                message = f"{version_id} is kept, and is not registered"
                yield Finding(POLICY, message, f"registered versions: {have}", parsed.locate(place))


def _said(policy: Policy) -> Iterator[Said]:
    everywhere = {metric for scores in _all_scores(policy) for metric in scores.weights}
    for index, stage in enumerate(policy.stages):
        yield from _of_gates(("stages", index), stage, policy)
    yield from _of_scores(("scores",), policy.scores, everywhere)
    yield from _of_retention(policy)
    for index, override in enumerate(policy.overrides):
        at = ("overrides", index)
        yield from _of_stages(at, override, policy)
        # What an override does not say itself is the policy's, and was judged there.
        if override.scores != policy.scores:
            yield from _of_scores((*at, "scores"), override.scores, override.scores.weights, known=policy.scores)
        earlier = next(
            (each.models for each in policy.overrides[:index] if each.models.matches_all_of(override.models)), None
        )
        if earlier:
            message = f"the override of {override.models} never counts, since that of {earlier} stands before it"
            yield (*at, "models"), message, "put the special before the general"


def _of_gates(at: Path, stage: Stage, policy: Policy) -> Iterator[Said]:
    for number, gate in enumerate(stage.gates):
        if gate.metric in policy.proportions and not 0 <= gate.threshold <= 1:
            message = f"the gate {gate} is on a share of rows, which is between 0 and 1"
            is_percent = 1 < gate.threshold <= 100
            percent = f"write {gate.threshold / 100:g} for {gate.threshold:g} percent"
            yield (*at, "gates", number), message, percent if is_percent else "give a figure between 0 and 1"


def _all_scores(policy: Policy) -> Iterator[Scores]:
    yield policy.scores
    yield from (override.scores for override in policy.overrides)


def _of_scores(at: Path, scores: Scores, weighted: Collection[str], known: Scores | None = None) -> Iterator[Said]:
    for metric, (low, high) in scores.normalise.items():
        place = (*at, "normalise", metric)
        if known and known.normalise.get(metric) == (low, high):
            continue
        if low >= high:
            message = f"the range of {metric!r} ends at {high:g}, and begins at {low:g}"
            yield place, message, "write the lower end first, then a higher one"
        if metric not in weighted:
            message = f"the range of {metric!r} never counts, since no weight is given to it"
            yield place, message, f"give it one under `weights`, which has: {', '.join(sorted(weighted)) or 'none'}"


def _of_retention(policy: Policy) -> Iterator[Said]:
    for place, version_id in _kept(policy):
        if version_id not in policy.for_model(version_id.name).retention.keep:
            message = f"{version_id} is not kept, since an override of {version_id.name} says what is kept"
            yield place, message, "name it under `retention.keep` of the first override that matches its model"


def _kept(policy: Policy) -> Iterator[tuple[Path, VersionId]]:
    """Yield each version that is kept anywhere, with the place that names it."""
    yield from _keep(("retention",), policy.retention)
    for index, override in enumerate(policy.overrides):
        # What an override does not say itself is the policy's.
        if override.retention.keep != policy.retention.keep:
            yield from _keep(("overrides", index, "retention"), override.retention)


def _keep(at: Path, retention: Retention) -> Iterator[tuple[Path, VersionId]]:
    for index, version_id in enumerate(retention.keep):
        yield (*at, "keep", index), version_id


def _of_stages(at: Path, override: Override, policy: Policy) -> Iterator[Said]:
    known = [stage.name for stage in policy.stages]
    changed: dict[str, Stage] = {stage.name: stage for stage in override.stages if stage not in policy.stages}
    for number, name in enumerate(override.named):
        place = (*at, "stages", number)
        if name in changed:
            yield from _of_gates(place, changed[name], policy)
        if name not in known:
            yield place, f"the policy knows no stage {name!r} to override", f"stages are: {', '.join(known)}"
        elif name in override.named[:number]:
            yield place, f"stage {name!r} is overridden twice for {override.models}", "give each stage once"
