"""What was found right by a check that is not finished, so that the next run goes on where it stopped.

One file for each check, named by everything that the check is bound to. It is replaced as a whole, and
gone when the check is finished: then everything is to be looked at anew.
"""

from __future__ import annotations

import hashlib
import json
from contextlib import suppress
from typing import TYPE_CHECKING

from modelyard.storage.layout import is_oid
from modelyard.storage.writing import new_file, open_directory, translated

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

__all__ = ["Checked"]

_MODE = 0o600


class Checked:
    """The objects of one check that were right.

    :param directory: where such files lie.
    :param bound_to: texts that must all be the same for the check to be the same one.
    """

    def __init__(self, directory: Path, *bound_to: str) -> None:
        self._directory = directory
        self._bound_to = list(bound_to)
        digest = hashlib.sha256(json.dumps(self._bound_to).encode()).hexdigest()
        self._path = directory / f"{digest[:32]}.json"
        self._oids: set[str] = set()

    def read(self) -> frozenset[str]:
        """Take over what an earlier run has found, and return it; nothing where its file is not whole."""
        with suppress(OSError, ValueError):
            value = json.loads(self._path.read_bytes())
            if isinstance(value, dict) and value.get("check") == self._bound_to:
                self._oids = {oid for oid in value["right"] if isinstance(oid, str) and is_oid(oid)}
        return frozenset(self._oids)

    def add(self, oids: Iterable[str]) -> None:
        """Remember more objects.

        :raises NotFinished: the disk is full, or refuses.
        """
        self._oids.update(oids)
        data = json.dumps({"check": self._bound_to, "right": sorted(self._oids)}).encode()
        with (
            translated("write to", self._directory),
            open_directory(self._directory) as directory,
            new_file(directory) as file,
        ):
            file.write(data)
            file.publish(directory, self._path.name, mode=_MODE)

    def forget(self) -> None:
        """Let the next run begin from the beginning."""
        with suppress(FileNotFoundError):
            self._path.unlink()
