"""The schemas that modelyard ships, one JSON Schema (draft 2020-12) for each kind of document.

Others are of what an application lists and locks, and of what modelyard itself prints with ``--format json``.
"""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path
from typing import Any

from modelyard.documents.schema_formats import PREFIX
from modelyard.errors import ModelyardError

__all__ = ["APPLICATION", "DOCUMENTS", "NAMES", "OUTPUTS", "load", "prepare", "prepared", "text"]

DOCUMENTS = (
    "CARD_SCHEMA",
    "DATASET_MANIFEST_SCHEMA",
    "METRICS_SCHEMA",
    "MODEL_METADATA_SCHEMA",
    "MODEL_SCHEMA",
    "POINTER_SCHEMA",
    "POLICY_SCHEMA",
    "STAGE_SCHEMA",
)
APPLICATION = ("APPLICATION_SCHEMA", "LOCK_SCHEMA")
OUTPUTS = (
    "ADDRESSES_SCHEMA",
    "COMPARISON_SCHEMA",
    "EVENT_SCHEMA",
    "GARBAGE_SCHEMA",
    "LEADERBOARD_SCHEMA",
    "LOCKING_SCHEMA",
    "OUTDATED_SCHEMA",
    "PULL_SCHEMA",
    "PUSH_SCHEMA",
    "REPORT_SCHEMA",
    "REVIEW_SCHEMA",
    "SMOKE_SCHEMA",
    "STATS_SCHEMA",
    "SYNC_SCHEMA",
    "UPDATE_SCHEMA",
    "VERIFICATION_SCHEMA",
)
NAMES = tuple(sorted((*DOCUMENTS, *APPLICATION, *OUTPUTS)))

_PACKAGE = Path(__file__).resolve().parents[1]
_FOR_EDITORS = ("pattern", "minLength", "maxLength")


def load(name: str) -> dict[str, Any]:
    """Return a schema as it is shipped, for an editor or a reader.

    :raises ModelyardError: no schema of that name is shipped.
    """
    schema: dict[str, Any] = json.loads(text(name))
    return schema


def text(name: str) -> str:
    """Return the text of a schema as it is shipped.

    :raises ModelyardError: no schema of that name is shipped.
    """
    # The wheel carries the schemas inside the package, a checkout two levels above it.
    for directory in (_PACKAGE / "schemas", _PACKAGE.parents[1] / "schemas"):
        file = directory / f"{name}.json"
        if name in NAMES and file.is_file():
            return file.read_text(encoding="utf-8")
    raise ModelyardError(f"no schema {name!r} is shipped with modelyard", hint=f"the schemas are {', '.join(NAMES)}")


@cache
def prepared(name: str) -> dict[str, Any]:
    """Return a shipped schema as the engines get it (see :func:`prepare`); not to be changed.

    :raises ModelyardError: no schema of that name is shipped.
    """
    return prepare(load(name))


def prepare(schema: dict[str, Any]) -> dict[str, Any]:
    """Return the schema with its references resolved, and with no pattern where a format decides.

    :raises ModelyardError: it refers to anything outside itself: a schema is never fetched.
    """
    definitions = schema.get("$defs", {})
    plain: dict[str, Any] = _resolve({key: value for key, value in schema.items() if key != "$defs"}, definitions)
    return plain


def _resolve(node: Any, definitions: dict[str, Any]) -> Any:
    if isinstance(node, list):
        return [_resolve(item, definitions) for item in node]
    if not isinstance(node, dict):
        return node
    if "$ref" in node:
        node = {**_definition(node["$ref"], definitions), **node}
        del node["$ref"]
    if str(node.get("format", "")).startswith(PREFIX):
        node = {key: value for key, value in node.items() if key not in _FOR_EDITORS}
    return {
        key: _resolve(value, definitions) if isinstance(value, (dict, list)) else value for key, value in node.items()
    }


def _definition(reference: Any, definitions: dict[str, Any]) -> dict[str, Any]:
    prefix, _, name = str(reference).rpartition("/")
    if prefix == "#/$defs" and name in definitions:
        found: dict[str, Any] = definitions[name]
        return found
    raise ModelyardError(f"schema reference {reference!r} leads outside the schema, and schemas are never fetched")
