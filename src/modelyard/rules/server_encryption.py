"""MY416: is a remote set so that its server encrypts, where the policy wants that?"""

from __future__ import annotations

from typing import TYPE_CHECKING

from modelyard.dvc_files import DVC_CONFIG
from modelyard.rules.dvc_settings import default_remote, settings_of
from modelyard.rules.finding import Finding
from modelyard.rules.stated import metadata_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from modelyard.rules.dvc_settings import Settings
    from modelyard.rules.finding import Findings
    from modelyard.rules.transition import Transition

__all__ = ["not_encrypted_by_server"]


def not_encrypted_by_server(transition: Transition) -> Findings:
    """A remote's `sse` is what the policy demands, whenever it changes and whenever a new version goes there.

    Whoever pushes, by modelyard or by DVC, sends the setting with each object, and the server encrypts accordingly.
    It is read from the `.dvc/config` that is committed. What one clone has in its own `config.local` nobody can
    review, so a push looks at it again.

    Bad:
        # registry.yaml: storage: {remotes: {storage: {server_side_encryption: aws:kms}}}
        ['remote "storage"']
            url = s3://models/registry
    Good:
        ['remote "storage"']
            url = s3://models/registry
            sse = aws:kms
    """
    demands = transition.policy.storage.remotes
    if not any(demand.server_side_encryption for demand in demands.values()):
        return
    settings = settings_of(transition.head)
    used = set(_used(transition, settings))
    if DVC_CONFIG in transition.changes.delivering:
        used |= {section.removeprefix("remote ").lower() for section, _key in settings if section[:7] == "remote "}
    for name in sorted(used):
        wanted = transition.policy.storage.demands_of(name).server_side_encryption
        if wanted:
            yield from _of_remote(name, wanted, settings)


def _used(transition: Transition, settings: Settings) -> Iterator[str]:
    """Yield the remote of each new version that has anything in one."""
    for version in transition.head.each(transition.changes.registered):
        metadata = metadata_of(version)
        name = (metadata.dvc_remote if metadata else None) or default_remote(settings)
        if version.pointers and name:
            yield name.lower()


def _of_remote(name: str, wanted: str, settings: Settings) -> Iterator[Finding]:
    own = {key: found for (section, key), found in settings.items() if section.lower() == f"remote {name}"}
    url, sse = own.get("url"), own.get("sse")
    if url and not url[0].strip("'\"").lower().startswith("s3://"):
        message = f"remote {name!r} is not on S3, and the policy demands that its server encrypts by {wanted}"
        yield Finding(DVC_CONFIG, message, f"dvc remote modify {name} url s3://<bucket>/<path>", url[1])
    elif sse is None or sse[0].strip("'\"") != wanted:
        said = f"is {sse[0]}" if sse else "is not set"
        message = f"`sse` of remote {name!r} {said}, and the policy demands {wanted}"
        hint = f"in a change of its own: dvc remote modify {name} sse {wanted}"
        yield Finding(DVC_CONFIG, message, hint, (sse or url or (None, None))[1])
