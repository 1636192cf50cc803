"""Documents beside the tests: valid ones, and ones that are broken for the reason in their name."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from modelyard.documents import json, yaml
from modelyard.documents.schema_check import check

if TYPE_CHECKING:
    from modelyard.documents.document import Document

__all__ = ["BROKEN", "CORPUS", "VALID", "case_id", "expected_path", "read_document", "schema_name", "told"]

CORPUS = Path(__file__).parents[1] / "corpus"
_DOCUMENTS = sorted(path for path in CORPUS.glob("*/*/*") if path.suffix in (".json", ".yaml"))
VALID = [path for path in _DOCUMENTS if path.parent.name == "valid"]
BROKEN = [path for path in _DOCUMENTS if path.parent.name == "broken"]


def case_id(path: Path) -> str:
    """Return how a test names a document of the corpus."""
    return path.relative_to(CORPUS).with_suffix("").as_posix()


def schema_name(path: Path) -> str:
    """Return the schema that a document of the corpus is judged by."""
    return path.parents[1].name


def expected_path(path: Path) -> Path:
    """Return the file with what shall be said about a broken document."""
    return path.with_suffix(".expected")


def read_document(path: Path) -> Document:
    """Return a document of the corpus, read by the strict reader for its suffix."""
    read = json.read if path.suffix == ".json" else yaml.read
    return read(path.read_bytes())


def told(path: Path, engine: str) -> str:
    """Return what is said about a document: two lines for each fault, with its place and its hint."""
    faults = check(schema_name(path), read_document(path), engine=engine)
    lines = (f"{each.position.line}:{each.position.column} {each.message}\n    {each.hint}\n" for each in faults)
    return "".join(lines)
