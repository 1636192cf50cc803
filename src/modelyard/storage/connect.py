"""From a remote's settings to the remote itself."""

from __future__ import annotations

from typing import TYPE_CHECKING

from modelyard.errors import UsageError
from modelyard.storage.directory_remote import DirectoryRemote
from modelyard.storage.dvc_remote import DvcRemote

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
    :raises UsageError: the remote keeps its files under their own names and not by digest.
    """
    for option in _OTHER_LAYOUTS:
        if settings.options.get(option, "").lower() in _TRUE:
            hint = f"turn it off: `dvc remote modify {settings.name} {option} false`"
            raise UsageError(f"remote {settings.name!r} is {option}, and has no objects by digest", hint=hint)
    directory = settings.directory
    return DirectoryRemote(settings.name, directory) if directory else DvcRemote(settings, scratch=scratch)
