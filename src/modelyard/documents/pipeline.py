"""``dvc.yaml`` and ``dvc.lock`` in a version directory, read by a grammar of our own.

DVC runs what a pipeline says and reads where it points. So only the plain form is taken: stages with
commands, inputs and outputs. Whatever moves the directory, repeats a stage or reads another file is refused.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from modelyard.documents.paths import parse_path
from modelyard.documents.scalars import InvalidScalar, parse_md5
from modelyard.values import dataclass

if TYPE_CHECKING:
    from collections.abc import Iterator

    from modelyard.documents.document import Document, Path, Value

__all__ = ["LOCK", "PIPELINE", "LockedOut", "PipelineFault", "commands", "faults_of_lock", "faults_of_pipeline", "outs"]

PIPELINE = "dvc.yaml"
LOCK = "dvc.lock"

_STAGE_KEYS = ("cmd", "deps", "outs", "params", "metrics", "desc", "frozen")
_LOCK_KEYS = ("cmd", "deps", "outs", "params")
_ENTRY_KEYS = ("path", "hash", "md5", "size", "nfiles", "isexec")
_LOCK_SCHEMA = "2.0"
_HIGHEST = 2  # directories between a version and the root of its repository


@dataclass(frozen=True)
class PipelineFault:
    """One thing that is wrong: where in the document, and in one sentence."""

    path: Path
    message: str


@dataclass(frozen=True)
class LockedOut:
    """One output that a lock records, and where in the document it stands."""

    place: Path
    path: str
    md5: str
    size: int | None


def faults_of_pipeline(document: Document) -> Iterator[PipelineFault]:
    """Yield what keeps a ``dvc.yaml`` from being plain."""
    yield from _unknown((), document.value, ("stages",))
    for name, stage in _stages(document).items():
        place: Path = ("stages", name)
        if not isinstance(stage, dict):
            yield PipelineFault(place, f"stage {name!r} must be a mapping")
            continue
        yield from _unknown(place, stage, _STAGE_KEYS)
        if not _command_lines(stage.get("cmd")):
            yield PipelineFault(place, f"stage {name!r} must have a `cmd`, one line of text or a list of them")
        for key, upward in (("deps", _HIGHEST), ("outs", 0), ("metrics", 0)):
            yield from _path_faults((*place, key), stage.get(key, []), upward=upward)


def faults_of_lock(document: Document) -> Iterator[PipelineFault]:
    """Yield what keeps a ``dvc.lock`` from being plain."""
    yield from _unknown((), document.value, ("schema", "stages"))
    if document.mapping().get("schema") != _LOCK_SCHEMA:
        yield PipelineFault(("schema",), f"`schema` must be '{_LOCK_SCHEMA}'")
    for name, stage in _stages(document).items():
        place: Path = ("stages", name)
        if not isinstance(stage, dict):
            yield PipelineFault(place, f"stage {name!r} must be a mapping")
            continue
        yield from _unknown(place, stage, _LOCK_KEYS)
        for key, upward in (("deps", _HIGHEST), ("outs", 0)):
            yield from _entry_faults((*place, key), stage.get(key, []), upward=upward)


def commands(document: Document) -> Iterator[tuple[Path, str, str]]:
    """Yield place, stage and text of each command that DVC would run, of whatever can be read of a ``dvc.yaml``."""
    for name, stage in _stages(document).items():
        for line in _command_lines(stage.get("cmd") if isinstance(stage, dict) else None):
            yield ("stages", name, "cmd"), name, line


def outs(document: Document) -> Iterator[LockedOut]:
    """Yield the outputs that a plain ``dvc.lock`` records."""
    for name, stage in _stages(document).items():
        entries = stage.get("outs", []) if isinstance(stage, dict) else []
        for index, entry in enumerate(entries if isinstance(entries, list) else []):
            if isinstance(entry, dict) and isinstance(entry.get("path"), str) and isinstance(entry.get("md5"), str):
                size = entry.get("size")
                known = size if isinstance(size, int) else None
                yield LockedOut(("stages", name, "outs", index), str(entry["path"]), str(entry["md5"]), known)


def _stages(document: Document) -> dict[str, Value]:
    stages = document.mapping().get("stages")
    return stages if isinstance(stages, dict) else {}


def _unknown(place: Path, value: Value, allowed: tuple[str, ...]) -> Iterator[PipelineFault]:
    if not isinstance(value, dict):
        yield PipelineFault(place, "it must be a mapping")
        return
    for key in value:
        if key not in allowed:
            yield PipelineFault((*place, key), f"key {key!r} is refused here: only {', '.join(allowed)} are allowed")


def _command_lines(value: Value) -> list[str]:
    lines = value if isinstance(value, list) else [value]
    return [line for line in lines if isinstance(line, str) and line] if all(isinstance(x, str) for x in lines) else []


def _path_faults(place: Path, value: Value, *, upward: int) -> Iterator[PipelineFault]:
    if not isinstance(value, list):
        yield PipelineFault(place, f"`{place[-1]}` must be a list of paths")
        return
    for index, path in enumerate(value):
        yield from _path_fault((*place, index), path, upward=upward)


def _path_fault(place: Path, path: Value, *, upward: int) -> Iterator[PipelineFault]:
    if not isinstance(path, str):
        yield PipelineFault(place, "a path must be text, without options of its own")
        return
    if "${" in path:
        yield PipelineFault(place, "a path must be written out: DVC would fill in `${…}` from another file")
        return
    inside = path
    for _ in range(upward):
        inside = inside.removeprefix("../")
    try:
        parse_path(inside)
    except InvalidScalar as invalid:
        yield PipelineFault(place, invalid.message)


def _entry_faults(place: Path, value: Value, *, upward: int) -> Iterator[PipelineFault]:
    if not isinstance(value, list):
        yield PipelineFault(place, f"`{place[-1]}` must be a list")
        return
    for index, entry in enumerate(value):
        here: Path = (*place, index)
        yield from _unknown(here, entry, _ENTRY_KEYS)
        if isinstance(entry, dict):
            yield from _path_fault((*here, "path"), entry.get("path"), upward=upward)
            yield from _md5_fault((*here, "md5"), entry.get("md5"))


def _md5_fault(place: Path, md5: Value) -> Iterator[PipelineFault]:
    try:
        parse_md5(md5 if isinstance(md5, str) else "")
    except InvalidScalar as invalid:
        yield PipelineFault(place, invalid.message)
