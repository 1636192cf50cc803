"""DVC's settings as Git holds them, read leniently: a rule has to tell where each one stands."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from modelyard.content import content_of
from modelyard.dvc_files import DVC_CONFIG
from modelyard.problems import Position

if TYPE_CHECKING:
    from collections.abc import Iterator

    from modelyard.snapshot import Snapshot

__all__ = ["Settings", "default_remote", "settings_of"]

_SECTION, _SETTING = re.compile(r"\[(.*)\]"), re.compile(r"([^=#\s]+)\s*=\s*(.*)")

# By section, such as `remote storage`, and key: the value, and where it stands.
Settings = dict[tuple[str, str], tuple[str, Position]]


def settings_of(snapshot: Snapshot) -> Settings:
    """Return all settings of ``.dvc/config``, none where there is no such file."""
    data = content_of(snapshot.tree, DVC_CONFIG)
    text = data.decode("utf-8", "replace") if isinstance(data, bytes) else ""
    return dict(_read(text))


def default_remote(settings: Settings) -> str | None:
    """Return the name of the remote that DVC uses where nobody names one."""
    found = settings.get(("core", "remote"))
    return found[0].strip("'\"").lower() if found else None


def _read(text: str) -> Iterator[tuple[tuple[str, str], tuple[str, Position]]]:
    section = ""
    for number, line in enumerate(text.split("\n"), start=1):
        stripped = line.strip()
        place = Position(number, len(line) - len(line.lstrip()) + 1)
        if found := _SECTION.fullmatch(stripped):
            section = found[1].strip("'\" ").replace('"', "")
        elif found := _SETTING.fullmatch(stripped):
            yield (section, found[1].lower()), (found[2], place)
