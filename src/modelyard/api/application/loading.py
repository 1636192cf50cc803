"""Loading what an application has in place, as its lock says it must be."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from modelyard.api.application.project import find_project, shown
from modelyard.api.application.syncing import models_directory
from modelyard.errors import NotFinished, UsageError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from modelyard.documents.delivery import DeliveredFile, Delivery

__all__ = ["load"]


def load(
    name: str,
    role: str | None = None,
    *,
    start: Path | str = ".",
    out: Path | str | None = None,
    safe: bool = False,
) -> Any:
    """Return a model of the nearest ``models.lock``, or the object with a role such as ``preprocessor``.

    The bytes in ``models/<name>/`` are read once, compared with the digest in the lock, and loaded from memory. No
    registry and no remote is asked: ``modelyard sync`` has put them there.

    :param name: what the application calls the model.
    :param start: where to look for the list of models, there and above.
    :param out: the directory that ``modelyard sync --out`` put models into.
    :param safe: refuse formats that can run code when they are loaded.
    :raises Refused: the format can run code and ``safe`` is asked for.
    :raises UsageError: the lock has no such model, or it has no such file or several, or no loader for its format.
    :raises NotFinished: the file is not in place.
    :raises DigestMismatch: it has other bytes; nothing was loaded.
    """
    from modelyard.api.loading import Trust, load_file
    from modelyard.documents.metadata_parts import FileRecord

    project = find_project(Path(start))
    models = project.require_lock().models
    if name not in models:
        listed = ", ".join(models) or "none"
        raise UsageError(f"{shown(project.lock_file)} has no model {name!r}", hint=f"models there: {listed}")
    delivery = models[name].delivery.opened
    relative = _file_name(delivery, role)
    path, file = models_directory(project, out) / name / relative, delivery.files[relative]
    if not path.is_file():
        raise NotFinished(f"{shown(path)} is not in place", hint="modelyard sync")
    return load_file(path, FileRecord(file.sha256, file.size, file.role, file.format), Trust(safe=safe))


def _file_name(delivery: Delivery, role: str | None) -> str:
    if role is None or (role == "model" and delivery.artifact in delivery.files):
        if delivery.artifact in delivery.files:
            return delivery.artifact
        message = f"the artifact of {delivery.version} is a directory"
        raise UsageError(message, hint="load its files yourself, below the model's directory, or one by its role")
    found = _with_role(delivery.files, role)
    if len(found) == 1:
        return found[0]
    count = "more than one file" if found else "no file"
    roles = ", ".join(sorted({file.role for file in delivery.files.values()}))
    raise UsageError(f"{delivery.version} has {count} with role {role!r}", hint=f"roles there: {roles}")


def _with_role(files: Mapping[str, DeliveredFile], role: str) -> list[str]:
    return sorted(path for path, file in files.items() if file.role == role)
