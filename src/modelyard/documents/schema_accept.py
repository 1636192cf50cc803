"""The quick yes: whether a value certainly follows a schema, without an engine.

Nearly every document of a registry is sound, and an engine need not be imported to see it. What is
said here is only ever "certainly sound": any doubt, and every keyword that is not known here, goes to
an engine, which alone says what is wrong and where. Whole numbers must be written as such, as
:mod:`modelyard.documents.schema_check` wants it.
"""

from __future__ import annotations

from functools import cache, reduce
from math import isfinite
from typing import TYPE_CHECKING, Any

from modelyard.documents.scalars import InvalidScalar
from modelyard.documents.schema_formats import FORMATS
from modelyard.documents.schemas import prepared
from modelyard.names import InvalidName

if TYPE_CHECKING:
    from collections.abc import Callable

    Accepts = Callable[[Any], bool]

__all__ = ["accepts", "compiled"]

_ANNOTATIONS = frozenset({"$schema", "$id", "title", "description", "examples", "default", "deprecated"})
_OWN_KEY = "x-"


class _Unknown(Exception):
    """A keyword that nothing is known of here."""


def accepts(schema_name: str, value: Any) -> bool:
    """Whether the value certainly follows a shipped schema; False may also mean that only an engine can tell."""
    accept = _of(schema_name)
    return accept is not None and accept(value)


@cache
def _of(schema_name: str) -> Accepts | None:
    return compiled(prepared(schema_name))


def compiled(schema: dict[str, Any]) -> Accepts | None:
    """Return what accepts values that certainly follow a prepared schema; None where it holds an unknown keyword."""
    try:
        return _compiled(schema)
    except _Unknown:
        return None


def _compiled(schema: Any) -> Accepts:
    if schema is True:
        return lambda _value: True
    if schema is False:
        return lambda _value: False
    given = {keyword: value for keyword, value in schema.items() if not _is_annotation(keyword)}
    types = given.pop("type", None)
    by_type = {name: _checks(name, given) for name in ([types] if isinstance(types, str) else types or _TYPES)}
    unknown = given.keys() - set().union(*_KEYWORDS.values())
    if unknown:
        raise _Unknown(*unknown)
    if len(by_type) == 1:
        name, checks = next(iter(by_type.items()))
        return _of_one_type(_TYPES[name], checks)
    return _of_any_type({_TYPES[name]: checks for name, checks in by_type.items()})


def _is_annotation(keyword: str) -> bool:
    return keyword in _ANNOTATIONS or keyword.startswith(_OWN_KEY)


def _of_one_type(kind: type, checks: tuple[Accepts, ...]) -> Accepts:
    if not checks:
        return _is_number if kind is float else lambda value: type(value) is kind
    check = reduce(_both, checks)
    if kind is float:
        return lambda value: _is_number(value) and check(value)
    return lambda value: type(value) is kind and check(value)


def _both(first: Accepts, second: Accepts) -> Accepts:
    return lambda value: first(value) and second(value)


def _of_any_type(kinds: dict[type, tuple[Accepts, ...]]) -> Accepts:
    choices = [_of_one_type(kind, checks) for kind, checks in kinds.items()]
    return lambda value: any(choice(value) for choice in choices)


def _is_number(value: Any) -> bool:
    return type(value) is int or (type(value) is float and isfinite(value))


def _checks(type_name: str, given: dict[str, Any]) -> tuple[Accepts, ...]:
    """Return what a value of one type must pass besides."""
    checks: list[Accepts] = []
    if "const" in given or "enum" in given:
        checks.append(_one_of([given["const"]] if "const" in given else given["enum"]))
    known = given.keys() & _KEYWORDS[type_name]
    if type_name == "object" and known:
        checks += _object_checks(given)
    elif type_name == "array" and known:
        checks += _array_checks(given)
    elif type_name == "string" and known:
        checks += _string_checks(given)
    elif type_name in ("number", "integer"):
        checks += [_BOUNDS[keyword](given[keyword]) for keyword in sorted(known & _BOUNDS.keys())]
    return tuple(checks)


def _one_of(choices: list[Any]) -> Accepts:
    if all(type(choice) is str for choice in choices):
        texts = frozenset(choices)
        return lambda value: type(value) is str and value in texts
    return lambda value: any(type(value) is type(choice) and value == choice for choice in choices)


