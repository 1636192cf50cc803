"""A registration in draft: all that can be found out before the artifact itself is touched."""

from __future__ import annotations

from typing import TYPE_CHECKING

from modelyard.api import given, inputs, storing
from modelyard.api.clock import timestamp
from modelyard.api.source import automatic_bump, find_source
from modelyard.documents.card import Card
from modelyard.documents.licenses import license_refs, parse_license
from modelyard.documents.metadata_parts import Evaluation, FrameworkRecord, MlflowRun, Signature, Source
from modelyard.documents.scalars import InvalidScalar
from modelyard.errors import UsageError
from modelyard.formats import inspect
from modelyard.lifecycle.bump import FIRST_VERSION, Bump, next_version
from modelyard.lifecycle.register import Registration, check_is_new
from modelyard.names import Version, VersionId, parse_model_name
from modelyard.snapshot import Snapshot, version_path
from modelyard.values import dataclass

if TYPE_CHECKING:
    from pathlib import Path

    from modelyard.api.request import RegisterRequest
    from modelyard.bridges.mlflow import MlflowFacts

__all__ = ["Draft", "draft_registration"]


@dataclass(frozen=True)
class Draft:
    """A registration without its artifacts, and why its version is this one where that was decided."""

    registration: Registration
    bump_reason: str | None


def draft_registration(request: RegisterRequest, base: Snapshot, root: Path) -> Draft:
    """Return the draft of a request. Checks come in the order of what they cost, and none writes.

    :param root: the registry's own repository.
    :raises UsageError: something that was handed in can't be used.
    :raises Refused: the version exists already, or was retired.
    """
    name = parse_model_name(request.name)
    storing.check_artifacts([(storing.MODEL_ROLE, request.artifact), *request.files])
    if request.in_git:
        _check_sizes(request, base)
    source = find_source(request, root)
    signature = inputs.read_signature(given.mapping(request.signature, "signature")) if request.signature else None
    version, reason = _version(request, base, source, signature)
    version_id = VersionId(name, version)
    check_is_new(version_id, base)
    card = inputs.read_card(request.card, beside=request.artifact, template=root / "docs" / "model_card_template.md")
    run = _mlflow(request)
    registration = Registration(
        version_id=version_id,
        artifacts=(),
        description=_description(request, card),
        source=source,
        training_hash=f"git:{source.commit}",
        license=_license(request),
        dataset=inputs.read_dataset(request.dataset),
        card=card,
        created_at=timestamp(),
        owners=tuple(request.owners),
        metrics=inputs.to_metrics({**(run.metrics if run else {}), **given.mapping(request.metrics, "metrics")}),
        evaluation=_evaluation(request),
        params={**(run.params if run else {}), **given.mapping(request.params, "params")},
        framework=_framework(request.artifact),
        signature=signature,
        mlflow=MlflowRun(run.run_id, run.tracking_uri, run.experiment) if run else None,
        task=request.task,
        tags=tuple(request.tags),
        parents=tuple(VersionId.parse(str(parent)) for parent in request.parents),
        license_text=inputs.read_license_text(request.license_file) if request.license_file else None,
    )
    return Draft(registration, reason)


def _mlflow(request: RegisterRequest) -> MlflowFacts | None:
    if request.mlflow_run is None:
        return None
    from modelyard.bridges.mlflow import read_run

    return read_run(request.mlflow_run, tracking_uri=request.mlflow_uri)


def _version(
    request: RegisterRequest,
    base: Snapshot,
    source: Source,
    signature: Signature | None,
) -> tuple[Version, str | None]:
    if request.version and request.bump:
        raise UsageError("--version and --bump exclude each other", hint="leave one of them out")
    if request.version:
        return Version.parse(request.version), None
    versions = base.versions_of(parse_model_name(request.name))
    if not versions:
        return FIRST_VERSION, "the first version"
    newest = max(versions)
    bump = request.bump or "auto"
    if bump != "auto":
        return next_version(newest.version, Bump(bump)), f"{bump} after {newest.version}"
    parsed = base.version(newest).metadata
    if parsed is None or parsed.value is None:
        raise UsageError(f"the metadata of {newest} has faults", hint=f"modelyard validate {version_path(newest)}")
    decided = automatic_bump(request, parsed.value, source, signature)
    return next_version(newest.version, decided.bump), f"{decided.bump.value} after {newest.version}: {decided.reason}"


def _framework(artifact: Path) -> FrameworkRecord | None:
    candidates = [artifact] if artifact.is_file() else sorted(each for each in artifact.rglob("*") if each.is_file())
    facts = (inspect(each) for each in candidates)
    found = next((each.framework for each in facts if each.framework), None)
    return FrameworkRecord(found.name, found.version) if found else None


def _description(request: RegisterRequest, card: bytes) -> str:
    description = request.description or Card.parse(card).first_paragraph()
    if not description:
        raise UsageError("the card has no first paragraph to take the description from", hint="--description TEXT")
    return description


def _check_sizes(request: RegisterRequest, base: Snapshot) -> None:
    limit = base.policy.max_git_bytes
    for path in (request.artifact, *(path for _role, path in request.files)):
        for each in [path] if path.is_file() else sorted(path.rglob("*")):
            size = each.stat().st_size
            if each.is_file() and size > limit:
                raise UsageError(
                    f"{each.relative_to(path.parent)} has {size} bytes, and the policy allows at most {limit} in Git",
                    hint="leave out --in-git",
                )


def _license(request: RegisterRequest) -> str:
    try:
        expression = parse_license(request.license)
    except InvalidScalar as invalid:
        raise UsageError(f"--license: {invalid.message}", hint=invalid.hint) from None
    own = license_refs(expression)
    if own and request.license_file is None:
        raise UsageError(f"{own[0]} is no licence of SPDX, so its text is needed", hint="--license-file FILE")
    return expression


def _evaluation(request: RegisterRequest) -> dict[str, Evaluation]:
    evaluation = inputs.read_evaluation(given.mapping(request.evaluation, "evaluation"))
    if request.rows is not None:
        known = evaluation.get("test", Evaluation())
        evaluation["test"] = Evaluation(known.dataset, given.plain(request.rows), known.metrics)
    return evaluation
