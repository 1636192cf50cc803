"""Remotes, asked by the gate: which one, by whose settings, and what it says of the versions judged.

Its settings are those of the base, and where no base is judged against those of the clone: see
:mod:`modelyard.api.remote_settings`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from modelyard.api.embedded import TreeBlobs, embedded_directory
from modelyard.api.inquiry import Asking
from modelyard.api.manifests import LARGEST, read_manifest
from modelyard.api.remote_settings import remote_of_base
from modelyard.errors import MissingClient, NotFinished, UsageError
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
    from modelyard.storage.remotes import Source
    from modelyard.version_directory import VersionDirectory

__all__ = ["Objects", "asked"]


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
    :raises UsageError: the settings name no such remote, and an answer is required.
    :raises MissingClient: the package that speaks to a remote is not installed.
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
            # Who lacks a package has no remote that is out of reach: he would never be told.
            if asking is Asking.REQUIRED or isinstance(error, MissingClient):
                raise
            # A remote out of reach may be within it elsewhere; what is set or installed wrongly is mended here.
            remedy = error.hint if isinstance(error, UsageError) else None
            answers = RemoteAnswers(failure=error.message, remedy=remedy)
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
    settings = remote_of_base(checkout, name, head=head.tree, base=base.tree)
    inside = embedded_directory(settings, checkout.root)
    if inside is not None:
        return BlobRemote(settings.name, TreeBlobs(head.tree), inside)
    from modelyard.storage.connect import connect

    return connect(settings, scratch=checkout.private)
