"""MY711: does a Keras model bring code along that whoever loads it would run?"""

from __future__ import annotations

from typing import TYPE_CHECKING

from modelyard.rules.finding import Finding
from modelyard.rules.stated import files_of

if TYPE_CHECKING:
    from modelyard.rules.finding import Findings
    from modelyard.rules.found import ArtifactBytes
    from modelyard.version_directory import VersionDirectory

__all__ = ["layers_with_code"]

_SHOWN = 10
_KERAS = frozenset({"keras", "hdf5"})


def layers_with_code(version: VersionDirectory, artifacts: ArtifactBytes) -> Findings:
    """A Keras model is built of layers alone: none is bytecode, and none is imported from elsewhere.

    A Lambda layer is Python bytecode in the model's file, and nobody can review bytecode. A layer, a loss or a metric
    of another module is imported by its name, whatever that module does. So the configuration is read, in a ``.keras``
    archive or an HDF5 file, and nothing of it is built. What cannot be read was not looked at.

    Bad:
        {"class_name": "Lambda", "config": {"name": "scaled"}}
    Good:
        {"class_name": "Rescaling", "module": "keras.layers", "config": {"name": "scaled"}}
    """
    for path, record in files_of(version):
        layers = artifacts.layers(version, path) if record.format in _KERAS else None
        if layers is None:
            continue
        full = version.full_path(path)
        waiver = f"{{rule: MY711, path: {full}, reason: <why>}}"
        hint = (
            f"use layers of Keras, or save it as ONNX; or, once reviewed, add to exemptions in registry.yaml: {waiver}"
        )
        for clause in layers.code[:_SHOWN]:
            yield Finding(full, f"loading {path!r} would run code: {clause}", hint)
        if layers.doubt:
            yield Finding(full, f"what loading {path!r} would run cannot be told: {layers.doubt}", hint)
