"""Who makes a change: as somebody says, as CI says, or as the signature of its commit proves."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from modelyard.rules.owners import UNKNOWN_SIGNER
from modelyard.rules.transition import Maker

if TYPE_CHECKING:
    from modelyard.git.objects import ObjectReader
    from modelyard.snapshot import Snapshot

__all__ = ["find_maker"]


def find_maker(base: Snapshot, commit: str | None, reader: ObjectReader, *, named: str | None) -> Maker:
    """Return who makes a change.

    How an actor is known, the base's policy says: by an environment variable, else by the key that
    signed the head commit. A commit that none of its keys signed is an unknown signer's, who owns nothing. Where
    the policy asks for signed commits, the signature is verified whoever the actor is.

    :param commit: the head commit, None for what is staged.
    :param named: the actor that ``--actor`` names, who comes first.
    :raises NotFinished: a signature has to be verified, and ``ssh-keygen`` or ``gpg`` is not installed.
    """
    policy = base.parsed_policy.value if base.parsed_policy else None
    if not policy:
        return Maker(named or None)
    owners = policy.owners
    told = named or (os.environ.get(owners.variable) if owners.variable else None) or None
    if not commit or not owners.keys_known or (told and not owners.signed):
        return Maker(told)
    from modelyard.git.signatures import signer

    raw = reader.raw_commit(commit)
    found = signer(raw, owners.signers, owners.openpgp, algorithm=reader.location.algorithm)
    return Maker(told or found or UNKNOWN_SIGNER, signed=found is not None if owners.signed else None)
