"""The documents that commits of the line changed, read in one batch, each parsed once."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from modelyard.documents import model as model_document
from modelyard.documents import stage as stage_document
from modelyard.documents.model import Model
from modelyard.documents.parsed import parse
from modelyard.documents.stage import Promotion
from modelyard.values import dataclass

if TYPE_CHECKING:
    from collections.abc import Iterable

    from modelyard.documents.parsed import DocumentType, Parsed
    from modelyard.git.objects import ObjectReader

__all__ = ["Broken", "States"]


@dataclass(frozen=True)
class Broken:
    """A document that could not be read.

    :param reason: the first fault, with its place.
    """

    reason: str


class States:
    """What stage and model documents said, by the ids of their blobs."""

    def __init__(self, reader: ObjectReader, blob_ids: Iterable[str | None]) -> None:
        self._blobs: Final = reader.blobs(blob_id for blob_id in blob_ids if blob_id)
        self._parsed: dict[tuple[str, str], Any] = {}

    def promotion(self, path: str, blob_id: str | None) -> Promotion | Broken | None:
        """Return what a stage's document said, None where there was none."""
        found: Promotion | Broken | None = self._state(path, blob_id, stage_document.SCHEMA, Promotion)
        return found

    def model(self, path: str, blob_id: str | None) -> Model | Broken | None:
        """Return what a model's document said, None where there was none."""
        found: Model | Broken | None = self._state(path, blob_id, model_document.SCHEMA, Model)
        return found

    def _state(self, path: str, blob_id: str | None, schema: str, kind: type[DocumentType[Any]]) -> Any:
        if blob_id is None:
            return None
        # Many models say the same of a stage: what a document holds does not depend on its path.
        if (schema, blob_id) not in self._parsed:
            self._parsed[schema, blob_id] = self._read(path, blob_id, schema, kind)
        found = self._parsed[schema, blob_id]
        return Broken(f"{path}:{found.reason}") if isinstance(found, Broken) else found

    def _read(self, path: str, blob_id: str, schema: str, kind: type[DocumentType[Any]]) -> Any:
        if blob_id not in self._blobs:
            return Broken(" the file is too large to be read")
        parsed: Parsed[Any] = parse(path, self._blobs[blob_id], schema, kind)
        return Broken(parsed.first_fault().removeprefix(f"{path}:")) if parsed.value is None else parsed.value
