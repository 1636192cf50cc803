"""MY6xx: is what stands in a stage, and what a change brings into it, allowed?"""

from __future__ import annotations

from typing import TYPE_CHECKING

from modelyard.names import VersionId
from modelyard.rules.entering import versions_in
from modelyard.rules.finding import Finding
from modelyard.rules.retiring import tombstones
from modelyard.snapshot import POLICY, STAGES

if TYPE_CHECKING:
    from collections.abc import Iterator

    from modelyard.documents.document import Path
    from modelyard.documents.parsed import Parsed
    from modelyard.documents.stage import Promotion
    from modelyard.names import ModelName, Version
    from modelyard.rules.finding import Findings
    from modelyard.rules.transition import Transition
    from modelyard.snapshot import Snapshot

__all__ = [
    "held",
    "skipped_stage",
    "stage_order",
    "traffic",
    "unknown_stage",
    "unknown_version",
    "yanked",
]


def unknown_version(snapshot: Snapshot) -> Findings:
    """A stage names versions that are registered.

    Bad:
        version: 9.9.9        # in model_registry/stages/production/fraud.yaml
    Good:
        version: 1.1.0
    """
    for name, parsed, promotion in _promotions(snapshot):
        for path, version in _stated(promotion):
            if not snapshot.has(VersionId(name, version)):
                have = ", ".join(str(each.version) for each in snapshot.versions_of(name)) or "none"
                message = f"{name}@{version} {_absence(snapshot, name, version)}"
                yield Finding(parsed.path, message, f"registered versions: {have}", parsed.locate(path))


def _absence(snapshot: Snapshot, name: ModelName, version: Version) -> str:
    # Where one change retires what another promotes, neither of them says so by itself.
    tombstone = tombstones(snapshot, name).get(version)
    return f"was retired: {tombstone.reason}" if tombstone else "is not registered"


def unknown_stage(snapshot: Snapshot) -> Findings:
    """A stage is one that the policy knows.

    Bad:
        A model_registry/stages/prod/fraud.yaml
    Good:
        A model_registry/stages/production/fraud.yaml
    """
    stages = ", ".join(stage.name for stage in snapshot.policy.stages)
    for stage in snapshot.stage_names:
        if not snapshot.policy.stage(stage):
            yield Finding(f"{STAGES}/{stage}", f"the policy knows no stage {stage!r}", f"stages are: {stages}")


def stage_order(snapshot: Snapshot) -> Findings:
    """The policy names each stage once, and a stage takes versions from one that stands before it.

    Bad:
        stages:
          - {name: staging, from: production}
          - {name: production}
    Good:
        stages:
          - {name: staging}
          - {name: production, from: staging}
    """
    parsed = snapshot.parsed_policy
    if not parsed or not parsed.value:
        return
    seen: list[str] = []
    for index, stage in enumerate(parsed.value.stages):
        if stage.name in seen:
            message, hint = f"stage {stage.name!r} stands twice", "give each stage once"
            yield Finding(POLICY, message, hint, parsed.locate(("stages", index)))
        if stage.comes_from and stage.comes_from not in seen:
            message = f"stage {stage.name!r} takes versions from {stage.comes_from!r}, which does not stand before it"
            hint = "take versions from an earlier stage, or leave `from` out"
            yield Finding(POLICY, message, hint, parsed.locate(("stages", index)))
        seen.append(stage.name)


def yanked(snapshot: Snapshot) -> Findings:
    """A stage names no version that was yanked, neither as its champion nor with a share of the traffic.

    Bad:
        version: 1.1.0        # models/fraud.yaml has yanked: {1.1.0: Trained on leaked labels.}
    Good:
        version: 1.0.0
    """
    for name, parsed, promotion in _promotions(snapshot):
        model = snapshot.model(name)
        reasons = model.value.yanked if model and model.value else {}
        for path, version in _stated(promotion):
            if version in reasons:
                message = f"{name}@{version} was yanked: {reasons[version]}"
                yield Finding(parsed.path, message, "promote another version", parsed.locate(path))


def held(snapshot: Snapshot) -> Findings:
    """A stage names no version that it holds back itself.

    Bad:
        version: 1.1.0
        held: {1.1.0: Alerts on holidays.}
    Good:
        version: 1.0.0
        held: {1.1.0: Alerts on holidays.}
    """
    for name, parsed, promotion in _promotions(snapshot):
        for path, version in _stated(promotion):
            if version in promotion.held:
                message = f"{name}@{version} is held: {promotion.held[version]}"
                hint = "promote another version; or add --release-hold, once that is mended"
                yield Finding(parsed.path, message, hint, parsed.locate(path))


def traffic(snapshot: Snapshot) -> Findings:
    """Traffic sums to 100 percent, and the stage's version has a part of it.

    Bad:
        version: 1.0.0
        traffic: {1.0.0: 90, 1.1.0: 20}
    Good:
        version: 1.0.0
        traffic: {1.0.0: 90, 1.1.0: 10}
    """
    for _name, parsed, promotion in _promotions(snapshot):
        shares = promotion.traffic
        if shares and sum(shares.values()) != 100:
            message = f"traffic sums to {sum(shares.values())} percent"
            yield Finding(parsed.path, message, "make it 100", parsed.locate_key(("traffic",)))
        if shares and promotion.version not in shares:
            message = f"traffic leaves out the stage's own version {promotion.version}"
            yield Finding(parsed.path, message, "give it a share", parsed.locate_key(("traffic",)))


def skipped_stage(transition: Transition) -> Findings:
    """A version enters a stage only once it has been in the stage before it.

    The base's stages say so, or its history: a version that has moved on may come back.

    Bad:
        A model_registry/stages/production/fraud.yaml   # version: 1.1.0, which was never in staging
    Good:
        M model_registry/stages/staging/fraud.yaml      # version: 1.1.0, and production in a later change
    """
    for entry in transition.entries:
        source = entry.stage.comes_from if entry.stage else None
        if source is None:
            continue
        earlier = transition.base.promotion(source, entry.version_id.name)
        present = versions_in(earlier.value if earlier else None)
        if entry.version_id.version not in present and not transition.past.was_in(source, entry.version_id):
            stage = entry.change.stage
            message = f"{entry.version_id} was never in {source}, and {stage} takes versions from there"
            yield entry.finding(message, f"modelyard promote {entry.version_id} --to {source}")


def _stated(promotion: Promotion) -> Iterator[tuple[Path, Version]]:
    """Yield each version that a stage serves, once, with the place where its document names it."""
    yield ("version",), promotion.version
    yield from ((("traffic", str(version)), version) for version in promotion.traffic if version != promotion.version)


def _promotions(snapshot: Snapshot) -> Iterator[tuple[ModelName, Parsed[Promotion], Promotion]]:
    for stage in snapshot.stage_names:
        for name in snapshot.models_in(stage):
            parsed = snapshot.promotion(stage, name)
            if parsed and parsed.value:
                yield name, parsed, parsed.value
