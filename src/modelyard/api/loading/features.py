"""What goes into a model: rows, records or named arrays, as JSON has them, made into what libraries take."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from modelyard.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Sequence

__all__ = ["arranged"]


def arranged(given: Any, consumer: Any, names: Sequence[str]) -> Any:
    """Return the input as the consumer takes it.

    A list of records becomes a data frame for what was fitted on named columns, and otherwise rows with
    their values in the order of the names. A list becomes an array, a mapping one of arrays by name; whatever
    is neither is passed as it is.

    :param names: the model's features in their order; where none are known, the first record's order holds.
    :raises UsageError: a record lacks a feature or has one more.
    """
    if isinstance(given, dict):
        return {name: _array(values) for name, values in given.items()}
    if not isinstance(given, list):
        return given
    if given and all(isinstance(row, dict) for row in given):
        return _from_records(given, consumer, names)
    return _array(given)


def _from_records(records: Sequence[dict[str, Any]], consumer: Any, names: Sequence[str]) -> Any:
    fitted = getattr(consumer, "feature_names_in_", None)
    columns = list(names or (records[0] if fitted is None else fitted))
    for number, record in enumerate(records):
        odd = sorted(set(columns) ^ set(record))
        if odd:
            state = "lacks" if odd[0] in columns else "has besides the model's features"
            raise UsageError(f"record {number} {state} {odd[0]!r}", hint=f"a record has {', '.join(columns)}")
    rows = [[record[column] for column in columns] for record in records]
    if fitted is None and not hasattr(consumer, "metadata"):
        return _array(rows)
    from modelyard.api.loading.loader import Library

    return Library("pandas", "pandas", "pandas").load().DataFrame(rows, columns=columns)


def _array(values: Any) -> Any:
    import numpy as np

    kinds = {type(value) for value in _leaves(values)}
    # NumPy would make texts of numbers that stand beside texts, and objects of a missing number.
    if str in kinds:
        return np.array(values, dtype=object)
    return np.array(values, dtype=float if type(None) in kinds else None)


def _leaves(values: Any) -> list[Any]:
    if isinstance(values, list):
        return [leaf for value in values for leaf in _leaves(value)]
    return [values]
