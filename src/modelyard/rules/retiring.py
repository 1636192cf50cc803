"""MY602 to MY622: is what goes from a registry missed by nothing, and does it leave what it must?"""

from __future__ import annotations

from typing import TYPE_CHECKING

from modelyard.names import VersionId
from modelyard.rules.finding import Finding
from modelyard.rules.restoring import restore
from modelyard.snapshot import POLICY, model_path, version_path

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from modelyard.documents.metadata import Metadata
    from modelyard.documents.model import Tombstone
    from modelyard.names import ModelName, Version
    from modelyard.rules.finding import Findings
    from modelyard.rules.transition import Transition
    from modelyard.snapshot import Snapshot

__all__ = ["links", "needed", "registered_again", "removed", "stage_dropped", "tombstone_gone", "tombstones"]


def removed(transition: Transition) -> Findings:
    """A version is removed only by retiring it: a tombstone with its tree id stays behind.

    Bad:
        D model_registry/fraud-1.0.0/metadata.yaml   # and all that is beside it
    Good:
        retired:              # in model_registry/models/fraud.yaml, in the same change
          1.0.0:
            reason: Older than the retention period.
            tree: 4b825dc642cb6eb9a060e54bf8d69288fbee4904
    """
    for version_id in transition.changes.removed:
        tombstone = tombstones(transition.head, version_id.name).get(version_id.version)
        tree = transition.base.tree.id(version_path(version_id))
        if not tombstone or tombstone.tree != tree:
            message = f"{version_id} was removed without a tombstone"
            path = version_path(version_id)
            retire = f"modelyard retire {version_id} --reason WHY"
            yield Finding(path, message, f"{restore(transition, path)}; and to retire it: {retire}")


def registered_again(transition: Transition) -> Findings:
    """A version that was retired is never registered again: its number keeps its first meaning.

    Bad:
        A model_registry/fraud-1.0.0/metadata.yaml   # 1.0.0 stands under `retired` in models/fraud.yaml
    Good:
        A model_registry/fraud-1.0.1/metadata.yaml
    """
    for version_id in transition.changes.registered:
        for snapshot in (transition.base, transition.head):
            parsed = snapshot.model(version_id.name)
            if parsed and not parsed.value:
                message = f"{version_id} may have been retired: {parsed.path} cannot be read"
                yield Finding(version_path(version_id), message, parsed.first_fault())
                break
            if parsed and parsed.value and version_id.version in parsed.value.retired:
                yield Finding(version_path(version_id), f"{version_id} was retired", "choose a new version number")
                break


def needed(transition: Transition) -> Findings:
    """A version is not removed while another one was made from it, or while the policy keeps it.

    Versions name their parents and the members of their ensemble, and can't be edited; so they are retired first.
    A stage that names a version which goes is told of by MY604.

    Bad:
        D model_registry/fraud-1.0.0/metadata.yaml   # while fraud-1.1.0 has parents: [fraud@1.0.0]
    Good:
        D model_registry/fraud-1.0.0/metadata.yaml   # and fraud-1.1.0 with it
    """
    gone = transition.changes.removed
    if not gone:
        return
    for version_id in gone:
        if version_id in transition.policy.for_model(version_id.name).retention.keep:
            message = f"{version_id} is removed, but the policy keeps it"
            hint = (
                f"{restore(transition, version_path(version_id))}; or take it out of `retention.keep` in {POLICY} first"
            )
            yield Finding(version_path(version_id), message, hint)
    for child, parent in links(transition.head, gone):
        message = f"{parent} is removed, but {child} was made from it"
        hint = f"{restore(transition, version_path(parent))}; or retire {child} as well"
        yield Finding(version_path(parent), message, hint)


def tombstone_gone(transition: Transition) -> Findings:
    """A tombstone comes with the removal of its version, and stays for ever as it was written.

    It is what keeps a retired version from coming back.

    Bad:
        # model_registry/models/fraud.yaml, where the base says `retired: {1.0.0: …}`
        retired: {}
    Good:
        retired:
          1.0.0:
            reason: Older than the retention period.
            tree: 4b825dc642cb6eb9a060e54bf8d69288fbee4904
    """
    for name in transition.changes.models:
        after = tombstones(transition.head, name)
        parsed = transition.head.model(name)
        for version, tombstone in tombstones(transition.base, name).items():
            kept = after.get(version)
            field = None if kept is None else _differing(tombstone, kept)
            if kept is None or field:
                path = model_path(name)
                what = f"has another {field}" if field else "is gone"
                place = parsed.locate(("retired", str(version), field)) if parsed and field else None
                message = f"the tombstone of {name}@{version} {what}"
                yield Finding(path, message, restore(transition, path), place)
        yield from _of_the_living(transition, name)


def _differing(before: Tombstone, after: Tombstone) -> str | None:
    return next((key for key in ("tree", "reason") if getattr(before, key) != getattr(after, key)), None)


def _of_the_living(transition: Transition, name: ModelName) -> Findings:
    """Yield each new tombstone whose version is still there: it would stand for a removal that nobody has reviewed."""
    parsed = transition.head.model(name)
    before = tombstones(transition.base, name)
    for version in tombstones(transition.head, name):
        version_id = VersionId(name, version)
        if parsed and version not in before and transition.head.has(version_id) and not transition.founds:
            path = version_path(version_id)
            message = f"{version_id} has a tombstone, but is still there"
            place = parsed.locate_key(("retired", str(version)))
            yield Finding(parsed.path, message, f"git rm -r {path}, in the same change", place)


def stage_dropped(transition: Transition) -> Findings:
    """A stage leaves the policy only when no model is in it any more.

    Bad:
        stages:               # and model_registry/stages/canary/fraud.yaml is still there
          - name: production
    Good:
        stages:
          - name: canary
          - name: production
    """
    parsed = transition.head.parsed_policy
    if not transition.changes.policy or transition.founds or (parsed and parsed.value is None):
        return
    from modelyard.documents.policy import Policy

    after = parsed.value if parsed and parsed.value else Policy()
    for stage in transition.policy.stages:
        names = transition.head.models_in(stage.name)
        if names and not after.stage(stage.name):
            message = (
                f"stage {stage.name!r} is dropped, but {', '.join(names)} {'is' if len(names) == 1 else 'are'} in it"
            )
            place = parsed.locate(("stages",)) if parsed else None
            hint = f"remove model_registry/stages/{stage.name}/ first, in a change of its own"
            yield Finding(POLICY, message, hint, place)


def tombstones(snapshot: Snapshot, name: ModelName) -> Mapping[Version, Tombstone]:
    """Return what a model's document says of its retired versions."""
    parsed = snapshot.model(name)
    return parsed.value.retired if parsed and parsed.value else {}


def links(snapshot: Snapshot, parents: tuple[VersionId, ...]) -> Iterator[tuple[VersionId, VersionId]]:
    """Yield each version that was made from one of the parents, with that parent, parsing no other metadata."""
    words = [str(parent).encode() for parent in parents]
    paths = {path: each for each in snapshot.version_ids for path in snapshot.version(each).metadata_paths}
    for path, data in snapshot.tree.read_many(paths).items():
        # A backslash may spell any character in another way.
        if b"\\" in data or any(word in data for word in words):
            parsed = snapshot.version(paths[path]).metadata
            named = _made_from(parsed.value) if parsed and parsed.value else ()
            yield from ((paths[path], parent) for parent in parents if parent in named)


def _made_from(metadata: Metadata) -> tuple[VersionId, ...]:
    return (*metadata.parents, *(metadata.ensemble.members if metadata.ensemble else ()))
