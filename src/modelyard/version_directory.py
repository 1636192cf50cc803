"""One model version's directory: its entries, and its documents parsed once, when asked for."""

from __future__ import annotations

from io import BytesIO
from typing import TYPE_CHECKING, Any

from modelyard.content import content_of
from modelyard.documents import dataset_manifest as manifest_document
from modelyard.documents import metadata as metadata_document
from modelyard.documents import metrics as metrics_document
from modelyard.documents import pointer as pointer_document
from modelyard.documents import yaml
from modelyard.documents.dataset_manifest import DatasetManifest
from modelyard.documents.document import Fault, Unreadable
from modelyard.documents.file_names import CARD
from modelyard.documents.metadata import Metadata
from modelyard.documents.metrics import Metrics
from modelyard.documents.parsed import Parsed, parse
from modelyard.documents.pointer import InvalidPointer
from modelyard.documents.schema_check import check
from modelyard.errors import Refused
from modelyard.values import cached_property

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from modelyard.content import Content
    from modelyard.documents.card import Card
    from modelyard.documents.pointer import Pointer
    from modelyard.documents.predictions import Predictions
    from modelyard.names import VersionId
    from modelyard.tree import Entry, Sink, Tree

__all__ = ["VersionDirectory"]


class VersionDirectory:
    """What one tree holds of one model version.

    Paths of entries are relative to the directory; paths in what is parsed are the registry's.
    """

    def __init__(self, tree: Tree, path: str, version_id: VersionId) -> None:
        self.path = path
        self.id = version_id
        self._tree = tree
        self._contents: dict[str, Content] = {}

    def __contains__(self, name: str) -> bool:
        return name in self.entries

    @cached_property
    def entries(self) -> dict[str, Entry]:
        """Everything below the directory but folders themselves, by relative path."""
        return dict(_walk(self._tree, self.path, ""))

    @cached_property
    def tree_id(self) -> str | None:
        """Git's id of the directory's tree: equal exactly where every byte and mode is."""
        return self._tree.id(self.path)

    @property
    def metadata_paths(self) -> tuple[str, str]:
        """Where the metadata may lie, the YAML form first."""
        return (self.full_path(metadata_document.YAML_FILE), self.full_path(metadata_document.JSON_FILE))

    def full_path(self, name: str) -> str:
        """Return the registry's path of a file of this directory."""
        return f"{self.path}/{name}"

    def adopt(self, contents: Mapping[str, bytes]) -> None:
        """Take the contents that a batch has read, so that they are not read again."""
        for name in self.entries:
            path = self.full_path(name)
            if path in contents:
                self._contents[path] = contents[path]

    def content(self, name: str) -> Content:
        """Return a file's bytes; a fault where it is too large for a document; None where there is none."""
        path = self.full_path(name)
        if path not in self._contents:
            self._contents[path] = content_of(self._tree, path) if name in self.entries else None
        return self._contents[path]

    def with_contents(self, contents: Mapping[str, bytes]) -> VersionDirectory:
        """Return the directory as it would be with other contents of some files, by relative path."""
        if not contents:
            return self
        from modelyard.tree import OverlayTree

        changes = {self.full_path(name): data for name, data in contents.items()}
        return VersionDirectory(OverlayTree(self._tree, changes), self.path, self.id)

    def stream(self, name: str, target: Sink) -> None:
        """Write a file's bytes to the target in pieces, whatever its size."""
        self._tree.stream(self.full_path(name), target)

    def size(self, name: str) -> int:
        """Return how many bytes a file has that Git holds itself, whatever the metadata says."""
        content = self.content(name)
        if isinstance(content, bytes):
            return len(content)
        counter = _Counter()
        self.stream(name, counter)
        return counter.size

    def whole(self, name: str) -> bytes:
        """Return a file's bytes, whatever its size."""
        target = BytesIO()
        self.stream(name, target)
        return target.getvalue()

    @cached_property
    def predictions(self) -> Predictions | None:
        """The predictions that lie in Git beside the version; None where none do.

        :raises InvalidPredictions: they are no table of predictions, or too large.
        """
        from modelyard.documents.predictions import FILE, MAX_BYTES, InvalidPredictions, Predictions

        if FILE not in self.entries:
            return None
        path = self.full_path(FILE)
        data = self._tree.read_many([path], limit=MAX_BYTES).get(path)
        if data is None:
            raise InvalidPredictions(f"it is no file of at most {MAX_BYTES:,} bytes")
        return Predictions.parse(data)

    @cached_property
    def small_files(self) -> Mapping[str, bytes]:
        """The bytes of every plain file that Git holds and that is no larger than a document, in one batch."""
        paths = {self.full_path(name): name for name, entry in self.entries.items() if entry.kind.is_file}
        unread = [path for path in paths if path not in self._contents]
        if unread:
            self._contents.update(self._tree.read_many(unread))
        contents = ((name, self._contents.get(path)) for path, name in paths.items())
        return {name: data for name, data in contents if isinstance(data, bytes)}

    @cached_property
    def metadata(self) -> Parsed[Metadata] | None:
        """The metadata document; None where there is none."""
        for name in (metadata_document.YAML_FILE, metadata_document.JSON_FILE):
            data = self.content(name)
            if data is not None:
                return parse(self.full_path(name), data, metadata_document.SCHEMA, Metadata)
        return None

    @property
    def metadata_texts(self) -> list[bytes]:
        """The bytes of the metadata, in each form that is there and is no larger than a document."""
        contents = map(self.content, (metadata_document.YAML_FILE, metadata_document.JSON_FILE))
        return [data for data in contents if isinstance(data, bytes)]

    def require_metadata(self) -> Metadata:
        """Return what the metadata states.

        :raises Refused: there is none, or it has faults.
        """
        if self.metadata is None or self.metadata.value is None:
            raise Refused(f"the metadata of {self.id} has faults", hint=f"modelyard validate {self.path}")
        return self.metadata.value

    @cached_property
    def metrics(self) -> Parsed[Metrics] | None:
        """The metrics document; None where there is none."""
        data = self.content(metrics_document.FILE)
        if data is None:
            return None
        return parse(self.full_path(metrics_document.FILE), data, metrics_document.SCHEMA, Metrics)

    @cached_property
    def manifest(self) -> Parsed[DatasetManifest] | None:
        """The data set manifest that the metadata names; None where that is no file here."""
        metadata = self.metadata.value if self.metadata else None
        name = metadata.dataset_manifest if metadata else manifest_document.FILE
        data = self.content(name) if name in self.entries else None
        if data is None:
            return None
        return parse(self.full_path(name), data, manifest_document.SCHEMA, DatasetManifest)

    @cached_property
    def card(self) -> Parsed[Card] | None:
        """The model card; None where there is none."""
        data = self.content(CARD)
        return None if data is None else _parse_card(self.full_path(CARD), data)

    @cached_property
    def pointers(self) -> dict[str, Parsed[Pointer]]:
        """The DVC pointers of the directory, by file name."""
        names = [name for name in self.entries if name.endswith(pointer_document.SUFFIX)]
        return {name: _parse_pointer(self.full_path(name), self.content(name) or b"") for name in names}

    def documents(self) -> Iterator[Parsed[Any]]:
        """Yield every document of the directory that is there."""
        for parsed in (self.metadata, self.card, self.metrics, self.manifest, *self.pointers.values()):
            if parsed:
                yield parsed


