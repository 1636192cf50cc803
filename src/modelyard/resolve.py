"""Resolution: from a reference to one model version. One algorithm, for every way in."""

from __future__ import annotations

from typing import TYPE_CHECKING

from modelyard.errors import UsageError
from modelyard.names import Version, VersionId
from modelyard.ranges import VersionRange
from modelyard.refs import InStage, Ref
from modelyard.snapshot import POLICY

if TYPE_CHECKING:
    from collections.abc import Mapping

    from modelyard.documents.stage import Promotion
    from modelyard.names import ModelName
    from modelyard.snapshot import Snapshot

__all__ = ["contenders", "resolve"]


_EVERYBODY = "development"  # no stage of the policy: every registered version is in it


def resolve(ref: Ref, snapshot: Snapshot, *, allow_yanked: bool = False) -> VersionId:
    """Return the version that a reference means in a snapshot.

    - A version is itself, where it is registered and not yanked.
    - A stage is the version that its document names.
    - ``latest`` is the highest release by SemVer, and a range the highest version within it; yanked
      versions take no part in either, and pre-releases none in ``latest``.
    - ``best`` is the release with the highest score by the policy, of those that were measured on the
      same data as the newest; see :func:`modelyard.evaluate.ranking.rank`.
    - ``challenger`` is the one version that has a share of the traffic beside a champion, in whatever stage.

    :param allow_yanked: whether a version that was yanked is meant where it is named itself.
    :raises UsageError: nothing is meant; the message or the hint names what comes nearest.
    """
    if ref.name not in snapshot.model_names:
        raise _unknown_model(ref, snapshot)
    match ref.selector:
        case Version() as version:
            return _exact(ref, version, snapshot, allow_yanked=allow_yanked)
        case InStage(stage=stage):
            return _in_stage(ref, stage, snapshot)
        case VersionRange() as bounds:
            return _highest(ref, [each for each in _candidates(ref, snapshot) if each.version in bounds], snapshot)
        case "latest":
            return _highest(ref, contenders(ref.name, snapshot), snapshot)
        case "challenger":
            return _exact(ref, _challenger(ref, snapshot), snapshot)
        case _:
            return _best(ref, snapshot)


def contenders(name: ModelName, snapshot: Snapshot) -> list[VersionId]:
    """Return the versions of a model that may be its best or its latest: released and not yanked, oldest first.

    :raises UsageError: the model's own document, which may say that one was yanked, has faults.
    """
    return [each for each in _candidates(Ref(name, "best"), snapshot) if each.version.released]


def _best(ref: Ref, snapshot: Snapshot) -> VersionId:
    from modelyard.evaluate.comparison import Candidate
    from modelyard.evaluate.ranking import rank

    policy = snapshot.policy.for_model(ref.name)
    if not policy.scores.weights:
        hint = f"set scores.weights in {POLICY}, or modelyard best {ref.name} --by METRIC"
        raise UsageError(f"{ref} resolves to nothing: the policy makes no scores", hint=hint)
    found = contenders(ref.name, snapshot)
    snapshot.prefetch(found)
    ranked = rank([Candidate.of(snapshot.version(each)) for each in found], policy)
    if not ranked or ranked[0].figure is None:
        raise UsageError(f"{ref} resolves to nothing: no version has a score", hint=f"modelyard leaderboard {ref.name}")
    return ranked[0].version_id


def _exact(ref: Ref, version: Version, snapshot: Snapshot, *, allow_yanked: bool = False) -> VersionId:
    version_id = VersionId(ref.name, version)
    if not snapshot.has(version_id):
        raise _retired(ref, version, snapshot) or _nothing(ref, snapshot)
    yanked = _yanked(ref, snapshot)
    if version in yanked and not allow_yanked:
        raise UsageError(f"{ref} was yanked: {yanked[version]}", hint=f"modelyard list {ref.name}")
    return version_id


def _in_stage(ref: Ref, stage: str, snapshot: Snapshot) -> VersionId:
    promotion = _promotion(ref, stage, snapshot)
    if promotion is None:
        raise _not_in_stage(ref, stage, snapshot)
    return _exact(ref, promotion.version, snapshot)


