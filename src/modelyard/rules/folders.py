"""MY101, MY108 to MY110: is all that lies around the versions a part of a registry?"""

from __future__ import annotations

from typing import TYPE_CHECKING

from modelyard.documents import policy
from modelyard.names import InvalidName, ModelName, VersionId, parse_model_name
from modelyard.portable import folded, repaired, why_not_portable
from modelyard.rules.finding import Finding
from modelyard.rules.hints import moved, removed, shown
from modelyard.rules.kinds import no_plain_file
from modelyard.snapshot import ARCHIVE, MODELS, ROOT, STAGES, version_path

if TYPE_CHECKING:
    from collections.abc import Iterator

    from modelyard.rules.finding import Findings
    from modelyard.snapshot import Snapshot
    from modelyard.tree import Entry

__all__ = ["archive_name", "directory_name", "model_document_name", "stage_document_name"]

_FOLDERS = {"models": "documents of models", "stages": "promotions", "archive": "figures of retired versions"}
_LONGEST_REPAIRED = 255


def directory_name(snapshot: Snapshot) -> Findings:
    """What lies in ``model_registry`` is a version directory, or one of the registry's own files and folders.

    A version directory is named ``<name>-<MAJOR.MINOR.PATCH>``: lower-case ASCII letters and digits with single ``-``
    or ``_`` between them, then a version by SemVer 2.0.0 without a ``v``. Everything else is refused, so that nothing
    comes in that no rule looks at.

    Bad:
        model_registry/Fraud_v1/
        model_registry/notes.txt
    Good:
        model_registry/fraud-1.0.0/
        docs/notes.txt
    """
    for entry in snapshot.strays:
        path = f"{ROOT}/{entry.name}"
        no_file = no_plain_file(path, entry.name, entry.kind)
        if entry.name == policy.FILE:
            yield no_file or Finding(
                path,
                f"{shown(entry.name)} is a folder, where the file with the registry's policy belongs",
                removed(path, folder=True),
            )
        elif entry.name in _FOLDERS:
            message = f"{shown(entry.name)} is {_said(entry)}, where the folder with {_FOLDERS[entry.name]} belongs"
            yield Finding(path, message, removed(path))
        elif entry.kind == "directory":
            yield _misnamed(snapshot, entry.name, _refusal(entry.name) or "")
        elif _refusal(entry.name) is None:
            message = f"{shown(entry.name)} is {_said(entry)}, where the directory of a version belongs"
            yield Finding(path, message, f"{removed(path)}, and put the version's own files there")
        else:
            out = removed(path) if why_not_portable(entry.name) else moved(path, ".")
            yield Finding(path, f"{shown(entry.name)} is no part of a registry", out)


def _said(entry: Entry) -> str:
    return {"symlink": "a symbolic link", "submodule": "a submodule"}.get(entry.kind, "a file")


def _misnamed(snapshot: Snapshot, name: str, reason: str) -> Finding:
    path = f"{ROOT}/{name}"
    meant = _meant(name)
    if meant is None:
        out = moved(path, ".")
        return Finding(path, reason, f"name it <name>-<MAJOR.MINOR.PATCH>, such as fraud-1.0.0, or move it out: {out}")
    if not snapshot.has(meant):
        return Finding(path, reason, moved(path, version_path(meant)))
    same = folded(meant.directory) == folded(name)
    beside = f"{meant.directory} is there already" + (", and macOS and Windows take it for this one" if same else "")
    return Finding(path, reason, f"{beside}: {removed(path, folder=True)}")


def _meant(name: str) -> VersionId | None:
    """Return the version that somebody may have meant by a directory's name."""
    import re
    from unicodedata import combining, normalize

    bare = normalize("NFKD", repaired(name) or name)
    text = "".join(each for each in bare if not combining(each)).lower()
    found = re.search(r"[-_ @]*v?([0-9]+)(?:\.([0-9]+))?(?:\.([0-9]+))?((?:[-+][0-9a-z.+-]+)?)\Z", text)
    if len(name) > _LONGEST_REPAIRED or not found or not text.isascii():
        return None
    numbers = ".".join(str(int(number or "0")) for number in found.groups()[:3])
    words = re.sub(r"[-_]*[^a-z0-9_-]+[-_]*|[-_]{2,}", "-", text[: found.start()]).strip("-_")
    try:
        return VersionId.from_directory(f"{words}-{numbers}{found[4]}")
    except InvalidName:
        return None


