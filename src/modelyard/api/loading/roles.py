"""Which part of a version is meant: its artifact, or the one file with a role."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from modelyard.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from modelyard.names import VersionId

__all__ = ["path_of_role"]


class _HasRole(Protocol):
    @property
    def role(self) -> str: ...


def path_of_role(role: str | None, files: Mapping[str, _HasRole], *, artifact: str, version_id: VersionId) -> str:
    """Return the path of the artifact, a file or a directory, or that of the one file with a role.

    :param role: None, or ``model``, for the artifact.
    :raises UsageError: no file, or more than one, has the role.
    """
    if role in (None, "model"):
        return artifact
    paths = sorted(path for path, file in files.items() if file.role == role)
    if len(paths) == 1:
        return paths[0]
    roles = ", ".join(sorted({file.role for file in files.values()}))
    count = "more than one file" if paths else "no file"
    raise UsageError(f"{version_id} has {count} with role {role!r}", hint=f"roles there: {roles}")
