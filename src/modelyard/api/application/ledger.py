"""What ``sync`` itself has put into a directory of models: the rest is somebody's, and stays."""

from __future__ import annotations

import json
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    from modelyard.documents.delivery import DeliveredFile

__all__ = ["Ledger"]

FOLDER = ".modelyard"
_SUFFIX = ".json"


class Ledger:
    """Names and digests of all files that were put into each model's directory, in a folder of its own beside them.

    Before a directory is replaced, both what stands there and what is to come is written down, so a process that is
    killed in between leaves nothing that a later one would take for somebody else's.
    """

    def __init__(self, out: Path) -> None:
        self.folder = out / FOLDER

    def names(self) -> list[str]:
        """Return the models that were put here, sorted."""
        try:
            found = [entry.name for entry in self.folder.iterdir()]
        except (FileNotFoundError, NotADirectoryError):
            return []
        return sorted(name.removesuffix(_SUFFIX) for name in found if name.endswith(_SUFFIX) and name[0] != ".")

    def read(self, name: str) -> dict[str, set[str]]:
        """Return the digests of what was put at each path of a model's directory; nothing where that is not known."""
        try:
            value = json.loads((self.folder / f"{name}{_SUFFIX}").read_bytes())
            return {path: set(digests) for path, digests in value.items()}
        except (OSError, ValueError, AttributeError, TypeError):
            return {}

    def expect(self, name: str, files: Mapping[str, DeliveredFile]) -> None:
        """Write down what is to come, beside what was there."""
        known = self.read(name)
        for path, file in files.items():
            known.setdefault(path, set()).add(file.sha256)
        self._write(name, known)

    def settle(self, name: str, files: Mapping[str, DeliveredFile]) -> None:
        """Write down what is there now."""
        self._write(name, {path: {file.sha256} for path, file in files.items()})

    def forget(self, name: str) -> None:
        """Write down that nothing is there any more."""
        (self.folder / f"{name}{_SUFFIX}").unlink(missing_ok=True)

    @contextmanager
    def held(self) -> Iterator[None]:
        """Be the only process that changes these directories; the others wait."""
        import fcntl
        import shutil

        from modelyard.storage.writing import open_directory

        # The lock file stays: a process that waits for a removed one would hold a lock that nobody sees.
        with open_directory(self.folder), (self.folder / "lock").open("ab") as file:
            fcntl.flock(file, fcntl.LOCK_EX)
            # So Git leaves it alone, in whatever directory it is.
            (self.folder / ".gitignore").write_text("*\n", encoding="ascii")
            for leftover in self.folder.glob(".modelyard-*"):
                # We hold the lock, so whoever left this behind was killed.
                shutil.rmtree(leftover, ignore_errors=True) if leftover.is_dir() else leftover.unlink()
            yield

    def _write(self, name: str, known: Mapping[str, set[str]]) -> None:
        from modelyard.storage.writing import new_file, open_directory

        data = json.dumps({path: sorted(known[path]) for path in sorted(known)}, indent=0).encode()
        with open_directory(self.folder) as directory, new_file(directory) as file:
            file.write(data)
            file.publish(directory, f"{name}{_SUFFIX}", mode=0o644)
