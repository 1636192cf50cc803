"""What is inside artifacts, read and never loaded: the format that bytes tell, and what a pickle would import."""

from __future__ import annotations

from typing import TYPE_CHECKING

from modelyard.rules.finding import Finding
from modelyard.rules.stated import files_of, metadata_path, place_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from modelyard.formats.imports import Imports
    from modelyard.rules.finding import Findings
    from modelyard.rules.found import ArtifactBytes
    from modelyard.version_directory import VersionDirectory

__all__ = ["other_format", "pickled_imports", "unread_pickle"]

_SHOWN = 10
# Formats whose loader unpickles, and that the scan of a pickle can read.
_UNPICKLED = frozenset({"joblib", "pickle", "pytorch", "torchscript"})
# Formats whose bytes always tell, so that anything else is not that format.
_TELL_THEMSELVES = frozenset({"safetensors", "parquet", "hdf5", "gguf", "keras", "skops", "numpy"})
# What may be declared, besides itself, for a format that bytes tell.
_ALSO = {
    "pickle": {"joblib"},
    "json": {"xgboost", "catboost", "text"},
    "text": {"lightgbm", "catboost", "xgboost"},
    "hdf5": {"keras"},
    "pytorch": {"torchscript"},
    "lightgbm": {"text"},
    "xgboost": {"json"},
}


def other_format(version: VersionDirectory, artifacts: ArtifactBytes) -> Findings:
    """The bytes of a file are of the format that the metadata declares, where they lie at hand.

    A policy that forbids pickles is worth nothing where one may be called ``safetensors``, or ``other``.

    Bad:
        # the file is a pickle
        format: safetensors
    Good:
        # the file is a pickle
        format: pickle
    """
    for path, record in files_of(version):
        found = artifacts.format(version, path)
        if found and not _may_be(record.format, found):
            message = f"`format` of {path!r} is {record.format}, but its bytes are {_named(found)}"
            hint = (
                f"write format: {found}" if found != "other" else "write the file again, or state its format as other"
            )
            yield Finding(metadata_path(version), message, hint, place_of(version, path, "format"))


def _may_be(declared: str, found: str) -> bool:
    from modelyard.formats.facts import RUNS_CODE

    if found == "other":
        return declared not in _TELL_THEMSELVES
    if declared == "other":
        return found not in RUNS_CODE
    return declared == found or declared in _ALSO.get(found, ())


def pickled_imports(version: VersionDirectory, artifacts: ArtifactBytes) -> Findings:
    """A pickle-based file names no global beyond those that only build data: estimators, arrays, containers.

    Whoever loads a pickle lets it call what it names. So every name in it is read, and nothing of it is
    loaded; a name that is not on modelyard's list needs somebody to look at it. A class of your own is no
    harm in itself: once it was reviewed, an exemption for this rule and this path lets it through. That no
    such name was found says that there is none, and not that the model is safe.

    Bad:
        os.system
    Good:
        sklearn.linear_model._logistic.LogisticRegression
    """
    for path, imports in _pickles(version, artifacts):
        for name in _unknown(imports)[:_SHOWN]:
            message = f"loading {path!r} would import {_printable(name)}, which is not known to build data alone"
            yield Finding(version.full_path(path), message, _waiver(version, path, "MY709"))


def unread_pickle(version: VersionDirectory, artifacts: ArtifactBytes) -> Findings:
    """A pickle-based file can be read to its last byte, in one way alone.

    What cannot be read was not looked at, and a file that two readers read in two ways was made to deceive
    one of them. To be unsure is never to be clean.

    Bad:
        model.pkl           # with another pickle behind its end
    Good:
        model.pkl           # as pickle.dump wrote it
    """
    for path, imports in _pickles(version, artifacts):
        if imports.doubt:
            message = f"what loading {path!r} would import cannot be told: {imports.doubt}"
            yield Finding(version.full_path(path), message, _waiver(version, path, "MY710"))


def _pickles(version: VersionDirectory, artifacts: ArtifactBytes) -> Iterator[tuple[str, Imports]]:
    for path, record in files_of(version):
        if record.format in _UNPICKLED:
            imports = artifacts.imports(version, path, record.format)
            if imports:
                yield path, imports


def _unknown(imports: Imports) -> list[str]:
    from modelyard.formats.imports import is_allowed

    return [name for name in imports.names if not is_allowed(name)]


def _waiver(version: VersionDirectory, path: str, code: str) -> str:
    waiver = f"{{rule: {code}, path: {version.full_path(path)}, reason: <why>}}"
    return f"save it as skops, ONNX or safetensors; or, once reviewed, add to exemptions in registry.yaml: {waiver}"


def _printable(name: str) -> str:
    shown = name.replace(":", ".", 1)
    return shown if shown.isprintable() else ascii(shown)


def _named(found: str) -> str:
    return "of no format that is known" if found == "other" else found
