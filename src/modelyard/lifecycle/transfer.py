"""Transfer: a model gets other owners."""

from __future__ import annotations

from typing import TYPE_CHECKING

from modelyard.codeowners import can_own
from modelyard.documents import edit, yaml_text
from modelyard.documents.model import Model
from modelyard.errors import Refused, UsageError
from modelyard.lifecycle.deeds import Action, Deed
from modelyard.lifecycle.edits import Edits
from modelyard.lifecycle.model_document import model_data, model_of, require_model
from modelyard.snapshot import model_path

if TYPE_CHECKING:
    from collections.abc import Sequence

    from modelyard.names import ModelName
    from modelyard.snapshot import Snapshot

__all__ = ["transfer"]

_OWNERS = "an owner is @login, @organisation/team, a mail address, or a group in `owners.groups` of the policy"


def transfer(name: ModelName, owners: Sequence[str], snapshot: Snapshot, *, reason: str | None = None) -> Edits:
    """Return the model's document with these owners, in the place of those that it had.

    A model without a document of its own gets one.

    :raises UsageError: there is no such model, or no owner is named, or something that can be none.
    :raises Refused: these are its owners already, or the document cannot be edited.
    """
    require_model(name, snapshot)
    new = list(dict.fromkeys(owners))
    if not new:
        raise UsageError("a model needs an owner", hint=f"modelyard transfer {name} --to OWNER")
    for owner in new:
        if not can_own(owner, snapshot.policy):
            raise UsageError(f"{owner!r} is no owner", hint=_OWNERS)
    old: tuple[str, ...] = ()
    if snapshot.model(name) is None:
        data = yaml_text.render(Model(name=name, owners=tuple(new)).to_value())
    else:
        old = model_of(name, snapshot).owners
        data = edit.set_value(model_data(name, snapshot), ("owners",), list(new))
    if set(old) == set(new):
        raise Refused(f"{name} is owned by {', '.join(old)} already", hint=f"{model_path(name)} says so")
    words = f"{name} to {', '.join(new)}"
    return Edits(
        {model_path(name): data},
        title=f"Transfer {words}",
        branch=f"transfer/{name}",
        body=reason or "",
        deeds=(Deed(Action.TRANSFER, f"{words}, from {', '.join(old)}" if old else words, name),),
    )