def _refusal(name: str) -> str | None:
    """Return why the name is not one of a version's directory, None where it is."""
    try:
        VersionId.from_directory(name)
    except InvalidName as error:
        return str(error)
    return None


def model_document_name(snapshot: Snapshot) -> Findings:
    """A document in ``models/`` is named after the model that it describes, and nothing else lies there.

    Bad:
        models/Fraud.yml
    Good:
        models/fraud.yaml
    """
    yield from _no_documents(snapshot, MODELS, ".yaml")
    for name in snapshot.model_names:
        parsed = snapshot.model(name)
        if parsed and parsed.value and parsed.value.name != name:
            message = f"`name` is {parsed.value.name!r}, but the file says {name!r}"
            yield Finding(parsed.path, message, f"write name: {name}", parsed.locate(("name",)))


def stage_document_name(snapshot: Snapshot) -> Findings:
    """``stages/`` holds a folder for each stage, and in it a document named after each of its models.

    Bad:
        stages/production.yaml
    Good:
        stages/production/fraud.yaml
    """
    for entry in snapshot.tree.entries(STAGES):
        path = f"{STAGES}/{entry.name}"
        if entry.kind == "directory":
            yield from _no_documents(snapshot, path, ".yaml")
        else:
            message = f"{shown(entry.name)} is {_said(entry)}, where only a folder for each stage may lie"
            yield Finding(path, message, removed(path))


def archive_name(snapshot: Snapshot) -> Findings:
    """``archive/`` holds one file ``<name>.jsonl`` for each model with retired versions.

    Bad:
        archive/fraud-2024.csv
    Good:
        archive/fraud.jsonl
    """
    yield from _no_documents(snapshot, ARCHIVE, ".jsonl")


def _no_documents(snapshot: Snapshot, folder: str, suffix: str) -> Iterator[Finding]:
    for entry in snapshot.tree.entries(folder):
        path = f"{folder}/{entry.name}"
        no_file = no_plain_file(path, entry.name, entry.kind)
        if no_file:
            yield no_file
        elif entry.kind == "directory":
            message = f"{shown(entry.name)} is a folder, where only files <name>{suffix} of models may lie"
            yield Finding(path, message, removed(path, folder=True))
        elif not entry.name.endswith(suffix):
            message = f"{shown(entry.name)} is not <name>{suffix} of a model"
            yield Finding(path, message, _renamed(snapshot, path, suffix) or removed(path))
        elif entry.name.removesuffix(suffix) not in snapshot.model_names:
            yield _no_model(snapshot, path, suffix)


def _no_model(snapshot: Snapshot, path: str, suffix: str) -> Finding:
    name = path.rpartition("/")[2].removesuffix(suffix)
    try:
        message = f"there is no model {parse_model_name(name)!r}"
    except InvalidName as error:
        message = str(error)
    return Finding(path, message, _renamed(snapshot, path, suffix) or f"modelyard list, or {removed(path)}")


def _renamed(snapshot: Snapshot, path: str, suffix: str) -> str | None:
    """Return the command that names a document after the model that was meant, None where nobody can tell."""
    near = _nearest(snapshot, path.rpartition("/")[2])
    better = f"{path.rpartition('/')[0]}/{near}{suffix}"
    if near is None or snapshot.tree.leaf(better):
        return None
    return moved(path, better)


def _nearest(snapshot: Snapshot, file: str) -> ModelName | None:
    from difflib import get_close_matches

    stem = (repaired(file) or file).partition(".")[0].lower()[:64]
    found = get_close_matches(stem, snapshot.model_names, n=1, cutoff=0.8)
    return ModelName(found[0]) if found else None
