"""What two states of one document, before and after a commit, say has happened: pure."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from modelyard.history.event import Kind

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping

    from modelyard.documents.model import Model
    from modelyard.documents.stage import Promotion
    from modelyard.names import Version

__all__ = ["Occurrence", "in_model", "in_stage"]


class Occurrence(NamedTuple):
    """What happened, as :class:`modelyard.history.event.Event` has it, without when and by whom."""

    kind: Kind
    before: Version | str | None
    after: Version | str | None
    reason: str | None = None
    traffic: Mapping[Version, int] = {}


def in_stage(before: Promotion | None, after: Promotion | None, served: Collection[Version]) -> Iterator[Occurrence]:
    """Yield what happened to a model in a stage.

    :param served: the versions that the stage has meant until now.
    """
    if after is None:
        if before:
            yield Occurrence(Kind.DEMOTED, before.version, None)
        return
    if before is None:
        yield Occurrence(Kind.PROMOTED, None, after.version, after.reason, after.traffic)
        blamed: frozenset[Version] = frozenset()
    else:
        blamed = _blamed(before, after)
        yield from _moved(before, after, served, blamed)
    held = before.held if before else {}
    for version in sorted(after.held.keys() - held.keys() - blamed):
        yield Occurrence(Kind.HELD, version, None, after.held[version])
    for version in sorted(held.keys() - after.held.keys()):
        yield Occurrence(Kind.RELEASED, None, version, after.reason)


def _blamed(before: Promotion, after: Promotion) -> frozenset[Version]:
    """Return the versions that left the stage and are held back from now on."""
    return (before.versions - after.versions) & (after.held.keys() - before.held.keys())


def _moved(
    before: Promotion, after: Promotion, served: Collection[Version], blamed: Collection[Version]
) -> Iterator[Occurrence]:
    changed = before.version != after.version
    if blamed or (changed and after.version < before.version and after.version in served):
        yield Occurrence(
            Kind.ROLLED_BACK, before.version if changed else max(blamed), after.version, after.reason, after.traffic
        )
    elif changed:
        kind = Kind.DEMOTED if after.version < before.version else Kind.PROMOTED
        yield Occurrence(kind, before.version, after.version, after.reason, after.traffic)
    elif before.traffic != after.traffic:
        yield Occurrence(Kind.TRAFFIC_CHANGED, before.version, after.version, after.reason, after.traffic)
    elif (before.reason, before.evidence) != (after.reason, after.evidence):
        yield Occurrence(Kind.RESTATED, before.version, after.version, after.reason, after.traffic)


def in_model(before: Model | None, after: Model | None) -> Iterator[Occurrence]:
    """Yield what happened to a model as a whole; of a new one, what its document says from the beginning."""
    if after is None:
        return
    if before and before.owners != after.owners:
        yield Occurrence(Kind.TRANSFERRED, ", ".join(before.owners), ", ".join(after.owners))
    old, new = (each.deprecation if each else None for each in (before, after))
    if new and new != old:
        yield Occurrence(Kind.DEPRECATED, None, new.replacement, new.reason)
    if old and not new:
        yield Occurrence(Kind.UNDEPRECATED, old.replacement, None)
    yanked = before.yanked if before else {}
    for version in sorted(after.yanked.keys() - yanked.keys()):
        yield Occurrence(Kind.YANKED, version, None, after.yanked[version])
    for version in sorted(yanked.keys() - after.yanked.keys() - after.retired.keys()):
        yield Occurrence(Kind.UNYANKED, None, version)
    for version in sorted(after.retired.keys() - (before.retired.keys() if before else ())):
        yield Occurrence(Kind.RETIRED, version, None, after.retired[version].reason)
