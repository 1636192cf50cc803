"""Who checks batches of objects: this process, some processes of this machine, or a fleet of machines."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

from modelyard.storage.blob_remote import BlobRemote
from modelyard.storage.checking import check_bytes
from modelyard.storage.dvcconfig import RemoteSettings

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from modelyard.storage.checking import Fault
    from modelyard.storage.remotes import Source
    from modelyard.storage.wanted import Wanted

    Batch = tuple[Wanted, ...]
    Outcome = tuple[Batch, list[Fault]]
    Crew = Callable[[Source, Sequence[Batch]], Iterable[Outcome]]

__all__ = ["alone", "check_there", "crew", "settings_of"]


@contextmanager
def crew(*, jobs: int, scheduler: str | None = None) -> Iterator[Crew]:
    """Give what checks batches at a place, each with its faults as soon as it is done, in whatever order.

    :param jobs: processes on this machine, where there is no scheduler.
    :param scheduler: the address of a Dask scheduler.
    :raises UsageError: Dask is not installed.
    :raises NotFinished: the scheduler cannot be reached.
    """
    if scheduler is not None:
        from modelyard.api.fleet import fleet

        with fleet(scheduler) as check:
            yield check
    elif jobs == 1:
        yield alone
    else:
        yield _pool(jobs)


def alone(source: Source, batches: Sequence[Batch]) -> Iterator[Outcome]:
    """Check the batches here, one after the other."""
    for batch in batches:
        yield batch, check_bytes(batch, source)


def _pool(jobs: int) -> Crew:
    def check(source: Source, batches: Sequence[Batch]) -> Iterator[Outcome]:
        there = settings_of(source) or source
        if len(batches) == 1 or isinstance(there, BlobRemote):  # it is read through a pipe to Git
            yield from alone(source, batches)
            return
        from concurrent.futures import ProcessPoolExecutor, as_completed
        from multiprocessing import get_context

        # Forked processes would share our pipes to Git, and locks that some thread holds.
        with ProcessPoolExecutor(min(jobs, len(batches)), mp_context=get_context("spawn")) as pool:
            try:
                waiting = {pool.submit(check_there, batch, there): batch for batch in batches}
                for future in as_completed(waiting):
                    yield waiting[future], future.result()
            finally:
                pool.shutdown(wait=False, cancel_futures=True)

    return check


def settings_of(source: Source) -> RemoteSettings | None:
    """Return the settings that another process makes the same remote of; None where the source itself is a value."""
    settings: RemoteSettings | None = getattr(source, "settings", None)
    return settings


def check_there(batch: Batch, where: Source | RemoteSettings) -> list[Fault]:
    """Check a batch in another process, which keeps what is under way in a place of its own."""
    if not isinstance(where, RemoteSettings):
        return check_bytes(batch, where)
    from pathlib import Path
    from tempfile import TemporaryDirectory

    from modelyard.storage.connect import connect

    with TemporaryDirectory(prefix="modelyard-") as scratch:
        return check_bytes(batch, connect(where, scratch=Path(scratch)))
