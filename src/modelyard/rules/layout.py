"""MY1xx: does everything lie where the layout of a registry wants it?"""

from __future__ import annotations

from fnmatch import fnmatchcase
from typing import TYPE_CHECKING

from modelyard.documents import card, metadata, metrics, policy
from modelyard.documents.pointer import SUFFIX
from modelyard.names import InvalidName, VersionId
from modelyard.rules.rule import Finding
from modelyard.snapshot import ARCHIVE, MODELS, ROOT, STAGES

if TYPE_CHECKING:
    from modelyard.documents.policy import Policy
    from modelyard.rules.rule import Findings
    from modelyard.snapshot import Snapshot
    from modelyard.version_directory import VersionDirectory

__all__ = [
    "ALWAYS_ALLOWED",
    "archive_name",
    "clashing_names",
    "directory_name",
    "entry_kind",
    "identity",
    "model_document_name",
    "required_files",
    "stage_document_name",
    "two_metadata_files",
    "unnamed_file",
]

ALWAYS_ALLOWED = (
    metadata.YAML_FILE,
    metadata.JSON_FILE,
    card.FILE,
    metrics.FILE,
    ".gitignore",
    "predictions.csv",
)
PIPELINES = ("dvc.yaml", "dvc.lock")
_OBEYED = frozenset({".gitignore", ".gitattributes", ".gitmodules", ".dvc", ".dvcignore", "dvc.yaml", "dvc.lock"})
_KINDS = {
    "symlink": ("is a symbolic link", "put the file itself there"),
    "submodule": ("is a submodule", "put its files themselves there"),
    "executable": ("is executable", "chmod -x {path}"),
}


def directory_name(snapshot: Snapshot) -> Findings:
    """What lies in ``model_registry`` is a version directory, or one of the registry's own files.

    A version directory is named ``<name>-<MAJOR.MINOR.PATCH>``: lower-case ASCII letters and digits
    with single ``-`` or ``_`` between them, then a version by SemVer 2.0.0 without a ``v``.
    """
    for entry in snapshot.strays:
        path = f"{ROOT}/{entry.name}"
        if entry.name == policy.FILE and entry.kind in _KINDS:
            what, hint = _KINDS[entry.kind]
            yield Finding(path, f"{entry.name!r} {what}", hint.format(path=path))
            continue
        if entry.kind != "directory":
            yield Finding(path, f"{entry.name!r} is no part of a registry", f"move it out of {ROOT}")
            continue
        try:
            VersionId.from_directory(entry.name)
        except InvalidName as error:
            yield Finding(path, str(error), "name it <name>-<MAJOR.MINOR.PATCH>, for example fraud-1.0.0")


def identity(version: VersionDirectory, _policy: Policy) -> Findings:
    """The metadata's name and version are those of the directory."""
    parsed = version.metadata
    if not parsed or not parsed.value:
        return
    stated = {"name": parsed.value.name, "version": str(parsed.value.version)}
    wanted = {"name": version.id.name, "version": str(version.id.version)}
    for key, value in stated.items():
        if value != wanted[key]:
            yield Finding(
                parsed.path,
                f"`{key}` is {value!r}, but the directory says {wanted[key]!r}",
                f"modelyard fix {version.path}",
                parsed.locate((key,)),
            )


def required_files(version: VersionDirectory, _policy: Policy) -> Findings:
    """A version has its metadata and its model card."""
    if _is_left_over(version):
        message = "nothing here belongs to a version: it is left over from another branch, or not begun"
        yield Finding(
            version.path, message, f"rm -r {version.path}, or begin the version: modelyard fix {version.path}"
        )
        return
    if metadata.YAML_FILE not in version and metadata.JSON_FILE not in version:
        yield _missing(version, metadata.YAML_FILE)
    if card.FILE not in version:
        yield _missing(version, card.FILE)


def _is_left_over(version: VersionDirectory) -> bool:
    # After a switch of branches Git leaves what it does not track: an artifact that was pulled.
    own = {metadata.YAML_FILE, metadata.JSON_FILE, card.FILE, metrics.FILE, ".gitignore"}
    return bool(version.entries) and not any(name in own or name.endswith(SUFFIX) for name in version.entries)


def _missing(version: VersionDirectory, name: str) -> Finding:
    return Finding(version.full_path(name), f"{name} is missing", f"modelyard fix {version.path}")


def two_metadata_files(version: VersionDirectory, _policy: Policy) -> Findings:
    """A version has one metadata file, YAML or JSON, never both."""
    if metadata.YAML_FILE in version and metadata.JSON_FILE in version:
        path = version.full_path(metadata.JSON_FILE)
        yield Finding(path, f"{metadata.YAML_FILE} lies beside {metadata.JSON_FILE}", f"git rm {path}")


