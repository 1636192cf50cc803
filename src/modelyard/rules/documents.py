"""MY2xx: is each document strict text, and of its kind?"""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any

from modelyard import __version__
from modelyard.documents.document import FaultKind
from modelyard.documents.metrics import full_names
from modelyard.documents.pointer import SUFFIX
from modelyard.rules.finding import Finding

if TYPE_CHECKING:
    from collections.abc import Iterator

    from modelyard.documents.parsed import Parsed
    from modelyard.documents.policy import Policy
    from modelyard.documents.schema_fault import SchemaFault
    from modelyard.rules.finding import Findings
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
    "unknown_version",
]

_UNKNOWN_KEY = "additionalProperties"


def syntax(parsed: Parsed[Any]) -> Findings:
    """A document is valid YAML or JSON.

    One broken line hides all others, so reading stops there and nothing else of the file is judged. Where the marks
    of a merge are what breaks it, they are named, with the two changes that meet.

    Bad:
        description: Fraud: a score from 0 to 1
    Good:
        description: "Fraud: a score from 0 to 1"
    """
    return _faults(parsed, FaultKind.SYNTAX)


def duplicate_key(parsed: Parsed[Any]) -> Findings:
    """A key stands once in its mapping.

    Readers disagree on which of two equal keys wins, so a reviewer could read one value and a
    program another.

    Bad:
        license: MIT
        license: Apache-2.0
    Good:
        license: Apache-2.0
    """
    return _faults(parsed, FaultKind.DUPLICATE_KEY)


def feature(parsed: Parsed[Any]) -> Findings:
    """A YAML document is plain data: no tags, anchors, aliases, merge keys or second document.

    They hide a value from its reader, and some of them make a loader run code or fill its memory.

    Bad:
        defaults: &d {role: model}
        files: {model.joblib: {<<: *d, size: 25}}
    Good:
        files: {model.joblib: {role: model, size: 25}}
    """
    return _faults(parsed, FaultKind.FEATURE)


def ambiguous_scalar(parsed: Parsed[Any]) -> Findings:
    """A scalar that YAML 1.1 and YAML 1.2 read differently is quoted.

    ``no`` is false to one reader and text to another, ``012`` is ten or twelve, ``12:30:45`` is a
    number of seconds; quoting says which one is meant.

    Bad:
        tags: [no, 012, 12:30:45, 2025-03-14]
    Good:
        tags: ["no", "012", "12:30:45", "2025-03-14"]
    """
    return _faults(parsed, FaultKind.AMBIGUOUS)


def limit(parsed: Parsed[Any]) -> Findings:
    """A document keeps within the limits of size, depth and number of values.

    At most 1 MiB, 32 levels, 50,000 keys and values, 18 digits of a whole number, and 10,000 lines of a card: far
    above what a registry needs, and far below what would make a reader slow.

    Bad:
        params: {rows: 12345678901234567890}
    Good:
        params: {rows: "12345678901234567890"}
    """
    return _faults(parsed, FaultKind.LIMIT)


def character(parsed: Parsed[Any]) -> Findings:
    r"""A document is UTF-8 without control, invisible or direction-changing characters.

    With them a text can look different from what it says.

    Bad:
        description: "Safe \u202etxt.exe"
    Good:
        description: Safe exe.txt
    """
    return _faults(parsed, FaultKind.CHARACTER)


def schema(parsed: Parsed[Any]) -> Findings:
    """A document has the fields of its kind, each with a value of its kind.

    The schemas lie in ``schemas/``, and an editor that knows them says the same while you write.

    Bad:
        version: 1.10
        license: Apache 2.0
    Good:
        version: "1.10.0"
        license: Apache-2.0
    """
    for fault in parsed.schema_faults:
        if fault.keyword not in (_UNKNOWN_KEY, SUFFIX) and not _is_of_another_kind(fault):
            message = f"{fault.message} ({fault.meaning})" if fault.meaning else fault.message
            yield Finding(parsed.path, message, fault.hint, fault.position)


def unknown_version(parsed: Parsed[Any]) -> Findings:
    """A document is of a format that this modelyard knows: its ``schema_version`` is one of those that it reads.

    A newer modelyard may have written it; what an older one would say about the rest of it means nothing.

    Bad:
        schema_version: 7
    Good:
        schema_version: 1
    """
    for fault in parsed.schema_faults:
        if _is_of_another_kind(fault):
            hint = f"{fault.hint}; this one is modelyard {__version__}"
            yield Finding(parsed.path, fault.message, hint, fault.position)


def _is_of_another_kind(fault: SchemaFault) -> bool:
    return fault.path == ("schema_version",) and fault.keyword == "const"


def unknown_key(parsed: Parsed[Any]) -> Findings:
    """A document has no key that its schema does not know; keys that start with ``x-`` are free.

    A misspelt optional key would otherwise be dropped without a word.

    Bad:
        feature_name: [amount, hour]
    Good:
        feature_names: [amount, hour]
        x-team: payments
    """
    for fault in parsed.schema_faults:
        if fault.keyword == _UNKNOWN_KEY:
            yield Finding(parsed.path, fault.message, fault.hint, fault.position)


def license_not_allowed(version: VersionDirectory, policy: Policy) -> Findings:
    """A version's licence is one that the policy allows; one of your own lies beside it as a file.

    ``LicenseRef-…`` names a licence that SPDX does not list, so its text must be in the directory.

    Bad:
        license: LicenseRef-Proprietary
    Good:
        license: LicenseRef-Proprietary  # and its text in fraud-1.0.0/LICENSE
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

    Bad:
        {"test": {"accuracy": 97}}
    Good:
        {"test": {"accuracy": 0.97}}
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

    Bad:
        {"test.auc": 0.95, "test": {"auc": 0.59}}
    Good:
        {"test": {"auc": 0.95}}
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
