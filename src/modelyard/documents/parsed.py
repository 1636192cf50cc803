"""One file of a registry, read: its typed value, or every reason why it has none."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Generic, Protocol, TypeVar

from modelyard.documents import json, yaml
from modelyard.documents.document import Document, Fault, Unreadable
from modelyard.documents.schema_check import check
from modelyard.problems import START, Position
from modelyard.values import dataclass

if TYPE_CHECKING:
    from modelyard.documents.document import Path
    from modelyard.documents.schema_fault import SchemaFault

__all__ = ["DocumentType", "Parsed", "parse"]

T_co = TypeVar("T_co", covariant=True)


class DocumentType(Protocol[T_co]):
    """A class that knows how to build itself from a mapping that its schema has accepted."""

    @classmethod
    def from_value(cls, value: dict[str, Any]) -> T_co: ...


@dataclass(frozen=True)
class Parsed(Generic[T_co]):
    """The outcome of reading one file.

    Exactly one of ``value`` and the two lists of faults says something: faults of reading (the text
    is no strict document), faults of schema (the document is not of this kind), or the value.
    """

    path: str
    document: Document | None
    value: T_co | None
    faults: tuple[Fault, ...] = ()
    schema_faults: tuple[SchemaFault, ...] = ()

    @property
    def all_faults(self) -> tuple[Fault | SchemaFault, ...]:
        """Every reason why there is no value, those of reading first."""
        return (*self.faults, *self.schema_faults)

    def first_fault(self) -> str:
        """Return the first of them as ``path:line:column: message``."""
        fault = self.all_faults[0]
        return f"{self.path}:{fault.position.line}:{fault.position.column}: {fault.message}"

    def locate(self, path: Path) -> Position:
        """Return where the value at that path of the document stands."""
        return self.document.locate(path) if self.document else START

    def locate_key(self, path: Path) -> Position:
        """Return where the key at that path of the document stands."""
        return self.document.locate_key(path) if self.document else START


def parse(path: str, data: bytes | Fault, schema: str, kind: type[DocumentType[T_co]]) -> Parsed[T_co]:
    """Read the bytes of one file, JSON where the path ends in ``.json``, YAML elsewhere.

    A fault in place of the bytes says why there are none to read.
    """
    if isinstance(data, Fault):
        return Parsed(path, None, None, faults=(data,))
    read = json.read if path.endswith(".json") else yaml.read
    try:
        document = read(data)
    except Unreadable as unreadable:
        return Parsed(path, None, None, faults=_reasons(path, data) or unreadable.faults)
    schema_faults = check(schema, document)
    if schema_faults:
        return Parsed(path, document, None, schema_faults=schema_faults)
    return Parsed(path, document, kind.from_value(document.mapping()))


def _reasons(path: str, data: bytes) -> tuple[Fault, ...]:
    """Return why bytes that no reader takes are so, where more is to be said of it than where the reader gave up."""
    from modelyard.documents.unmerged import unmerged

    return unmerged(path, data)
