"""Who checks batches of objects: this process, some processes of this machine, or a fleet of machines."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

from modelyard.storage.checking import check_bytes

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from modelyard.storage.checking import Fault
    from modelyard.storage.remotes import Source
    from modelyard.storage.wanted import Wanted

    Batch = tuple[Wanted, ...]
    Outcome = tuple[Batch, list[Fault]]
    Crew = Callable[[Source, Sequence[Batch]], Iterable[Outcome]]

__all__ = ["alone", "crew"]


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
        if len(batches) == 1 or not _travels(source):
            yield from alone(source, batches)
            return
        from concurrent.futures import ProcessPoolExecutor, as_completed
        from multiprocessing import get_context

        # Forked processes would share our pipes to Git, and locks that some thread holds.
        with ProcessPoolExecutor(min(jobs, len(batches)), mp_context=get_context("spawn")) as pool:
            try:
                waiting = {pool.submit(check_bytes, batch, source): batch for batch in batches}
                for future in as_completed(waiting):
                    yield waiting[future], future.result()
            finally:
                pool.shutdown(wait=False, cancel_futures=True)

    return check


def _travels(source: Source) -> bool:
    """Whether another process can be given the place: not one that is read through a pipe to Git."""
    from modelyard.storage.blob_remote import BlobRemote

    return not isinstance(source, BlobRemote)
