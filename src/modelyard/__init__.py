"""A Git repository that is a model registry: reviewed, immutable, verified."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from modelyard.api.application.loading import load
    from modelyard.api.application.locking import check_lock, lock_models
    from modelyard.api.application.outdating import outdated_models
    from modelyard.api.application.syncing import sync_models
    from modelyard.api.application.updating import update_models
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
    "check_lock",
    "load",
    "lock_models",
    "outdated_models",
    "sync_models",
    "update_models",
]

_HOMES = {
    "GateRefused": "modelyard.api.refusing",
    "InvalidName": "modelyard.names",
    "ModelVersion": "modelyard.api.model_version",
    "Registry": "modelyard.api.registry",
    "check_lock": "modelyard.api.application.locking",
    "load": "modelyard.api.application.loading",
    "lock_models": "modelyard.api.application.locking",
    "outdated_models": "modelyard.api.application.outdating",
    "sync_models": "modelyard.api.application.syncing",
    "update_models": "modelyard.api.application.updating",
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
