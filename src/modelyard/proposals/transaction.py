"""All edits become visible, or none: staged beside the repository's objects, then moved into place.

A transaction is a directory below ``<git dir>/modelyard/transactions``. Until its file ``ready``
exists, it is rubbish; from then on it will be carried out, by the process that made it or, if that
one was killed, by the next one that writes. Where somebody has changed one of its files meanwhile,
it is rubbish again.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
from contextlib import suppress
from typing import TYPE_CHECKING
from uuid import uuid4

from modelyard.errors import NotFinished, Refused
from modelyard.proposals.lock import writing
from modelyard.values import dataclass

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping
    from pathlib import Path

__all__ = ["WorkTreeWriter"]

_READY = "ready"


@dataclass(frozen=True)
class _Move:
    """One rename.

    :param path: what is replaced, or appears.
    :param before: SHA-256 of the file that is replaced, None where there is none.
    :param fresh: whether it is a whole directory that must not be there yet.
    :param gone: whether the path, a file or a whole directory, goes away.
    """

    path: str
    before: str | None
    fresh: bool
    gone: bool = False


@dataclass(frozen=True)
class _Step:
    """One rename that was begun, and the bytes that it replaces; of a removal, to where it moves what was there."""

    source: Path
    target: Path
    before: bytes | None
    gone: bool = False


class WorkTreeWriter:
    """Writes edits into one work tree.

    :param root: the work tree.
    :param private: a directory of our own on the same file system, such as ``.git/modelyard``.
    """

    def __init__(self, root: Path, private: Path) -> None:
        self._root = root
        self._private = private
        self._transactions = private / "transactions"

    def write(
        self,
        files: Mapping[str, bytes],
        *,
        fresh: tuple[str, ...] = (),
        removed: tuple[str, ...] = (),
        check: Callable[[], None] | None = None,
        seal: Callable[[], None] | None = None,
    ) -> None:
        """Write all files and remove what shall go, or do nothing.

        :param fresh: directories that appear whole, and must not exist before.
        :param removed: files and directories that go, each with all that lies in it, also what Git ignores there; a
            directory that is empty then goes with them, as Git keeps none.
        :param check: looks at the work tree before anything is written, and raises where it must not be. Until the
            writing is done no other writer changes it, and what a killed one had promised is there already.
        :param seal: what is done once everything stands; where it raises, everything is as it was.
        :raises Refused: such a directory exists already.
        :raises NotFinished: a parent directory leads out of the work tree.
        """
        with writing(self._private):
            self._recover()
            if check:
                check()
            for path in (*files, *fresh, *removed):
                self._require_inside(path)
            for path in fresh:
                self._require_absent(path)
            transaction = self._stage(files, self._moves(files, fresh, removed))
            try:
                self._carry_out(transaction, seal=seal)
            finally:
                shutil.rmtree(transaction, ignore_errors=True)

    def _stage(self, files: Mapping[str, bytes], moves: list[_Move]) -> Path:
        transaction = self._transactions / uuid4().hex
        try:
            for path, data in files.items():
                _write_synced(transaction / "files" / path, data)
            journal = json.dumps([[move.path, move.before, move.fresh, move.gone] for move in moves]).encode()
            _write_synced(transaction / "unready", journal)
            (transaction / "unready").rename(transaction / _READY)
            _sync_directory(transaction)
        except BaseException:
            shutil.rmtree(transaction, ignore_errors=True)
            raise
        return transaction

    def _carry_out(self, transaction: Path, *, seal: Callable[[], None] | None = None) -> None:
        begun: list[_Step] = []
        try:
            for move in self._left(transaction):
                target = self._root / move.path
                if move.gone:
                    begun.append(_Step(_gone(transaction, move.path), target, None, gone=True))
                    _take_away(target, begun[-1].source)
                    continue
                before = None if move.before is None else target.read_bytes()
                begun.append(_Step(transaction / "files" / move.path, target, before))
                _move(begun[-1].source, target, fresh=move.fresh)
            if seal:
                seal()
        except BaseException:
            _undo(begun, transaction)
            raise
        self._prune(step.target for step in begun if step.gone)

    def _prune(self, removed: Iterator[Path]) -> None:
        for path in removed:
            for parent in path.parents:
                # What was removed beside it may have taken the directory along.
                if parent == self._root or (parent.exists() and any(parent.iterdir())):
                    break
                with suppress(FileNotFoundError):
                    parent.rmdir()

    def _left(self, transaction: Path) -> list[_Move]:
        """Return the moves of a transaction that were not made yet."""
        moves = [_Move(*move) for move in json.loads((transaction / _READY).read_bytes())]
        return [move for move in moves if not _is_made(move, transaction)]

    def _recover(self) -> None:
        """Finish what a killed process had promised, and remove what it had not."""
        for transaction in self._transactions.glob("*"):
            if (transaction / _READY).exists() and self._is_untouched(transaction):
                self._carry_out(transaction)
            shutil.rmtree(transaction, ignore_errors=True)

    def _is_untouched(self, transaction: Path) -> bool:
        # What somebody has written since then wins over the dead process.
        return all(
            (_print if move.gone else _digest)(self._root / move.path) == move.before
            for move in self._left(transaction)
        )

    def _moves(self, files: Mapping[str, bytes], fresh: tuple[str, ...], removed: tuple[str, ...]) -> list[_Move]:
        """Return the renames in order.

        What appears whole comes last, so that it never stands alone, and what goes goes once all that is written
        because of it stands.
        """
        inside = tuple(f"{directory}/" for directory in fresh)
        single = sorted(path for path in files if not path.startswith(inside))
        moves = [_Move(path, _digest(self._root / path), fresh=False) for path in single]
        prints = ((path, _print(self._root / path)) for path in removed)
        moves += [_Move(path, found, fresh=False, gone=True) for path, found in prints if found]
        return [*moves, *(_Move(directory, None, fresh=True) for directory in fresh)]

    def _require_absent(self, path: str) -> None:
        if os.path.lexists(self._root / path):
            raise _exists(self._root / path)

    def _require_inside(self, path: str) -> None:
        root = self._root.resolve()
        parent = (root / path).parent
        if parent.resolve() != parent:
            raise NotFinished(
                f"{path} lies behind a symbolic link",
                hint="replace the link by a directory of the repository",
            )


def _digest(path: Path) -> str | None:
    """Return the SHA-256 of a file, None where there is none; a directory has the one of no bytes."""
    if not os.path.lexists(path):
        return None
    return hashlib.sha256(path.read_bytes() if path.is_file() else b"").hexdigest()


def _print(path: Path) -> str | None:
    """Return what shows that nobody has written at or below a path since; None where there is nothing.

    Names, sizes and times will do: the bytes of a directory's artifacts may be many.
    """
    if not os.path.lexists(path):
        return None
    inside = [path, *(sorted(path.rglob("*")) if path.is_dir() and not path.is_symlink() else ())]
    found = [(str(each.relative_to(path)), each.lstat()) for each in inside]
    stated = [[name, status.st_size, status.st_mtime_ns] for name, status in found]
    return hashlib.sha256(json.dumps(stated).encode()).hexdigest()


def _is_made(move: _Move, transaction: Path) -> bool:
    if move.gone:
        return os.path.lexists(_gone(transaction, move.path))
    return not (transaction / "files" / move.path).exists()


def _gone(transaction: Path, path: str) -> Path:
    """Return where a transaction moves what it takes away."""
    return transaction / "gone" / path


def _exists(target: Path) -> Refused:
    return Refused(
        f"{target.name} exists already; another process or an earlier run made it",
        hint=f"git status {target.parent.name}/{target.name}",
    )


def _move(source: Path, target: Path, *, fresh: bool) -> None:
    target.parent.mkdir(parents=True, exist_ok=True)
    if fresh:
        try:
            source.rename(target)
        except OSError as error:
            if target.is_dir():
                raise _exists(target) from error
            raise
    else:
        source.replace(target)
    _sync_directory(target.parent)


def _take_away(target: Path, place: Path) -> None:
    place.parent.mkdir(parents=True, exist_ok=True)
    target.rename(place)
    _sync_directory(target.parent)


def _undo(begun: list[_Step], transaction: Path) -> None:
    for number, step in reversed(list(enumerate(begun))):
        if step.gone:
            if step.source.exists():
                step.source.rename(step.target)
            continue
        if step.source.exists():
            continue
        if step.before is not None:
            _write_synced(transaction / "undo" / str(number), step.before)
            (transaction / "undo" / str(number)).replace(step.target)
        elif step.target.is_dir():
            shutil.rmtree(step.target)
        else:
            step.target.unlink()


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
