"""From a remote's settings to the remote itself."""

from __future__ import annotations

from importlib.util import find_spec
from typing import TYPE_CHECKING

from modelyard.errors import UsageError
from modelyard.storage.directory_remote import DirectoryRemote

if TYPE_CHECKING:
    from pathlib import Path

    from modelyard.storage.dvcconfig import RemoteSettings
    from modelyard.storage.remotes import Remote

__all__ = ["connect"]

_OTHER_LAYOUTS = ("version_aware", "worktree")
_TRUE = frozenset({"true", "1", "yes", "on"})


def connect(settings: RemoteSettings, *, scratch: Path) -> Remote:
    """Return the remote of those settings. Nothing is contacted yet.

    :param scratch: where a remote behind DVC keeps what is under way, best on the cache's disk.
    :raises UsageError: the remote keeps its files under their own names and not by digest, or its settings
        make no sense.
    """
    for option in _OTHER_LAYOUTS:
        if settings.options.get(option, "").lower() in _TRUE:
            hint = f"turn it off: `dvc remote modify {settings.name} {option} false`"
            raise UsageError(f"remote {settings.name!r} is {option}, and has no objects by digest", hint=hint)
    directory = settings.directory
    if directory:
        return DirectoryRemote(settings.name, directory)
    natively = _natively(settings)
    if natively:
        return natively
    from modelyard.storage.dvc_remote import DvcRemote

    return DvcRemote(settings, scratch=scratch)


def _natively(settings: RemoteSettings) -> Remote | None:
    """Return the remote through a client of ours, or None where it has none or does not know an option."""
    scheme = settings.url.partition("://")[0].lower()
    if scheme in ("http", "https"):
        from modelyard.storage import http_settings
        from modelyard.storage.http_remote import HttpRemote

        return HttpRemote(settings) if http_settings.knows(settings) else None
    if scheme == "s3" and find_spec("obstore"):
        from modelyard.storage.s3_remote import S3Remote
        from modelyard.storage.s3_settings import S3Settings

        parsed = S3Settings.of(settings)
        return S3Remote(settings, parsed) if parsed else None
    return None
