"""All edits become visible, or none: staged beside the repository's objects, then moved into place.

A transaction is a directory below ``<git dir>/modelyard/transactions``. Until its file ``ready``
exists, it is rubbish; from then on it will be carried out, by the process that made it or, if that
one was killed, by the next one that writes.
"""

from __future__ import annotations

import json
import os
import shutil
from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING
from uuid import uuid4

from modelyard.errors import NotFinished, Refused
from modelyard.proposals.lock import writing

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

__all__ = ["WorkTreeWriter"]

_READY = "ready"


@dataclass(frozen=True)
class _Move:
    """One rename; ``fresh`` is a whole directory that must not be there yet."""

    path: str
    fresh: bool


class WorkTreeWriter:
    """Writes edits into one work tree.

    :param root: the work tree.
    :param private: a directory of our own on the same file system, such as ``.git/modelyard``.
    """

    def __init__(self, root: Path, private: Path) -> None:
        self._root = root
        self._private = private
        self._transactions = private / "transactions"

    def write(self, files: Mapping[str, bytes], *, fresh: tuple[str, ...] = ()) -> None:
        """Write all files, or none of them.

        :param fresh: directories that appear whole, and must not exist before.
        :raises Refused: such a directory exists already.
        :raises NotFinished: a parent directory leads out of the work tree.
        """
        with writing(self._private):
            self._recover()
            for path in (*files, *fresh):
                self._require_inside(path)
            transaction = self._stage(files, _moves(files, fresh))
            try:
                self._carry_out(transaction)
            finally:
                shutil.rmtree(transaction, ignore_errors=True)

    def _stage(self, files: Mapping[str, bytes], moves: list[_Move]) -> Path:
        transaction = self._transactions / uuid4().hex
        try:
            for path, data in files.items():
                _write_synced(transaction / "files" / path, data)
            journal = json.dumps([[move.path, move.fresh] for move in moves]).encode()
            _write_synced(transaction / "unready", journal)
            (transaction / "unready").rename(transaction / _READY)
            _sync_directory(transaction)
        except BaseException:
            shutil.rmtree(transaction, ignore_errors=True)
            raise
        return transaction

    def _carry_out(self, transaction: Path) -> None:
        done: list[tuple[Path, bytes | None]] = []
        try:
            for path, fresh in json.loads((transaction / _READY).read_bytes()):
                source, target = transaction / "files" / path, self._root / path
                if source.exists():
                    done.append((target, None if fresh or not target.exists() else target.read_bytes()))
                    _move(source, target, fresh=fresh)
        except BaseException:
            _undo(done[:-1], transaction)
            raise

    def _recover(self) -> None:
        """Finish what a killed process had promised, and remove what it had not."""
        for transaction in self._transactions.glob("*"):
            if (transaction / _READY).exists():
                # A directory that somebody else has made meanwhile wins over the dead process.
                with suppress(Refused):
                    self._carry_out(transaction)
            shutil.rmtree(transaction, ignore_errors=True)

    def _require_inside(self, path: str) -> None:
        root = self._root.resolve()
        parent = (root / path).parent
        if parent.resolve() != parent:
            raise NotFinished(
                f"{path} lies behind a symbolic link",
                hint="replace the link by a directory of the repository",
            )


def _moves(files: Mapping[str, bytes], fresh: tuple[str, ...]) -> list[_Move]:
    """Return the renames in order: what appears whole comes last, so that it never stands alone."""
    inside = tuple(f"{directory}/" for directory in fresh)
    single = [_Move(path, fresh=False) for path in sorted(files) if not path.startswith(inside)]
    return [*single, *(_Move(directory, fresh=True) for directory in fresh)]


def _move(source: Path, target: Path, *, fresh: bool) -> None:
    target.parent.mkdir(parents=True, exist_ok=True)
    if fresh:
        try:
            source.rename(target)
        except OSError as error:
            if target.is_dir():
                raise Refused(
                    f"{target.name} exists already; another process or an earlier run made it",
                    hint=f"git status {target.parent.name}/{target.name}",
                ) from error
            raise
    else:
        source.replace(target)
    _sync_directory(target.parent)


def _undo(done: list[tuple[Path, bytes | None]], transaction: Path) -> None:
    for number, (target, before) in reversed(list(enumerate(done))):
        if before is not None:
            _write_synced(transaction / "undo" / str(number), before)
            (transaction / "undo" / str(number)).replace(target)
        elif target.is_dir():
            shutil.rmtree(target)
        else:
            target.unlink()


def _write_synced(path: Path, data: bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("xb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())


def _sync_directory(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