def _promotion(ref: Ref, stage: str, snapshot: Snapshot) -> Promotion | None:
    parsed = snapshot.promotion(stage, ref.name)
    if parsed and not parsed.value:
        raise UsageError(f"{ref} cannot be resolved: {parsed.first_fault()}", hint=parsed.all_faults[0].hint)
    return parsed.value if parsed else None


def _challenger(ref: Ref, snapshot: Snapshot) -> Version:
    found: dict[Version, str] = {}
    for stage in snapshot.stage_names:
        promotion = _promotion(ref, stage, snapshot)
        if promotion:
            found.update(dict.fromkeys(promotion.versions - {promotion.version}, stage))
    if len(found) > 1:
        listed = ", ".join(f"{version} in {found[version]}" for version in sorted(found))
        raise UsageError(f"{ref} is not one version: {listed}", hint=f"name one: {ref.name}@{min(found)}")
    if not found:
        raise UsageError(
            f"{ref} resolves to nothing: no version of {ref.name!r} has a share of the traffic beside a champion",
            hint="modelyard promote --help says how --traffic is shared",
        )
    return next(iter(found))


def _candidates(ref: Ref, snapshot: Snapshot) -> list[VersionId]:
    yanked = _yanked(ref, snapshot)
    return [each for each in snapshot.versions_of(ref.name) if each.version not in yanked]


def _highest(ref: Ref, candidates: list[VersionId], snapshot: Snapshot) -> VersionId:
    if not candidates:
        raise _nothing(ref, snapshot)
    return max(candidates)


def _yanked(ref: Ref, snapshot: Snapshot) -> Mapping[Version, str]:
    parsed = snapshot.model(ref.name)
    if parsed and not parsed.value:
        # It may say that the version was yanked.
        raise UsageError(f"{ref} cannot be resolved: {parsed.first_fault()}", hint=parsed.all_faults[0].hint)
    return parsed.value.yanked if parsed and parsed.value else {}


def _unknown_model(ref: Ref, snapshot: Snapshot) -> UsageError:
    from difflib import get_close_matches

    near = get_close_matches(ref.name, snapshot.model_names, n=3)
    if near:
        hint = "did you mean " + " or ".join(f"{name}@{ref.selector}" for name in near) + "?"
    else:
        hint = f"models here: {', '.join(snapshot.model_names) or 'none'}"
    return UsageError(f"{ref} resolves to nothing: there is no model {ref.name!r}", hint=hint)


def _retired(ref: Ref, version: Version, snapshot: Snapshot) -> UsageError | None:
    parsed = snapshot.model(ref.name)
    tombstone = parsed.value.retired.get(version) if parsed and parsed.value else None
    if tombstone is None:
        return None
    return UsageError(f"{ref} was retired: {tombstone.reason}", hint=f"modelyard history {ref.name}")


def _nothing(ref: Ref, snapshot: Snapshot) -> UsageError:
    versions = ", ".join(str(each.version) for each in snapshot.versions_of(ref.name))
    return UsageError(
        f"{ref} resolves to nothing: no registered version of {ref.name!r} fits",
        hint=f"registered versions: {versions or 'none'}",
    )


def _not_in_stage(ref: Ref, stage: str, snapshot: Snapshot) -> UsageError:
    if not snapshot.policy.stage(stage):
        known = [known.name for known in snapshot.policy.stages]
        from difflib import get_close_matches

        near = get_close_matches(stage, known, n=1)
        if stage == _EVERYBODY:
            message = f"{ref} means no version: all are in {stage} from the day of their registration"
            return UsageError(message, hint=f"name the newest: {ref.name}@latest")
        hint = f"did you mean {ref.name}@{near[0]}?" if near else f"stages are: {', '.join(known)}"
        return UsageError(f"{ref} resolves to nothing: the policy knows no stage {stage!r}", hint=hint)
    newest = max(snapshot.versions_of(ref.name), default=None)
    hint = f"modelyard promote {newest} --to {stage}" if newest else f"modelyard register {ref.name} --help"
    return UsageError(f"{ref} resolves to nothing: no version of {ref.name!r} is in {stage}", hint=hint)
