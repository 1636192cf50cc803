"""Measurements: what one version's documents say of one metric, how surely, and on which data."""

from __future__ import annotations

from typing import TYPE_CHECKING

from modelyard.evaluate.statistics import wilson_interval
from modelyard.values import dataclass

if TYPE_CHECKING:
    from modelyard.documents.dataset_manifest import DatasetManifest, Split
    from modelyard.documents.metadata import Metadata
    from modelyard.documents.metadata_parts import Evaluation, Interval
    from modelyard.documents.metrics import Metrics
    from modelyard.documents.policy import Policy
    from modelyard.version_directory import VersionDirectory

__all__ = ["Figures", "Measurement", "data_of", "measure", "measured_alike"]

_TEST = "test"


@dataclass(frozen=True)
class Figures:
    """The documents of one version that figures are taken from; None for what cannot be read."""

    metadata: Metadata | None
    metrics: Metrics | None
    manifest: DatasetManifest | None = None

    @classmethod
    def of(cls, version: VersionDirectory) -> Figures:
        """Return the documents of a version's directory."""
        return cls(
            version.metadata.value if version.metadata else None,
            version.metrics.value if version.metrics else None,
            version.manifest.value if version.manifest else None,
        )


@dataclass(frozen=True)
class Measurement:
    """One metric as it was measured.

    :param low: lower end of its interval, None where neither an interval nor a number of rows is known; so ``high``.
    :param method: where the interval comes from.
    :param doubt: why the figure proves nothing, where it contradicts itself.
    :param rows: how many rows it was measured on, None where that is not known.
    :param level: the level of the interval that the evaluation states; None where it is computed, or there is none.
    """

    point: float
    low: float | None = None
    high: float | None = None
    method: str = ""
    doubt: str | None = None
    rows: int | None = None
    level: float | None = None


def measure(metric: str, split: str | None, figures: Figures, policy: Policy) -> Measurement | None:
    """Return a metric of a split or slice, None where it was not measured.

    Its interval is the one that the evaluation states, unless its level is lower than the policy asks for;
    else, for a proportion with a known number of rows, Wilson's. More rows than the split has, by the manifest of the
    same version, prove nothing.
    """
    point = figures.metrics.find(metric, split=split) if figures.metrics else None
    if point is None:
        return None
    evaluation = _evaluation(split, figures)
    interval = evaluation.metrics.get(metric) if evaluation else None
    if interval and not interval.low <= point <= interval.high:
        return Measurement(point, doubt=f"outside its own interval [{interval.low:g}, {interval.high:g}]")
    part = _split_of(split or _TEST, figures.manifest)
    # Where the evaluation names a data set, that need not be the manifest's.
    if part and evaluation and evaluation.n and not evaluation.dataset and evaluation.n > part.rows:
        return Measurement(point, doubt=f"on {evaluation.n} rows of a split that has {part.rows}")
    return _with_bounds(point, interval, evaluation, policy, is_share=metric in policy.proportions)


def data_of(split: str | None, figures: Figures) -> tuple[str, ...] | None:
    """Return what tells one evaluation set from another; None where no digest says which data it was.

    That is the SHA-256 of the file that the evaluation names as its data set, or that the data set manifest names
    for the split; of all files of the manifest, where it names none for the split; and the number of rows, and the
    slice. Where the evaluation names another data set than those of the manifest, only a ``sha256:…`` is a digest.
    """
    evaluation = _evaluation(split, figures)
    digests = _digests(split or _TEST, evaluation.dataset if evaluation else None, figures.manifest)
    if not digests:
        return None
    rows = evaluation.n if evaluation else None
    return (*digests, split or _TEST, "" if rows is None else str(rows))


def measured_alike(split: str | None, newer: Figures, older: Figures) -> bool | None:
    """Whether two versions were measured on the same data; None where no digest says so."""
    ours, theirs = data_of(split, newer), data_of(split, older)
    return None if ours is None or theirs is None else ours == theirs


def _digests(split: str, dataset: str | None, manifest: DatasetManifest | None) -> tuple[str, ...]:
    if dataset and dataset.startswith("sha256:"):
        return (dataset.removeprefix("sha256:"),)
    files = {str(each.path or each.url): each.sha256 for each in manifest.files} if manifest else {}
    if dataset:
        return (files[dataset],) if dataset in files else ()
    found = _split_of(split, manifest)
    if found and found.file:
        return (files[found.file],) if found.file in files else ()
    return tuple(sorted(files.values()))


def _split_of(split: str, manifest: DatasetManifest | None) -> Split | None:
    """Return the part of the data set that a split is, or that a slice lies in."""
    parts = split.split(".")
    named = [".".join(parts[:count]) for count in range(len(parts), 0, -1)]
    splits = manifest.splits if manifest else {}
    return next((splits[name] for name in named if name in splits), None)


def _with_bounds(
    point: float, interval: Interval | None, evaluation: Evaluation | None, policy: Policy, *, is_share: bool
) -> Measurement:
    rows = evaluation.n if evaluation else None
    if interval and interval.level >= policy.confidence:
        method = f"{interval.level:.0%} interval of the evaluation"
        return Measurement(point, interval.low, interval.high, method, rows=rows, level=interval.level)
    if rows and is_share and 0 <= point <= 1:
        low, high = wilson_interval(point, rows, level=policy.confidence)
        return Measurement(point, low, high, f"Wilson {policy.confidence:.0%}, n = {rows}", rows=rows)
    return Measurement(point, rows=rows)


def _evaluation(split: str | None, figures: Figures) -> Evaluation | None:
    evaluation = figures.metadata.evaluation if figures.metadata else {}
    wanted = split or _TEST
    return evaluation.get(wanted) or evaluation.get(f"{_TEST}.{wanted}")
