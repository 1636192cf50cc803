"""What a change does, told from its two ends: it does not matter who or what made it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from modelyard.names import VersionId

if TYPE_CHECKING:
    from collections.abc import Iterator

    from modelyard.changes import Changes, StageChange
    from modelyard.documents.model import Model
    from modelyard.documents.stage import Promotion
    from modelyard.names import ModelName, Version
    from modelyard.rules.transition import Transition

__all__ = ["MOST_IN_A_SENTENCE", "deeds_of", "in_one_sentence"]

MOST_IN_A_SENTENCE = 3
"""How many deeds a sentence tells."""


def deeds_of(transition: Transition) -> tuple[str, ...]:
    """Return what a change does, a phrase each that goes on after "this change", gravest first.

    Names of versions, stages and files stand between backticks.
    """
    changes = transition.changes
    told = [deed for change in changes.stages for deed in _in_stage(transition, change)]
    told += [deed for name in changes.models for deed in _of_model(transition, name)]
    told += [f"registers `{version_id}`" for version_id in changes.registered]
    told += [f"alters `{version_id}`, which was merged" for version_id in changes.edited]
    told += [f"removes `{version_id}`" for version_id in changes.removed if not _is_retired(version_id, transition)]
    told += ["founds the registry"] if transition.founds else ["changes the policy"] if changes.policy else []
    told += [f"changes `{path}`" for path in _beside(changes)]
    return tuple(told)


def in_one_sentence(deeds: tuple[str, ...]) -> str:
    """Return the deeds as a sentence without its subject and its full stop; where there are many, the first ones."""
    if not deeds:
        return "changes nothing in the registry"
    shown, hidden = deeds[:MOST_IN_A_SENTENCE], len(deeds) - MOST_IN_A_SENTENCE
    if hidden > 0:
        return f"{'; '.join(shown)}; and does {hidden} more {'thing' if hidden == 1 else 'things'}"
    return "; ".join(shown)


def _in_stage(transition: Transition, change: StageChange) -> Iterator[str]:
    parsed = transition.head.promotion(change.stage, change.name)
    if parsed and parsed.value is None:
        yield f"writes `{change.path}`, which cannot be read"
        return
    earlier = transition.base.promotion(change.stage, change.name)
    before, after = earlier.value if earlier else None, parsed.value if parsed else None
    if after is None:
        served = f", where `{before.version}` served" if before else ""
        yield f"takes `{change.name}` out of `{change.stage}`{served}"
        return
    told = [*_champion(transition, change, before, after), *_held(change, before, after)]
    yield from told or [f"changes what `{change.stage}` says of `{change.name}`, and not what serves"]


def _champion(transition: Transition, change: StageChange, before: Promotion | None, after: Promotion) -> Iterator[str]:
    version_id = VersionId(change.name, after.version)
    beside = _beside_others(after)
    if before is None:
        yield f"promotes `{version_id}` to `{change.stage}`{beside}"
    elif before.version == after.version:
        if before.traffic != after.traffic:
            yield f"lets `{version_id}` serve in `{change.stage}`{beside or ' alone'}"
    elif before.version in after.held or _served_before(transition, change, before, after):
        yield f"rolls `{change.name}` back in `{change.stage}` from `{before.version}` to `{after.version}`{beside}"
    else:
        yield f"promotes `{version_id}` to `{change.stage}`{beside}, replacing `{before.version}`"


def _served_before(transition: Transition, change: StageChange, before: Promotion, after: Promotion) -> bool:
    """Whether a stage returns to an older champion of its own, as the history of a registry tells it."""
    version_id = VersionId(change.name, after.version)
    return after.version < before.version and transition.past.was_champion(change.stage, version_id)


def _beside_others(promotion: Promotion) -> str:
    others = [
        f"`{version}` with {share}%"
        for version, share in sorted(promotion.traffic.items())
        if version != promotion.version
    ]
    return f" beside {', '.join(others)} of the traffic" if others else ""


def _held(change: StageChange, before: Promotion | None, after: Promotion) -> Iterator[str]:
    known: set[Version] = set(before.held) if before else set()
    for version in sorted(after.held.keys() - known):
        yield f"holds `{VersionId(change.name, version)}` back from `{change.stage}`"
    for version in sorted(known - after.held.keys()):
        yield f"lets `{VersionId(change.name, version)}` into `{change.stage}` again"


def _is_retired(version_id: VersionId, transition: Transition) -> bool:
    parsed = transition.head.model(version_id.name)
    return bool(parsed and parsed.value and version_id.version in parsed.value.retired)


def _of_model(transition: Transition, name: ModelName) -> Iterator[str]:
    parsed, earlier = transition.head.model(name), transition.base.model(name)
    if parsed is None:
        yield f"removes the document of `{name}`"
    elif parsed.value is None:
        yield f"writes `{parsed.path}`, which cannot be read"
    else:
        before = earlier.value if earlier else None
        yield from _told_of_model(name, before, parsed.value) or [f"changes what the registry says of `{name}`"]


def _told_of_model(name: ModelName, before: Model | None, after: Model) -> list[str]:
    known = before.yanked if before else {}
    retired = before.retired if before else {}
    told = [f"yanks `{VersionId(name, version)}`" for version in sorted(after.yanked.keys() - known.keys())]
    told += [f"un-yanks `{VersionId(name, version)}`" for version in sorted(known.keys() - after.yanked.keys())]
    told += [f"retires `{VersionId(name, version)}`" for version in sorted(after.retired.keys() - retired.keys())]
    if before is None:
        told += [f"gives `{name}` the owners {', '.join(f'`{owner}`' for owner in after.owners)}"]
    elif set(before.owners) != set(after.owners):
        told += [f"makes {', '.join(f'`{owner}`' for owner in after.owners)} the owners of `{name}`"]
    if bool(before and before.deprecation) != bool(after.deprecation):
        told += [f"{'deprecates' if after.deprecation else 'un-deprecates'} `{name}`"]
    return told


def _beside(changes: Changes) -> tuple[str, ...]:
    return (*changes.strays, *changes.delivering, *changes.judging)
