"""An application's own directory: where its list of models and its lock file lie."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from modelyard.addresses import shareable
from modelyard.documents import application, lockfile
from modelyard.errors import UsageError
from modelyard.values import dataclass

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from modelyard.documents.application import Application, Dependency
    from modelyard.documents.lockfile import Lock, Locked

__all__ = ["Project", "disagreements", "find_project", "fits"]

_ADVICE = (
    'write modelyard.toml: registry = "https://git.example.org/models.git", then [models], then fraud = "production"'
)


@dataclass(frozen=True)
class Project:
    """The list of models that was found.

    :param file: ``modelyard.toml``, or a ``pyproject.toml`` with the table ``[tool.modelyard]``.
    """

    file: Path
    application: Application

    @property
    def directory(self) -> Path:
        """Where both files lie."""
        return self.file.parent

    @property
    def lock_file(self) -> Path:
        """Where the lock file lies, or would lie."""
        return self.directory / lockfile.FILE

    def lock(self) -> Lock | None:
        """Return what the lock file says, None where there is none.

        :raises Unfit: it is no lock file.
        """
        try:
            data = self.lock_file.read_bytes()
        except FileNotFoundError:
            return None
        return lockfile.parse(data, name=shown(self.lock_file))

    def require_lock(self) -> Lock:
        """Return what the lock file says.

        :raises UsageError: there is none, or it is no lock file.
        """
        lock = self.lock()
        if lock is None:
            raise UsageError(f"there is no {shown(self.lock_file)}", hint="modelyard lock")
        return lock


def find_project(start: Path) -> Project:
    """Return the nearest list of models, from a directory upwards.

    :raises UsageError: there is none, or it has faults.
    """
    for directory in _upwards(start):
        for name, table in ((application.FILE, ()), (application.PROJECT_FILE, application.TABLE)):
            try:
                data = (directory / name).read_bytes()
            except (FileNotFoundError, NotADirectoryError):
                continue
            if not table or application.has_table(data):
                file = directory / name
                return Project(file, application.parse(data, name=shown(file), table=table))
    raise UsageError(f"neither {start.absolute()} nor a directory above it lists models", hint=_ADVICE)


def fits(dependency: Dependency, locked: Locked | None) -> bool:
    """Whether what is locked is what is asked for."""
    return (
        locked is not None
        and locked.reference == dependency.reference
        and locked.delivery.registry == shareable(dependency.registry)
        and locked.remote == dependency.remote
    )


def disagreements(project: Project, lock: Lock) -> Iterator[str]:
    """Yield what is asked for and not locked, and what is locked and not asked for, a clause each."""
    models = project.application.models
    for name, dependency in models.items():
        locked = lock.models.get(name)
        if locked is None:
            yield f"{name} is not locked"
        elif not fits(dependency, locked):
            yield f"{name} is locked as {_asked(locked.reference, locked.delivery.registry, locked.remote, dependency)}"
    yield from (f"{name} is locked, and not asked for" for name in lock.models if name not in models)


def _asked(reference: object, registry: str, remote: str | None, dependency: Dependency) -> str:
    if reference != dependency.reference:
        return f"{reference}, and asked for as {dependency.reference}"
    wanted = shareable(dependency.registry)
    if registry != wanted:
        return f"of {registry}, and asked for of {wanted}"
    named = [f"remote {each}" if each else "the registry's own remote" for each in (remote, dependency.remote)]
    return f"from {named[0]}, and asked for from {named[1]}"


def shown(path: Path) -> str:
    """Return a path as one would type it here."""
    relative = os.path.relpath(path)
    return str(path) if relative.startswith(f"..{os.sep}") else relative


def _upwards(start: Path) -> Iterator[Path]:
    directory = start.absolute()
    yield directory
    yield from directory.parents
