"""Python objects, as scikit-learn's users save them: joblib, pickle and skops."""

from __future__ import annotations

from io import BytesIO
from typing import TYPE_CHECKING, Any

from modelyard.api.loading.loader import Library, Loader, only
from modelyard.errors import Refused, UsageError

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from modelyard.api.loading.loader import Trust

__all__ = ["ask_estimator", "joblib", "pickle", "skops"]

# An expected output names the method that gives it; a smoke test calls nothing else by its name.
METHODS = ("predict", "predict_proba", "predict_log_proba", "decision_function", "score_samples", "transform")


def _open_joblib(library: Any, data: bytes, _trust: Trust) -> Any:
    return library.load(BytesIO(data))


def _open_pickle(library: Any, data: bytes, _trust: Trust) -> Any:
    return library.loads(data)


def _open_skops(library: Any, data: bytes, trust: Trust) -> Any:
    unknown = sorted(set(library.get_untrusted_types(data=data)) - set(trust.types))
    if unknown:
        raise Refused(
            f"skops does not know that it is safe to make {', '.join(unknown)}",
            hint=f"read what they are, then name them: version.load(trusted={unknown!r})",
        )
    return library.loads(data, trusted=list(trust.types))


def ask_estimator(model: Any, features: Any, wanted: Sequence[str]) -> Mapping[str, Any]:
    """Return what the methods of an estimator give that are wanted; ``predict`` or ``transform`` without.

    :raises UsageError: it is no method of a model, or this model has it not.
    """
    rows = only(features, type(model).__name__)
    has = [method for method in METHODS if hasattr(model, method)]
    names = wanted or [method for method in ("predict", "transform") if method in has][:1]
    missing = [name for name in names if name not in has]
    if missing or not names:
        raise UsageError(
            f"a {type(model).__name__} has no method {missing[0] if missing else 'predict'!r}",
            hint=f"it can be asked by {', '.join(has)}" if has else "load it yourself: version.load()",
        )
    return {name: getattr(model, name)(rows) for name in names}


joblib = Loader(Library("joblib", "joblib", "joblib"), _open_joblib, ask_estimator)
pickle = Loader(Library("pickle", "pickle", "pickle"), _open_pickle, ask_estimator)
skops = Loader(Library("skops.io", "skops", "skops"), _open_skops, ask_estimator)
