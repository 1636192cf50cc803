"""Registration, in order: find out, store, judge, push; and only then write."""

from __future__ import annotations

from typing import TYPE_CHECKING

from modelyard.api import storing
from modelyard.api.artifacts_at_hand import ArtifactsAtHand
from modelyard.api.changing import require_unchanged
from modelyard.api.clock import now
from modelyard.api.demanding import require_server_side_encryption
from modelyard.api.drafting import draft_registration
from modelyard.api.embedded import embedded_directory, embedded_objects
from modelyard.api.past import NoPast
from modelyard.api.proposing import HERE, propose
from modelyard.api.refusing import GateRefused
from modelyard.errors import ModelyardError
from modelyard.git.workspace import branch_tip, require_free
from modelyard.lifecycle.register import register, usual_branch
from modelyard.rules.engine import judge_change
from modelyard.snapshot import Snapshot, version_path
from modelyard.storage.progress import SILENT
from modelyard.tree import OverlayTree
from modelyard.values import dataclass, replace

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path

    from modelyard.api.checkout import Checkout
    from modelyard.api.publishing import Published
    from modelyard.api.request import RegisterRequest
    from modelyard.documents.metadata_parts import FrameworkRecord
    from modelyard.documents.policy import Policy
    from modelyard.documents.sealed import Steps
    from modelyard.git.objects import ObjectReader
    from modelyard.lifecycle.edits import Edits
    from modelyard.lifecycle.register import Registration, StoredArtifact
    from modelyard.names import VersionId
    from modelyard.rules.judgement import Judgement
    from modelyard.storage.cache import Cache

__all__ = ["Registered", "bytes_to_write", "register_version"]


@dataclass(frozen=True)
class Registered:
    """What a registration did.

    :param bump_reason: why the version is this one, where that was decided.
    :param branch: the branch that holds it in one commit, or None where it lies in the work tree.
    :param remote: the remote that has the artifact now, or None where it was not pushed.
    :param embedded: whether that remote is a directory of the repository itself.
    :param published: where the branch went, None where nobody asked for it.
    """

    version_id: VersionId
    paths: tuple[str, ...]
    framework: FrameworkRecord | None
    size: int
    bump_reason: str | None
    branch: str | None
    commit: str | None
    remote: str | None
    embedded: bool
    published: Published | None = None


def register_version(checkout: Checkout, request: RegisterRequest) -> Registered:
    """Register a model version.

    Either the version stands complete in the work tree (or on its branch) with its artifact in cache
    and remote, or nothing of it is to be seen.

    :raises UsageError: something that was handed in can't be used.
    :raises Refused: the version exists already or was retired, the gate refuses it, or what it touches has changes
        that are not committed.
    :raises NotFinished: the remote can't be reached, or the disk is full.
    """
    publisher = checkout.publisher
    with checkout.reading() as reader:
        base = checkout.require_registry(
            checkout.commit(reader) if publisher or request.branch is not None else checkout.work_tree(),
        )
        draft = draft_registration(request, base, checkout.root)
        version_id = draft.registration.version_id
        if request.push and not request.in_git:
            require_server_side_encryption(base.policy, checkout.remote_settings())
        if request.branch is not None and request.branch != HERE and not publisher:
            _require_branch(checkout, reader, request.branch, draft.registration)
        artifacts = _stored(checkout, request, base.policy)
        registration = replace(draft.registration, artifacts=artifacts)
        edits = register(registration, base)
        tip = publisher.tip(request.branch or edits.branch) if publisher else None
        if tip:
            # Run again after a crash, the same registration makes the same change.
            registration = _as_proposed(registration, checkout.commit(reader, tip), checkout.cache)
            edits = register(registration, base)
            artifacts = registration.artifacts
        judgement = _judge(checkout, base, edits, version_id, storing.originals(_pairs(request), artifacts))
        edits, remote, embedded = _pushed(checkout, request, artifacts, edits)
        placed = propose(
            checkout,
            edits,
            judgement,
            branch=request.branch,
            base=reader.commit_id("HEAD") if request.branch == HERE else "HEAD",
            fresh=(version_path(version_id),),
            check=_check(checkout, base, edits) if request.branch == HERE else None,
        )
    return Registered(
        version_id,
        tuple(sorted(edits.files)),
        draft.registration.framework,
        sum(record.size for artifact in artifacts for record in artifact.files.values()),
        draft.bump_reason,
        placed.branch,
        placed.commit,
        remote,
        embedded,
        placed.published,
    )


