"""Garbage: what a cache or a remote holds and no version, stage, hold, lock or other file of DVC's needs."""

from __future__ import annotations

import os
import re
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING

from modelyard.api.clock import now
from modelyard.api.manifests import read_manifest
from modelyard.api.origin import cache_directory
from modelyard.errors import NotFinished, UsageError
from modelyard.git.mentions import blobs_in_history
from modelyard.storage.cache_source import CacheSource
from modelyard.storage.collection import Garbage, Marks, plan_collection
from modelyard.storage.layout import is_directory_oid
from modelyard.storage.manifests import MAX_SIZE
from modelyard.storage.remotes import Request
from modelyard.storage.stores import store_of
from modelyard.values import dataclass

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import datetime

    from modelyard.api.checkout import Checkout
    from modelyard.storage.remotes import Source

__all__ = ["Collected", "Keeping", "collect_garbage", "names_in_file"]

# Whatever could name an object in a file of DVC's or of ours keeps it: no grammar is needed to let something stay.
_NAME = re.compile(rb"(?<![0-9a-f])[0-9a-f]{32}(?:\.dir)?(?![0-9a-f])")
_LARGEST = 64 << 20


@dataclass(frozen=True)
class Keeping:
    """What is kept.

    :param days: how far back history needs its objects; None: all of it.
    :param grace: how many days an object is marked before it goes.
    :param others: further clones whose needs count, of repositories that share the store.
    :param locks: further files that name objects, such as ``models.lock`` of an application.
    """

    days: int | None = None
    grace: int = 14
    others: tuple[Path, ...] = ()
    locks: tuple[Path, ...] = ()


@dataclass(frozen=True)
class Collected:
    """What became of the garbage of one place, or would: ``done`` says which."""

    place: str
    garbage: Garbage
    grace: int
    done: bool


def collect_garbage(checkout: Checkout, keeping: Keeping, *, remote: bool = False, do: bool = False) -> Collected:
    """Mark what nobody needs, and delete what has been marked for the days of grace; by default only plan it.

    What is needed is found anew each time, so that what was marked and is needed again stays. Whatever a file of
    DVC's or ours names, in any commit, index or work tree, is needed, and each file of a directory that is.

    :param remote: whether it is the default remote that is tidied, and not the cache of the clone.
    :raises UsageError: the remote cannot be listed, or a file or clone that was named is none.
    :raises NotFinished: something that says what is needed cannot be read; then nothing is deleted.
    """
    cache = CacheSource(checkout.cache.root)
    place: Source = checkout.remote() if remote else cache
    store = store_of(place)
    # The store is listed first: what is stored from now on is not looked at.
    stored = store.stored()
    moment = now()
    needed = _needed(checkout, keeping, moment)
    manifests = sorted(filter(is_directory_oid, needed))
    needed |= _members(manifests, [place, cache, *([] if remote else [checkout.remote()])] if manifests else [])
    marks = Marks(cache_directory() / "collecting", place.describe())
    marked = marks.read()
    garbage = plan_collection(stored, needed, marked, moment=moment, grace=timedelta(days=keeping.grace))
    if do:
        # Before anything goes: a mark that outlived its object would deny its days of grace to one that is stored anew.
        marks.write({oid: marked.get(oid, moment) for oid in (*garbage.fresh, *garbage.waiting)})
        store.delete_many(garbage.order)
    return Collected(place.describe(), garbage, keeping.grace, do)


def _needed(checkout: Checkout, keeping: Keeping, moment: datetime) -> set[str]:
    from modelyard.api.checkout import Checkout as Clone

    since = None if keeping.days is None else int((moment - timedelta(days=keeping.days)).timestamp())
    needed: set[str] = set()
    for path in keeping.locks:
        needed |= names_in_file(path)
    for clone in (checkout, *map(Clone.at, keeping.others)):
        with clone.reading() as reader:
            blobs = blobs_in_history(clone.location, _may_name, since=since, trees=_held_trees(clone))
            texts = reader.blobs(blobs, limit=_LARGEST)
            needed |= _names_in(texts.values())
        if len(texts) < len(blobs):
            large = next(blob for blob in blobs if blob not in texts)
            raise NotFinished(
                f"blob {large} is too large to read, and may say what is needed",
                hint=f"git -C {clone.root} log --all --find-object={large}",
            )
        needed |= _names_in(map(_read, _files(clone.root)))
    return needed


def _held_trees(clone: Checkout) -> list[str]:
    """Return the trees of retired versions that a stage still points to, or holds back."""
    with clone.reading() as reader:
        snapshot = clone.commit(reader)
        if not snapshot.exists:
            return []
        trees = []
        for stage in snapshot.stage_names:
            for name in snapshot.models_in(stage):
                promotion, model = snapshot.promotion(stage, name), snapshot.model(name)
                if promotion is None or model is None:
                    continue
                if promotion.value is None or model.value is None:
                    faulty = promotion if promotion.value is None else model
                    raise NotFinished(f"nobody knows what is needed: {faulty.first_fault()}", hint="modelyard validate")
                pointed = {*promotion.value.versions, *promotion.value.held}
                trees += [tomb.tree for version, tomb in model.value.retired.items() if version in pointed]
        return trees


def _may_name(name: str) -> bool:
    return name.endswith((".dvc", ".lock")) or name == "dvc.yaml"


def _files(root: Path) -> Iterable[Path]:
    for directory, names, files in os.walk(root):
        names[:] = [name for name in names if name not in (".git", ".dvc", ".venv", "node_modules")]
        yield from (Path(directory, name) for name in files if _may_name(name))


def _read(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise UsageError(f"{path} cannot be read: {error.strerror}", hint="it may say what is needed") from error


def names_in_file(path: Path) -> set[str]:
    """Return whatever in a file could be the name of an object.

    :raises UsageError: it cannot be read.
    """
    return _names_in([_read(path)])


def _names_in(texts: Iterable[bytes]) -> set[str]:
    return {name.decode() for text in texts for name in _NAME.findall(text)}


def _members(manifests: Sequence[str], sources: Sequence[Source]) -> set[str]:
    """Return the files of directories, by their manifests in the first of the places that has each.

    :raises NotFinished: one is nowhere, so nobody knows which files it keeps.
    """
    members: set[str] = set()
    missing = list(manifests)
    for source in sources:
        for arrival in source.fetch_many([Request(oid, MAX_SIZE) for oid in missing]) if missing else ():
            found = read_manifest(arrival.oid, arrival.stream) if arrival.stream else None
            if found and not found.fault:
                members |= set(found.files.values())
                missing = [oid for oid in missing if oid != arrival.oid]
    if missing:
        more = f" (and {len(missing) - 1} more)" if len(missing) > 1 else ""
        raise NotFinished(
            f"manifest {missing[0]}{more} is nowhere, so nobody knows which files it needs; nothing was deleted",
            hint="modelyard verify --all --remote says which version needs it",
        )
    return members
