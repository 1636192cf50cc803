"""What a store need not keep: marked first, and deleted once it was marked for long enough."""

from __future__ import annotations

import hashlib
import json
from contextlib import suppress
from datetime import datetime, timedelta, timezone
from typing import TYPE_CHECKING

from modelyard.storage.layout import is_directory_oid, is_oid
from modelyard.storage.writing import new_file, open_directory, translated
from modelyard.values import dataclass

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping
    from pathlib import Path

__all__ = ["Garbage", "Marks", "plan_collection"]

_MODE = 0o600


@dataclass(frozen=True)
class Garbage:
    """What nobody needs: sizes by id, of what goes now, of what was marked not long enough ago, and of what is new."""

    going: Mapping[str, int]
    waiting: Mapping[str, int]
    fresh: Mapping[str, int]
    kept: int

    @property
    def order(self) -> list[str]:
        """What goes, manifests first: cut off in between, no manifest is left without its files."""
        return sorted(self.going, key=lambda oid: (not is_directory_oid(oid), oid))


def plan_collection(
    stored: Mapping[str, int],
    needed: Collection[str],
    marked: Mapping[str, datetime],
    *,
    moment: datetime,
    grace: timedelta,
) -> Garbage:
    """Return what becomes of each object that is stored and that nobody needs.

    :param marked: since when each object has not been needed, as far as that was noted.
    """
    unneeded = {oid: size for oid, size in stored.items() if oid not in needed}
    old = {oid for oid in unneeded if oid in marked and moment - marked[oid] >= grace}
    return Garbage(
        going={oid: size for oid, size in unneeded.items() if oid in old},
        waiting={oid: size for oid, size in unneeded.items() if oid in marked and oid not in old},
        fresh={oid: size for oid, size in unneeded.items() if oid not in marked},
        kept=len(stored) - len(unneeded),
    )


class Marks:
    """Since when objects of one place have not been needed; one file, replaced as a whole.

    :param directory: where such files lie.
    :param place: the store's name and address, which the file is bound to.
    """

    def __init__(self, directory: Path, place: str) -> None:
        self._directory = directory
        self._place = place
        self._name = f"{hashlib.sha256(place.encode()).hexdigest()[:32]}.json"

    def read(self) -> dict[str, datetime]:
        """Return the marks; none where there is no file, or it is not whole: then everything waits once more."""
        with suppress(OSError, ValueError, KeyError, TypeError, AttributeError):
            value = json.loads((self._directory / self._name).read_bytes())
            if value["place"] == self._place:
                return {
                    oid: datetime.fromtimestamp(seconds, timezone.utc)
                    for oid, seconds in value["unneeded_since"].items()
                    if is_oid(oid)
                }
        return {}

    def write(self, marked: Mapping[str, datetime]) -> None:
        """Replace the marks.

        :raises NotFinished: the disk is full, or refuses.
        """
        since = {oid: int(moment.timestamp()) for oid, moment in sorted(marked.items())}
        data = json.dumps({"place": self._place, "unneeded_since": since}).encode()
        with (
            translated("write to", self._directory),
            open_directory(self._directory) as directory,
            new_file(directory) as file,
        ):
            file.write(data)
            file.publish(directory, self._name, mode=_MODE)
