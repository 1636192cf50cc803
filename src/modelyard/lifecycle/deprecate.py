"""Deprecation: a model that should no longer be chosen, and what to use instead."""

from __future__ import annotations

from typing import TYPE_CHECKING

from modelyard.documents import edit
from modelyard.documents.model import Deprecation
from modelyard.errors import Refused, UsageError
from modelyard.lifecycle.deeds import Action, Deed
from modelyard.lifecycle.edits import Edits
from modelyard.lifecycle.model_document import model_data, model_of, require_model
from modelyard.snapshot import model_path

if TYPE_CHECKING:
    from modelyard.documents.document import Value
    from modelyard.names import ModelName
    from modelyard.snapshot import Snapshot

__all__ = ["deprecate", "undeprecate"]


def deprecate(name: ModelName, reason: str, snapshot: Snapshot, *, replacement: ModelName | None = None) -> Edits:
    """Return the model's document with why it should no longer be chosen.

    Its versions stay in their stages, and references go on to mean them.

    :raises UsageError: there is no such model, or the replacement is none, or is the model itself.
    :raises Refused: the document says just so already, or cannot be edited.
    """
    model = model_of(name, snapshot)
    if replacement is not None:
        require_model(replacement, snapshot)
        if replacement == name:
            raise UsageError(f"{name} cannot replace itself", hint="--replacement another model")
    if model.deprecation == Deprecation(reason, replacement):
        raise Refused(f"{name} is deprecated in these words already", hint=f"{model_path(name)} says so")
    value: dict[str, Value] = {"reason": reason}
    if replacement:
        value["replacement"] = replacement
    words = f"{name} in favour of {replacement}" if replacement else name
    return Edits(
        {model_path(name): edit.set_value(model_data(name, snapshot), ("deprecation",), value)},
        title=f"Deprecate {words}",
        branch=f"deprecate/{name}",
        body=reason,
        deeds=(Deed(Action.DEPRECATE, words, name),),
    )


def undeprecate(name: ModelName, snapshot: Snapshot, *, reason: str | None = None) -> Edits:
    """Return the model's document without its deprecation.

    :raises UsageError: there is no such model.
    :raises Refused: it is not deprecated, or the document cannot be edited.
    """
    if model_of(name, snapshot).deprecation is None:
        raise Refused(f"{name} is not deprecated", hint=f"modelyard list {name}")
    return Edits(
        {model_path(name): edit.remove(model_data(name, snapshot), ("deprecation",))},
        title=f"Un-deprecate {name}",
        branch=f"undeprecate/{name}",
        body=reason or "",
        deeds=(Deed(Action.UNDEPRECATE, name, name),),
    )
