"""Verdicts: how often a comparison of two versions says what is not so."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from modelyard.documents.dataset_manifest import DataFile, DatasetManifest
from modelyard.documents.metadata import Metadata
from modelyard.documents.metadata_parts import Evaluation, Source
from modelyard.documents.metrics import Metrics
from modelyard.documents.policy import Gate, Policy, Stage
from modelyard.documents.predictions import Predictions
from modelyard.documents.predictions import Row as Prediction
from modelyard.evaluate.comparison import Candidate, Verdict, compare_versions
from modelyard.evaluate.measurements import Figures
from modelyard.names import VersionId, parse_stage_name
from simulations.draws import Draws
from simulations.intervals import RUNS

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

__all__ = ["Row", "rows"]

_COUNT = 200
_DECIDED = (Verdict.BETTER, Verdict.WORSE)
_METRICS = ("accuracy", "recall", "precision", "coverage", "agreement")
_MANIFEST = DatasetManifest(name="drawn", files=(DataFile(sha256="1" * 64, size=1, path="rows.csv"),))
_TOLERANCE = 0.05
_TOLERANT = Policy(
    stages=(
        Stage(
            name=parse_stage_name("production"),
            gates=(Gate(metric="accuracy", no_regression=True, tolerance=_TOLERANCE),),
        ),
    )
)


@dataclass(frozen=True)
class Row:
    """One line of the table."""

    verdict: str
    truth: str
    runs: int
    errors: float


def rows() -> Iterator[Row]:
    """Yield what was counted, verdict by verdict."""
    one, all_of_them = Policy(), Policy(proportions=_METRICS)
    equal = f"two versions with 0.9 of {_COUNT} rows of their own right"
    yield _counted("better or worse", f"{equal}, 1 metric", _DECIDED, one, _own_rows(_METRICS[:1]))
    yield _counted("better or worse", f"{equal}, 5 metrics (Holm)", _DECIDED, all_of_them, _own_rows(_METRICS))
    same = f"two versions with 0.9 of the same {_COUNT} rows right, which differ in 1 of 10"
    yield _counted("better or worse", f"{same}, without predictions", _DECIDED, one, _same_rows(with_them=False))
    yield _counted("better or worse", f"{same}, with predictions", _DECIDED, one, _same_rows(with_them=True))
    yield _counted(
        "equivalent",
        f"0.9 and {0.9 - _TOLERANCE:g} of 2,000 rows, which is just the tolerance",
        (Verdict.EQUIVALENT,),
        _TOLERANT,
        _own_rows(("accuracy",), second=0.9 - _TOLERANCE, count=2000),
        runs=RUNS // 4,
    )


def _counted(
    verdict: str,
    truth: str,
    wrong: tuple[Verdict, ...],
    policy: Policy,
    draw: Callable[[Draws], tuple[Candidate, Candidate]],
    *,
    runs: int = RUNS,
) -> Row:
    draws = Draws(f"{verdict}: {truth}")
    found = [compare_versions(*draw(draws), policy) for _ in range(runs)]
    return Row(verdict, truth, runs, sum(each.verdict in wrong for each in found) / runs)


def _own_rows(
    metrics: tuple[str, ...], *, second: float = 0.9, count: int = _COUNT
) -> Callable[[Draws], tuple[Candidate, Candidate]]:
    def draw(draws: Draws) -> tuple[Candidate, Candidate]:
        older, newer = ({metric: draws.hits(share, count) / count for metric in metrics} for share in (0.9, second))
        return _candidate("1.0.0", older, count), _candidate("1.1.0", newer, count)

    return draw


def _same_rows(*, with_them: bool) -> Callable[[Draws], tuple[Candidate, Candidate]]:
    def draw(draws: Draws) -> tuple[Candidate, Candidate]:
        both, first, second = draws.pairs(0.85, 0.05, 0.05, _COUNT)
        right = [(True, True)] * both + [(True, False)] * first + [(False, True)] * second
        right += [(False, False)] * (_COUNT - len(right))
        older, newer = (
            _candidate(
                version,
                {"accuracy": sum(each) / _COUNT},
                _COUNT,
                _predictions(each) if with_them else None,
            )
            for version, each in zip(("1.0.0", "1.1.0"), zip(*right, strict=True), strict=True)
        )
        return older, newer

    return draw


def _predictions(right: tuple[bool, ...]) -> Predictions:
    return Predictions({"test": {str(row): Prediction("1", "1" if each else "0") for row, each in enumerate(right)}})


def _candidate(
    version: str, metrics: dict[str, float], count: int, predictions: Predictions | None = None
) -> Candidate:
    version_id = VersionId.parse(f"drawn@{version}")
    metadata = Metadata(
        name=version_id.name,
        version=version_id.version,
        description="Drawn.",
        source=Source(".", "0" * 40),
        dataset_manifest="dataset-manifest.yaml",
        training_hash=f"git:{'0' * 40}",
        license="MIT",
        artifact="model",
        files={},
        created_at="2026-01-01T00:00:00Z",
        evaluation={"test": Evaluation(n=count)},
    )
    return Candidate(version_id, Figures(metadata, Metrics(metrics), _MANIFEST), predictions)
