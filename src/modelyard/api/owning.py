"""The file of code owners follows the registry: read from the last commit, and written as any other change."""

from __future__ import annotations

from typing import TYPE_CHECKING

from modelyard.api.changing import change
from modelyard.codeowners import PLACES, CodeOwners, find_place, read_code_owners
from modelyard.errors import UsageError
from modelyard.lifecycle.deeds import Action, Deed
from modelyard.lifecycle.edits import Edits

if TYPE_CHECKING:
    from modelyard.api.changing import Proposed
    from modelyard.api.checkout import Checkout

__all__ = ["BRANCH", "code_owners_of", "write_code_owners"]

BRANCH = "codeowners"
"""What a branch for it is called."""


def code_owners_of(checkout: Checkout, file: str | None = None) -> CodeOwners:
    """Return the file of code owners of the last commit, and what the registry wants it to hold.

    :param file: its path; without it the one that has a block, or the first that exists.
    :raises UsageError: there is no registry, its policy is broken, or no forge looks for the file there.
    :raises Refused: the marks in the file are not a pair.
    """
    if file is not None and file not in PLACES:
        raise UsageError(f"no forge looks for code owners in {file!r}", hint=f"--file {PLACES[0]}")
    with checkout.reading() as reader:
        base = checkout.require_registry(checkout.commit(reader))
        return read_code_owners(base, file or find_place(base))


def write_code_owners(
    checkout: Checkout, owners: CodeOwners, *, branch: str | None = None, dry_run: bool = False
) -> Proposed:
    """Write the file as the registry wants it; see :func:`modelyard.api.changing.change`."""
    edits = Edits(
        {owners.path: owners.wanted.encode("utf-8", "surrogateescape")},
        title="Bring code owners up to date with the registry",
        branch=BRANCH,
        body="Owners of models and reviewers of stages are what `modelyard codeowners` makes of the registry.",
        deeds=(Deed(Action.UPDATE, f"{owners.path} from the owners and reviewers in the registry"),),
    )
    return change(checkout, lambda _base, _reader: edits, branch=branch, dry_run=dry_run)
