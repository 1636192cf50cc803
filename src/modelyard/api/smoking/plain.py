"""From what libraries answer to plain lists, numbers and texts."""

from __future__ import annotations

import math
from typing import Any

__all__ = ["plain"]


def plain(value: Any) -> Any:
    """Return an answer as JSON can hold it: nested lists, None for NaN.

    :raises TypeError: it is of a kind that has no such form.
    """
    if hasattr(value, "detach"):  # a tensor of PyTorch
        value = value.detach().cpu()
    if hasattr(value, "to_numpy"):  # a data frame or a column of pandas
        value = value.to_numpy()
    if hasattr(value, "toarray"):  # a sparse matrix of SciPy
        value = value.toarray()
    if hasattr(value, "tolist"):
        value = value.tolist()
    if isinstance(value, dict):
        return {str(key): plain(each) for key, each in value.items()}
    if isinstance(value, (list, tuple)):
        return [plain(each) for each in value]
    if isinstance(value, float):
        return None if math.isnan(value) else value
    if value is None or isinstance(value, (bool, int, str)):
        return value
    raise TypeError(f"a {type(value).__name__} is no array")
