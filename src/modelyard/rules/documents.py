"""MY2xx: is each document strict text, and of its kind?"""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any

from modelyard.documents.document import FaultKind
from modelyard.documents.metrics import full_names
from modelyard.documents.pointer import SUFFIX
from modelyard.rules.rule import Finding

if TYPE_CHECKING:
    from collections.abc import Iterator

    from modelyard.documents.parsed import Parsed
    from modelyard.documents.policy import Policy
    from modelyard.rules.rule import Findings
    from modelyard.version_directory import VersionDirectory

__all__ = [
    "ambiguous_scalar",
    "character",
    "duplicate_key",
    "feature",
    "impossible_share",
    "license_not_allowed",
    "limit",
    "same_metric_twice",
    "schema",
    "syntax",
    "unknown_key",
]

_UNKNOWN_KEY = "additionalProperties"


def syntax(parsed: Parsed[Any]) -> Findings:
    """A document is valid YAML or JSON.

    One broken line hides all others, so reading stops there and nothing else of the file is judged.
    """
    return _faults(parsed, FaultKind.SYNTAX)


def duplicate_key(parsed: Parsed[Any]) -> Findings:
    """A key stands once in its mapping.

    Readers disagree on which of two equal keys wins, so a reviewer could read one value and a
    program another.
    """
    return _faults(parsed, FaultKind.DUPLICATE_KEY)


def feature(parsed: Parsed[Any]) -> Findings:
    """A YAML document is plain data: no tags, anchors, aliases, merge keys or second document.

    They hide a value from its reader, and some of them make a loader run code or fill its memory.
    """
    return _faults(parsed, FaultKind.FEATURE)


def ambiguous_scalar(parsed: Parsed[Any]) -> Findings:
    """A scalar that YAML 1.1 and YAML 1.2 read differently is quoted.

    ``no`` is false to one reader and text to another, ``012`` is ten or twelve, ``12:30:45`` is a
    number of seconds; quoting says which one is meant.
    """
    return _faults(parsed, FaultKind.AMBIGUOUS)


def limit(parsed: Parsed[Any]) -> Findings:
    """A document keeps within the limits of size, depth and number of values."""
    return _faults(parsed, FaultKind.LIMIT)


def character(parsed: Parsed[Any]) -> Findings:
    """A document is UTF-8 without control, invisible or direction-changing characters.

    With them a text can look different from what it says.
    """
    return _faults(parsed, FaultKind.CHARACTER)


def schema(parsed: Parsed[Any]) -> Findings:
    """A document has the fields of its kind, each with a value of its kind."""
    for fault in parsed.schema_faults:
        if fault.keyword not in (_UNKNOWN_KEY, SUFFIX):
            yield Finding(parsed.path, fault.message, fault.hint, fault.position)


def unknown_key(parsed: Parsed[Any]) -> Findings:
    """A document has no key that its schema does not know; keys that start with ``x-`` are free.

    A misspelt optional key would otherwise be dropped without a word.
    """
    for fault in parsed.schema_faults:
        if fault.keyword == _UNKNOWN_KEY:
            yield Finding(parsed.path, fault.message, fault.hint, fault.position)


def license_not_allowed(version: VersionDirectory, policy: Policy) -> Findings:
    """A version's licence is one that the policy allows; one of your own lies beside it as a file.

    ``LicenseRef-…`` names a licence that SPDX does not list, so its text must be in the directory.
    """
    parsed = version.metadata
    if not parsed or not parsed.value:
        return
    expression = parsed.value.license
    allowed = policy.licenses
    if allowed and expression not in allowed:
        hint = f"policy allows: {', '.join(allowed)}"
        yield Finding(
            parsed.path, f"licence {expression} is not allowed by the policy", hint, parsed.locate(("license",))
        )
    if "LicenseRef-" in expression and not any(name.startswith("LICENSE") for name in version.entries):
        hint = f"put its text into {version.full_path('LICENSE')}"
        yield Finding(parsed.path, f"licence {expression} needs its text beside it", hint, parsed.locate(("license",)))


def impossible_share(version: VersionDirectory, policy: Policy) -> Findings:
    """A metric that the policy calls a proportion lies between 0 and 1: 0.97, and not 97.

    Bounds are computed for it as for a share of rows, and a gate would take 97 for far above 0.99.
    """
    parsed = version.metrics
    for name, figure in parsed.value.values.items() if parsed and parsed.value else ():
        if parsed and name.rpartition(".")[2] in policy.proportions and not 0 <= figure <= 1:
            hint = f"did you mean {figure / 100:g}?" if 1 < figure <= 100 else "measure it again"
            message = f"metric {name!r} is a share of rows, and {figure:g} is not between 0 and 1"
            yield Finding(parsed.path, message, hint, parsed.locate(tuple(name.split("."))))


def same_metric_twice(version: VersionDirectory, _policy: Policy) -> Findings:
    """Each metric has a full name of its own: ``test.auc`` stands either flat or nested, not both.

    A gate could judge one figure while its reviewer reads the other.
    """
    parsed = version.metrics
    if not parsed or not parsed.value or not parsed.document:
        return
    names = Counter(name for name, _ in full_names(parsed.document.mapping()))
    for name in sorted(name for name, count in names.items() if count > 1):
        yield Finding(parsed.path, f"metric {name!r} stands twice", "keep one of the two", parsed.locate_key((name,)))


def _faults(parsed: Parsed[Any], kind: FaultKind) -> Iterator[Finding]:
    for fault in parsed.faults:
        if fault.kind is kind:
            yield Finding(parsed.path, fault.message, fault.hint, fault.position)
