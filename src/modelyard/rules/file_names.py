"""MY112 and MY113: do the names of a version's files hold on every system that clones the registry?"""

from __future__ import annotations

from typing import TYPE_CHECKING

from modelyard.documents.pointer import SUFFIX
from modelyard.portable import folded, repaired, why_not_portable
from modelyard.rules.finding import Finding
from modelyard.rules.hints import moved, shown

if TYPE_CHECKING:
    from modelyard.documents.policy import Policy
    from modelyard.rules.finding import Findings
    from modelyard.version_directory import VersionDirectory

__all__ = ["clashing_files", "unportable_name"]


def clashing_files(version: VersionDirectory, _policy: Policy) -> Findings:
    """Two files, or two folders, stay apart where letters have no case and accents have one form.

    On macOS and Windows ``Model.joblib`` and ``model.joblib`` are one file: a clone there has the bytes of only one of
    them, under both names. A file counts where it will lie once DVC has fetched it.

    Bad:
        fraud-1.0.0/Weights.bin
        fraud-1.0.0/weights.bin
    Good:
        fraud-1.0.0/weights.bin
        fraud-1.0.0/weights-2.bin
    """
    spelt: dict[str, str] = {}
    told = set()
    for name in _names(version):
        clash = next((each for each in _beginnings(name) if spelt.setdefault(folded(each), each) != each), None)
        # Where two pointers clash so do their targets, and it is said once.
        if clash and f"{name}{SUFFIX}" not in told:
            told.add(name)
            message = f"{shown(clash)} and {shown(spelt[folded(clash)])} are one name to macOS and Windows"
            yield _at(version, name, message, "give one of the two another name, in the metadata too")


def _beginnings(path: str) -> tuple[str, ...]:
    """Return the path and the folders above it, the outermost first."""
    if "/" not in path:
        return (path,)
    parts = path.split("/")
    return tuple("/".join(parts[:count]) for count in range(1, len(parts) + 1))


def unportable_name(version: VersionDirectory, _policy: Policy) -> Findings:
    """A file's name is one that Linux, macOS and Windows hold as it is, and that reads as what it is.

    Windows knows devices such as ``con`` and ``aux``, whatever follows their dot, refuses ``: * ?`` and others, and
    drops a dot or space at the end. A Cyrillic letter among Latin ones, a line break or a byte that is not UTF-8
    shows a reviewer another name than the one a program opens.

    Bad:
        fraud-1.0.0/aux.json
    Good:
        fraud-1.0.0/auxiliary.json
    """
    told = set()
    for name in _names(version):
        part, clause = _first_fault(name)
        # What is wrong with a pointer's name is wrong with the name of its target, and said once.
        if clause and f"{name}{SUFFIX}" not in told:
            told.add(name)
            yield _at(version, name, f"the name {shown(part)} {clause}", _rename(version, name, part))


def _first_fault(name: str) -> tuple[str, str | None]:
    found = ((part, why_not_portable(part)) for part in name.split("/"))
    return next((each for each in found if each[1]), (name, None))


def _rename(version: VersionDirectory, name: str, part: str) -> str:
    better = repaired(part)
    if not better:
        return "rename it, with letters, digits, '.', '-' and '_'"
    if name not in version:
        return f"name it {better}"
    to = name.replace(part, better, 1)
    return f"{moved(version.full_path(name), version.full_path(to))}, and rename it in the metadata too"


def _names(version: VersionDirectory) -> tuple[str, ...]:
    """Return every path that the version has, or will have once its artifact is fetched."""
    parsed = version.metadata
    promised = (name.removesuffix(SUFFIX) for name in version.entries if name.endswith(SUFFIX))
    stated = parsed.value.files if parsed and parsed.value else ()
    return tuple(dict.fromkeys((*version.entries, *promised, *stated)))


def _at(version: VersionDirectory, name: str, message: str, hint: str) -> Finding:
    parsed = version.metadata
    pointer = f"{name}{SUFFIX}"
    if name in version or pointer in version or not parsed:
        return Finding(version.full_path(name if name in version else pointer), message, hint)
    return Finding(parsed.path, message, hint, parsed.locate_key(("files", name)))
