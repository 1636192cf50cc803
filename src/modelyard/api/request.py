"""What somebody asks for when they register a model version."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from modelyard.errors import UsageError
from modelyard.values import dataclass, field

if TYPE_CHECKING:
    import os
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from modelyard.names import VersionId
    from modelyard.storage.progress import Progress

__all__ = ["RegisterRequest"]


@dataclass(frozen=True, kw_only=True)
class RegisterRequest:
    """A registration, as a person or a program states it; what is None is found out.

    :param name: the model's name.
    :param artifact: the file or directory that is the model.
    :param files: further files, each with its role.
    :param dataset: path of a data set manifest or of a data file, or a URL.
    :param license: an SPDX expression.
    :param version: the new version; exclusive with ``bump``.
    :param bump: ``major``, ``minor``, ``patch``, or ``auto`` from commits and signature.
    :param metrics: numbers by name, nested by split or slice; like ``evaluation``, ``params`` and
        ``signature`` either a mapping or the path of a YAML or JSON file.
    :param evaluation: by split or slice, as ``evaluation`` in the metadata.
    :param rows: number of rows that the test metrics were measured on.
    :param source_repo: URL of the training repository; without it, and without ``source_commit``,
        the repository that holds the artifact is asked.
    :param source_directory: where the training repository is; without it, around the artifact.
    :param allow_dirty: whether uncommitted changes of the training repository are put up with.
    :param in_git: whether the artifact goes into Git itself and not into DVC.
    :param push: whether the artifact is pushed to the DVC remote.
    :param branch: name of a new branch for one commit; ``""`` for the usual name; None for the work tree.
    :raises UsageError: ``owners``, ``tags`` or ``parents`` is one text, and no list of them.
    """

    name: str
    artifact: Path
    dataset: str
    license: str
    files: Sequence[tuple[str, Path]] = ()
    version: str | None = None
    bump: str | None = None
    metrics: Mapping[str, Any] | str | os.PathLike[str] = field(default_factory=dict)
    evaluation: Mapping[str, Any] | str | os.PathLike[str] = field(default_factory=dict)
    rows: int | None = None
    params: Mapping[str, Any] | str | os.PathLike[str] = field(default_factory=dict)
    signature: Mapping[str, Any] | str | os.PathLike[str] | None = None
    card: Path | None = None
    license_file: Path | None = None
    description: str | None = None
    owners: Sequence[str] = ()
    task: str | None = None
    tags: Sequence[str] = ()
    parents: Sequence[str | VersionId] = ()
    source_repo: str | None = None
    source_commit: str | None = None
    source_directory: Path | None = None
    allow_dirty: bool = False
    mlflow_run: str | None = None
    mlflow_uri: str | None = None
    in_git: bool = False
    push: bool = True
    branch: str | None = None
    progress: Progress | None = None

    def __post_init__(self) -> None:
        for name in ("owners", "tags", "parents"):
            value = getattr(self, name)
            if isinstance(value, str):
                raise UsageError(f"{name} is one text, not a list of texts", hint=f"{name}=[{value!r}]")
