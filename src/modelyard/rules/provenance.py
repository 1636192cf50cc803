"""MY5xx: can a reader follow the model back to its code, its data and its parents?"""

from __future__ import annotations

from typing import TYPE_CHECKING

from modelyard.rules.rule import Finding

if TYPE_CHECKING:
    from modelyard.documents.policy import Policy
    from modelyard.names import VersionId
    from modelyard.rules.rule import Findings
    from modelyard.snapshot import Snapshot
    from modelyard.version_directory import VersionDirectory

__all__ = ["dataset_manifest", "parents", "training_hash"]


def dataset_manifest(version: VersionDirectory, _policy: Policy) -> Findings:
    """A data set manifest that is named as a file lies in the directory; otherwise it is a URL."""
    parsed = version.metadata
    if not parsed or not parsed.value:
        return
    name = parsed.value.dataset_manifest
    if "://" not in name and name not in version:
        message = f"`dataset_manifest` names {name!r}, which is not in the directory"
        hint = f"add {version.full_path(name)}, or give a URL"
        yield Finding(parsed.path, message, hint, parsed.locate(("dataset_manifest",)))


def training_hash(version: VersionDirectory, _policy: Policy) -> Findings:
    """A training hash that is a Git commit is the commit of the source."""
    parsed = version.metadata
    if not parsed or not parsed.value:
        return
    value = parsed.value
    kind, _, digest = value.training_hash.partition(":")
    if kind == "git" and digest != value.source.commit:
        message = f"`training_hash` names commit {digest[:12]}, but the source is at {value.source.commit[:12]}"
        hint = f"write training_hash: git:{value.source.commit}"
        yield Finding(parsed.path, message, hint, parsed.locate(("training_hash",)))


def parents(version: VersionDirectory, snapshot: Snapshot) -> Findings:
    """Each parent, and each member of an ensemble, is a registered version, and not the version itself.

    One that was retired later stays a parent: its tombstone still says what it was.
    """
    parsed = version.metadata
    if not parsed or not parsed.value:
        return
    members = parsed.value.ensemble.members if parsed.value.ensemble else ()
    linked = [(("parents", index), each) for index, each in enumerate(parsed.value.parents)]
    linked += [(("ensemble", "members", index), each) for index, each in enumerate(members)]  # type: ignore[misc]
    for path, version_id in linked:
        if version_id == version.id:
            yield Finding(parsed.path, f"{version_id} names itself", "name another version", parsed.locate(path))
        elif not snapshot.has(version_id) and not _was_retired(version_id, snapshot):
            hint = f"modelyard list {version_id.name}"
            yield Finding(parsed.path, f"{version_id} is not registered", hint, parsed.locate(path))


def _was_retired(version_id: VersionId, snapshot: Snapshot) -> bool:
    parsed = snapshot.model(version_id.name)
    return bool(parsed and parsed.value and version_id.version in parsed.value.retired)