def _require_branch(checkout: Checkout, reader: ObjectReader, named: str, registration: Registration) -> None:
    """Do nothing where the branch can be made, or may hold this very registration, so that nothing is stored in vain.

    :raises Refused: the branch exists already.
    """
    branch = named or usual_branch(registration.version_id)
    tip = branch_tip(checkout.location, branch)
    if tip is None:
        return
    proposed, version_id = checkout.commit(reader, tip), registration.version_id
    metadata = proposed.version(version_id).metadata if proposed.has(version_id) else None
    if not metadata or not metadata.value or metadata.value.created_at != registration.created_at:
        require_free(checkout.location, branch)


def _check(checkout: Checkout, base: Snapshot, edits: Edits) -> Callable[[], None]:
    head = Snapshot(OverlayTree(base.tree, edits.changes))
    return lambda: require_unchanged(checkout, base, head, edits)


def bytes_to_write(checkout: Checkout, request: RegisterRequest) -> int:
    """Return how many bytes a registration copies: into the cache, and once more where it pushes them."""
    if request.in_git:
        return 0
    paths = (request.artifact, *(path for _role, path in request.files))
    size = sum(each.stat().st_size for path in paths for each in (path, *path.rglob("*")) if each.is_file())
    return 2 * size if request.push and _pushes_outside(checkout) else size


def _pushes_outside(checkout: Checkout) -> bool:
    try:
        return embedded_directory(checkout.remote_settings(), checkout.root) is None
    except ModelyardError:
        # The registration itself tells what is wrong with the remote, once it needs it.
        return False


def _pairs(request: RegisterRequest) -> tuple[tuple[str, Path], ...]:
    return ((storing.MODEL_ROLE, request.artifact), *request.files)


def _steps(checkout: Checkout, policy: Policy) -> Steps | None:
    """Return how the remote that a registration goes to wants files sealed, None where no remote wants anything."""
    if not any(demand.steps for demand in policy.storage.remotes.values()):
        return None
    return policy.storage.demands_of(checkout.remote_settings().name).steps


def _stored(checkout: Checkout, request: RegisterRequest, policy: Policy) -> tuple[StoredArtifact, ...]:
    pairs = _pairs(request)
    if request.in_git:
        return tuple(storing.keep_in_git(role, path) for role, path in pairs)
    cache, progress = checkout.cache, request.progress or SILENT
    if steps := _steps(checkout, policy):
        return tuple(storing.store_sealed(role, path, cache, steps, progress=progress) for role, path in pairs)
    return tuple(storing.store(role, path, cache, progress=progress) for role, path in pairs)


def _as_proposed(registration: Registration, proposed: Snapshot, cache: Cache) -> Registration:
    """Return the registration with the time and the sealed files of a proposal of the same version, if there is one.

    Both would differ otherwise, without anybody having changed anything.
    """
    version_id = registration.version_id
    version = proposed.version(version_id) if proposed.has(version_id) else None
    metadata = version.metadata.value if version and version.metadata else None
    if version is None or metadata is None:
        return registration
    artifacts = tuple(storing.as_proposed(each, version, cache) for each in registration.artifacts)
    return replace(registration, created_at=metadata.created_at, artifacts=artifacts)


def _judge(
    checkout: Checkout, base: Snapshot, edits: Edits, version_id: VersionId, originals: Mapping[str, Path]
) -> Judgement:
    head = Snapshot(OverlayTree(base.tree, edits.files))
    at_hand = ArtifactsAtHand(checkout, originals)
    judgement = judge_change(base, head, past=NoPast(), artifacts=at_hand, moment=now())
    if judgement.refused:
        raise GateRefused(str(version_id), judgement)
    return judgement


def _pushed(
    checkout: Checkout,
    request: RegisterRequest,
    artifacts: tuple[StoredArtifact, ...],
    edits: Edits,
) -> tuple[Edits, str | None, bool]:
    """Push the artifact, and return the edits, the remote's description and whether it is embedded."""
    oids = [artifact.pointer.md5 for artifact in artifacts if artifact.pointer]
    if not oids or not request.push:
        return edits, None, False
    settings = checkout.remote_settings()
    inside = embedded_objects(checkout, settings, oids)
    if inside is not None:
        # A remote in the repository is part of the change: it has to be committed with it.
        return replace(edits, files={**edits.files, **inside}), settings.name, True
    from modelyard.storage.transfer import push

    remote = checkout.remote()
    push(oids, checkout.cache, remote, progress=request.progress or SILENT)
    return edits, remote.describe(), False
