"""Syncing: the models of an application in their place, equal to the lock byte for byte.

Most runs find everything in place, in a container that starts or a job that begins: what they take is imported here,
and the rest where something is to be done.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from modelyard.api.application.ledger import Ledger
from modelyard.api.application.project import disagreements, find_project, shown
from modelyard.errors import NotFinished, Refused
from modelyard.storage.in_place import Found, compare
from modelyard.storage.jobs import JOBS
from modelyard.values import dataclass, field

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping
    from typing import Literal

    from modelyard.api.application.fetching import Manner
    from modelyard.api.application.locking import Moved
    from modelyard.api.application.planning import Task
    from modelyard.api.application.project import Project
    from modelyard.documents.delivery import DeliveredFile, Delivery
    from modelyard.documents.lockfile import Lock, Locked
    from modelyard.storage.progress import Progress
    from modelyard.storage.transfer import Fetched

    State = Literal["in place", "placed", "replaced", "removed"]

__all__ = ["DIRECTORY", "Synced", "SyncedModel", "models_directory", "sync_models"]

DIRECTORY = "models"


@dataclass(frozen=True)
class SyncedModel:
    """A model's directory, and what was done with it.

    :param locked: None where the model is gone.
    :param mended: files that stood there with other bytes than were put there.
    :param pruned: files of somebody's that were removed, as was asked for.
    """

    name: str
    path: Path
    state: State
    locked: Locked | None
    mended: tuple[str, ...] = ()
    pruned: tuple[str, ...] = ()
    fetched: Fetched | None = None


@dataclass(frozen=True)
class Synced:
    """What a sync did, model by model.

    :param moved: models of which the lock says something else than before.
    """

    out: Path
    models: tuple[SyncedModel, ...] = field(default=())
    moved: tuple[Moved, ...] = ()

    @property
    def is_untouched(self) -> bool:
        """Whether everything was in place."""
        return all(each.state == "in place" for each in self.models)


def sync_models(
    start: Path | str = ".",
    out: Path | str | None = None,
    *,
    frozen: bool = False,
    offline: bool = False,
    prune: bool = False,
    jobs: int = JOBS,
    link: bool = False,
    progress: Progress | None = None,
) -> Synced:
    """Make ``models/<name>/`` equal to the lock, for each model of the nearest list; nothing else is touched.

    Every byte in place is read. A directory that is not right is built beside and swapped in as a whole: a process
    that is killed leaves the old one or the new one. Many may run at once.

    :param out: the directory to put them into; ``models`` beside the list of models without it.
    :param frozen: takes the lock as it is, and refuses one that is not what the list asks for; otherwise what is
        missing is locked first.
    :param offline: asks no registry and no remote.
    :param prune: removes what somebody else has put into the directory of a model.
    :param jobs: how many objects are fetched at once.
    :param link: makes hard links to the cache rather than copies where the file system can; they are read-only.
    :raises Refused: the lock is not what is asked for; or there is something in the way, and it is not to be pruned.
    :raises DigestMismatch: bytes are not what was locked.
    :raises NotFinished: a registry or remote can't be reached, or is not to be asked, or the disk refuses.
    :raises UsageError: there is no list of models, or it or the lock has faults.
    """
    project = find_project(Path(start))
    lock, moved = _lock(project, frozen=frozen, offline=offline)
    directory = models_directory(project, out)
    ledger = Ledger(directory)
    gone = [name for name in ledger.names() if name not in lock.models]
    found = {name: _compared(directory / name, locked.delivery.opened.files) for name, locked in lock.models.items()}
    if not gone and all(each.is_right for each in found.values()):
        # Nothing is written, so nobody is waited for.
        in_place = (_in_place(directory, name, locked) for name, locked in lock.models.items())
        return Synced(directory, tuple(in_place), moved)
    from modelyard.api.application.fetching import Manner
    from modelyard.storage.progress import SILENT
    from modelyard.storage.writing import translated

    manner = Manner(offline, jobs, link, progress or SILENT)
    with translated("write to", directory), ledger.held():
        return Synced(directory, tuple(_synced(project, lock, ledger, directory, manner, prune=prune)), moved)


def models_directory(project: Project, out: Path | str | None = None) -> Path:
    """Return where the models of a project lie."""
    return Path(out) if out is not None else project.directory / DIRECTORY


def _lock(project: Project, *, frozen: bool, offline: bool) -> tuple[Lock, tuple[Moved, ...]]:
    """Return the lock, and what is new in it: it is written where the list asks for something else."""
    lock = project.require_lock() if frozen else project.lock()
    found = list(disagreements(project, lock)) if lock else [f"there is no {shown(project.lock_file)}"]
    if lock and not found:
        return lock, ()
    if lock and frozen:
        from modelyard.api.application.locking import require_agreement

        require_agreement(project, lock)
    if offline:
        message = f"{found[0]}, and --offline asks no registry"
        raise NotFinished(message, hint="modelyard lock, where the registry can be reached")
    from modelyard.api.application.locking import lock_models

    locking = lock_models(project.directory)
    return locking.lock, locking.moved


def _compared(directory: Path, files: Mapping[str, DeliveredFile]) -> Found:
    try:
        return compare(directory, files)
    except NotADirectoryError:
        raise _in_the_way(directory) from None
    except OSError as error:
        if directory.is_symlink():
            raise _in_the_way(directory) from None
        message = f"{shown(directory)} can't be read: {error.strerror or error}"
        raise NotFinished(message, hint="look at its permissions, and run the command again") from error


def _in_the_way(directory: Path) -> Refused:
    what = "a symbolic link" if directory.is_symlink() else "a file"
    return Refused(
        f"{shown(directory)} is {what}, and the directory of a model belongs there",
        hint="move it away, or name another directory: --out DIR",
    )


def _in_place(out: Path, name: str, locked: Locked) -> SyncedModel:
    return SyncedModel(name, out / name, "in place", locked)


def _synced(
    project: Project, lock: Lock, ledger: Ledger, out: Path, manner: Manner, *, prune: bool
) -> list[SyncedModel]:
    """Do what is to be done, as the only process that does. Whatever is in the way is found before anything is."""
    from functools import partial

    from modelyard.api.application import fetching
    from modelyard.api.application.registries import Registries

    tasks = list(_tasks(lock, ledger, out))
    if not prune:
        _refuse_strange(tasks)
    registries = Registries(project.directory)
    done = []
    for task in tasks:
        if task.locked is None:
            done.append(_removed(task, ledger))
        elif task.is_done:
            # A process that was killed after its last directory has not settled.
            ledger.settle(task.name, task.locked.delivery.opened.files)
            done.append(_in_place(out, task.name, task.locked))
        else:
            address = project.application.models[task.name].registry
            build = partial(fetching.build, address=address, registries=registries, manner=manner)
            done.append(_placed(task, task.locked, ledger, build))
    return done


def _tasks(lock: Lock, ledger: Ledger, out: Path) -> Iterator[Task]:
    from modelyard.api.application.planning import Task

    for name, locked in lock.models.items():
        yield Task(name, out / name, locked, _compared(out / name, locked.delivery.opened.files), ledger.read(name))
    for name in ledger.names():
        if name not in lock.models:
            yield Task(name, out / name, None, _compared(out / name, {}), ledger.read(name))


def _refuse_strange(tasks: Iterable[Task]) -> None:
    strange = [task.directory / path for task in tasks if not task.is_done for path in task.strange]
    if strange:
        more = f" (and {len(strange) - 1} more)" if len(strange) > 1 else ""
        message = f"{shown(strange[0])} is not in the lock, and modelyard has not put it there{more}"
        raise Refused(message, hint="move it away; or have it removed: modelyard sync --prune")


def _placed(task: Task, locked: Locked, ledger: Ledger, build: Callable[[Delivery, Path], Fetched]) -> SyncedModel:
    from modelyard.storage.exchange import exchange
    from modelyard.storage.writing import new_directory

    state: State = "placed" if task.is_new else "replaced"
    # Both look at what stands there now.
    mended, pruned = task.mended, task.strange
    with new_directory(ledger.folder) as staging:
        fetched = build(locked.delivery, staging)
        ledger.expect(task.name, locked.delivery.opened.files)
        exchange(staging, task.directory)
    ledger.settle(task.name, locked.delivery.opened.files)
    return SyncedModel(task.name, task.directory, state, locked, mended, pruned, fetched)


def _removed(task: Task, ledger: Ledger) -> SyncedModel:
    import shutil

    from modelyard.storage.writing import part_name

    pruned = task.strange
    if task.directory.exists():
        # Whole or gone: it is renamed in one step, and what is left of it is swept away by the next process.
        former = ledger.folder / part_name()
        task.directory.rename(former)
        shutil.rmtree(former, ignore_errors=True)
    ledger.forget(task.name)
    return SyncedModel(task.name, task.directory, "removed", None, (), pruned)
