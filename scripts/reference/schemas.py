"""schemas.md: each document's fields, from its JSON Schema."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from modelyard.documents import schemas
from reference.markdown import anchor, table

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = ["page"]

_INTRODUCTION = """\
# Schemas

Each document of a registry has a JSON Schema (draft 2020-12) in [`schemas/`](../../schemas); `modelyard init` puts
copies into the registry, for editors. The schemas that ship with modelyard judge, never a copy and never one that a
document names. Unknown keys are refused; keys that start with `x-` are yours. In a field's name, `*` stands for any
key and `[]` for any item of a list.

An application lists [its models](#models-of-an-application) in `modelyard.toml`, and modelyard
[locks them](#locked-models-of-an-application) in `models.lock`. There, any key that is not known is refused.

What commands print with `--format json` has schemas too: a [report of the gate](#a-report-of-the-gate) (`validate`), a
[report of a change](#a-report-of-a-change) (`report`), a [comparison](#a-comparison) (`compare`), a
[leaderboard](#a-leaderboard) (`leaderboard`, `best`), an [event](#an-event-of-the-history) (`history`, `log`) and the
[figures of a registry](#figures-of-a-registry) (`stats`). So has what is told of bytes: [pull](#a-pull),
[push](#a-push), [addresses](#addresses-of-files) (`url`), a [verification](#a-verification) (`verify`),
[garbage](#collected-garbage) (`gc`) and [smoke tests](#smoke-tests); and what is told to an application:
[lock](#what-is-locked), [outdated](#what-is-outdated), [update](#an-update-of-locked-models) and [sync](#a-sync).

"""


def page() -> str:
    """Return the page."""
    loaded = {name: schemas.load(name) for name in schemas.NAMES}
    contents = "".join(
        f"- [{schema['title']}](#{anchor(schema['title'])}): `{name}.json`\n" for name, schema in loaded.items()
    )
    return _INTRODUCTION + contents + "".join(_section(name, schema) for name, schema in loaded.items())


def _section(name: str, schema: dict[str, Any]) -> str:
    rows = list(_rows(schema, "", schema.get("$defs", {})))
    return f"""
## {schema["title"]}

{schema["description"]} Schema: [`{name}.json`](../../schemas/{name}.json).

{table(("field", "type", "what it says", "example"), rows)}"""


def _rows(schema: dict[str, Any], prefix: str, definitions: dict[str, Any]) -> Iterator[tuple[str, str, str, str]]:
    required = schema.get("required", ())
    for key, field, here in _fields(schema, prefix, definitions):
        resolved = _resolved(field, definitions)
        mark = ", required" if key in required else ""
        yield f"`{here}`", _type(resolved) + mark, resolved.get("description", ""), _example(resolved)
        yield from _rows(resolved, here, definitions)


def _resolved(field: dict[str, Any], definitions: dict[str, Any]) -> dict[str, Any]:
    return {**definitions.get(str(field.get("$ref", "")).rpartition("/")[2], {}), **field}


def _fields(
    schema: dict[str, Any], prefix: str, definitions: dict[str, Any]
) -> Iterator[tuple[str, dict[str, Any], str]]:
    """Yield key, schema and full name of what lies directly in an object or a list."""
    dot = "." if prefix else ""
    for key, field in schema.get("properties", {}).items():
        yield key, field, f"{prefix}{dot}{key}"
    if isinstance(schema.get("additionalProperties"), dict):
        yield "*", schema["additionalProperties"], f"{prefix}{dot}*"
    items = _resolved(schema.get("items", {}), definitions)
    if "properties" in items:
        yield "[]", items, f"{prefix}[]"


def _type(field: dict[str, Any]) -> str:
    if "const" in field:
        return f"`{json.dumps(field['const'])}`"
    if "enum" in field:
        return " or ".join(f"`{value}`" for value in field["enum"])
    kind = field.get("type", "any")
    text = " or ".join(kind).replace("array", "list") if isinstance(kind, list) else str(kind)
    items = field.get("items", {})
    if text == "array":
        return f"list of {_type(items)}" if "type" in items and "properties" not in items else "list"
    return text


def _example(field: dict[str, Any]) -> str:
    if not field.get("examples") or "const" in field or "enum" in field:
        return ""
    example = json.dumps(field["examples"][0], ensure_ascii=False)
    return f"`{example}`" if len(example) <= 80 else ""
