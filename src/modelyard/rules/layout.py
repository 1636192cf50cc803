"""MY102 to MY106: does a version's directory hold what it should, and nothing else?"""

from __future__ import annotations

from fnmatch import fnmatchcase
from typing import TYPE_CHECKING

from modelyard.documents import card, metadata, metrics
from modelyard.documents.pointer import SUFFIX
from modelyard.rules.finding import Finding
from modelyard.rules.hints import removed, shown
from modelyard.rules.kinds import no_plain_file

if TYPE_CHECKING:
    from modelyard.documents.policy import Policy
    from modelyard.rules.finding import Findings
    from modelyard.version_directory import VersionDirectory

__all__ = [
    "ALWAYS_ALLOWED",
    "entry_kind",
    "identity",
    "required_files",
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


def identity(version: VersionDirectory, _policy: Policy) -> Findings:
    """The metadata's name and version are those of the directory.

    The first ``-MAJOR.MINOR.PATCH`` of the directory ends the name: ``fraud-1.0.0-2.0.0`` is the pre-release
    ``1.0.0-2.0.0`` of ``fraud``.

    Bad:
        # fraud-1.1.0/metadata.yaml
        version: 1.0.0
    Good:
        # fraud-1.1.0/metadata.yaml
        version: 1.1.0
    """
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
    """A version has its metadata and its model card.

    Bad:
        fraud-1.0.0/model.joblib.dvc
    Good:
        fraud-1.0.0/MODEL_CARD.md
        fraud-1.0.0/metadata.yaml
        fraud-1.0.0/model.joblib.dvc
    """
    if _is_left_over(version):
        message = "nothing here belongs to a version: it is left over from another branch, or not begun"
        yield Finding(
            version.path, message, f"rm -r {version.path}, or begin the version: modelyard fix {version.path}"
        )
        return
    if metadata.JSON_FILE not in version:
        yield from _missing(version, metadata.YAML_FILE)
    yield from _missing(version, card.FILE)


def _is_left_over(version: VersionDirectory) -> bool:
    # After a switch of branches Git leaves what it does not track: an artifact that was pulled.
    own = {metadata.YAML_FILE, metadata.JSON_FILE, card.FILE, metrics.FILE, ".gitignore"}
    return bool(version.entries) and not any(name in own or name.endswith(SUFFIX) for name in version.entries)


def _missing(version: VersionDirectory, name: str) -> Findings:
    path = version.full_path(name)
    if any(each.startswith(f"{name}/") for each in version.entries):
        hint = f"{removed(path, folder=True)}, then modelyard fix {version.path}"
        yield Finding(path, f"{name} is a folder, where a file belongs", hint)
    elif name not in version:
        yield Finding(path, f"{name} is missing", f"modelyard fix {version.path}")


def two_metadata_files(version: VersionDirectory, _policy: Policy) -> Findings:
    """A version has one metadata file, YAML or JSON, never both.

    A reader could take one of them, and a program the other.

    Bad:
        fraud-1.0.0/metadata.json
        fraud-1.0.0/metadata.yaml
    Good:
        fraud-1.0.0/metadata.yaml
    """
    if metadata.YAML_FILE in version and metadata.JSON_FILE in version:
        path = version.full_path(metadata.JSON_FILE)
        message = f"{metadata.YAML_FILE} lies beside {metadata.JSON_FILE}, and a version has one of them"
        yield Finding(path, message, removed(path))


def unnamed_file(version: VersionDirectory, _policy: Policy) -> Findings:
    """A version directory holds only what its metadata names, and the registry's own files.

    What nobody names is reviewed by nobody. Files that Git or DVC would obey are never a part of a model.

    Bad:
        fraud-1.0.0/notes.txt
        fraud-1.0.0/.gitattributes
    Good:
        fraud-1.0.0/LICENSE
        fraud-1.0.0/predictions.csv
    """
    parsed = version.metadata
    wanted = _named(parsed.value) if parsed and parsed.value else None
    for name in version.entries:
        path = version.full_path(name)
        if _is_obeyed(name):
            message = f"{shown(name)} is a file that Git or DVC obeys, and no part of a model"
            yield Finding(path, message, removed(path))
        elif parsed and wanted is not None and not _is_expected(name, wanted):
            hint = f"name it in {parsed.path} if the model needs it, else {removed(path)}"
            yield Finding(path, f"{shown(name)} is not named by the metadata", hint)


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

    A link can point anywhere on the machine that reads it, and a submodule's content is not reviewed here.

    Bad:
        $ git ls-files --stage model_registry/fraud-1.0.0/predictions.csv
        120000 67be85127fe1f50fd6fd8ea5e8ee0a9c11fca0f2 0  model_registry/fraud-1.0.0/predictions.csv
    Good:
        $ git ls-files --stage model_registry/fraud-1.0.0/predictions.csv
        100644 d670460b4b4aece5915caf5c68d12f560a9fe3e4 0  model_registry/fraud-1.0.0/predictions.csv
    """
    for name, entry in version.entries.items():
        found = no_plain_file(version.full_path(name), name, entry.kind)
        if found:
            yield found
