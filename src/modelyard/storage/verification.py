"""What a verification looks at, and what it found."""

from __future__ import annotations

from typing import TYPE_CHECKING

from modelyard.storage.checking import Fault, FaultKind
from modelyard.storage.shards import WHOLE, Shard
from modelyard.values import dataclass, field

if TYPE_CHECKING:
    from collections.abc import Mapping

    from modelyard.names import VersionId

__all__ = ["Inspected", "Scrutiny", "Verification"]


@dataclass(frozen=True)
class Scrutiny:
    """How closely, and how much of it, one verification looks.

    :param remote: whether the remotes are asked too; then what the cache lacks is no fault.
    :param deep: whether every byte is read, and not only existence and size are asked for.
    :param shard: which part of the objects.
    :param anew: whether what an interrupted run found right is looked at again.
    """

    remote: bool = False
    deep: bool = False
    shard: Shard = WHOLE
    anew: bool = False


@dataclass(frozen=True)
class Inspected:
    """What one place was found to hold.

    :param place: its name and address, without credentials.
    :param objects: how many were asked about, and ``size`` their bytes.
    :param resumed: how many of them an earlier run, that was interrupted, had found right.
    :param absent: how many are not in the cache, where that is no fault.
    """

    place: str
    objects: int
    size: int
    resumed: int = 0
    absent: int = 0
    faults: tuple[Fault, ...] = ()


@dataclass(frozen=True)
class Verification:
    """What was found in each place.

    :param commit: the commit whose versions these are.
    :param needed_by: the versions that need an object, by its id.
    """

    commit: str
    scrutiny: Scrutiny
    versions: tuple[VersionId, ...]
    places: tuple[Inspected, ...]
    needed_by: Mapping[str, tuple[VersionId, ...]] = field(default_factory=dict)

    @property
    def faults(self) -> tuple[Fault, ...]:
        """What is wrong, in all places."""
        return tuple(fault for place in self.places for fault in place.faults)

    @property
    def exit_code(self) -> int:
        """0 where all is right, 1 where bytes do not verify, 3 where some are missing or out of reach."""
        kinds = {fault.kind for fault in self.faults}
        return 1 if FaultKind.CORRUPT in kinds else 3 if kinds else 0
