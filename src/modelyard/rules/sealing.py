"""MY417 to MY419: are files sealed as the policy demands, named so that they can be opened, and what is stated?"""

from __future__ import annotations

from typing import TYPE_CHECKING

from modelyard.documents.sealed import Steps, opened_faults
from modelyard.rules.dvc_settings import default_remote, settings_of
from modelyard.rules.finding import Finding
from modelyard.rules.stated import files_of, metadata_of, metadata_path, place_of

if TYPE_CHECKING:
    from modelyard.documents.metadata_parts import FileRecord
    from modelyard.documents.policy import Policy
    from modelyard.rules.finding import Findings
    from modelyard.rules.found import ArtifactBytes
    from modelyard.rules.transition import Transition
    from modelyard.version_directory import VersionDirectory

__all__ = ["not_as_demanded", "opened_name", "sealed_otherwise"]

_NOTHING = Steps()


def not_as_demanded(transition: Transition) -> Findings:
    """Each file of a new version is sealed as the policy demands for the remote that it goes to.

    Compressed means by the method that is named; encrypted means for exactly the recipients that are named, so that
    nobody is left out and nobody let in. A file in Git is no less readable than one in the remote: where the remote
    demands encryption, it is encrypted too. What is not demanded is free, and versions of the base stay as they are.

    Bad:
        # registry.yaml: storage: {remotes: {storage: {compress: zstd}}}
        model.joblib:
          sha256: 9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08
    Good:
        model.joblib.zst:
          sha256: 9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08
          sealed:
            sha256: 60303ae22b998861bce3b28f33eec1be758a213c86c93c076dbe9f558c11c752
            size: 181044
            compression: zstd
    """
    if not any(demand.steps for demand in transition.policy.storage.remotes.values()):
        return
    usual = default_remote(settings_of(transition.head))
    for version in transition.head.each(transition.changes.registered):
        metadata = metadata_of(version)
        name = (metadata.dvc_remote if metadata else None) or usual
        wanted = transition.policy.storage.demands_of(name).steps
        for path, record in files_of(version) if wanted else ():
            in_git = path in version
            if message := _difference(path, record, Steps(recipients=wanted.recipients) if in_git else wanted):
                demanded = f"{message}, and the policy demands that for remote {str(name).lower()!r}"
                hint = f"take {version.path} away, and let `modelyard register` seal it"
                yield Finding(metadata_path(version), demanded, hint, place_of(version, path))


def _difference(path: str, record: FileRecord, wanted: Steps) -> str | None:
    found = record.sealed.steps if record.sealed else _NOTHING
    if wanted.compression and found.compression != wanted.compression:
        return f"{path!r} is not compressed with {wanted.compression}"
    if wanted.recipients and not found.recipients:
        return f"{path!r} is not encrypted with age"
    missing = sorted(set(wanted.recipients) - set(found.recipients))
    others = sorted(set(found.recipients) - set(wanted.recipients)) if wanted.recipients else []
    if missing:
        return f"{path!r} is not encrypted for {missing[0]}"
    return f"{path!r} is not encrypted for the named recipients alone, but for {others[0]} too" if others else None


def opened_name(version: VersionDirectory, _policy: Policy) -> Findings:
    """The name of a sealed file tells how it is opened, and what it is opened as is no other file's name.

    ``.zst`` is for compressed, ``.age`` for encrypted, in the order in which it was done. The opened file has the name
    without them. It stands where the sealed one would, also in a clone, so it must not take another file's place.

    Bad:
        model.joblib:
          sealed: {compression: zstd, ...}
    Good:
        model.joblib.zst:
          sealed: {compression: zstd, ...}
    """
    for path, reason in opened_faults({path: record.sealed for path, record in files_of(version)}):
        yield Finding(
            metadata_path(version),
            f"{path!r} {reason}",
            f"take {version.path} away, and let `modelyard register` seal it",
            place_of(version, path),
        )
    for path, record in files_of(version):
        opened = record.sealed.opened(path) if record.sealed else path
        if opened != path and opened in version:
            message = f"{path!r} is opened as {opened!r}, which is another file of this directory"
            hint = "rename the artifact before it is registered"
            yield Finding(metadata_path(version), message, hint, place_of(version, path))


def sealed_otherwise(version: VersionDirectory, artifacts: ArtifactBytes) -> Findings:
    """A sealed file that lies at hand is sealed as the metadata states, and holds what it states.

    Anybody can see that a file is encrypted by age, and for how many recipients. What is inside is compared where an
    identity at hand opens it; what only the recipients can see is left to them, and compared by each pull.

    Bad:
        model.joblib.age:   # the model itself, in the clear
          sealed: {recipients: [...]}
    Good:
        model.joblib.age:   # as age wrote it
          sealed: {recipients: [...]}
    """
    for path, record in files_of(version):
        reason = artifacts.stated_wrongly(version, path, record.sealed) if record.sealed else None
        if reason:
            message = f"{path!r} is not sealed as stated: {reason}"
            hint = f"take {version.path} away, and let `modelyard register` seal it"
            yield Finding(metadata_path(version), message, hint, place_of(version, path, "sealed"))
