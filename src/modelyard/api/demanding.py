"""What a policy demands of the remote that something is pushed to, held against the settings that count here."""

from __future__ import annotations

from typing import TYPE_CHECKING

from modelyard.errors import Refused

if TYPE_CHECKING:
    from modelyard.documents.policy import Policy
    from modelyard.storage.dvcconfig import RemoteSettings

__all__ = ["require_server_side_encryption"]


def require_server_side_encryption(policy: Policy, settings: RemoteSettings) -> None:
    """Do nothing where the remote's server will encrypt as the policy demands; settings of this clone alone count too.

    :raises Refused: it would not, or in another way.
    """
    wanted = policy.storage.demands_of(settings.name).server_side_encryption
    if wanted is None:
        return
    name, options = settings.name, settings.options
    demanded = f"and the policy demands that its server encrypts by {wanted}"
    if not settings.url.lower().startswith("s3://"):
        raise Refused(f"remote {name!r} is not on S3, {demanded}", hint="dvc remote list")
    if options.get("sse_customer_key"):
        hint = f"dvc remote modify --local --unset {name} sse_customer_key"
        raise Refused(f"remote {name!r} is used with a key of this clone's own, {demanded}", hint=hint)
    if options.get("sse") != wanted:
        said = f"has sse = {options['sse']}" if options.get("sse") else "has no sse"
        raise Refused(f"remote {name!r} {said}, {demanded}", hint=f"dvc remote modify {name} sse {wanted}")
