"""Who makes a change: as somebody says, as CI says, or as the signature of its commit proves."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from modelyard.rules.owners import UNKNOWN_SIGNER

if TYPE_CHECKING:
    from modelyard.git.objects import ObjectReader
    from modelyard.snapshot import Snapshot

__all__ = ["find_actor"]


def find_actor(base: Snapshot, commit: str | None, reader: ObjectReader, *, named: str | None) -> str | None:
    """Return who makes a change, None where nobody says so.

    How an actor is known, the base's policy says: by an environment variable, else by the key that
    signed the head commit. A commit that none of its keys signed is an unknown signer's, who owns nothing.

    :param commit: the head commit, None for what is staged.
    :param named: the actor that ``--actor`` names, who comes first.
    :raises NotFinished: a signature has to be verified, and ``ssh-keygen`` is not installed.
    """
    policy = base.parsed_policy.value if base.parsed_policy else None
    if named or not policy:
        return named or None
    owners = policy.owners
    if owners.variable and os.environ.get(owners.variable):
        return os.environ[owners.variable]
    if owners.signers and commit:
        from modelyard.git.signatures import signer

        raw = reader.raw_commit(commit)
        return signer(raw, owners.signers, algorithm=reader.location.algorithm) or UNKNOWN_SIGNER
    return None
