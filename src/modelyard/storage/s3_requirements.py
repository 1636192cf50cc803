"""What a bucket's settings must be before a client is made of them: a client tells half a key, or no address, badly."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from modelyard.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["require_sound"]

_HALVES = {"access_key_id": "AWS_ACCESS_KEY_ID", "secret_access_key": "AWS_SECRET_ACCESS_KEY"}


def require_sound(remote: str, store: Mapping[str, Any], environment: Mapping[str, str]) -> None:
    """Do nothing where the server's address is one, and the key is whole.

    :param remote: its name.
    :param store: what a client would be made with.
    :raises UsageError: it is not; the message names the setting.
    """
    endpoint = store.get("endpoint")
    if endpoint and not _is_address(endpoint):
        raise UsageError(
            f"the endpoint of remote {remote!r} is no address of a server: {endpoint!r}",
            hint=f"write it as https://host:port: `dvc remote modify {remote} endpointurl <url>`, or AWS_ENDPOINT_URL",
        )
    if store.get("skip_signature"):
        return
    # A key comes whole from one place: obstore takes that of the environment where nothing else has one.
    given = [name for name in _HALVES if store.get(name)]
    there = given or [name for name, variable in _HALVES.items() if environment.get(variable)]
    if len(there) == 1:
        (missing,) = _HALVES.keys() - there
        if given:
            hint = f"dvc remote modify --local {remote} {missing} <value>, or complete the profile in ~/.aws"
        else:
            hint = f"set {_HALVES[missing]} too, or unset {_HALVES[there[0]]}"
        raise UsageError(f"remote {remote!r} is used with half a key: {there[0]} without {missing}", hint=hint)


def _is_address(text: str) -> bool:
    try:
        url = urlsplit(text)
        # Looking at a port is what finds out that it is none.
        return url.scheme in ("http", "https") and bool(url.hostname) and (url.port is None or url.port > 0)
    except ValueError:
        return False
