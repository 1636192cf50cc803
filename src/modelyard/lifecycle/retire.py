"""Retirement: versions leave the registry for good; tombstones and their figures stay."""

from __future__ import annotations

import json
from io import BytesIO
from typing import TYPE_CHECKING

from modelyard.documents import edit
from modelyard.errors import Refused, UsageError
from modelyard.lifecycle.deeds import Action, Deed
from modelyard.lifecycle.edits import Edits, enumerated
from modelyard.lifecycle.model_document import model_data, model_of
from modelyard.lifecycle.stage_document import require_version, stages_serving
from modelyard.rules.retiring import links
from modelyard.snapshot import ARCHIVE, POLICY, model_path, version_path

if TYPE_CHECKING:
    from collections.abc import Sequence

    from modelyard.documents.document import Value
    from modelyard.names import ModelName, VersionId
    from modelyard.snapshot import Snapshot

__all__ = ["archive_path", "retire"]


def archive_path(name: ModelName) -> str:
    """Return the path of the figures of a model's retired versions."""
    return f"{ARCHIVE}/{name}.jsonl"


def retire(version_ids: Sequence[VersionId], reason: str, snapshot: Snapshot) -> Edits:
    """Return the removal of the versions' directories, their tombstones, and a line on each in the archive.

    A tombstone holds the Git tree id that the version had. It is looked up by the gate, so that the version is
    never registered again, and by whoever wants to know that bytes found elsewhere are those of the version.

    :raises UsageError: a version is not registered, or none is named.
    :raises Refused: a stage serves one, the policy keeps one, another version that stays was made from one, or the
        model's document cannot be edited.
    """
    going = tuple(dict.fromkeys(version_ids))
    if not going:
        raise UsageError("no version is named", hint="modelyard retire NAME@VERSION --reason TEXT")
    for version_id in going:
        require_version(version_id, snapshot)
        _require_unused(version_id, snapshot)
    _require_no_children(going, snapshot)
    files: dict[str, bytes] = {}
    for name in sorted({version_id.name for version_id in going}):
        own = [version_id for version_id in going if version_id.name == name]
        files[model_path(name)] = _with_tombstones(own, reason, snapshot)
        files[archive_path(name)] = _with_lines(own, reason, snapshot)
    first, *more = going
    listed = "\n".join(f"- {version_id}" for version_id in going) if len(going) > 2 else ""
    return Edits(
        files,
        title=f"Retire {enumerated(going, 'versions')}",
        branch=f"retire/{first.directory}{f'-and-{len(more)}-more' if more else ''}",
        removed=tuple(map(version_path, going)),
        body="\n\n".join(part for part in (reason, listed) if part),
        deeds=tuple(Deed(Action.RETIRE, str(each), each.name, each.version) for each in going),
    )


def _require_unused(version_id: VersionId, snapshot: Snapshot) -> None:
    for stage in stages_serving(version_id, snapshot):
        raise Refused(
            f"{version_id} serves in {stage}",
            hint=f"modelyard rollback {version_id.name} --stage {stage} --reason TEXT; "
            f"or modelyard demote {version_id.name} --from {stage}",
        )
    if version_id in snapshot.policy.for_model(version_id.name).retention.keep:
        raise Refused(f"the policy keeps {version_id}", hint=f"take it out of `retention.keep` in {POLICY} first")


def _require_no_children(going: tuple[VersionId, ...], snapshot: Snapshot) -> None:
    for child, parent in sorted(links(snapshot, going)):
        if child not in going:
            everything = " ".join(map(str, (*going, child)))
            raise Refused(
                f"{child} was made from {parent}, and stays", hint=f"modelyard retire {everything} --reason TEXT"
            )


def _with_tombstones(version_ids: Sequence[VersionId], reason: str, snapshot: Snapshot) -> bytes:
    name = version_ids[0].name
    model_of(name, snapshot)
    data = model_data(name, snapshot)
    for version_id in version_ids:
        tombstone: Value = {"reason": reason, "tree": snapshot.tree.id(version_path(version_id))}
        data = edit.set_value(data, ("retired", str(version_id.version)), tombstone)
    return data


def _with_lines(version_ids: Sequence[VersionId], reason: str, snapshot: Snapshot) -> bytes:
    data = _archive(version_ids[0].name, snapshot)
    if data and not data.endswith(b"\n"):
        data += b"\n"
    lines = (json.dumps(_figures(each, reason, snapshot), ensure_ascii=False) for each in version_ids)
    return data + "".join(f"{line}\n" for line in lines).encode()


def _archive(name: ModelName, snapshot: Snapshot) -> bytes:
    leaf = snapshot.tree.leaf(archive_path(name))
    if leaf is None:
        return b""
    target = BytesIO()
    leaf.stream(target)
    return target.getvalue()


def _figures(version_id: VersionId, reason: str, snapshot: Snapshot) -> dict[str, Value]:
    """Return what is worth knowing of a version when it is gone: its figures, and what they were measured on."""
    directory = snapshot.version(version_id)
    metadata = directory.metadata.value if directory.metadata else None
    metrics = directory.metrics.value if directory.metrics else None
    stated = metadata.to_value() if metadata else {}
    return {
        "version": str(version_id.version),
        "tree": snapshot.tree.id(version_path(version_id)),
        "reason": reason,
        "created_at": stated.get("created_at"),
        "training_hash": stated.get("training_hash"),
        "metrics": json.loads(metrics.render()) if metrics else {},
        "evaluation": stated.get("evaluation", {}),
    }
