"""MY307: the figures that a card quotes are those that were measured."""

from __future__ import annotations

import re
from functools import lru_cache
from itertools import islice
from typing import TYPE_CHECKING, Any

from modelyard.documents.card import FILE
from modelyard.documents.figures import Figure, read_figure
from modelyard.documents.metrics import FILE as METRICS
from modelyard.rules.cards import card_of
from modelyard.rules.finding import Finding
from modelyard.values import dataclass

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from modelyard.documents.card import Card
    from modelyard.documents.document import Path
    from modelyard.documents.markdown.reading import Passage
    from modelyard.documents.markdown.tables import Cell, Table
    from modelyard.documents.policy import Policy
    from modelyard.problems import Position
    from modelyard.rules.finding import Findings
    from modelyard.version_directory import VersionDirectory

__all__ = ["figure_not_measured"]

# Heads that say nothing about what was measured on.
_GENERIC = frozenset(
    ("", "value", "values", "score", "scores", "result", "results", "figure", "measured", "estimate", "thisversion")
)
_PERCENT = re.compile(r"[\[(]?(?:in )?%[\])]?|\bpercent\b|\bper cent\b", re.IGNORECASE | re.ASCII)
_MODEL_INDEX = "model-index"
_MOST = 100


def figure_not_measured(version: VersionDirectory, policy: Policy) -> Findings:
    """A figure in a table of the card is the one in ``metrics.json``, rounded to the digits that are quoted.

    A table is read with the metrics in its rows or its columns, and the splits in the other, or alone. So is
    ``model-index`` in the front matter. Percentages are compared as such. A metric that ``metrics.json`` does not
    hold, and a row or a column about something else (another model, a baseline), are left alone.

    Bad:
        | metric   | test |
        |----------|------|
        | accuracy | 0.97 |
    Good:
        | metric   | test   |
        |----------|--------|
        | accuracy | 0.934  |
    """
    card = card_of(version)
    metrics = version.metrics.value if version.metrics else None
    if not card or not metrics or not metrics.values:
        return
    tables = [(passage, passage.table) for passage in card.markdown.passages if "|" in passage.block.text]
    if not tables and _MODEL_INDEX not in card.front_matter.mapping():
        return
    measured = _Measured(metrics.values, {str(version.id.version), version.id.name, version.id.directory})
    quoted = [*_of_tables(tables, measured)]
    # A front matter with faults has the shape of nothing that could be relied on.
    if version.card and not version.card.schema_faults:
        quoted += _of_model_index(card, measured, policy)
    for each in islice((each for each in quoted if not each.holds), _MOST):
        yield Finding(version.full_path(FILE), each.message, each.hint, each.position)


@dataclass(frozen=True)
class _Quoted:
    """One figure, where it stands, and the numbers by full name that it may be.

    :param is_document: whether it stands in the front matter, where a number has no sign behind it.
    """

    figure: Figure
    position: Position
    candidates: Mapping[str, float]
    is_document: bool = False

    @property
    def holds(self) -> bool:
        return any(self.figure.shows(actual) for actual in self.candidates.values())

    @property
    def message(self) -> str:
        name, actual = next(iter(self.candidates.items()))
        written = self.figure.text + (" %" if self.figure.percent else "")
        rounded = self.figure.of(actual)
        exact = f"{actual:.15g}"
        return f"{name!r} is {written} in the card, but {exact} in {METRICS}" + (
            f", which is {rounded}" if rounded != exact else ""
        )

    @property
    def hint(self) -> str:
        actual = next(iter(self.candidates.values()))
        return f"write {actual if self.is_document else self.figure.of(actual)}, or measure again"


