"""Locking: from what an application asks for to the versions and bytes that it gets."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from modelyard.api.application.project import disagreements, find_project, fits, shown
from modelyard.documents.lockfile import Lock, Locked
from modelyard.errors import Refused, UsageError
from modelyard.values import dataclass

if TYPE_CHECKING:
    from collections.abc import Collection

    from modelyard.api.application.project import Project
    from modelyard.api.application.registries import Registries
    from modelyard.documents.application import Dependency

__all__ = ["Locking", "Moved", "check_lock", "lock_models", "locked_anew", "write_lock"]


@dataclass(frozen=True)
class Moved:
    """What became of one model in the lock: None before where it is new, None after where it is gone."""

    name: str
    before: Locked | None
    after: Locked | None


@dataclass(frozen=True)
class Locking:
    """What was locked, and what is different from before.

    :param file: the lock file.
    """

    file: Path
    lock: Lock
    moved: tuple[Moved, ...]


def lock_models(start: Path | str = ".") -> Locking:
    """Resolve what the nearest list of models asks for, and write it into ``models.lock`` beside it.

    What is locked already stays, whatever its stage or range means by now: ``update`` moves it. So only what is new
    or asked for otherwise takes a registry.

    :raises UsageError: there is no list, or it or the lock has faults, or a reference means nothing.
    :raises NotFinished: a registry can't be reached.
    """
    project = find_project(Path(start))
    before = project.lock() or Lock({})
    locking = locked_anew(project, before)
    write_lock(project, locking.lock)
    return locking


def check_lock(start: Path | str = ".") -> Lock:
    """Return the lock file beside the nearest list of models, where the two agree; no registry is asked.

    :raises Refused: they do not agree, or the lock file is not as modelyard writes it.
    :raises UsageError: one of them is missing or has faults.
    """
    project = find_project(Path(start))
    lock = project.require_lock()
    require_agreement(project, lock)
    if project.lock_file.read_bytes().replace(b"\r\n", b"\n") != lock.render():
        raise Refused(f"{shown(project.lock_file)} is not as modelyard writes it", hint="modelyard lock")
    return lock


def require_agreement(project: Project, lock: Lock) -> None:
    """Do nothing where the lock holds what is asked for.

    :raises Refused: it does not.
    """
    found = list(disagreements(project, lock))
    if found:
        more = f" (and {len(found) - 1} more)" if len(found) > 1 else ""
        message = f"{shown(project.lock_file)} is not what {shown(project.file)} asks for: {found[0]}{more}"
        raise Refused(message, hint=f"modelyard lock && git add {shown(project.lock_file)}")


def locked_anew(
    project: Project, before: Lock, names: Collection[str] = (), registries: Registries | None = None
) -> Locking:
    """Return what is locked of a project, without writing it.

    :param before: what was locked.
    :param names: models that are resolved anew even where they are locked.
    """
    from modelyard.api.application import registries as opened

    registries = registries or opened.Registries(project.directory)
    after = {}
    for name, dependency in project.application.models.items():
        known = before.models.get(name)
        if known is not None and name not in names and fits(dependency, known):
            after[name] = known
        else:
            after[name] = _resolved(dependency, known, registries)
    all_names = dict.fromkeys((*after, *before.models))
    moved = tuple(Moved(name, before.models.get(name), after.get(name)) for name in all_names)
    return Locking(project.lock_file, Lock(after), tuple(each for each in moved if each.before != each.after))


def write_lock(project: Project, lock: Lock) -> None:
    """Write the lock file, whole or not at all, and leave it alone where it holds the same already.

    :raises NotFinished: the disk is full, or refuses.
    """
    from modelyard.storage.writing import new_file, open_directory, translated

    data, path = lock.render(), project.lock_file
    if path.is_file() and path.read_bytes() == data:
        return
    with translated("write", path), open_directory(path.parent) as directory, new_file(directory) as file:
        file.write(data)
        file.publish(directory, path.name, mode=0o644)


def _resolved(dependency: Dependency, known: Locked | None, registries: Registries) -> Locked:
    from modelyard.api.delivering import delivery_of
    from modelyard.api.waiting import resolve_committed

    origin = registries.origin(dependency.registry)
    try:
        with origin.reading() as snapshot:
            version_id = resolve_committed(str(dependency.reference), origin, snapshot)
            delivery = delivery_of(snapshot, version_id, registry=dependency.registry, remote=dependency.remote)
    except UsageError as error:
        raise UsageError(f"{dependency.name} cannot be locked: {error.message}", hint=error.hint) from error
    locked = Locked(dependency.reference, delivery, dependency.remote)
    if known and _same_bytes(known, locked):
        # A registry moves on for reasons of its own: what stays as it was makes no difference.
        return Locked(dependency.reference, known.delivery, dependency.remote)
    return locked


def _same_bytes(known: Locked, found: Locked) -> bool:
    one, other = known.delivery, found.delivery
    return (one.registry, one.version, one.files, one.directories, one.remote) == (
        other.registry,
        other.version,
        other.files,
        other.directories,
        other.remote,
    )
