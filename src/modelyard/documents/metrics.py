"""``metrics.json``: numbers, nested by split or slice, as ``dvc metrics`` reads them too."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from modelyard.documents import json
from modelyard.values import dataclass

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

__all__ = ["FILE", "SCHEMA", "Metrics", "full_names"]

SCHEMA = "METRICS_SCHEMA"
FILE = "metrics.json"

_DEEPEST = 2


@dataclass(frozen=True)
class Metrics:
    """The metrics of one model version; nested names are joined by dots, as ``test.accuracy``."""

    values: Mapping[str, float]

    @classmethod
    def from_value(cls, value: dict[str, Any]) -> Metrics:
        """Return the metrics of a mapping that the schema has accepted."""
        return cls(dict(full_names(value)))

    def find(self, metric: str, *, split: str | None = None) -> float | None:
        """Return a metric by its name: of the split or slice that is named, else by its full name, else of ``test``.

        A slice that is not at the top is looked for in ``test``.
        """
        candidates = (f"{split}.{metric}", f"test.{split}.{metric}") if split else (metric, f"test.{metric}")
        return next((self.values[name] for name in candidates if name in self.values), None)

    def render(self) -> bytes:
        """Return the document's bytes, nested again as far as no name is a part of another."""
        nested: dict[str, Any] = {}
        for name, value in self.values.items():
            *groups, leaf = self._steps(name)
            target = nested
            for group in groups:
                target = target.setdefault(group, {})
            target[leaf] = value
        return json.render(nested)

    def _steps(self, name: str) -> list[str]:
        parts = name.split(".", maxsplit=_DEEPEST)
        taken = (count for count in range(1, len(parts)) if ".".join(parts[:count]) in self.values)
        count = next(taken, len(parts)) - 1
        return [*parts[:count], ".".join(parts[count:])]


def full_names(value: dict[str, Any], prefix: str = "") -> Iterator[tuple[str, float]]:
    """Yield each metric of a document with its full name, in order; two may have the same one."""
    for key, child in value.items():
        if isinstance(child, dict):
            yield from full_names(child, f"{prefix}{key}.")
        else:
            yield prefix + key, child
