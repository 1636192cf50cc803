"""Zip archives that hold a model: PyTorch, TorchScript, Keras, skops, and several numpy arrays."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, BinaryIO, cast

from modelyard.formats.facts import ArtifactFacts
from modelyard.formats.frameworks import Framework, claimed_version, package_of
from modelyard.formats.machine import SKLEARN_VERSION

if TYPE_CHECKING:
    from collections.abc import Iterator
    from zipfile import ZipFile

    from modelyard.formats.source import Source

__all__ = ["recognise"]

_MAGIC = b"PK\x03\x04"
_LARGEST_READ = 4 * 1024 * 1024
_LARGEST_MEMBER = 16 * 1024 * 1024


def recognise(source: Source) -> ArtifactFacts | None:
    """Return the facts of a zip archive that holds a model, or None."""
    if not source.head.startswith(_MAGIC):
        return None
    from zipfile import ZipFile

    # zipfile meets broken archives with a dozen kinds of exception, and says of none that it may.
    try:
        with ZipFile(cast("BinaryIO", _Bounded(source.file))) as archive:
            return _inside(archive)
    except Exception:  # noqa: BLE001
        return None


class _Bounded:
    """A file that gives at most 4 MiB at once: an archive whose directory is longer than that is cut off."""

    def __init__(self, file: BinaryIO) -> None:
        self.seek = file.seek
        self.tell = file.tell
        self._file = file

    def seekable(self) -> bool:
        return True

    def read(self, size: int = -1) -> bytes:
        return self._file.read(_LARGEST_READ if size < 0 else min(size, _LARGEST_READ))


def _inside(archive: ZipFile) -> ArtifactFacts | None:
    names = frozenset(archive.namelist())
    return _torch(names) or _keras(archive, names) or _skops(archive, names) or _arrays(names)


def _torch(names: frozenset[str]) -> ArtifactFacts | None:
    # Both put everything under one directory of any name (torch/serialization.py). The "version" in
    # it is that of the archive's layout; none of the files records the version of torch.
    for name in names:
        root, _, rest = name.partition("/")
        if rest == "data.pkl" and f"{root}/version" in names:
            is_script = f"{root}/constants.pkl" in names or any(other.startswith(f"{root}/code/") for other in names)
            return ArtifactFacts("torchscript" if is_script else "pytorch", Framework("pytorch", None))
    return None


def _keras(archive: ZipFile, names: frozenset[str]) -> ArtifactFacts | None:
    if not names.issuperset({"config.json", "metadata.json"}):
        return None
    metadata = _json(archive, "metadata.json")
    if not isinstance(metadata, dict) or "keras_version" not in metadata:
        return None
    return ArtifactFacts("keras", Framework("keras", claimed_version(metadata["keras_version"])))


def _skops(archive: ZipFile, names: frozenset[str]) -> ArtifactFacts | None:
    if "schema.json" not in names:
        return None
    schema = _json(archive, "schema.json")
    if not isinstance(schema, dict) or "__loader__" not in schema or "_skops_version" not in schema:
        return None
    package = package_of(str(schema.get("__module__")))
    versions = (_skops_text(node[SKLEARN_VERSION]) for node in _mappings(schema) if SKLEARN_VERSION in node)
    version = next(versions, None)
    name = package or ("scikit-learn" if version else None)
    known = Framework(name, version if name == "scikit-learn" else None) if name else None
    return ArtifactFacts("skops", known)


def _arrays(names: frozenset[str]) -> ArtifactFacts | None:
    if names and all(name.endswith(".npy") for name in names):
        return ArtifactFacts("numpy", None)
    return None


def _json(archive: ZipFile, name: str) -> object:
    # JSON that is cut off is no JSON, so one that is too long counts as broken.
    with archive.open(name) as member:
        return cast("object", json.loads(member.read(_LARGEST_MEMBER)))


def _mappings(root: object) -> Iterator[dict[str, object]]:
    # By hand and not by recursion: how deep the schema goes is the file's choice.
    waiting = [root]
    while waiting:
        node = waiting.pop()
        if isinstance(node, dict):
            yield node
            waiting.extend(node.values())
        elif isinstance(node, list):
            waiting.extend(node)


def _skops_text(node: object) -> str | None:
    """Return the version in skops' node for a text: JSON inside JSON."""
    content = node.get("content") if isinstance(node, dict) else None
    return claimed_version(content.strip('"')) if isinstance(content, str) else None
