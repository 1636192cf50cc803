"""A Git repository that is a model registry: reviewed, immutable, verified."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from modelyard.api.model_version import ModelVersion
    from modelyard.api.refusing import GateRefused
    from modelyard.api.registry import Registry
    from modelyard.errors import DigestMismatch, ModelyardError, NotFinished, Refused, UsageError
    from modelyard.names import InvalidName

__version__ = "0.1.0"

__all__ = [
    "DigestMismatch",
    "GateRefused",
    "InvalidName",
    "ModelVersion",
    "ModelyardError",
    "NotFinished",
    "Refused",
    "Registry",
    "UsageError",
    "__version__",
]

_HOMES = {
    "GateRefused": "modelyard.api.refusing",
    "InvalidName": "modelyard.names",
    "ModelVersion": "modelyard.api.model_version",
    "Registry": "modelyard.api.registry",
    **dict.fromkeys(("DigestMismatch", "ModelyardError", "NotFinished", "Refused", "UsageError"), "modelyard.errors"),
}


def __getattr__(name: str) -> object:
    # A command imports this package first: what it does not use must cost nothing.
    if name in _HOMES:
        from importlib import import_module

        return getattr(import_module(_HOMES[name]), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


def __dir__() -> list[str]:
    return sorted(__all__)
