"""Remotes, asked by the gate: which one, by whose settings, and what it says of the versions judged.

A change that named the remote could have credentials sent to any address. So its settings are read from
the base; the clone's own ``.dvc/config.local`` may add credentials to the same URL, and only where it is
no file of the change. Where no base is judged against, the clone's own configuration holds.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from modelyard.api.embedded import TreeBlobs, embedded_directory
from modelyard.api.inquiry import Asking
from modelyard.api.manifests import LARGEST, read_manifest
from modelyard.errors import NotFinished, UsageError
from modelyard.problems import sort_problems
from modelyard.rules.catalogue import RULES
from modelyard.rules.found import RemoteAnswers
from modelyard.rules.remote import ask
from modelyard.rules.rule import RemoteRule
from modelyard.rules.stated import metadata_of, pointers_of
from modelyard.rules.waivers import older_by_date, older_on, weighed, without_exempted
from modelyard.storage.blob_remote import BlobRemote
from modelyard.storage.remotes import Request
from modelyard.values import replace

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime

    from modelyard.api.checkout import Checkout
    from modelyard.problems import Problem
    from modelyard.rules.found import FoundManifest
    from modelyard.rules.judgement import Judgement
    from modelyard.snapshot import Snapshot
    from modelyard.storage.dvcconfig import DvcConfig
    from modelyard.storage.remotes import Source
    from modelyard.version_directory import VersionDirectory

__all__ = ["Objects", "asked"]

_CONFIG = ".dvc/config"
_LOCAL = ".dvc/config.local"


def asked(
    judgement: Judgement,
    checkout: Checkout,
    *,
    head: Snapshot,
    base: Snapshot | None,
    moment: datetime | None,
    asking: Asking | None,
) -> Judgement:
    """Return the judgement with what the remotes say of the objects of its versions.

    :param base: whose settings name the remotes; None for the clone's own.
    :raises NotFinished: a remote cannot be reached, and an answer is required.
    :raises UsageError: the settings name no such remote, or its client is missing, and an answer is required.
    """
    if asking is None:
        return judgement
    groups: dict[str | None, list[VersionDirectory]] = {}
    for version in map(head.version, judgement.versions):
        if any(pointers_of(version)):
            metadata = metadata_of(version)
            groups.setdefault(metadata.dvc_remote if metadata else None, []).append(version)
    found: list[Problem] = []
    for name, versions in groups.items():
        try:
            answers = ask(versions, Objects(_remote(checkout, name, head=head, base=base)))
        except (NotFinished, UsageError) as error:
            if asking is Asking.REQUIRED:
                raise
            answers = RemoteAnswers(failure=error.message)
        found += _problems(versions, answers)
    policy = base.policy if base and base.exists else head.policy
    standing = weighed(found, policy, older_on(base) if base else older_by_date(head))
    problems, exempted = without_exempted(standing, policy, moment)
    return replace(
        judgement,
        problems=sort_problems((*judgement.problems, *problems)),
        exempted=sort_problems((*judgement.exempted, *exempted)),
    )


class Objects:
    """A remote, as the rules ask it."""

    def __init__(self, source: Source) -> None:
        self._source = source

    def describe(self) -> str:
        return self._source.describe()

    def manifests(self, oids: Sequence[str]) -> Mapping[str, FoundManifest]:
        requests = [Request(oid, LARGEST) for oid in oids]
        return {
            arrival.oid: read_manifest(arrival.oid, arrival.stream)
            for arrival in self._source.fetch_many(requests)
            if arrival.stream
        }

    def sizes(self, oids: Sequence[str]) -> Mapping[str, int]:
        return self._source.sizes(oids)


def _problems(versions: Sequence[VersionDirectory], answers: RemoteAnswers) -> list[Problem]:
    rules = [rule for rule in RULES if isinstance(rule, RemoteRule)]
    return [rule.problem(each) for version in versions for rule in rules for each in rule.check(version, answers)]


def _remote(checkout: Checkout, name: str | None, *, head: Snapshot, base: Snapshot | None) -> Source:
    if base is None:
        return checkout.remote(name)
    settings = _config(checkout, head=head, base=base).remote(name)
    inside = embedded_directory(settings, checkout.root)
    if inside is not None:
        return BlobRemote(settings.name, TreeBlobs(head.tree), inside)
    from modelyard.storage.connect import connect

    return connect(settings, scratch=checkout.private)


def _config(checkout: Checkout, *, head: Snapshot, base: Snapshot) -> DvcConfig:
    """Return the base's configuration, with the clone's own additions to its remotes."""
    from modelyard.storage import dvcconfig

    directory = checkout.root / ".dvc"
    data = base.tree.read_many([_CONFIG]).get(_CONFIG)
    if data is None:
        message = f"the base has no {_CONFIG}, and a change does not choose its own remote"
        raise NotFinished(message, hint=f"merge {_CONFIG} first, in a change of its own")
    config = dvcconfig.parse(data, directory=directory, source=f"{_CONFIG} of the base")
    local = directory / "config.local"
    # A file of the change is not the clone's own, whatever its name.
    if not local.is_file() or head.tree.leaf(_LOCAL) or base.tree.leaf(_LOCAL):
        return config
    own = dvcconfig.parse(local.read_bytes(), directory=directory, source=str(local))
    urls = {remote: settings.get("url") for remote, settings in config.remotes.items()}
    added = {
        remote: settings
        for remote, settings in own.remotes.items()
        if remote in urls and settings.get("url", urls[remote]) == urls[remote]
    }
    return config.overlaid(dvcconfig.DvcConfig(remotes=added))
