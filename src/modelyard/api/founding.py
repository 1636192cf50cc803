"""Foundation: a Git repository becomes a registry."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from modelyard.api.checkout import Checkout
from modelyard.errors import UsageError
from modelyard.git.failures import NotARepository
from modelyard.git.location import locate
from modelyard.lifecycle.found import found
from modelyard.lifecycle.hooks import ToolSource

if TYPE_CHECKING:
    from pathlib import Path

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


def found_registry(directory: Path, *, remote: str | None = None, source: str = "installed") -> Founded:
    """Make a directory a Git repository where it is none, and the repository a registry.

    What is there already stays; a second call writes nothing.

    :param remote: URL of the DVC remote; without it a directory beside the repository.
    :raises UsageError: the directory is a bare repository, or below another repository's root.
    """
    checkout = _checkout(directory)
    root = checkout.root
    default = root.parent / f"{root.name}-storage"
    # Relative to .dvc, where DVC takes a relative path from.
    url = remote or f"../../{default.name}"
    is_new = not (root / ".dvc" / "config").exists()
    foundation = found(
        lambda path: (root / path).read_bytes() if (root / path).is_file() else None,
        remote_url=url,
        source=ToolSource.parse(source),
    )
    if foundation.edits.files:
        checkout.writer().write(foundation.edits.files)
    if remote is None and is_new:
        default.mkdir(exist_ok=True)
    written = tuple(sorted(foundation.edits.files))
    return Founded(root, written, foundation.remarks, default if remote is None and is_new else None)


def _checkout(directory: Path) -> Checkout:
    directory.mkdir(parents=True, exist_ok=True)
    try:
        location = locate(directory)
    except NotARepository:
        from git import Repo

        Repo.init(directory).close()
        location = locate(directory)
    checkout = Checkout(location)
    if checkout.root.resolve() != directory.resolve():
        raise UsageError(
            f"{directory} lies inside the repository {checkout.root}",
            hint=f"modelyard init {checkout.root}",
        )
    return checkout
