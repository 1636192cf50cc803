"""Boosted trees in their libraries' own formats, which are data alone: XGBoost and LightGBM."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from modelyard.api.loading.loader import Library, Loader, named_of, only

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from modelyard.api.loading.loader import Trust

__all__ = ["lightgbm", "xgboost"]

_XGBOOST = Library("xgboost", "XGBoost", "xgboost")
_LIGHTGBM = Library("lightgbm", "LightGBM", "lightgbm")


def _open_xgboost(library: Any, data: bytes, _trust: Trust) -> Any:
    booster = library.Booster()
    booster.load_model(bytearray(data))
    return booster


def _ask_xgboost(booster: Any, features: Any, wanted: Sequence[str]) -> Mapping[str, Any]:
    matrix = _XGBOOST.load().DMatrix(only(features, "XGBoost"), feature_names=booster.feature_names)
    return named_of({"predict": booster.predict(matrix)}, wanted)


def _open_lightgbm(library: Any, data: bytes, _trust: Trust) -> Any:
    return library.Booster(model_str=data.decode())


def _ask_lightgbm(booster: Any, features: Any, wanted: Sequence[str]) -> Mapping[str, Any]:
    return named_of({"predict": booster.predict(only(features, "LightGBM"))}, wanted)


xgboost = Loader(_XGBOOST, _open_xgboost, _ask_xgboost)
lightgbm = Loader(_LIGHTGBM, _open_lightgbm, _ask_lightgbm)