def unnamed_file(version: VersionDirectory, _policy: Policy) -> Findings:
    """A version directory holds only what its metadata names, and the registry's own files.

    What nobody names is reviewed by nobody. Files that Git or DVC would obey are never a part of a model.
    """
    parsed = version.metadata
    if not parsed or not parsed.value:
        return
    named = _named(parsed.value)
    for name in version.entries:
        if _is_obeyed(name):
            message = f"{name!r} is a file that Git or DVC obeys, and no part of a model"
            yield Finding(version.full_path(name), message, f"git rm {version.full_path(name)}")
        elif not _is_expected(name, named):
            hint = f"name it in {parsed.path}, or remove it"
            yield Finding(version.full_path(name), f"{name!r} is not named by the metadata", hint)


def _is_expected(name: str, named: set[str]) -> bool:
    if name.endswith(SUFFIX):
        return _points_at_named(name.removesuffix(SUFFIX), named)
    licence = fnmatchcase(name, "LICENSE*") and "/" not in name
    return name in named or name in ALWAYS_ALLOWED or name in PIPELINES or licence


def _is_obeyed(name: str) -> bool:
    if name in PIPELINES:
        return False  # a rule of its own asks the policy
    return name != ".gitignore" and any(part in _OBEYED for part in name.casefold().split("/"))


def _named(value: metadata.Metadata) -> set[str]:
    named = {*value.files, value.dataset_manifest}
    if value.environment and value.environment.file:
        named.add(value.environment.file)
    if value.smoke_test:
        named |= {value.smoke_test.input, value.smoke_test.expected}
    return named


def _points_at_named(target: str, named: set[str]) -> bool:
    return target in named or any(name.startswith(f"{target}/") for name in named)


def entry_kind(version: VersionDirectory, _policy: Policy) -> Findings:
    """A version directory holds plain files: no symbolic links, submodules or executable bits.

    A link can point anywhere on the machine that reads it.
    """
    for name, entry in version.entries.items():
        if entry.kind in _KINDS:
            what, hint = _KINDS[entry.kind]
            path = version.full_path(name)
            yield Finding(path, f"{name!r} {what}", hint.format(path=path))


def clashing_names(snapshot: Snapshot) -> Findings:
    """Two models have names that stay apart where ``_`` becomes ``-``.

    Other registries and file systems know no difference between the two.
    """
    first: dict[str, str] = {}
    for name in snapshot.model_names:
        other = first.setdefault(name.replace("_", "-"), name)
        if other != name:
            yield Finding(_place(snapshot, name), f"name {name!r} clashes with {other!r}", "choose another name")


def _place(snapshot: Snapshot, name: str) -> str:
    versions = [version_id for version_id in snapshot.version_ids if version_id.name == name]
    return f"{ROOT}/{versions[0].directory}" if versions else f"{ROOT}/models/{name}.yaml"


def model_document_name(snapshot: Snapshot) -> Findings:
    """A document in ``models/`` is named after the model that it describes."""
    yield from _no_documents(snapshot, MODELS, ".yaml")
    for name in snapshot.model_names:
        parsed = snapshot.model(name)
        if parsed and parsed.value and parsed.value.name != name:
            message = f"`name` is {parsed.value.name!r}, but the file says {name!r}"
            yield Finding(parsed.path, message, f"write name: {name}", parsed.locate(("name",)))


def stage_document_name(snapshot: Snapshot) -> Findings:
    """``stages/`` holds a folder for each stage, and in it a document named after each of its models."""
    for entry in snapshot.tree.entries(STAGES):
        path = f"{STAGES}/{entry.name}"
        if entry.kind == "directory":
            yield from _no_documents(snapshot, path, ".yaml")
        else:
            yield Finding(path, f"{entry.name!r} is no stage", f"move it out of {STAGES}")


def archive_name(snapshot: Snapshot) -> Findings:
    """``archive/`` holds one file ``<name>.jsonl`` for each model with retired versions."""
    yield from _no_documents(snapshot, ARCHIVE, ".jsonl")


def _no_documents(snapshot: Snapshot, folder: str, suffix: str) -> Findings:
    for entry in snapshot.tree.entries(folder):
        path = f"{folder}/{entry.name}"
        name = entry.name.removesuffix(suffix)
        if entry.kind in _KINDS:
            what, hint = _KINDS[entry.kind]
            yield Finding(path, f"{entry.name!r} {what}", hint.format(path=path))
        elif entry.kind == "directory" or name == entry.name or name not in snapshot.model_names:
            yield Finding(path, f"{entry.name!r} is not <name>{suffix} of a model", "name it after its model")