class _Counter:
    """Counts what is streamed to it."""

    def __init__(self) -> None:
        self.size = 0

    def write(self, data: bytes, /) -> None:
        self.size += len(data)


def _walk(tree: Tree, path: str, prefix: str) -> list[tuple[str, Entry]]:
    found: list[tuple[str, Entry]] = []
    for entry in tree.entries(path):
        if entry.kind == "directory":
            found += _walk(tree, f"{path}/{entry.name}", f"{prefix}{entry.name}/")
        else:
            found.append((prefix + entry.name, entry))
    return found


def _parse_card(path: str, data: bytes | Fault) -> Parsed[Card]:
    # Most who read a version read no Markdown.
    from modelyard.documents.card import FRONT_MATTER_SCHEMA, Card

    if isinstance(data, Fault):
        return Parsed(path, None, None, faults=(data,))
    try:
        card = Card.parse(data)
    except Unreadable as unreadable:
        return Parsed(path, None, None, faults=unreadable.faults)
    faults = check(FRONT_MATTER_SCHEMA, card.front_matter) if card.front_matter.value else ()
    return Parsed(path, card.front_matter, card, schema_faults=faults)


def _parse_pointer(path: str, data: bytes | Fault) -> Parsed[Pointer]:
    if isinstance(data, Fault):
        return Parsed(path, None, None, faults=(data,))
    try:
        document = yaml.read(data)
    except Unreadable as unreadable:
        return Parsed(path, None, None, faults=unreadable.faults)
    try:
        return Parsed(path, document, pointer_document.parse(document))
    except InvalidPointer as invalid:
        from modelyard.documents.schema_fault import SchemaFault

        faults = tuple(
            SchemaFault(
                position=(document.locate_key if fault.at_key else document.locate)(fault.path),
                path=fault.path,
                keyword=pointer_document.SUFFIX,
                message=fault.message,
                hint=fault.hint,
            )
            for fault in invalid.faults
        )
        return Parsed(path, document, None, schema_faults=faults)
