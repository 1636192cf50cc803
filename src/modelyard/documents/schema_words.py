"""The words that sentences about documents are made of: paths, values, types and examples."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any

from modelyard.documents.scalars import quoted
from modelyard.documents.yaml_scalars import is_plain_key

if TYPE_CHECKING:
    from collections.abc import Sequence

    from modelyard.documents.document import Path

__all__ = ["example", "listed", "missing_hint", "shown", "shown_path", "type_hint", "type_names"]

_PLAIN_KEY = re.compile(r"[A-Za-z_][A-Za-z0-9_-]{0,63}")
_NUMBER = re.compile(r"-?(?:0|[1-9][0-9]{0,17})(?:\.[0-9]{1,17})?")
_LONGEST_EXAMPLE = 100
_NO_EXAMPLE = " " * (_LONGEST_EXAMPLE + 1)
_TYPES = {
    "array": "a list",
    "boolean": "true or false",
    "integer": "a whole number",
    "null": "null",
    "number": "a number",
    "object": "a mapping",
    "string": "a string",
}


def shown_path(path: Path) -> str:
    """Return a path as a reader writes it, such as ```files['model.joblib'].size```, in backticks."""
    if not path:
        return "the document"
    text = ""
    for part in path:
        if isinstance(part, str) and _PLAIN_KEY.fullmatch(part):
            text += f".{part}" if text else part
        elif isinstance(part, str) and not text:
            text = quoted(part)
        else:
            text += f"[{part if isinstance(part, int) else quoted(part)}]"
    return f"`{text}`"


def shown(value: Any, raw: str | None) -> str:
    """Return a value as a reader sees it; a number as it is written where that is known."""
    if isinstance(value, str):
        return f"the string {quoted(value)}" if _NUMBER.fullmatch(value) else quoted(value)
    if isinstance(value, (bool, type(None))):
        return {True: "true", False: "false", None: "null"}[value] if raw != "" else "left empty"
    if isinstance(value, (list, dict)):
        return "a list" if isinstance(value, list) else "a mapping"
    return f"the number {raw or value}"


def listed(words: Sequence[str], conjunction: str = "and") -> str:
    """Return words as an enumeration: ``a, b and c``."""
    if len(words) < 2:
        return "".join(words)
    return f"{', '.join(words[:-1])} {conjunction} {words[-1]}"


def type_names(schema: dict[str, Any]) -> str:
    """Return the types that a schema allows, as ``a number or a mapping``."""
    return listed([_TYPES[name] for name in _types(schema)], "or")


def type_hint(path: Path, value: Any, raw: str | None, schema: dict[str, Any]) -> str:
    """Return how to write the value that was meant, where its text can tell, else an example."""
    types = _types(schema)
    meant = _meant(value, raw, types)
    verb = "quote it:" if "string" in types and not isinstance(value, str) else "write"
    return f"{verb} {_entry(path[-1], meant) if path else meant}" if meant else example(schema)


def missing_hint(key: str, schema: dict[str, Any]) -> str:
    """Return what to add for a missing key: an example, or the keys that its mapping needs."""
    text = _entry(key, _first_example(schema))
    if len(text) <= _LONGEST_EXAMPLE:
        return f"add it, for example {text}"
    return f"add it as {_outline(schema)}"


def example(schema: dict[str, Any]) -> str:
    """Return the first example of a schema as a hint, or the keys it needs where that is too long."""
    text = _first_example(schema)
    return f"write it like {text}" if len(text) <= _LONGEST_EXAMPLE else f"write it as {_outline(schema)}"


def _first_example(schema: dict[str, Any]) -> str:
    return _flow(schema["examples"][0]) if schema.get("examples") else _NO_EXAMPLE


def _outline(schema: dict[str, Any]) -> str:
    """Return a type in words: ``a mapping with `reason```, ``a list of mappings with `sha256```."""
    types = type_names(schema)
    entries = schema.get("items") or schema.get("additionalProperties") or {}
    for required, link in ((schema.get("required"), "with"), (entries and entries.get("required"), "of mappings with")):
        if required:
            return f"{types} {link} {listed([f'`{name}`' for name in required])}"
    return types


def _types(schema: dict[str, Any]) -> list[str]:
    types = schema.get("type", [])
    return [types] if isinstance(types, str) else types


def _meant(value: Any, raw: str | None, types: list[str]) -> str:
    if "string" in types and isinstance(value, (bool, int, float)):
        return json.dumps(raw or json.dumps(value), ensure_ascii=False)
    if "array" in types and isinstance(value, str):
        return _flow([value])
    if not isinstance(value, (str, float)):
        return ""
    text = str(value).lower()
    if "boolean" in types and text in ("true", "false", "yes", "no", "on", "off"):
        return "true" if text in ("true", "yes", "on") else "false"
    if _NUMBER.fullmatch(text) and (
        "number" in types or ("integer" in types and text.partition(".")[2].strip("0") == "")
    ):
        return text.partition(".")[0] if "integer" in types else text
    return ""


def _entry(key: str | int, text: str) -> str:
    if isinstance(key, int):
        return text
    return f"{key if is_plain_key(key) and _PLAIN_KEY.fullmatch(key) else _flow(key)}: {text}"


def _flow(value: Any) -> str:
    """Return a value on one line, in the syntax that YAML and JSON share."""
    return json.dumps(value, ensure_ascii=False)
