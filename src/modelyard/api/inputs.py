"""What people hand in: metrics, parameters, evaluations, data sets, cards; parsed once, here."""

from __future__ import annotations

import re
import shlex
from math import isfinite
from pathlib import Path
from typing import TYPE_CHECKING, Any

from modelyard.documents import dataset_manifest, json, yaml
from modelyard.documents.card import Card
from modelyard.documents.dataset_manifest import DataFile, DatasetManifest
from modelyard.documents.document import Unreadable
from modelyard.documents.metadata_parts import Evaluation, Signature
from modelyard.documents.metrics import Metrics
from modelyard.documents.parsed import parse
from modelyard.errors import UsageError
from modelyard.storage.digests import digest_file

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from modelyard.documents.document import Document, Value

__all__ = [
    "assignments",
    "read_card",
    "read_dataset",
    "read_evaluation",
    "read_license_text",
    "read_mapping",
    "read_signature",
    "to_metrics",
]


_TAKE_WORDS = ("--metrics", "--params")
_INTEGER = re.compile(r"[+-]?(?:0|[1-9][0-9]*)", re.ASCII)
_NUMBER = re.compile(r"[+-]?(?:(?:0|[1-9][0-9]*)(?:\.[0-9]*)?|\.[0-9]+)(?:[eE][+-]?[0-9]+)?", re.ASCII)


def assignments(words: Sequence[str], option: str) -> dict[str, Value]:
    """Return what ``k=v`` words say, or what the one file that is named holds.

    A value is read as a number, ``true`` or ``false`` where it looks like one, else as text.

    :raises UsageError: a word is neither, a key stands twice, or the file is no mapping.
    """
    if len(words) == 1 and "=" not in words[0]:
        return read_mapping(Path(words[0]), option)
    values: dict[str, Value] = {}
    for word in words:
        key, equals, text = word.partition("=")
        if not equals or not key:
            raise UsageError(f"{option} {word!r} is neither a file nor key=value", hint=f"{option} accuracy=0.93")
        if key in values:
            raise UsageError(f"{option} gives {key!r} twice", hint="leave one of them out")
        values[key] = _scalar(text)
    return values


def read_mapping(path: Path, option: str) -> dict[str, Value]:
    """Return the mapping that a YAML or JSON file holds.

    :param option: what a message calls it; without ``--`` where a program hands it in.
    :raises UsageError: it can't be read strictly, or is no mapping.
    """
    document = _document(path, option)
    if not isinstance(document.value, dict):
        raise UsageError(f"{option} {path} is not a mapping", hint="write it as lines of key: value")
    return document.value


def to_metrics(values: Mapping[str, Any]) -> Metrics | None:
    """Return the numbers as metrics, None where there are none; nested mappings are splits or slices.

    :raises UsageError: a value is no finite number.
    """
    flat = _flat(values, "")
    for name, value in flat.items():
        number = _as_number(value)
        if number is None or not isfinite(number):
            raise UsageError(
                f"metric {name!r} is {value!r}, which is not a finite number",
                hint="leave it out, or measure it again",
            )
    return Metrics({name: _as_number(value) or 0 for name, value in flat.items()}) if flat else None


def read_evaluation(values: Mapping[str, Any]) -> dict[str, Evaluation]:
    """Return evaluations by split or slice, as ``evaluation`` of the metadata has them.

    :raises UsageError: they have not that form.
    """
    try:
        return {split: Evaluation.from_value(dict(value)) for split, value in values.items()}
    except (KeyError, TypeError, ValueError, AttributeError):
        raise UsageError(
            "the evaluation needs `dataset`, `n` or `metrics` with `low`, `high` and `level`, by split or slice",
            hint="test: {n: 1200, metrics: {auc: {low: 0.91, high: 0.95, level: 0.95}}}",
        ) from None


def read_signature(values: Mapping[str, Any]) -> Signature:
    """Return the signature that a mapping with ``inputs`` and ``outputs`` states.

    :raises UsageError: it has not that form.
    """
    try:
        return Signature.from_value(dict(values))
    except (KeyError, TypeError, ValueError, AttributeError):
        raise UsageError(
            "the signature needs lists `inputs` and `outputs` of tensors with `name` and `type`",
            hint="inputs: [{name: amount, type: float64}]",
        ) from None


