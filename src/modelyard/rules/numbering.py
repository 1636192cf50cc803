"""MY613 and MY615: does the number of a new version say what it is?"""

from __future__ import annotations

from typing import TYPE_CHECKING

from modelyard.names import Version, VersionId
from modelyard.rules.finding import Finding
from modelyard.snapshot import version_path

if TYPE_CHECKING:
    from collections.abc import Iterable

    from modelyard.documents.metadata_parts import Signature
    from modelyard.rules.finding import Findings
    from modelyard.rules.transition import Transition
    from modelyard.snapshot import Snapshot

__all__ = ["breaking_signature", "not_above"]


def not_above(transition: Transition) -> Findings:
    """A new version is above every version of its MAJOR.MINOR line, those that were retired included.

    1.2.4 may follow while 1.3.0 is there: that is a backport. 1.2.3 may not once 1.2.4 is there: who has locked
    `^1.2.3` would never get it. Order is SemVer's: a pre-release comes before its release, and build metadata
    does not count.

    Bad:
        A model_registry/fraud-1.2.3/metadata.yaml   # 1.2.4 is registered
    Good:
        A model_registry/fraud-1.2.5/metadata.yaml
    """
    for version_id in transition.changes.registered:
        line = _line(version_id, _ever_registered(transition.base, version_id))
        if not line or version_id.version in line or _without_build(version_id.version) > line[-1]:
            continue
        newest, version = line[-1], version_id.version
        message = f"{version_id} is not above {newest}, the newest of its line {version.major}.{version.minor}"
        hint = f"modelyard register {version_id.name} --version {newest.bumped('patch')} …"
        yield Finding(version_path(version_id), message, hint)


def breaking_signature(transition: Transition) -> Findings:
    """A version that callers of the one before cannot call unchanged has a new MAJOR number.

    It is compared with the newest release below it of the same MAJOR number that was not yanked; below 1.0.0, of the
    same MINOR number, as SemVer leaves that open. An input that is new and optional, and an output more, break nobody.

    Bad:
        version: 1.2.0        # 1.1.0 has no input `country`
        signature:
          inputs:
            - {name: amount, type: float64}
            - {name: country, type: string}
    Good:
        version: 1.2.0
        signature:
          inputs:
            - {name: amount, type: float64}
            - {name: country, type: string, optional: true}
    """
    from modelyard.evaluate.signatures import breaks

    for version_id in transition.changes.registered:
        parsed = transition.head.version(version_id).metadata
        newer = parsed.value.signature if parsed and parsed.value else None
        lower = _lower(version_id, transition.head) if newer else None
        older = _signature(transition.head, lower) if lower else None
        if parsed and newer and older and lower:
            hint = f"modelyard register {version_id.name} --version {_next_number(version_id, transition.head)} …"
            for found in breaks(older, newer):
                message = f"{found.message}, so {version_id} breaks callers of {lower.version}"
                yield Finding(parsed.path, message, hint, parsed.locate(("signature", *found.path)))


def _ever_registered(base: Snapshot, version_id: VersionId) -> Iterable[Version]:
    parsed = base.model(version_id.name)
    retired = parsed.value.retired if parsed and parsed.value else {}
    return (*(each.version for each in base.versions_of(version_id.name)), *retired)


def _line(version_id: VersionId, versions: Iterable[Version]) -> list[Version]:
    """Return the versions of the same MAJOR.MINOR line, lowest first."""
    of = version_id.version
    return sorted(each for each in versions if (each.major, each.minor) == (of.major, of.minor))


def _without_build(version: Version) -> Version:
    return Version(version.major, version.minor, version.patch, version.prerelease)


def _lower(version_id: VersionId, snapshot: Snapshot) -> VersionId | None:
    """Return the newest release below, within which callers need not change."""
    parsed = snapshot.model(version_id.name)
    yanked = parsed.value.yanked if parsed and parsed.value else {}
    below = [
        each
        for each in snapshot.versions_of(version_id.name)
        if each.version < version_id.version
        and each.version.released
        and each.version not in yanked
        and _promise(each.version) == _promise(version_id.version)
    ]
    return below[-1] if below else None


def _promise(version: Version) -> tuple[int, int | None]:
    return (version.major, None if version.major else version.minor)


def _signature(snapshot: Snapshot, version_id: VersionId) -> Signature | None:
    parsed = snapshot.version(version_id).metadata
    return parsed.value.signature if parsed and parsed.value else None


def _next_number(version_id: VersionId, snapshot: Snapshot) -> Version:
    newest = max(each.version for each in snapshot.versions_of(version_id.name))
    return newest.bumped("major" if version_id.version.major else "minor")
