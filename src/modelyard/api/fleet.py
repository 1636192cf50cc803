"""A fleet of machines that check objects: the workers of a Dask scheduler.

Whoever speaks to a Dask scheduler can run code on its workers, and by default unencrypted. So no credential
goes that way: workers are told where a remote is, and find their own credentials as its client does.
"""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from modelyard.api.crews import alone, check_there, settings_of
from modelyard.errors import NotFinished, UsageError
from modelyard.storage.directory_remote import DirectoryRemote
from modelyard.values import replace

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from modelyard.api.crews import Crew, Outcome
    from modelyard.storage.dvcconfig import RemoteSettings
    from modelyard.storage.remotes import Source
    from modelyard.storage.wanted import Wanted

__all__ = ["fleet", "public"]

# What says where and how, and to nobody who one is.
_PUBLIC = frozenset(
    {"connect_timeout", "endpointurl", "listobjects", "profile", "read_timeout", "region", "ssl_verify", "use_ssl"}
)
_PATIENCE = 30  # seconds


@contextmanager
def fleet(address: str) -> Iterator[Crew]:
    """Give what has batches checked by the workers of a scheduler.

    :raises UsageError: ``distributed`` is not installed, or the address is none.
    :raises NotFinished: the scheduler cannot be reached, or has no worker.
    """
    dask = _dask()
    hint = f"dask scheduler, then dask worker {address}; modelyard is to be installed on each"
    try:
        client = dask.Client(address, timeout=_PATIENCE)
        client.wait_for_workers(1, timeout=_PATIENCE)
    except ValueError as error:
        raise UsageError(f"{address} is no address of a Dask scheduler", hint="tcp://HOST:8786") from error
    except (OSError, TimeoutError) as error:
        raise NotFinished(f"no worker of the Dask scheduler {address} can be reached", hint=hint) from error

    def check(source: Source, batches: Sequence[tuple[Wanted, ...]]) -> Iterator[Outcome]:
        settings = settings_of(source)
        if settings is None and not isinstance(source, DirectoryRemote):
            # A cache is this machine's own, and so is a copy of a registry.
            yield from alone(source, batches)
            return
        there = public(settings) if settings else source
        waiting = {client.submit(check_there, batch, there, pure=False): batch for batch in batches}
        for future in dask.as_completed(list(waiting)):
            yield waiting[future], future.result()

    with client:
        yield check


def public(settings: RemoteSettings) -> RemoteSettings:
    """Return the settings of a remote without whatever could be a credential."""
    options = {name: value for name, value in settings.options.items() if name in _PUBLIC}
    return replace(settings, url=settings.address, options=options)


def _dask() -> Any:
    from importlib import import_module

    try:
        return import_module("distributed")
    except ImportError:
        raise UsageError("a fleet needs Dask, which is not installed", hint="pip install 'modelyard[dask]'") from None
