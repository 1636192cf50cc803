"""The key that a bucket is asked with, looked at before a client that calls half of one a defect is given it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from modelyard.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["require_whole_key"]

_HALVES = {"access_key_id": "AWS_ACCESS_KEY_ID", "secret_access_key": "AWS_SECRET_ACCESS_KEY"}


def require_whole_key(remote: str, store: Mapping[str, Any], environment: Mapping[str, str]) -> None:
    """Do nothing where the key is whole, or none is needed, or none is here and a machine may have one.

    :param remote: its name.
    :param store: what a client would be made with.
    :raises UsageError: one half is missing; the message names the setting.
    """
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
