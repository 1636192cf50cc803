"""Where a model comes from: the state of the repository that trained it."""

from __future__ import annotations

import shlex
from typing import TYPE_CHECKING

from modelyard.documents.metadata_parts import Source
from modelyard.documents.scalars import InvalidScalar, parse_object_id
from modelyard.errors import UsageError
from modelyard.git.history import commits_between
from modelyard.git.location import locate
from modelyard.git.objects import ObjectReader
from modelyard.git.source import source_state
from modelyard.lifecycle.bump import BumpReason, CommitMessage, decide_bump

if TYPE_CHECKING:
    from pathlib import Path

    from modelyard.api.request import RegisterRequest
    from modelyard.documents.metadata import Metadata
    from modelyard.documents.metadata_parts import Signature

__all__ = ["automatic_bump", "find_source"]

_BY_HAND = "--source-repo URL --source-commit ID"


def find_source(request: RegisterRequest, registry_root: Path) -> Source:
    """Return the source that the request names, else that of the repository around the artifact.

    :raises UsageError: there is no such repository, the artifact is one itself, it has no commit yet, or it
        has uncommitted changes and the request does not allow them.
    """
    if request.source_repo and request.source_commit:
        return Source(request.source_repo, _full_id(request.source_commit))
    if request.source_repo or request.source_commit:
        raise UsageError("--source-repo and --source-commit go together", hint=_BY_HAND)
    if (request.artifact / ".git").exists():
        raise UsageError(
            f"{request.artifact} is a Git repository, and no model", hint="--artifact FILE, or a directory in it"
        )
    state = source_state(_directory(request))
    if state is None:
        place = request.source_directory or request.artifact
        raise UsageError(
            f"{place} is in no Git repository with a commit, so its source is unknown",
            hint=f"commit the training code, or say where it is: {_BY_HAND}",
        )
    root = state.location.work_tree or state.location.git_dir
    if state.dirty and not request.allow_dirty:
        raise UsageError(
            f"the training repository {root} has uncommitted changes, so no commit says what trained the model",
            hint="commit them and train again, or pass --allow-dirty",
        )
    if root == registry_root:
        return Source(".", state.commit)
    if state.repo is None:
        raise UsageError(
            f"the training repository {root} has no remote, so nobody else finds it",
            hint=f"git -C {shlex.quote(str(root))} remote add origin URL, or {_BY_HAND}",
        )
    return Source(_absolute(state.repo, root), state.commit)


def _full_id(text: str) -> str:
    try:
        return parse_object_id(text)
    except InvalidScalar as invalid:
        raise UsageError(f"--source-commit {invalid.message}", hint=invalid.hint) from None


def _absolute(address: str, root: Path) -> str:
    # A path relative to one clone means nothing to a reader of the registry.
    return str((root / address).resolve()) if address.startswith(("./", "../")) else address


def _directory(request: RegisterRequest) -> Path:
    return request.source_directory or request.artifact.absolute().parent


def automatic_bump(
    request: RegisterRequest,
    previous: Metadata,
    source: Source,
    signature: Signature | None,
) -> BumpReason:
    """Return the bump that the training repository's commits since the last version call for.

    :raises UsageError: those commits are not to be seen here.
    """
    advice = "--bump major|minor|patch, or --version V"
    if previous.source.repo != source.repo:
        raise UsageError(
            f"{previous.id} came from {previous.source.repo}, this model comes from {source.repo}, "
            "so no commits lie between them",
            hint=advice,
        )
    location = locate(_directory(request))
    with ObjectReader(location) as reader:
        try:
            old = reader.commit_id(previous.source.commit)
            new = reader.commit_id(source.commit)
        except UsageError as error:
            raise UsageError(f"the commits since {previous.id} are not in {location.work_tree}", hint=advice) from error
    entries = commits_between(location, old, new)
    commits = [CommitMessage(entry.subject, entry.body) for entry in entries]
    return decide_bump(commits, before=previous.signature, after=signature)