def read_card(path: Path | None, *, beside: Path, template: Path) -> bytes:
    """Return the bytes of the model card: the named one, else the one that lies beside the artifact.

    :param template: what a card is begun from where there is none.
    :raises UsageError: there is none, or it can't be read as a card.
    """
    candidate = path or beside.parent / "MODEL_CARD.md"
    if not candidate.is_file():
        raise UsageError(
            f"there is no model card at {candidate}",
            hint=f"{shlex.join(['cp', str(template), str(candidate)])}, and fill it in",
        )
    data = candidate.read_bytes()
    try:
        Card.parse(data)
    except Unreadable as unreadable:
        raise _unreadable(candidate, unreadable) from None
    return data


def read_license_text(path: Path) -> bytes:
    """Return the text of a licence.

    :raises UsageError: there is no such file.
    """
    if not path.is_file():
        raise UsageError(f"--license-file: there is no file {str(path)!r}", hint="--license-file FILE")
    return path.read_bytes()


def read_dataset(text: str) -> DatasetManifest | str:
    """Return the URL as it is, the manifest that a file holds, or a manifest of one data file.

    :raises UsageError: there is no such file, or it is a manifest with faults.
    """
    if "://" in text:
        return text
    path = Path(text)
    if not path.is_file():
        raise UsageError(f"data set {text!r} is neither a file nor a URL", hint="--dataset FILE or --dataset URL")
    if path.suffix in (".yaml", ".yml", ".json"):
        return _manifest(path)
    digests = digest_file(path)
    rows = _rows(path) if path.suffix == ".csv" else None
    data_file = DataFile(path=path.name, sha256=digests.sha256, size=digests.size, rows=rows)
    return DatasetManifest(name=path.stem, files=(data_file,))


def _manifest(path: Path) -> DatasetManifest:
    parsed = parse(str(path), path.read_bytes(), dataset_manifest.SCHEMA, DatasetManifest)
    if parsed.value is None:
        raise UsageError(f"data set manifest {parsed.first_fault()}", hint=parsed.all_faults[0].hint)
    return parsed.value


def _rows(path: Path) -> int:
    import csv

    with path.open(newline="", encoding="utf-8", errors="replace") as stream:
        reader = csv.reader(stream)
        first = next(reader, None)
        if first is None:
            return 0
        # A header names its columns, and a number is no name.
        is_header = not any(_NUMBER.fullmatch(cell.strip()) for cell in first)
        return sum(1 for _row in reader) + (not is_header)


def _document(path: Path, option: str) -> Document:
    if not path.is_file():
        raise UsageError(f"{option}: there is no file {str(path)!r}", hint=_other_than_a_file(option))
    try:
        return (json.read if path.suffix == ".json" else yaml.read)(path.read_bytes())
    except Unreadable as unreadable:
        raise _unreadable(path, unreadable) from None


def _other_than_a_file(option: str) -> str:
    if not option.startswith("--"):
        return "check the path, or give a mapping"
    return f"{option} FILE, or {option} key=value …" if option in _TAKE_WORDS else f"{option} FILE"


def _unreadable(path: Path, unreadable: Unreadable) -> UsageError:
    fault = unreadable.faults[0]
    return UsageError(f"{path}:{fault.position.line}:{fault.position.column}: {fault.message}", hint=fault.hint)


def _flat(values: Mapping[str, Any], prefix: str) -> dict[str, Any]:
    flat: dict[str, Any] = {}
    for key, value in values.items():
        if hasattr(value, "items"):
            flat.update(_flat(value, f"{prefix}{key}."))
        else:
            flat[f"{prefix}{key}"] = value
    return flat


def _as_number(value: object) -> int | float | None:
    if isinstance(value, (bool, str)):
        return None
    if isinstance(value, int):
        return value
    try:
        # NumPy's scalars are what scikit-learn's metrics return.
        return float(value)  # type: ignore[arg-type]
    except (TypeError, ValueError):
        return None


def _scalar(text: str) -> Value:
    if text in ("true", "false"):
        return text == "true"
    # Python reads `1_000` and `nan` as numbers too, and `007` is a name more often than seven.
    if not _NUMBER.fullmatch(text):
        return text
    number = float(text)
    if not isfinite(number):
        return text
    return int(text) if _INTEGER.fullmatch(text) else number
