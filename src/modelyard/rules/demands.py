"""MY633: does each range and each override of a policy say something?"""

from __future__ import annotations

from typing import TYPE_CHECKING

from modelyard.rules.rule import Finding
from modelyard.snapshot import POLICY

if TYPE_CHECKING:
    from collections.abc import Iterator

    from modelyard.documents.document import Path
    from modelyard.documents.policy import Override, Policy, Scores
    from modelyard.rules.rule import Findings
    from modelyard.snapshot import Snapshot

    Said = tuple[Path, str, str]

__all__ = ["empty_demand"]


def empty_demand(snapshot: Snapshot) -> Findings:
    """What a policy says of ranges and of overrides has an effect; what has none was meant to say something else.

    The lower end of a range stands before the higher one, also of a metric of which less is better. An override changes
    stages that there are, each once, and no override before it takes all of its models.

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


def _said(policy: Policy) -> Iterator[Said]:
    yield from _of_ranges(("scores",), policy.scores)
    for index, override in enumerate(policy.overrides):
        at = ("overrides", index)
        yield from _of_stages(at, override, [stage.name for stage in policy.stages])
        if override.scores.normalise != policy.scores.normalise:
            yield from _of_ranges((*at, "scores"), override.scores)
        earlier = next(
            (each.models for each in policy.overrides[:index] if each.models.matches_all_of(override.models)), None
        )
        if earlier:
            message = f"the override of {override.models} never counts, since that of {earlier} stands before it"
            yield (*at, "models"), message, "put the special before the general"


def _of_ranges(at: Path, scores: Scores) -> Iterator[Said]:
    for metric, (low, high) in scores.normalise.items():
        if low >= high:
            message = f"the range of {metric!r} ends at {high:g}, and begins at {low:g}"
            yield (*at, "normalise", metric), message, "write the lower end first, then a higher one"


def _of_stages(at: Path, override: Override, known: list[str]) -> Iterator[Said]:
    for number, name in enumerate(override.named):
        place = (*at, "stages", number)
        if name not in known:
            yield place, f"the policy knows no stage {name!r} to override", f"stages are: {', '.join(known)}"
        elif name in override.named[:number]:
            yield place, f"stage {name!r} is overridden twice for {override.models}", "give each stage once"
