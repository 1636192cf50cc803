"""``metrics.json``: numbers, nested by split or slice, as ``dvc metrics`` reads them too."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from modelyard.documents import json

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["FILE", "SCHEMA", "Metrics"]

SCHEMA = "METRICS_SCHEMA"
FILE = "metrics.json"


@dataclass(frozen=True)
class Metrics:
    """The metrics of one model version; nested names are joined by dots, as ``test.accuracy``."""

    values: Mapping[str, float]

    @classmethod
    def from_value(cls, value: dict[str, Any]) -> Metrics:
        """Return the metrics of a mapping that the schema has accepted."""
        return cls(_flattened(value, ""))

    def find(self, metric: str, *, split: str | None = None) -> float | None:
        """Return a metric by its name: of the named split, else by its full name, else of ``test``."""
        candidates = (f"{split}.{metric}",) if split else (metric, f"test.{metric}")
        return next((self.values[name] for name in candidates if name in self.values), None)

    def render(self) -> bytes:
        """Return the document's bytes, nested again."""
        nested: dict[str, Any] = {}
        for name, value in self.values.items():
            *groups, leaf = name.split(".")
            target = nested
            for group in groups:
                target = target.setdefault(group, {})
            target[leaf] = value
        return json.render(nested)


def _flattened(value: dict[str, Any], prefix: str) -> dict[str, float]:
    flat: dict[str, float] = {}
    for key, child in value.items():
        if isinstance(child, dict):
            flat.update(_flattened(child, f"{prefix}{key}."))
        else:
            flat[prefix + key] = child
    return flat
