"""A version in the work tree, committed or not, for its author to try."""

from __future__ import annotations

from typing import TYPE_CHECKING

from modelyard.api.checkout import Checkout
from modelyard.errors import UsageError

if TYPE_CHECKING:
    from pathlib import Path

    from modelyard.version_directory import VersionDirectory

__all__ = ["drafted"]


def drafted(path: Path) -> tuple[VersionDirectory, Path]:
    """Return a version's directory as the work tree holds it, and where it is; files that it lacks are pulled there.

    :raises UsageError: it is no directory of a version.
    :raises ModelyardError: as :func:`modelyard.api.pulling.pull_version`.
    """
    place = path.absolute()
    if not place.is_dir():
        raise UsageError(
            f"{path} is neither a reference nor a directory",
            hint="name a version (fraud@1.2.0) or its directory (model_registry/fraud-1.2.0)",
        )
    checkout = Checkout.at(place)
    snapshot = checkout.work_tree()
    for version_id in snapshot.version_ids:
        version = snapshot.version(version_id)
        if (checkout.root / version.path).samefile(place):
            _complete(checkout, version, place)
            return version, place
    raise UsageError(f"{path} is no directory of a version", hint="modelyard list shows the versions")


def _complete(checkout: Checkout, version: VersionDirectory, place: Path) -> None:
    metadata = version.require_metadata()
    if all((place / path).exists() for path in metadata.files):
        return
    from modelyard.api.pulling import pull_version

    source = checkout.remote(metadata.dvc_remote) if version.pointers else None
    pull_version(version, place, cache=checkout.cache, source=source)
