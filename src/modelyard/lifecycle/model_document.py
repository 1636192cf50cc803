"""The document of a model as a whole: what may be known of it before it is edited."""

from __future__ import annotations

from difflib import get_close_matches
from typing import TYPE_CHECKING

from modelyard.errors import Refused, UsageError
from modelyard.snapshot import model_path

if TYPE_CHECKING:
    from modelyard.documents.model import Model
    from modelyard.names import ModelName
    from modelyard.snapshot import Snapshot

__all__ = ["model_data", "model_of", "require_model"]


def require_model(name: ModelName, snapshot: Snapshot) -> None:
    """Make sure that there is a model of that name.

    :raises UsageError: there is none; the hint names what comes near.
    """
    if name not in snapshot.model_names:
        near = get_close_matches(name, snapshot.model_names, n=3) or list(snapshot.model_names)
        raise UsageError(f"there is no model {name!r}", hint=f"models here: {', '.join(near) or 'none'}")


def model_of(name: ModelName, snapshot: Snapshot) -> Model:
    """Return what the document of a model says.

    :raises UsageError: there is no such model.
    :raises Refused: it has no document, or one with faults, which cannot be edited.
    """
    require_model(name, snapshot)
    parsed = snapshot.model(name)
    if parsed is None:
        raise Refused(f"{model_path(name)} does not exist yet", hint=f"modelyard transfer {name} --to OWNER writes it")
    if parsed.value is None:
        raise Refused(f"{name} cannot be edited: {parsed.first_fault()}", hint=parsed.all_faults[0].hint)
    return parsed.value


def model_data(name: ModelName, snapshot: Snapshot) -> bytes:
    """Return the bytes of a model's document, which must exist."""
    return snapshot.tree.read(model_path(name))
