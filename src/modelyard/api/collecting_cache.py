"""Our own cache: what no lock file names and nobody has used for long, or what is more than it may hold.

A cache can be filled again, so nothing here is lost. Still, a pull that is at work loses nothing from under it either.
"""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from modelyard.api.cache_place import cache_directory
from modelyard.api.clock import now
from modelyard.api.collecting import Collected, names_in_file
from modelyard.api.manifests import read_manifest
from modelyard.storage.cache_source import CacheSource
from modelyard.storage.collection import Marks, plan_collection
from modelyard.storage.layout import is_directory_oid
from modelyard.storage.manifests import MAX_SIZE
from modelyard.storage.recency import PRECISION, last_used
from modelyard.storage.remotes import Request
from modelyard.storage.stores import DirectoryStore
from modelyard.values import dataclass

if TYPE_CHECKING:
    import os
    from collections.abc import Mapping
    from datetime import datetime
    from pathlib import Path

__all__ = ["Bound", "collect_cache"]


@dataclass(frozen=True)
class Bound:
    """What stays in the cache.

    :param unused: how many days an object may go unused.
    :param size: how many bytes it may hold; what was used last stays. None: as many as come.
    :param grace: how many days an object is marked before it goes.
    :param locks: files that name objects, such as ``models.lock`` of an application: they stay, used or not.
    """

    unused: int = 90
    size: int | None = None
    grace: int = 14
    locks: tuple[Path, ...] = ()


def collect_cache(bound: Bound | None = None, *, do: bool = False) -> Collected:
    """Mark what need not stay in our own cache, and delete what has been marked for the days of grace.

    What is used while this runs stays, and so does what arrives.

    :param do: whether it is done; it is only planned without it.
    :raises UsageError: a file that was named cannot be read.
    :raises NotFinished: the disk refuses.
    """
    bound = bound or Bound()
    place = CacheSource(cache_directory())
    store = DirectoryStore(place.root)
    found, moment = store.statuses(), now()
    stored = {oid: status.st_size for oid, status in found.items()}
    marks = Marks(place.root / "collecting", place.describe())
    marked = marks.read()
    stays = _staying(found, _locked(bound, place), bound, moment)
    garbage = plan_collection(stored, stays, marked, moment=moment, grace=timedelta(days=bound.grace))
    if do:
        marks.write({oid: marked.get(oid, moment) for oid in (*garbage.fresh, *garbage.waiting)})
        lately = moment - PRECISION
        store.delete_many(
            garbage.order, unless=lambda oid, status: last_used(status) > min(last_used(found[oid]), lately)
        )
    return Collected(place.describe(), garbage, bound.grace, do)


def _locked(bound: Bound, cache: CacheSource) -> set[str]:
    """Return what lock files name, and the files of directories among that, as far as their manifests are here."""
    named = {name for path in bound.locks for name in names_in_file(path)}
    requests = [Request(oid, MAX_SIZE) for oid in sorted(filter(is_directory_oid, named))]
    for arrival in cache.fetch_many(requests):
        if arrival.stream:
            named |= set(read_manifest(arrival.oid, arrival.stream).files.values())
    return named


def _staying(found: Mapping[str, os.stat_result], locked: set[str], bound: Bound, moment: datetime) -> set[str]:
    used = {oid: last_used(status) for oid, status in found.items()}
    oldest = moment - timedelta(days=bound.unused)
    room = float("inf") if bound.size is None else bound.size
    room -= sum(found[oid].st_size for oid in locked & found.keys())
    stays = set(locked)
    for oid in sorted(found.keys() - locked, key=lambda oid: (used[oid], oid), reverse=True):
        room -= found[oid].st_size
        if used[oid] < oldest or room < 0:
            break
        stays.add(oid)
    return stays
