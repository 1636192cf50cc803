"""MY652 and MY653: is a change signed, where the policy wants that?"""

from __future__ import annotations

from typing import TYPE_CHECKING

from modelyard.rules.finding import Finding
from modelyard.snapshot import POLICY, ROOT

if TYPE_CHECKING:
    from modelyard.rules.finding import Findings
    from modelyard.rules.transition import Transition
    from modelyard.snapshot import Snapshot

__all__ = ["no_keys", "unsigned"]


def unsigned(transition: Transition) -> Findings:
    """Where the policy of the base has `owners.signed`, one of its keys signed the head commit of a change.

    The head commit's signature covers all that the commit holds, whoever wrote the commits before it. The keys are
    those of the base, so no change brings the key that it is signed with. Whoever `--actor` or a variable names
    is the actor all the same, and owns what that name owns.

    Bad:
        # git commit --no-gpg-sign
        M model_registry/stages/production/fraud.yaml
    Good:
        # git commit --gpg-sign
        M model_registry/stages/production/fraud.yaml
    """
    changes = transition.changes
    if transition.signed is False and not (changes.empty and not changes.delivering and not changes.judging):
        message = "no key that the policy knows signed the head commit of this change"
        hint = f"git commit --amend --no-edit --gpg-sign with a key that stands under `owners` in {POLICY}"
        yield Finding(ROOT, message, hint)


def no_keys(snapshot: Snapshot) -> Findings:
    """A policy that wants signatures says whose: it has keys under `owners.signers` or `owners.openpgp`.

    With neither, nothing could ever be merged again, or nothing would be verified.

    Bad:
        owners: {signed: true}
    Good:
        owners:
          signed: true
          signers:
            ada: [ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIGmWlrXdCTX0WjWxPCO8CCrRb2z9vJ6Ia4oD2dOVkpTE]
    """
    parsed = snapshot.parsed_policy
    if parsed and parsed.value and parsed.value.owners.signed and not parsed.value.owners.keys_known:
        message = "the policy wants signed changes, and names no key that may sign"
        hint = "put keys under `owners.signers` or `owners.openpgp`, or remove `owners.signed`"
        yield Finding(POLICY, message, hint, parsed.locate_key(("owners", "signed")))
