"""MY4xx, pointers first: is each artifact there, once, in the form and with the bytes that are stated?"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from modelyard.documents import pointer as pointer_document
from modelyard.documents.pointer import SUFFIX
from modelyard.problems import Position
from modelyard.rules.finding import Finding
from modelyard.rules.stated import metadata_of, pointers_of, records_behind

if TYPE_CHECKING:
    from modelyard.documents.parsed import Parsed
    from modelyard.documents.policy import Policy
    from modelyard.rules.finding import Findings
    from modelyard.version_directory import VersionDirectory

__all__ = ["gitignore", "in_git_and_dvc", "pointer_shape", "pointer_size", "pointer_target"]


def pointer_shape(parsed: Parsed[Any]) -> Findings:
    """A pointer is what ``dvc add`` of DVC 3 writes for one file or directory beside it, and no more.

    DVC obeys every other key: it would write outside the directory, fetch from any address, or run
    a command. So a pointer is read by a grammar of our own, and no part of DVC sees it before.

    Bad:
        outs:
        - md5: a2d5d04c767f0300f5a849af0517910c
          size: 25
          hash: md5
          path: ../../.git/hooks/post-checkout
    Good:
        outs:
        - md5: a2d5d04c767f0300f5a849af0517910c
          size: 25
          hash: md5
          path: model.joblib
    """
    for fault in parsed.schema_faults:
        if fault.keyword == SUFFIX:
            yield Finding(parsed.path, fault.message, fault.hint, fault.position)


def pointer_target(version: VersionDirectory, _policy: Policy) -> Findings:
    """A pointer is named after what it points at: ``model.joblib.dvc`` at ``model.joblib``.

    Bad:
        # model.joblib.dvc
        path: other.joblib
    Good:
        # model.joblib.dvc
        path: model.joblib
    """
    for name, parsed, pointer in pointers_of(version):
        if pointer.path != name.removesuffix(SUFFIX):
            message = f"`path` is {pointer.path!r}, but the pointer's name says {name.removesuffix(SUFFIX)!r}"
            hint = f"git mv {parsed.path} {version.full_path(pointer.path + SUFFIX)}"
            yield Finding(parsed.path, message, hint, parsed.locate(("outs", 0, "path")))


def pointer_size(version: VersionDirectory, _policy: Policy) -> Findings:
    """A pointer's size is the size that the metadata states; of a directory, the sum of its files.

    Bad:
        # model.joblib.dvc
        size: 25
        # metadata.yaml
        size: 26
    Good:
        # model.joblib.dvc
        size: 25
        # metadata.yaml
        size: 25
    """
    metadata = metadata_of(version)
    if not metadata:
        return
    for _name, parsed, pointer in pointers_of(version):
        records = records_behind(metadata, pointer).values()
        stated = sum(record.size for record in records)
        if records and stated != pointer.size:
            message = f"`size` is {pointer.size} bytes, but the metadata states {stated}"
            hint = f"modelyard fix {version.path}"
            yield Finding(parsed.path, message, hint, parsed.locate(("outs", 0, "size")))
        if records and pointer.nfiles is not None and len(records) != pointer.nfiles:
            message = f"`nfiles` is {pointer.nfiles}, but the metadata lists {len(records)} files"
            hint = f"modelyard fix {version.path}"
            yield Finding(parsed.path, message, hint, parsed.locate(("outs", 0, "nfiles")))


def in_git_and_dvc(version: VersionDirectory, _policy: Policy) -> Findings:
    """A file lies in Git or in DVC, never in both: the two could differ.

    Bad:
        model.joblib
        model.joblib.dvc
    Good:
        model.joblib.dvc
        .gitignore          # holds /model.joblib
    """
    for name, _parsed, pointer in pointers_of(version):
        if pointer.path in version or any(each.startswith(f"{pointer.path}/") for each in version.entries):
            path = version.full_path(pointer.path)
            hint = f"git rm -r --cached {path}"
            yield Finding(path, f"{pointer.path!r} is in Git, and {name} points at it too", hint)


def gitignore(version: VersionDirectory, _policy: Policy) -> Findings:
    """``.gitignore`` holds one ``/file`` line for each pointer, and nothing else, as DVC writes it.

    A sealed file has a second line, for what it is called once it is opened. Any other line could hide a file from
    review.

    Bad:
        /model.joblib
        *.yaml
    Good:
        /model.joblib
    """
    pointers = [parsed.value for parsed in version.pointers.values()]
    metadata = metadata_of(version)
    opened = metadata.opened_names if metadata else ()
    wanted = pointer_document.gitignore((pointer for pointer in pointers if pointer), opened if pointers else ())
    if None in pointers or (not pointers and ".gitignore" not in version):
        return
    content = version.content(".gitignore")
    if not wanted or not isinstance(content, bytes) or (content != wanted and _lines(content) != _lines(wanted)):
        lines = " and ".join(wanted.decode().splitlines())
        path = version.full_path(".gitignore")
        hint = f"write nothing but {lines} into it; modelyard fix {version.path} does" if lines else f"git rm {path}"
        message = ".gitignore must hold one /file line for each pointer and nothing else"
        place = _first_unwanted(content, wanted) if isinstance(content, bytes) else None
        yield Finding(path, message, hint, place)


def _first_unwanted(content: bytes, wanted: bytes) -> Position | None:
    """Return where the first line stands that should not, None where there is none."""
    missing = _lines(wanted)
    for number, line in enumerate(content.replace(b"\r\n", b"\n").split(b"\n"), 1):
        if line in missing:
            missing.remove(line)
        elif line:
            return Position(number, 1)
    return None


def _lines(content: bytes) -> list[bytes]:
    # Git drops the \r of a checkout on Windows, and so do we.
    return sorted(line for line in content.replace(b"\r\n", b"\n").split(b"\n") if line)
