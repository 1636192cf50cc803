"""MY107, MY111, MY114: do names stay what they are, and stay apart, in other registries and file systems?"""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar

from modelyard.exports import MAX_NAME, alias_of, exported_name, label_of
from modelyard.portable import folded
from modelyard.rules.finding import Finding
from modelyard.snapshot import model_path, version_path

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from modelyard.documents.policy import Policy
    from modelyard.names import ModelName
    from modelyard.rules.finding import Findings
    from modelyard.snapshot import Snapshot
    from modelyard.version_directory import VersionDirectory

__all__ = ["clashing_models", "clashing_versions", "too_long_elsewhere"]

T = TypeVar("T")

_NEWER = "give the newer of the two another"


def clashing_models(snapshot: Snapshot) -> Findings:
    """Two models have names that stay apart in other registries, which do not take every name.

    SageMaker takes no ``_``, so it is exported as ``-``; Vertex AI takes no digit first, so ``m-`` is put before it.

    Bad:
        models/card-fraud.yaml
        models/card_fraud.yaml
    Good:
        models/card-fraud.yaml
        models/card-fraud-eu.yaml
    """
    for name, other, shared in _alike((name, exported_name(name)) for name in snapshot.model_names):
        server = "SageMaker" if name.replace("_", "-") == other.replace("_", "-") else "Vertex AI"
        message = f"the names {name!r} and {other!r} clash: both are {shared!r} to {server}"
        yield Finding(_place(snapshot, name), message, f"{_NEWER} name")


def _place(snapshot: Snapshot, name: ModelName) -> str:
    versions = snapshot.versions_of(name)
    return version_path(versions[0]) if versions else model_path(name)


def clashing_versions(snapshot: Snapshot) -> Findings:
    """Two versions of a model stay apart where letters have no case, and where names have no dots.

    macOS and Windows take ``1.0.0-RC.1`` and ``1.0.0-rc.1`` for one directory. Aliases of MLflow and Vertex AI hold
    no dot and no ``+``, so that there ``1.0.0-rc.1`` and ``1.0.0-rc-1`` are one.

    Bad:
        fraud-1.0.0-rc.1/
        fraud-1.0.0-rc-1/
    Good:
        fraud-1.0.0-rc.1/
        fraud-1.0.0-rc.2/
    """
    # Two plain releases never clash, and they are nearly all there is.
    marked = ((each, f"{each.name}@{alias_of(each.version)}") for each in snapshot.marked_version_ids)
    for version_id, other, _ in _alike(marked):
        alias = alias_of(version_id.version)
        message = (
            f"the versions {version_id.version} and {other.version} clash: both are {alias} to MLflow and Vertex AI"
        )
        if folded(version_id.directory) == folded(other.directory):
            message += ", and one directory to macOS and Windows"
        yield Finding(version_path(version_id), message, f"{_NEWER} version")


def too_long_elsewhere(version: VersionDirectory, _policy: Policy) -> Findings:
    """Name and version fit into other registries as they are spelt there: 63 characters each.

    Both end up in labels of Vertex AI and in names of SageMaker; what is cut there can't be found again. A version is
    immutable, so it is too late to see that when it is mirrored.

    Bad:
        fraud-1.0.0+built.on.the.third.of.march.from.the.second.export.of.the.warehouse/
    Good:
        fraud-1.0.0+20250303/
    """
    spelt = {"name": exported_name(version.id.name), "version": label_of(version.id.version)}
    for what, text in spelt.items():
        if len(text) > MAX_NAME:
            message = f"the {what} is {text!r} to Vertex AI: {len(text)} characters, and it holds {MAX_NAME}"
            yield Finding(version.path, message, f"shorten the {what} by {len(text) - MAX_NAME}")


def _alike(spelt: Iterable[tuple[T, str]]) -> Iterator[tuple[T, T, str]]:
    """Yield each thing with another that is spelt alike, and how both are spelt."""
    by_spelling: dict[str, list[T]] = {}
    for each, spelling in spelt:
        by_spelling.setdefault(spelling, []).append(each)
    for spelling, things in by_spelling.items():
        for each in things if len(things) > 1 else ():
            yield each, things[0] if each != things[0] else things[1], spelling
