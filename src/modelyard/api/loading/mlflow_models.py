"""MLflow's model directories, opened as pyfunc."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from modelyard.api.loading.loader import DirectoryLoader, Library, named_of

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

__all__ = ["mlflow"]


def _open(library: Any, directory: Path) -> Any:
    return library.load_model(str(directory))


def _ask(model: Any, features: Any, wanted: Sequence[str]) -> Mapping[str, Any]:
    answer = model.predict(features)
    if wanted and hasattr(answer, "columns"):
        return named_of({column: answer[column] for column in answer.columns}, wanted)
    return named_of(answer if isinstance(answer, dict) else {"predict": answer}, wanted)


mlflow = DirectoryLoader("an MLflow model", "MLmodel", Library("mlflow.pyfunc", "mlflow", "mlflow"), _open, _ask)
