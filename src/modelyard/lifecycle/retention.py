"""Retention: which versions the policy lets go, and why others that are as old stay."""

from __future__ import annotations

from typing import TYPE_CHECKING

from modelyard.errors import UsageError
from modelyard.lifecycle.stage_document import promotion_of, stages_serving
from modelyard.rules.retiring import links
from modelyard.snapshot import POLICY
from modelyard.values import dataclass, field

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from modelyard.names import ModelName, VersionId
    from modelyard.snapshot import Snapshot

__all__ = ["Retirement", "beyond_newest", "plan_retention"]


@dataclass(frozen=True)
class Retirement:
    """The versions that go, oldest first, and why each other one beyond the newest stays."""

    going: tuple[VersionId, ...]
    staying: Mapping[VersionId, str] = field(default_factory=dict)


def beyond_newest(names: Iterable[ModelName], snapshot: Snapshot) -> tuple[VersionId, ...]:
    """Return the versions of the models that are older than the newest ones that the policy keeps, oldest first.

    Yanked versions are not counted among the newest: nobody can choose them.

    :raises UsageError: the policy does not say how many stay, for none of the models.
    """
    found: list[VersionId] = []
    limited = False
    for name in names:
        newest = snapshot.policy.for_model(name).retention.newest
        if newest is None:
            continue
        limited = True
        model = snapshot.model(name)
        yanked = model.value.yanked if model and model.value else {}
        versions = snapshot.versions_of(name)
        eligible = [version_id for version_id in versions if version_id.version not in yanked]
        oldest_kept = eligible[-newest] if len(eligible) >= newest else None
        found += [version_id for version_id in versions if oldest_kept and version_id < oldest_kept]
    if not limited:
        raise UsageError(
            "the policy does not say how many versions of a model stay",
            hint=f"write `retention: {{newest: 5}}` into {POLICY}",
        )
    return tuple(found)


def plan_retention(
    candidates: tuple[VersionId, ...], snapshot: Snapshot, *, ways_back: Mapping[VersionId, str]
) -> Retirement:
    """Return which of the candidates go.

    One stays where a stage serves it or holds it back, where a roll back would go to it, where the policy keeps it, or
    where a version that stays was made from it.

    :param ways_back: the versions that a roll back would bring back, each with the stage.
    """
    staying: dict[VersionId, str] = {}
    for version_id in candidates:
        why = _why(version_id, snapshot, ways_back)
        if why:
            staying[version_id] = why
    family = sorted(links(snapshot, candidates)) if candidates else []
    while True:
        going = {version_id for version_id in candidates if version_id not in staying}
        # Whoever stays keeps its parents, and they keep theirs.
        kept = {parent: child for child, parent in family if parent in going and child not in going}
        if not kept:
            return Retirement(tuple(each for each in candidates if each in going), staying)
        staying.update({parent: f"{child} was made from it" for parent, child in kept.items()})


def _why(version_id: VersionId, snapshot: Snapshot, ways_back: Mapping[VersionId, str]) -> str | None:
    for stage in stages_serving(version_id, snapshot):
        return f"it serves in {stage}"
    for stage in snapshot.stage_names:
        promotion = promotion_of(stage, version_id.name, snapshot)
        if promotion and version_id.version in promotion.held:
            return f"{stage} holds it back"
    if version_id in snapshot.policy.for_model(version_id.name).retention.keep:
        return "the policy keeps it"
    if version_id in ways_back:
        return f"a roll back of {ways_back[version_id]} would go to it"
    return None
