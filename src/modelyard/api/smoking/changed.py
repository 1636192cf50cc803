"""What a change registers, for whoever tries it before it is merged."""

from __future__ import annotations

from typing import TYPE_CHECKING

from modelyard.api.opened_change import AUTO, opened_change
from modelyard.api.origin import CloneOrigin
from modelyard.changes import find_changes
from modelyard.errors import NotFinished

if TYPE_CHECKING:
    from modelyard.api.checkout import Checkout
    from modelyard.names import VersionId

__all__ = ["registered_since"]


def registered_since(checkout: Checkout, base: str = AUTO) -> tuple[CloneOrigin, tuple[VersionId, ...]]:
    """Return the versions that the commit checked out registers, and where their files come from.

    That is where the base says. A change doesn't choose what it is sent to for what it is tried with.

    :param base: a revision, or ``auto`` for the commit that the change starts from.
    :raises UsageError: a revision is not one, or there is no registry on either side.
    :raises NotFinished: the base is not in this clone, or there is none.
    """
    with opened_change(checkout.root, base=base, head="HEAD") as change:
        registered = find_changes(change.base, change.head).registered
        commit = change.base.tree.commit
    if commit is None:
        raise NotFinished(
            "nothing was there before this commit, so nobody says where its bytes come from",
            hint="name the versions: modelyard smoke NAME@VERSION",
        )
    return CloneOrigin(checkout.against(commit)), registered
