"""Two engines that say where a document leaves its schema; neither has a say in how it is told.

``jsonschema`` is the reference and always there. ``jsonschema-rs`` is about fifty times as fast
and used where it is installed. Both get the same prepared schema and the same formats, and both
are kept from the network: by default each of them fetches a remote reference.
"""

from __future__ import annotations

from functools import cache
from importlib.util import find_spec
from math import isfinite
from typing import TYPE_CHECKING, Any, NoReturn, Protocol

from modelyard.documents.schema_formats import FORMATS, follows
from modelyard.documents.schemas import prepared
from modelyard.errors import ModelyardError, UsageError
from modelyard.values import dataclass

if TYPE_CHECKING:
    from collections.abc import Callable

    from modelyard.documents.document import Path

__all__ = ["ENGINES", "Engine", "Finding", "build", "engine_for", "engine_names"]


@dataclass(frozen=True)
class Finding:
    """One keyword of a schema that one value does not satisfy.

    :param path: where the value is in the document.
    :param schema_path: where the keyword is in the prepared schema; its last part is the keyword.
    """

    path: Path
    schema_path: Path


class Engine(Protocol):
    """Judges documents by one schema."""

    def findings(self, value: Any) -> frozenset[Finding]:
        """Return every finding; where there is none, the value satisfies the schema."""


def engine_names() -> tuple[str, ...]:
    """Return the engines that are installed here, the preferred one first."""
    return tuple(name for name in ENGINES if find_spec(name.replace("-", "_")))


@cache
def engine_for(schema_name: str, engine: str | None = None) -> Engine:
    """Return the engine for a shipped schema; it is built once per process.

    :param engine: one of :func:`engine_names`, or None for the first of them.
    :raises UsageError: there is no such engine.
    :raises ModelyardError: there is no such schema.
    """
    return build(prepared(schema_name), engine or engine_names()[0])


def build(schema: dict[str, Any], engine: str) -> Engine:
    """Return the engine for a prepared schema.

    :raises UsageError: there is no such engine.
    """
    if engine not in ENGINES:
        raise UsageError(f"there is no schema engine {engine!r}", hint=f"the engines are {', '.join(ENGINES)}")
    return ENGINES[engine](schema)


class _JsonschemaRs:
    def __init__(self, schema: dict[str, Any]) -> None:
        from jsonschema_rs import Draft202012Validator

        formats = {name: _follows(name) for name in FORMATS}
        self._schema = schema
        self._validator = Draft202012Validator(schema, formats=formats, validate_formats=True, retriever=_never_fetch)

    def findings(self, value: Any) -> frozenset[Finding]:
        if self._validator.is_valid(value):
            return frozenset()
        if _has_lossy_key(value):
            return _Jsonschema(self._schema).findings(value)
        errors = self._validator.iter_errors(value)
        return frozenset(Finding(tuple(error.instance_path), tuple(error.schema_path)) for error in errors)


class _Jsonschema:
    def __init__(self, schema: dict[str, Any]) -> None:
        from jsonschema import FormatChecker
        from referencing import Registry

        checker = FormatChecker(formats=())
        for name in FORMATS:
            checker.checks(name)(_follows(name))
        registry: Registry[Any] = Registry(retrieve=_never_fetch)  # type: ignore[call-arg]
        self._validator = _finite_validator()(schema, format_checker=checker, registry=registry)

    def findings(self, value: Any) -> frozenset[Finding]:
        errors = self._validator.iter_errors(value)
        return frozenset(Finding(tuple(error.absolute_path), tuple(error.absolute_schema_path)) for error in errors)


@cache
def _finite_validator() -> Any:
    from jsonschema import Draft202012Validator
    from jsonschema.validators import extend

    # NaN and infinities are no JSON; the other engine takes them for null.
    types = Draft202012Validator.TYPE_CHECKER.redefine("number", _is_finite)
    return extend(Draft202012Validator, type_checker=types)  # type: ignore[no-untyped-call]


def _follows(name: str) -> Callable[[object], bool]:
    return lambda value: follows(name, value)


def _has_lossy_key(value: Any) -> bool:
    """Whether jsonschema-rs would misreport a path: it drops the key "" and turns "01" into 1."""
    if isinstance(value, dict):
        return any(not key or key.lstrip("+").isdigit() for key in value) or any(map(_has_lossy_key, value.values()))
    return isinstance(value, list) and any(map(_has_lossy_key, value))


def _is_finite(_checker: object, value: object) -> bool:
    return isinstance(value, (int, float)) and not isinstance(value, bool) and isfinite(value)


def _never_fetch(uri: str) -> NoReturn:
    raise ModelyardError(f"schema reference {uri!r} leads outside the schema, and schemas are never fetched")


ENGINES: dict[str, Callable[[dict[str, Any]], Engine]] = {"jsonschema-rs": _JsonschemaRs, "jsonschema": _Jsonschema}
