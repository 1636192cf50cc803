"""Ways to leave a schema: one value and the keyword that it does not satisfy, and what is said about it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from modelyard.documents.schema_words import shown, shown_path
from modelyard.values import dataclass

if TYPE_CHECKING:
    from modelyard.documents.document import Document, Path
    from modelyard.problems import Position

__all__ = ["Case", "SchemaFault", "meaning_of"]


@dataclass(frozen=True)
class SchemaFault:
    """One way in which a document leaves its schema.

    :param position: the value's place; for a key at fault the key's, for a missing key its mapping's.
    :param path: path of the value in the document; for a missing key the path it should have.
    :param keyword: the keyword of JSON Schema that is not satisfied.
    :param message: what is wrong, one sentence without a full stop at the end.
    :param hint: what to do about it.
    :param meaning: what the field is for, as its schema describes it; empty where the message says so, or nobody does.
    """

    position: Position
    path: Path
    keyword: str
    message: str
    hint: str
    meaning: str = ""


@dataclass(frozen=True)
class Case:
    """One value, and the keyword of its schema that it does not satisfy."""

    document: Document
    path: Path
    value: Any
    schema: dict[str, Any]
    keyword: str

    @property
    def limit(self) -> Any:
        """What the schema says under the keyword."""
        return self.schema[self.keyword]

    @property
    def place(self) -> str:
        """The path for a reader."""
        return shown_path(self.path)

    @property
    def written(self) -> str:
        """The value for a reader, a scalar as it stands in the text."""
        return shown(self.value, self.document.raw(self.path))

    @property
    def number(self) -> str:
        """The number as it stands in the text."""
        return self.document.raw(self.path) or str(self.value)

    def here(self, message: str, hint: str) -> SchemaFault:
        """Return the fault at the value."""
        position = self.document.locate(self.path)
        return SchemaFault(position, self.path, self.keyword, message, hint, meaning_of(self.schema))

    def at_key(self, key: str, message: str, hint: str) -> SchemaFault:
        """Return the fault at a key of the value."""
        path = (*self.path, key)
        return SchemaFault(self.document.locate_key(path), path, self.keyword, message, hint)


def meaning_of(schema: dict[str, Any]) -> str:
    """Return what a schema's description says first, as a clause; empty where it has none."""
    meaning = str(schema.get("description", "")).rstrip(".").partition(";")[0]
    if not meaning:
        return ""
    return meaning[0].lower() + meaning[1:] if meaning[1:2].islower() else meaning
