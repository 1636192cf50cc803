"""Foundation: a Git repository becomes a registry."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

from modelyard.api.checkout import Checkout
from modelyard.api.embedded import embedded_directory
from modelyard.dvc_files import DVC_CONFIG
from modelyard.errors import UsageError
from modelyard.git.failures import NotARepository
from modelyard.git.location import locate
from modelyard.lifecycle.found import dvc_config, found
from modelyard.lifecycle.hooks import ToolSource
from modelyard.storage import dvcconfig
from modelyard.values import dataclass

if TYPE_CHECKING:
    from collections.abc import Collection

    from modelyard.lifecycle.ci import CiService
    from modelyard.storage.dvcconfig import RemoteSettings

__all__ = ["Founded", "found_registry"]


@dataclass(frozen=True)
class Founded:
    """What a foundation did.

    :param written: files that were written or added to, none when all was there.
    :param remarks: what is left to do by hand.
    :param beside: the directory beside the repository that DVC pushes to, where no other was given.
    """

    root: Path
    written: tuple[str, ...]
    remarks: tuple[str, ...]
    beside: Path | None


def found_registry(
    directory: Path, *, remote: str | None = None, source: str = "installed", ci: CiService | None = None
) -> Founded:
    """Make a directory a Git repository where it is none, and the repository a registry.

    What is there already stays; a second call writes nothing. A remote that is a directory is made
    with the registry, and never later; one inside the repository comes with its first version.

    :param remote: URL of the DVC remote; without it a directory beside the repository.
    :param source: where hooks and CI jobs get modelyard from: ``installed``, ``URL@REVISION`` or a path.
    :param ci: the service whose jobs run the gate; without it GitLab where it has a pipeline already, else GitHub.
    :raises UsageError: the directory is a bare repository, or below another repository's root; or
        remote or source are none. Nothing was made then.
    """
    root = _root(directory)
    tool = _source(source, root)
    default = root.parent / f"{root.name}-storage"
    # Relative to .dvc, where DVC takes a relative path from.
    url = f"../../{default.name}" if remote is None else _remote_url(remote, root)
    foundation = found(
        lambda path: (root / path).read_bytes() if (root / path).is_file() else None,
        remote_url=url,
        asked=None if remote is None else _pasteable(remote, root),
        remotes=_remotes(root),
        source=tool,
        ci=ci,
    )
    fresh = DVC_CONFIG in foundation.edits.files
    storage = _storage(url, root) if fresh else None
    checkout = _checkout(root)
    if storage:
        storage.mkdir(exist_ok=True)
    if foundation.edits.files:
        checkout.writer().write(foundation.edits.files)
    beside = default if remote is None and fresh else None
    return Founded(root, tuple(sorted(foundation.edits.files)), foundation.remarks, beside)


def _source(text: str, root: Path) -> ToolSource:
    source = ToolSource.parse(text)
    if source.path and not any((start / source.path).exists() for start in (Path(), root)):
        raise UsageError(f"{source.path} does not exist", hint="--from installed")
    return source


def _root(directory: Path) -> Path:
    """Return the root of the repository that is to hold the registry; nothing is made yet.

    A directory that is not there, or in no repository, is to become one itself.
    """
    existing = next(path for path in (directory, *directory.absolute().parents) if path.exists())
    if not existing.is_dir():
        raise UsageError(f"{existing} is a file", hint="modelyard init DIR")
    try:
        root = Checkout(locate(existing)).root
    except NotARepository:
        return directory.resolve()
    if root.resolve() != directory.resolve():
        raise UsageError(f"{directory} lies inside the repository {root}", hint=f"modelyard init {root}")
    return root


def _checkout(root: Path) -> Checkout:
    root.mkdir(parents=True, exist_ok=True)
    try:
        return Checkout(locate(root))
    except NotARepository:
        from git import Repo

        # The workflow that is written beside it names this branch, whatever Git is configured to.
        Repo.init(root, initial_branch="main").close()
        return Checkout(locate(root))


def _remote_url(given: str, root: Path) -> str:
    """Return the address as ``.dvc/config`` has it, where a relative path starts from ``.dvc``."""
    directory, path = root / ".dvc", Path(given).expanduser()
    if "://" in given:
        url = wanted = given
    else:
        wanted = os.path.normpath(path.absolute())
        url = given if path.is_absolute() else Path(os.path.relpath(wanted, directory)).as_posix()
    if not given or not _reads_back(url, wanted, directory):
        raise UsageError(f"{given!r} cannot be the address of a remote", hint="--remote s3://bucket/models")
    return url


def _reads_back(url: str, wanted: str, directory: Path) -> bool:
    try:
        return _settings(url, directory).url == wanted
    except UsageError:
        return False


def _settings(url: str, directory: Path) -> RemoteSettings:
    return dvcconfig.parse(dvc_config(url).encode(), directory=directory).remote()


def _pasteable(given: str, root: Path) -> str:
    """Return the address as ``dvc remote`` takes it at the repository's root."""
    path = Path(given).expanduser()
    if "://" in given:
        return given
    # What was given as it is found from anywhere stays so; only a relative path starts from another place.
    return os.path.normpath(path) if path.is_absolute() else Path(os.path.relpath(path, root)).as_posix()


def _remotes(root: Path) -> Collection[str]:
    try:
        return dvcconfig.read(root / ".dvc").remotes
    except UsageError:
        return ()


def _storage(url: str, root: Path) -> Path | None:
    """Return the directory that a new remote is, or None where it is none, or comes with the first version."""
    settings = _settings(url, root / ".dvc")
    directory = settings.directory
    if directory is None or embedded_directory(settings, root) is not None:
        return None
    if directory.exists() and not directory.is_dir():
        raise UsageError(f"{directory} is a file, and no place for artifacts", hint="--remote DIR")
    if not directory.parent.is_dir() and directory.parent not in root.parents:
        raise UsageError(
            f"there is no directory {directory.parent}", hint="mount or make it, and run the command again"
        )
    return directory
