"""DVC pointers: ``model.joblib.dvc``, as ``dvc add`` of DVC 3 writes them and nothing else.

DVC obeys whatever a pointer says: a path outside the directory, a URL to fetch, a stage to run.
So a pointer is read here, by a grammar that leaves no room for that, before any part of DVC sees it.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, cast

from modelyard.documents.paths import parse_file_name
from modelyard.documents.scalars import InvalidScalar, parse_md5
from modelyard.values import dataclass

if TYPE_CHECKING:
    from collections.abc import Iterable

    from modelyard.documents.document import Document, Path, Value

__all__ = ["SUFFIX", "InvalidPointer", "Pointer", "PointerFault", "gitignore", "parse", "render"]

SUFFIX = ".dvc"

_KEYS = ("md5", "size", "nfiles", "hash", "path")
_OUT: Path = ("outs", 0)
_LARGEST = 2**63 - 1
_LONGEST_NAME = 255
_RESERVED = (".git", ".dvc")
_PLAIN_NAME = "move the file beside its pointer, give it a plain name, and run `dvc add <file>` there"
_ADD_AGAIN = "write the pointer with `dvc add <file>` or `modelyard register`, and never by hand"
_NOT_EXECUTABLE = "run `chmod -x <file>` and `dvc add <file>` again: a model is data, not a program"

# What the YAML 1.2 reader inside DVC would not take for text; DVC quotes these.
_NOT_TEXT = (
    r"(?a:~|null|Null|NULL|true|True|TRUE|false|False|FALSE|<<|="
    r"|[-+]?0b[01_]+|[-+]?0o?[0-7_]+|(?!_)[-+]?[0-9_]+|[-+]?0x[0-9a-fA-F_]+"
    r"|[-+]?[0-9][0-9_]*\.[0-9_]*(?:[eE][-+]?[0-9]+)?|[-+]?[0-9][0-9_]*[eE][-+]?[0-9]+"
    r"|[-+]?\.[0-9_]+(?:[eE][-+][0-9]+)?|[-+]?\.(?:inf|Inf|INF)|\.(?:nan|NaN|NAN)"
    r"|[0-9]{4}-[0-9]{2}-[0-9]{2}"
    r"|[0-9]{4}-[0-9]{1,2}-[0-9]{1,2}(?:[Tt]|[ \t]+)[0-9]{1,2}:[0-9]{2}:[0-9]{2}(?:\.[0-9]*)?"
    r"(?:[ \t]*(?:Z|[-+][0-9]{1,2}(?::[0-9]{2})?))?)"
)
_NOT_PLAIN = r"[#,\[\]{}&*!|>'\"%@`]|---|\.\.\.|[-?:](?: |\Z)|.*(?::(?: |\Z)| #)| |.* \Z"
_IGNORED = r"[\\\[\]!*#?]"
_ESCAPE = r"\\\g<0>"
_LINE_WIDTH = 80
_FOLDED_INDENT = 4


@dataclass(frozen=True)
class PointerFault:
    """One thing that is wrong in a pointer.

    :param path: path in the document, such as ``("outs", 0, "md5")``.
    :param at_key: whether the key is at fault and not its value.
    """

    path: Path
    message: str
    hint: str
    at_key: bool = False


class InvalidPointer(ValueError):
    """The document is not a pointer that may be followed. Holds every fault, in order."""

    def __init__(self, faults: tuple[PointerFault, ...]) -> None:
        super().__init__("; ".join(fault.message for fault in faults))
        self.faults = faults


@dataclass(frozen=True)
class Pointer:
    """The one output that a pointer names.

    :param path: one plain file name, beside the pointer.
    :param md5: 32 lower-case hexadecimal digits, with ``.dir`` behind them for a directory.
    :param size: bytes; for a directory the sum of its files.
    :param nfiles: number of files of a directory, None for a file.
    :raises InvalidPointer: a value is outside its grammar.
    """

    path: str
    md5: str
    size: int
    nfiles: int | None = None

    def __post_init__(self) -> None:
        faults = _value_faults({"md5": self.md5, "size": self.size, "nfiles": self.nfiles, "path": self.path})
        if faults:
            raise InvalidPointer(tuple(faults))

    @property
    def is_directory(self) -> bool:
        """Whether the pointer names a directory."""
        return self.md5.endswith(".dir")


def parse(document: Document) -> Pointer:
    """Return the pointer that a document holds.

    :raises InvalidPointer: it is anything else than exactly one output of DVC 3, with the keys
        md5, size, nfiles (directories only), hash and path. Every fault is collected.
    """
    faults, out = _shape(document.value)
    if out is not None:
        faults += [*_key_faults(out), *_value_faults(out)]
    if faults or out is None:
        raise InvalidPointer(tuple(faults))
    # The casts are true: the value faults above include every wrong type.
    return Pointer(
        path=cast("str", out["path"]),
        md5=cast("str", out["md5"]),
        size=cast("int", out["size"]),
        nfiles=cast("int | None", out.get("nfiles")),
    )


def render(pointer: Pointer) -> bytes:
    """Return the bytes that ``dvc add`` writes.

    A quoted name that is longer than a line is the one exception: DVC folds it, here it stays whole.
    """
    lines = ["outs:", f"- md5: {_scalar(pointer.md5)}", f"  size: {pointer.size}"]
    if pointer.nfiles is not None:
        lines.append(f"  nfiles: {pointer.nfiles}")
    lines += ["  hash: md5", f"  path: {_scalar(pointer.path)}"]
    return ("\n".join(lines) + "\n").encode()


def gitignore(pointers: Iterable[Pointer], opened: Iterable[str] = ()) -> bytes:
    """Return the ``.gitignore`` that ``dvc add`` writes beside pointers: one ``/file`` line for each, sorted.

    :param opened: names that sealed files have once they are opened: a line for each of them, too.
    """
    paths = sorted({*(pointer.path for pointer in pointers), *opened})
    return "".join(f"/{re.sub(_IGNORED, _ESCAPE, path)}\n" for path in paths).encode()


def _shape(value: Value) -> tuple[list[PointerFault], dict[str, Value] | None]:
    if not isinstance(value, dict):
        return [PointerFault((), "a pointer must be a mapping with the key 'outs'", _ADD_AGAIN)], None
    faults = [_unknown((key,), "a pointer may hold 'outs' alone") for key in value if key != "outs"]
    outs = value.get("outs")
    if not isinstance(outs, list) or len(outs) != 1 or not isinstance(outs[0], dict):
        hint = "Give each file or directory a pointer of its own: `dvc add <file>`"
        return [*faults, PointerFault(("outs",), "a pointer must name exactly one output in 'outs'", hint)], None
    return faults, outs[0]


def _key_faults(out: dict[str, Value]) -> list[PointerFault]:
    faults = [_unknown((*_OUT, key), f"only {', '.join(_KEYS)} are allowed") for key in out if key not in _KEYS]
    if out.get("hash") != "md5":
        faults.append(_hash_fault(out))
    if "nfiles" in out and out["nfiles"] is None:
        faults.append(_fault("nfiles", "'nfiles' has no value"))
    return faults


def _unknown(path: Path, allowed: str) -> PointerFault:
    message = f"key {path[-1]!r} is refused in a pointer: {allowed}"
    return PointerFault(path, message, _NOT_EXECUTABLE if path[-1] == "isexec" else _ADD_AGAIN, at_key=True)


def _hash_fault(out: dict[str, Value]) -> PointerFault:
    if "hash" in out:
        return _fault("hash", f"'hash' is {out['hash']!r} and must be md5")
    return PointerFault(
        _OUT,
        "'hash: md5' is missing: this pointer was written by DVC 2 or older",
        "run `dvc cache migrate --dvc-files` with DVC 3, and commit the pointer it writes",
    )


def _value_faults(out: dict[str, Value]) -> list[PointerFault]:
    faults = [*_path_faults(out.get("path")), *_md5_faults(out.get("md5")), *_count_faults("size", out.get("size"))]
    md5, nfiles = out.get("md5"), out.get("nfiles")
    is_directory = isinstance(md5, str) and md5.endswith(".dir")
    if is_directory:
        faults += _count_faults("nfiles", nfiles)
    elif nfiles is not None:
        faults.append(_fault("nfiles", "'nfiles' stands beside an md5 that is not a directory's"))
    return faults


def _path_faults(path: Value) -> list[PointerFault]:
    if not isinstance(path, str):
        return [_fault("path", "'path' must be text")]
    try:
        parse_file_name(path)
    except InvalidScalar as invalid:
        return [PointerFault((*_OUT, "path"), f"'path': {invalid.message}", _PLAIN_NAME)]
    if len(path.encode()) > _LONGEST_NAME:
        return [PointerFault((*_OUT, "path"), f"'path' is longer than {_LONGEST_NAME} bytes", _PLAIN_NAME)]
    if path.lower().startswith(_RESERVED):
        return [PointerFault((*_OUT, "path"), f"'path': {path!r} is a file of Git's or DVC's own", _PLAIN_NAME)]
    return []


def _md5_faults(md5: Value) -> list[PointerFault]:
    if not isinstance(md5, str):
        return [_fault("md5", "'md5' must be text")]
    try:
        parse_md5(md5)
    except InvalidScalar as invalid:
        return [_fault("md5", f"'md5': {invalid.message}")]
    return []


def _count_faults(key: str, value: Value) -> list[PointerFault]:
    if isinstance(value, int) and not isinstance(value, bool) and 0 <= value <= _LARGEST:
        return []
    return [_fault(key, f"{key!r} must be a whole number, zero or more")]


def _fault(key: str, message: str) -> PointerFault:
    return PointerFault((*_OUT, key), message, _ADD_AGAIN)


def _scalar(text: str) -> str:
    if not re.fullmatch(_NOT_TEXT, text) and not re.match(_NOT_PLAIN, text):
        return _folded(text)
    if "'" in text:
        return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'
    return f"'{text}'"


def _folded(text: str) -> str:
    # The line breaks of ruamel.yaml, which writes DVC's files: at one space, and before a word that
    # goes over the edge. It also breaks behind several spaces, which loses them: not here.
    folded, column = "", len("  path: ")
    for piece in re.split("( +)", text):
        single = piece == " " and column >= _LINE_WIDTH
        over = piece[:1] != " " and column + len(piece) > _LINE_WIDTH and column > _FOLDED_INDENT
        if single or (over and not folded.endswith("  ")):
            folded, column = folded + "\n" + " " * _FOLDED_INDENT, _FOLDED_INDENT
        if not single:
            folded, column = folded + piece, column + len(piece)
    return folded