def _string_checks(given: dict[str, Any]) -> list[Accepts]:
    checks: list[Accepts] = []
    least, most = given.get("minLength", 0), given.get("maxLength")
    if least or most is not None:
        checks.append(lambda value: least <= len(value) and (most is None or len(value) <= most))
    if "format" in given:
        parse = FORMATS.get(given["format"])
        if parse is None:
            raise _Unknown(given["format"])
        checks.append(lambda value: _parses(parse, value))
    return checks


def _parses(parse: Callable[[str], object], text: str) -> bool:
    try:
        parse(text)
    except (InvalidScalar, InvalidName):
        return False
    return True


def _array_checks(given: dict[str, Any]) -> list[Accepts]:
    checks: list[Accepts] = []
    least, most = given.get("minItems", 0), given.get("maxItems")
    if least or most is not None:
        checks.append(lambda value: least <= len(value) and (most is None or len(value) <= most))
    if given.get("uniqueItems"):
        # Whether 1 and 1.0 or true are the same is for an engine to say.
        checks.append(lambda value: all(type(item) is str for item in value) and len(set(value)) == len(value))
    if "items" in given:
        item = _compiled(given["items"])
        checks.append(lambda value: all(map(item, value)))
    return checks


def _object_checks(given: dict[str, Any]) -> list[Accepts]:
    checks: list[Accepts] = []
    if "minProperties" in given:
        least = given["minProperties"]
        checks.append(lambda value: len(value) >= least)
    if "required" in given:
        required = frozenset(given["required"])
        checks.append(lambda value: required <= value.keys())
    if "oneOf" in given:
        checks.append(_exactly_one(given["oneOf"]))
    if "dependentRequired" in given:
        needed = [(key, frozenset(others)) for key, others in given["dependentRequired"].items()]
        checks.append(lambda value: all(key not in value or others <= value.keys() for key, others in needed))
    if "propertyNames" in given:
        name = _compiled(given["propertyNames"])
        checks.append(lambda value: all(map(name, value)))
    if given.keys() & {"properties", "patternProperties", "additionalProperties"}:
        checks.append(_members(given))
    return checks


def _members(given: dict[str, Any]) -> Accepts:
    properties = {key: _compiled(schema) for key, schema in given.get("properties", {}).items()}
    own = _has_own_keys(given.get("patternProperties", {}))
    other = _compiled(given.get("additionalProperties", True))

    def check(value: dict[str, Any]) -> bool:
        for key, child in value.items():
            accept = properties.get(key)
            if accept is None:
                if own and key.startswith(_OWN_KEY):
                    continue
                accept = other
            if not accept(child):
                return False
        return True

    return check


def _has_own_keys(patterns: dict[str, Any]) -> bool:
    if any(pattern != f"^{_OWN_KEY}" or not all(map(_is_annotation, schema)) for pattern, schema in patterns.items()):
        raise _Unknown(*patterns)
    return bool(patterns)


def _exactly_one(branches: list[Any]) -> Accepts:
    # A branch that is not certainly kept is not certainly broken: only this plain kind of branch is both.
    if any(branch.keys() != {"required"} for branch in branches):
        raise _Unknown("oneOf")
    wanted = [frozenset(branch["required"]) for branch in branches]
    return lambda value: sum(keys <= value.keys() for keys in wanted) == 1


_BOUNDS: dict[str, Callable[[Any], Accepts]] = {
    "minimum": lambda bound: lambda value: bool(value >= bound),
    "maximum": lambda bound: lambda value: bool(value <= bound),
    "exclusiveMinimum": lambda bound: lambda value: bool(value > bound),
    "exclusiveMaximum": lambda bound: lambda value: bool(value < bound),
}
_TYPES: dict[str, type] = {
    "object": dict,
    "array": list,
    "string": str,
    "integer": int,
    "number": float,
    "boolean": bool,
    "null": type(None),
}
_OBJECT = {
    "minProperties",
    "required",
    "oneOf",
    "dependentRequired",
    "propertyNames",
    "properties",
    "patternProperties",
    "additionalProperties",
}
_KEYWORDS: dict[str, set[str]] = {
    **{name: {"const", "enum"} for name in _TYPES},
    "object": {"const", "enum", *_OBJECT},
    "array": {"const", "enum", "minItems", "maxItems", "uniqueItems", "items"},
    "string": {"const", "enum", "minLength", "maxLength", "format"},
    **{name: {"const", "enum", *_BOUNDS} for name in ("integer", "number")},
}
