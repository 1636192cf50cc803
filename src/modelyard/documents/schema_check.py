"""Whether a document follows its schema, and every place where it does not."""

from __future__ import annotations

from itertools import chain
from typing import TYPE_CHECKING, Any

from modelyard.documents.schema_accept import accepts
from modelyard.documents.schema_engine import Finding, engine_for
from modelyard.documents.schemas import prepared

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from modelyard.documents.document import Document, Path
    from modelyard.documents.schema_fault import Case, SchemaFault

__all__ = ["check"]


def check(schema_name: str, document: Document, *, engine: str | None = None) -> tuple[SchemaFault, ...]:
    """Return every fault of a document, sorted by path; none where it follows the schema.

    The faults do not depend on the engine. At one path a wrong type hides what else is wrong with
    the value, and an unknown ``schema_version`` hides everything: the document is of another kind.

    :param schema_name: one of :data:`modelyard.documents.schemas.NAMES`.
    :param document: as a strict reader gives it: finite numbers, no lone surrogates.
    :param engine: one of :func:`modelyard.documents.schema_engine.engine_names`, None for the first, which is
        asked only where the document is not sound at first sight.
    :raises UsageError: there is no such engine.
    :raises ModelyardError: there is no such schema.
    """
    if engine is None and accepts(schema_name, document.value):
        return ()
    schema = prepared(schema_name)
    found = engine_for(schema_name, engine).findings(document.value) | set(_whole_floats(document.value, schema))
    if not found:
        return ()
    from modelyard.documents.schema_messages import tell, tell_briefly

    cases = [_case(document, schema, finding) for finding in _worth_telling(found)]
    # An engine's refusal stands even where no sentence of ours explains it.
    faults = [*chain.from_iterable(map(tell, cases))] or chain.from_iterable(map(tell_briefly, cases))
    return tuple(sorted(faults, key=_sort_key))


def _whole_floats(value: Any, schema: Any, path: Path = (), schema_path: Path = ()) -> Iterator[Finding]:
    """Yield each 1.0 where a whole number is wanted: JSON Schema takes it for one, its readers don't."""
    if not isinstance(schema, dict):
        return
    if isinstance(value, float) and value.is_integer() and schema.get("type") == "integer":
        yield Finding(path, (*schema_path, "type"))
    for key, child in _children(value):
        step = _step(schema, key)
        yield from _whole_floats(child, _at(schema, step), (*path, key), (*schema_path, *step))


def _children(value: Any) -> Iterable[tuple[str | int, Any]]:
    if isinstance(value, dict):
        return value.items()
    return enumerate(value) if isinstance(value, list) else ()


def _step(schema: dict[str, Any], key: str | int) -> Path:
    if isinstance(key, int):
        return ("items",)
    return ("properties", key) if key in schema.get("properties", ()) else ("additionalProperties",)


def _at(node: Any, path: Path) -> Any:
    for part in path:
        node = node.get(part) if isinstance(node, dict) else node[part]
    return node


def _worth_telling(found: Iterable[Finding]) -> frozenset[Finding]:
    keywords = frozenset(map(_at_keyword, found))
    mistyped = {finding.path for finding in keywords if finding.schema_path[-1] == "type"}
    told = frozenset(each for each in keywords if each.path not in mistyped or each.schema_path[-1] == "type")
    return frozenset(filter(_is_foreign, told)) or told


def _at_keyword(finding: Finding) -> Finding:
    # What is wrong with keys is told once for the mapping, whatever part of `propertyNames` found it.
    if finding.schema_path[-2:-1] == ("propertyNames",):
        return Finding(finding.path, finding.schema_path[:-1])
    return finding


def _is_foreign(finding: Finding) -> bool:
    return finding.path == ("schema_version",) and finding.schema_path[-1] == "const"


def _case(document: Document, schema: dict[str, Any], finding: Finding) -> Case:
    from modelyard.documents.schema_fault import Case

    *above, keyword = finding.schema_path
    return Case(document, finding.path, _at(document.value, finding.path), _at(schema, tuple(above)), str(keyword))


def _sort_key(fault: SchemaFault) -> tuple[object, ...]:
    path = tuple((1, 0, part) if isinstance(part, str) else (0, part, "") for part in fault.path)
    return (path, fault.keyword, fault.message)
