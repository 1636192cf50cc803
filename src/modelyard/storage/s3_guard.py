"""What keeps obstore at the bucket's host: it reaches every other one through a proxy that is not there.

It has no switch for redirections, and takes a session's token and a customer's key along to wherever they lead.
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

if TYPE_CHECKING:
    from collections.abc import Mapping

    from modelyard.storage.s3_settings import S3Settings

__all__ = ["NOWHERE", "kept_to"]

NOWHERE = "127.0.0.1:0"
# Where machines, containers and tasks of AWS get their keys from, unless the environment says it.
_KEYS = ("169.254.169.254", "169.254.170.2", "169.254.170.23", "fd00:ec2::254", "fd00:ec2::23", "sts.amazonaws.com")
_KEYS_ELSEWHERE = ("AWS_CONTAINER_CREDENTIALS_FULL_URI", "AWS_METADATA_ENDPOINT", "AWS_ENDPOINT_URL_STS")


def kept_to(host: str, parsed: S3Settings, environment: Mapping[str, str] = os.environ) -> dict[str, str]:
    """Return obstore's options that keep it at a host, and at those where keys are had when none is at hand."""
    hosts = [host]
    if not (parsed.is_public or "access_key_id" in parsed.store or environment.get("AWS_ACCESS_KEY_ID")):
        named = (urlsplit(environment.get(name, "")).hostname for name in _KEYS_ELSEWHERE)
        hosts += [*_KEYS, f"sts.{parsed.store.get('region', 'us-east-1')}.amazonaws.com", *filter(None, named)]
    return {"proxy_url": f"http://{NOWHERE}", "proxy_excludes": ",".join(hosts)}