class _Measured:
    """The metrics by their names as people write them: without case, spaces and punctuation."""

    def __init__(self, values: Mapping[str, float], own_names: set[str]) -> None:
        self.own_names = {_plain(name) for name in own_names}
        self._values = values
        self._full = {_plain(name): name for name in values}
        self._by_leaf: dict[str, list[str]] = {}
        self._groups: dict[str, set[str]] = {}
        for name in values:
            group, _, leaf = name.rpartition(".")
            self._by_leaf.setdefault(_plain(leaf), []).append(name)
            for part in {group, *group.split(".")} - {""}:
                self._groups.setdefault(_plain(part), set()).add(name)

    def is_metric(self, label: str) -> bool:
        return label in self._by_leaf or label in self._full

    def is_group(self, label: str) -> bool:
        return label in self._groups

    def candidates(self, metric: str, groups: Sequence[str]) -> dict[str, float]:
        """Return the numbers that a metric has in the groups; without a group that of ``test`` comes first."""
        if metric in self._full:
            names = [self._full[metric]]
        else:
            names = sorted(self._by_leaf.get(metric, ()), key=lambda name: (not name.startswith("test."), name))
        for group in groups:
            names = [name for name in names if name in self._groups[group]]
        if not groups and names and names[0].startswith("test.") and names[0].count(".") == 1:
            names = names[:1]
        return {name: self._values[name] for name in names}


def _of_tables(tables: Sequence[tuple[Passage, Table | None]], measured: _Measured) -> Iterator[_Quoted]:
    for passage, table in tables:
        for cell, figure, candidates in _of_table(table, measured) if table else ():
            yield _Quoted(figure, passage.position(cell.offset + figure.offset), candidates)


def _of_table(table: Table, measured: _Measured) -> Iterator[tuple[Cell, Figure, dict[str, float]]]:
    heads = table.rows[0]
    for row in table.rows[1:]:
        labels: list[str] = []
        for head, cell in zip(heads, row, strict=False):
            figure = read_figure(cell.text, percent=_is_percent(head.text, row[0].text))
            if figure is None or (not labels and not measured.is_metric(_plain(head.text))):
                labels.append(cell.text)
                continue
            candidates = _candidates([*labels, head.text], measured)
            if candidates:
                yield cell, figure, candidates


def _candidates(labels: Sequence[str], measured: _Measured) -> dict[str, float]:
    """Return what a figure between its labels may be; nothing where one of them is about something else."""
    metrics: list[str] = []
    groups: list[str] = []
    for label in map(_plain, labels):
        if measured.is_metric(label):
            metrics.append(label)
        elif measured.is_group(label):
            groups.append(label)
        elif label not in _GENERIC and label not in measured.own_names:
            return {}
    return measured.candidates(metrics[0], groups) if len(metrics) == 1 else {}


def _of_model_index(card: Card, measured: _Measured, policy: Policy) -> Iterator[_Quoted]:
    for path, split, metric in _results(card.front_matter.mapping()):
        names = [_plain(str(metric.get(key, ""))) for key in ("name", "type")]
        name = next((each for each in names if measured.is_metric(each)), None)
        value = metric.get("value")
        if name is None or isinstance(value, bool) or not isinstance(value, (int, float, str)):
            continue
        groups = [split] if measured.is_group(split) else []
        raw = card.front_matter.raw(path) or str(value)
        figure = read_figure(raw)
        candidates = measured.candidates(name, groups)
        if figure is None or not candidates:
            continue
        leaf = next(iter(candidates)).rpartition(".")[2]
        if leaf in policy.proportions and not figure.percent and abs(float(figure.text.replace(",", ""))) > 1:
            figure = Figure(figure.text, percent=True, offset=figure.offset)
        yield _Quoted(figure, card.front_matter.locate(path), candidates, is_document=True)


def _results(front_matter: dict[str, Any]) -> Iterator[tuple[Path, str, dict[str, Any]]]:
    for model, entry in enumerate(front_matter.get(_MODEL_INDEX) or ()):
        for number, result in enumerate(entry["results"]):
            split = _plain(str(result["dataset"].get("split", "")))
            for index, metric in enumerate(result["metrics"]):
                yield (_MODEL_INDEX, model, "results", number, "metrics", index, "value"), split, metric


def _is_percent(*labels: str) -> bool:
    return any(_PERCENT.search(label) for label in labels if "%" in label or "per" in label)


@lru_cache(maxsize=4096)
def _plain(label: str) -> str:
    return "".join(character for character in _PERCENT.sub("", label).casefold() if character.isalnum())
