"""What is said about each way to leave a schema: one small function for each keyword.

Sentences are made of the place, the schema's own words and the value as it is written, never of an
engine's text, so they are the same whichever engine found the fault.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from modelyard.documents.schema_fault import SchemaFault, meaning_of
from modelyard.documents.schema_formats import reason
from modelyard.documents.schema_words import example, listed, missing_hint, shown, shown_path, type_hint, type_names

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from modelyard.documents.schema_fault import Case

__all__ = ["tell", "tell_briefly"]

# At the usual 0.6, `stage` would be taken for `tags`.
_LIKENESS = 0.7
_SHORTEST_BEGINNING = 4
# Our own annotation of a schema: keys that people look for in it, and where they belong.
_ELSEWHERE = "x-elsewhere"
_LONGEST_SUGGESTED = 64
_MOST_SUGGESTIONS = 20


def tell(case: Case) -> Iterator[SchemaFault]:
    """Yield every fault that one keyword finds in one value."""
    yield from _KEYWORDS.get(case.keyword, tell_briefly)(case)


def _type(case: Case) -> Iterator[SchemaFault]:
    message = f"{case.place} must be {type_names(case.schema)}, not {case.written}"
    if case.value is None and not case.path:
        message = "the document is empty"
    yield case.here(message, type_hint(case.path, case.value, case.document.raw(case.path), case.schema))


def _required(case: Case) -> Iterator[SchemaFault]:
    position = case.document.locate_key(case.path)
    for key in case.limit:
        if key not in case.value:
            schema = case.schema.get("properties", {}).get(key, {})
            path = (*case.path, key)
            meaning = meaning_of(schema)
            message = f"{shown_path(path)} is missing{': ' if meaning else ''}{meaning}"
            yield SchemaFault(position, path, case.keyword, message, missing_hint(key, schema))


def _dependent(case: Case) -> Iterator[SchemaFault]:
    for key, others in case.limit.items():
        missing = [f"`{other}`" for other in others if other not in case.value]
        if key in case.value and missing:
            message = f"`{key}` in {case.place} says something only with {listed(missing)}"
            yield case.at_key(key, message, f"add {listed(missing)}, or remove `{key}`")


def _unknown(case: Case) -> Iterator[SchemaFault]:
    known = [str(key) for key in case.schema.get("properties", {})]
    # The only pattern in our schemas is `^x-`.
    free = "x-" if "patternProperties" in case.schema else ""
    unknown = [key for key in case.value if key not in known and not (free and key.startswith(free))]
    where = f" in {case.place}" if case.path else ""
    for count, key in enumerate(unknown):
        near = _near(key, known) if count < _MOST_SUGGESTIONS else []
        elsewhere = case.schema.get(_ELSEWHERE, {}).get(key)
        hint = elsewhere or (f"did you mean `{near[0]}`?" if near else _instead(key, free))
        yield case.at_key(key, f"unknown key {shown_path((key,))}{where}", hint)


def _near(key: str, known: list[str]) -> list[str]:
    from difflib import get_close_matches

    if len(key) > _LONGEST_SUGGESTED:
        return []
    begun = [name for name in known if len(key) >= _SHORTEST_BEGINNING and name.startswith(key.lower())]
    return begun or get_close_matches(key.lower(), known, n=1, cutoff=_LIKENESS)


def _instead(key: str, free: str) -> str:
    if not free or len(key) > _LONGEST_SUGGESTED:
        return "remove it"
    return f"remove it, or name it {shown_path((free + key,))}: keys that start with `{free}` are free"


def _key_names(case: Case) -> Iterator[SchemaFault]:
    for key in case.value:
        invalid = reason(case.limit["format"], key)
        if invalid:
            yield case.at_key(
                key, f"{case.place} has a wrong key: {invalid.message}", invalid.hint or example(case.limit)
            )


def _format(case: Case) -> Iterator[SchemaFault]:
    invalid = reason(case.limit, case.value)
    if invalid:
        yield case.here(f"{case.place} is not valid: {invalid.message}", invalid.hint or example(case.schema))


def _enum(case: Case) -> Iterator[SchemaFault]:
    wanted = str(case.value).lower()[:_LONGEST_SUGGESTED]
    from difflib import get_close_matches

    near = get_close_matches(wanted, case.limit, n=len(case.limit), cutoff=0.5)
    ordered = [*near, *(value for value in case.limit if value not in near)]
    yield case.here(f"{case.place} can't be {case.written}", f"use one of {', '.join(ordered)}")


def _const(case: Case) -> Iterator[SchemaFault]:
    if case.path == ("schema_version",):
        message = f"schema_version {case.value} is not known to this modelyard; it knows {case.limit}"
        yield case.here(message, f"write schema_version: {case.limit}, or use a newer modelyard")
    else:
        wanted = case.limit if isinstance(case.limit, str) else shown(case.limit, None)
        yield case.here(f"{case.place} must be {wanted}, not {case.written}", f"write {wanted}")


def _minimum(case: Case) -> Iterator[SchemaFault]:
    yield case.here(f"{case.place} is {case.number}, and {case.limit} is the least allowed", example(case.schema))


def _maximum(case: Case) -> Iterator[SchemaFault]:
    yield case.here(f"{case.place} is {case.number}, and {case.limit} is the most allowed", example(case.schema))


def _above(case: Case) -> Iterator[SchemaFault]:
    yield case.here(f"{case.place} is {case.number}, and must be more than {case.limit}", example(case.schema))


def _below(case: Case) -> Iterator[SchemaFault]:
    yield case.here(f"{case.place} is {case.number}, and must be less than {case.limit}", example(case.schema))


def _too_few(case: Case) -> Iterator[SchemaFault]:
    if not case.value:
        yield from _empty(case)
        return
    message = f"{case.place} has {len(case.value)} of at least {case.limit} items"
    yield case.here(message, example(case.schema))


def _empty(case: Case) -> Iterator[SchemaFault]:
    yield case.here(f"{case.place} is empty", example(case.schema))


def _too_long(case: Case) -> Iterator[SchemaFault]:
    message = f"{case.place} has {len(case.value)} characters, at most {case.limit} are allowed"
    yield case.here(message, f"shorten it by {len(case.value) - case.limit}")


def _too_many(case: Case) -> Iterator[SchemaFault]:
    message = (
        f"{case.place} has {len(case.value)} items, at most {case.limit} {'is' if case.limit == 1 else 'are'} allowed"
    )
    yield case.here(message, f"remove {len(case.value) - case.limit}")


def _repeated(case: Case) -> Iterator[SchemaFault]:
    seen: set[str] = set()
    for index, item in enumerate(case.value):
        if isinstance(item, str) and item in seen:
            path = (*case.path, index)
            message = f"{case.place} has {shown(item, None)} twice"
            yield SchemaFault(case.document.locate(path), path, case.keyword, message, "remove one of them")
        elif isinstance(item, str):
            seen.add(item)


def _exactly_one(case: Case) -> Iterator[SchemaFault]:
    keys = [f"`{branch['required'][0]}`" for branch in case.limit]
    yield case.here(f"{case.place} must have exactly one of {listed(keys)}", f"keep one of {listed(keys)}")


def tell_briefly(case: Case) -> Iterator[SchemaFault]:
    """Yield one fault that names the keyword and no reason."""
    yield case.here(f"{case.place} does not satisfy `{case.keyword}` of its schema", example(case.schema))


_KEYWORDS: dict[str, Callable[[Case], Iterator[SchemaFault]]] = {
    "additionalProperties": _unknown,
    "const": _const,
    "dependentRequired": _dependent,
    "enum": _enum,
    "exclusiveMaximum": _below,
    "exclusiveMinimum": _above,
    "format": _format,
    "maxItems": _too_many,
    "maxLength": _too_long,
    "maximum": _maximum,
    "minItems": _too_few,
    "minLength": _empty,
    "minProperties": _empty,
    "minimum": _minimum,
    "oneOf": _exactly_one,
    "propertyNames": _key_names,
    "required": _required,
    "type": _type,
    "uniqueItems": _repeated,
}
