"""Loading what an application has in place, as its lock says it must be."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from modelyard.api.application.project import find_project, shown
from modelyard.api.application.syncing import models_directory
from modelyard.errors import NotFinished, UsageError

if TYPE_CHECKING:
    from modelyard.documents.delivery import Delivery
    from modelyard.documents.metadata_parts import FileRecord

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

    The bytes in ``models/<name>/`` are read once, compared with the digest in the lock, and loaded from memory; those
    of a directory from a copy that only this user can enter. No registry and no remote is asked: ``modelyard sync``
    has put them there.

    :param name: what the application calls the model.
    :param start: where to look for the list of models, there and above.
    :param out: the directory that ``modelyard sync --out`` put models into.
    :param safe: refuse formats that can run code when they are loaded.
    :raises Refused: the format can run code and ``safe`` is asked for.
    :raises UsageError: the lock has no such model, or it has no such file or several, or no loader for its format.
    :raises NotFinished: a file is not in place.
    :raises DigestMismatch: it has other bytes; nothing was loaded.
    """
    from modelyard.api.loading import Trust, load_artifact, load_file
    from modelyard.api.loading.roles import path_of_role

    project = find_project(Path(start))
    models = project.require_lock().models
    if name not in models:
        listed = ", ".join(models) or "none"
        raise UsageError(f"{shown(project.lock_file)} has no model {name!r}", hint=f"models there: {listed}")
    delivery = models[name].delivery.opened
    directory, files, trust = models_directory(project, out) / name, _records(delivery), Trust(safe=safe)
    wanted = path_of_role(role, files, artifact=delivery.artifact, version_id=delivery.version)
    _require_in_place(directory, [path for path in files if path == wanted or path.startswith(f"{wanted}/")])
    if wanted == delivery.artifact:
        return load_artifact(directory, wanted, files, trust)[0]
    return load_file(directory / wanted, files[wanted], trust)


def _records(delivery: Delivery) -> dict[str, FileRecord]:
    from modelyard.documents.metadata_parts import FileRecord

    return {path: FileRecord(each.sha256, each.size, each.role, each.format) for path, each in delivery.files.items()}


def _require_in_place(directory: Path, paths: list[str]) -> None:
    for path in paths:
        if not (directory / path).is_file():
            raise NotFinished(f"{shown(directory / path)} is not in place", hint="modelyard sync")
