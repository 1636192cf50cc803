"""Frameworks: which library made a model, and in which version, as the artifact itself tells it."""

from __future__ import annotations

import re

from modelyard.values import dataclass

__all__ = ["Framework", "claimed_framework", "claimed_version", "package_of"]

_NAME = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9 ._+-]{0,62}[A-Za-z0-9])?", re.ASCII)
_VERSION = re.compile(r"[0-9][0-9A-Za-z.+_-]{0,63}", re.ASCII)

# The root package of a class, and the name that people know its project by. Libraries that extend
# scikit-learn (imbalanced-learn, skorch) are left out: what they hold tells the framework better.
_PACKAGES = {
    "catboost": "catboost",
    "keras": "keras",
    "lightgbm": "lightgbm",
    "sklearn": "scikit-learn",
    "spacy": "spacy",
    "statsmodels": "statsmodels",
    "tensorflow": "tensorflow",
    "torch": "pytorch",
    "transformers": "transformers",
    "xgboost": "xgboost",
}


@dataclass(frozen=True)
class Framework:
    """The library that made a model; the version is None where the artifact does not record it."""

    name: str
    version: str | None


def package_of(module: str) -> str | None:
    """Return the name of the framework that a Python module belongs to, or None."""
    return _PACKAGES.get(module.partition(".")[0])


def claimed_version(text: object) -> str | None:
    """Return a version that an artifact claims, or None where it does not look like one.

    The text comes from a file that nobody has checked: at most 64 ASCII characters that can stand
    in a version are let through.
    """
    return text if isinstance(text, str) and _VERSION.fullmatch(text) else None


def claimed_framework(name: object, version: object) -> Framework | None:
    """Return the framework that an artifact claims, or None where the name does not look like one."""
    if not isinstance(name, str) or not _NAME.fullmatch(name):
        return None
    return Framework(name, claimed_version(version))
