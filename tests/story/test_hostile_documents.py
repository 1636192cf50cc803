"""Documents made to exhaust a reader, each judged with two seconds of processor time and 256 MB of address space."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from modelyard.documents.schemas import NAMES, load
from support.cases import valid_files
from support.limits import run_within_limits, validate_within_limits
from support.repositories import new_repository

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path


def patterns_in(node: object) -> Iterator[str]:
    """Yield every regular expression of a schema."""
    if isinstance(node, dict):
        yield from (each for key, each in node.items() if key == "pattern" and isinstance(each, str))
        yield from node.get("patternProperties", {})
    for child in node.values() if isinstance(node, dict) else node if isinstance(node, list) else ():
        yield from patterns_in(child)


VERSION = "model_registry/fraud-1.1.0/"
METADATA = f"{VERSION}metadata.yaml"
CARD = f"{VERSION}MODEL_CARD.md"
METRICS = f"{VERSION}metrics.json"
MANIFEST = f"{VERSION}dataset-manifest.yaml"
POINTER = f"{VERSION}model.joblib.dvc"
MODEL = "model_registry/models/fraud.yaml"
STAGE = "model_registry/stages/production/fraud.yaml"
FULL = 1 << 20
TOO_LARGE = "MY205 the document has more than 1,048,576 bytes"
PATTERNS = sorted({each for name in NAMES for each in patterns_in(load(name))})
TOO_DEEP = "MY205 the nesting is deeper than 32 levels"
TOO_LONG = "MY205 the card has more than 10,000 lines"
TOO_MARKED = "MY205 the card has more than 50,000 brackets, bars and backticks"


def lines(pattern: str, size: int = FULL) -> str:
    """Return numbered lines that fill a document to its very limit."""
    made: list[str] = []
    left = size
    while left >= len(line := pattern.format(len(made)) + "\n"):
        made.append(line)
        left -= len(line)
    return "".join(made)


def filled(before: str, piece: str, after: str = "") -> str:
    """Return a document of the largest size that is read, most of it one repeated piece."""
    return before + piece * ((FULL - len(before) - len(after)) // len(piece)) + after


def laughs() -> str:
    """Return nine levels of nine aliases each, which are two billion words to whoever follows them."""
    levels = [f"a{level}: &a{level} [{', '.join([f'*a{level - 1}'] * 9)}]\n" for level in range(1, 10)]
    return f"a0: &a0 [{', '.join(['lol'] * 9)}]\n{''.join(levels)}"


HOSTILE: dict[str, tuple[str, Callable[[], str], str]] = {
    "case-07-billion-laughs": (METADATA, laughs, "MY203 the anchor '&a0' is not allowed"),
    "case-08-100000-brackets": (METADATA, lambda: "[" * 100_000, TOO_DEEP),
    "case-08-1-mib-of-brackets": (METADATA, lambda: filled("", "["), TOO_DEEP),
    "case-08-1-mib-of-brackets-in-json": (METRICS, lambda: filled("", "["), TOO_DEEP),
    "case-08-1-mib-of-dashes": (MODEL, lambda: filled("", "- "), TOO_DEEP),
    "case-08-indented-deeper-and-deeper": (
        STAGE,
        lambda: "".join(f"{' ' * depth}a:\n" for depth in range(1400)),
        TOO_DEEP,
    ),
    "case-08-one-byte-too-many": (METADATA, lambda: filled("x-a: ", "x") + "x", TOO_LARGE),
    "case-08-60000-keys": (METADATA, lambda: lines("k{}: 1"), "MY205 the document has more than 50,000"),
    "case-08-60000-keys-in-json": (
        METRICS,
        lambda: "{" + ",".join(f'"k{number}":1' for number in range(60_000)) + "}",
        "MY205 the document has more than 50,000",
    ),
    "24000-unknown-keys": (
        METADATA,
        lambda: "".join(f"k{number}: ''\n" for number in range(24_000)),
        "MY208 unknown key `k0`",
    ),
    "20000-equal-keys": (STAGE, lambda: "version: 1.0.0\n" * 20_000, "MY202 the key 'version' stands twice"),
    "49000-ambiguous-words": (METADATA, lambda: "tags:\n" + "- no\n" * 49_000, "MY204"),
    "case-10-one-long-word": (METADATA, lambda: filled("name: ", "a", "!"), "has 1048570 characters, at most 63"),
    "one-long-number": (METADATA, lambda: filled("size: ", "1"), "has more than 18 digits"),
    "one-long-number-in-json": (METRICS, lambda: filled('{"a": ', "1", "}"), "has more than 18 digits"),
    "one-long-fraction": (
        METRICS,
        lambda: filled('{"accuracy": 9.', "1", "}"),
        "MY211 metric 'accuracy' is a share of rows",
    ),
    "one-long-number-to-base-60": (METADATA, lambda: filled("size: 1", ":1"), "MY204"),
    "one-long-underscored-number": (METADATA, lambda: filled("size: 1", "_"), "MY204"),
    "one-open-quote": (METADATA, lambda: filled('a: "', "x"), "MY201 this quote is never closed"),
    "one-open-quote-in-json": (METRICS, lambda: filled('{"a": "', "\\\\"), "MY201 this quote is never closed"),
    "nothing-but-line-breaks": (METADATA, lambda: filled("", "\n"), "MY207 the document is empty"),
    "nothing-but-comments": (MANIFEST, lambda: filled("", "# x\n"), "MY207 the document is empty"),
    "nothing-but-colons": (METADATA, lambda: filled("a", ":"), "MY201 a ':' stands where no key can end"),
    "nothing-but-question-marks": (METADATA, lambda: filled("", "? "), TOO_DEEP),
    "nothing-but-tags": (POINTER, lambda: filled("a: ", "!"), "MY20"),
    "nothing-but-tabs": (POINTER, lambda: filled("a:", "\t"), "MY201"),
    "nothing-but-headings": (CARD, lambda: filled("", "#\n"), TOO_LONG),
    "nothing-but-fences": (CARD, lambda: filled("", "```\n~~~\n"), TOO_LONG),
    "nothing-but-comments-in-the-card": (CARD, lambda: filled("", "<!--"), TOO_MARKED),
    "nothing-but-closed-comments": (CARD, lambda: filled("# a\n", "<!---->"), TOO_MARKED),
    "nothing-but-braces-in-the-card": (CARD, lambda: filled("# Limitations\n", "{{"), "MY301"),
    "nothing-but-brackets-in-the-card": (CARD, lambda: filled("# Limitations\n", "[]("), TOO_MARKED),
    "one-long-table": (
        CARD,
        lambda: filled("# Evaluation metrics\n", "| a | 1.5 |\n"),
        TOO_LONG,
    ),
    "never-closed-front-matter": (CARD, lambda: filled("---\n", "a: 1\n"), "MY201 the front matter that opens here"),
}


def laid_out(directory: Path, files: dict[str, bytes]) -> None:
    for name, data in files.items():
        path = directory / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)


@pytest.mark.parametrize(("place", "made", "told"), HOSTILE.values(), ids=HOSTILE)
def test_a_document_made_to_exhaust_its_reader_is_refused(
    tmp_path: Path, place: str, made: Callable[[], str], told: str
) -> None:
    laid_out(tmp_path, valid_files() | {place: made().encode()})
    ran = validate_within_limits(tmp_path)
    assert (ran.returncode, ran.stderr) == (1, "")
    assert f"{place}:" in ran.stdout
    assert told in ran.stdout


@pytest.mark.parametrize("place", [METADATA, CARD, METRICS, MANIFEST, POINTER, MODEL, STAGE])
def test_100_megabytes_are_not_read(tmp_path: Path, place: str) -> None:
    laid_out(tmp_path, valid_files() | {place: b"a: 1\n" * 20_000_000})
    ran = validate_within_limits(tmp_path)
    assert (ran.returncode, ran.stderr) == (1, "")
    assert f"{place}:1:1: error {TOO_LARGE}" in ran.stdout


def test_100_megabytes_in_a_commit_are_not_read(tmp_path: Path) -> None:
    repository = new_repository(tmp_path)
    base = repository.commit(valid_files())
    repository.commit({METADATA: b"a: 1\n" * 20_000_000, CARD: b"#\n" * 50_000_000})
    ran = validate_within_limits(tmp_path, "--base", base, "--no-artifacts")
    assert (ran.returncode, ran.stderr) == (1, "")
    assert f"{METADATA}:1:1: error {TOO_LARGE}" in ran.stdout
    assert f"{CARD}:1:1: error {TOO_LARGE}" in ran.stdout


TOO_LONG_FOR_GIT = "error MY406 {!r} has 100000000 bytes in Git, at most 1048576 are allowed"
REFUSED = {
    f"{VERSION}LICENSE": f": {TOO_LONG_FOR_GIT.format('LICENSE')}",
    f"{VERSION}predictions.csv": f": {TOO_LONG_FOR_GIT.format('predictions.csv')}",
    f"{VERSION}dvc.yaml": f": {TOO_LONG_FOR_GIT.format('dvc.yaml')}",
    f"{VERSION}.gitignore": ": error MY408 .gitignore must hold one /file line for each pointer and nothing else",
    "model_registry/archive/fraud.jsonl": ": error MY620 the archive grows by more than is read: ",
    "model_registry/registry.yaml": f":1:1: error {TOO_LARGE}",
    "model_registry/notes.txt": ": error MY101 'notes.txt' is no part of a registry",
}


@pytest.mark.parametrize("place", REFUSED)
def test_100_megabytes_that_a_change_brings_anywhere_are_refused(tmp_path: Path, place: str) -> None:
    repository = new_repository(tmp_path)
    files = valid_files()
    base = repository.commit({path: data for path, data in files.items() if not path.startswith(VERSION)})
    repository.commit({**files, place: b"a: 1\n" * 20_000_000})
    ran = validate_within_limits(tmp_path, "--base", base)
    assert (ran.returncode, ran.stderr) == (1, "")
    assert f"{place}{REFUSED[place]}" in ran.stdout


def test_case_10_no_pattern_and_no_parser_is_slow(tmp_path: Path) -> None:
    assert len(PATTERNS) > 10
    program = f"""\
import re
from modelyard.documents.schema_formats import FORMATS, reason
for text in ("a" * 100_000 + "!", "1" * 100_000 + "!", "a-" * 50_000 + "!", "1." * 50_000 + "!", "/" * 100_000 + "!"):
    for pattern in {PATTERNS!r}:
        re.search(pattern, text)
    for name in FORMATS:
        reason(name, text)
"""
    ran = run_within_limits(tmp_path, program)
    assert (ran.returncode, ran.stderr) == (0, "")


def test_a_sound_registry_passes_within_the_same_limits(tmp_path: Path) -> None:
    laid_out(tmp_path, valid_files())
    ran = validate_within_limits(tmp_path)
    assert (ran.returncode, ran.stdout, ran.stderr) == (0, "passed: no problems, 2 model versions judged\n", "")
