"""The two halves of a key, the id and the secret, which are worth nothing without each other."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from modelyard.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from modelyard.storage.aws_profile import Profile
    from modelyard.storage.dvcconfig import RemoteSettings

__all__ = ["check_halves"]

# Our client's name, and what the environment calls it.
_HALVES = {"access_key_id": "AWS_ACCESS_KEY_ID", "secret_access_key": "AWS_SECRET_ACCESS_KEY"}


def check_halves(
    settings: RemoteSettings, store: Mapping[str, Any], profile: Profile | None, environment: Mapping[str, str]
) -> None:
    """Refuse an id without its secret, or a secret without its id.

    :param store: what our client is made with; what it lacks it takes from the environment.
    :raises UsageError: one half is missing.
    """
    if store.get("skip_signature"):
        return
    there = [half for half, variable in _HALVES.items() if store.get(half) or environment.get(variable)]
    if len(there) != 1:
        return
    (missing,) = _HALVES.keys() - there
    looked = [
        "the settings of the remote",
        *(["the profile"] if profile else []),
        f"the environment ({_HALVES[missing]})",
    ]
    places = f"{', '.join(looked[:-1])} or {looked[-1]}"
    raise UsageError(
        f"remote {settings.name!r} ({settings.address}) has {there[0]} and no {missing}: it is not in {places}",
        hint=f"name both halves of the key: `export {_HALVES[missing]}=<value>`, or take the other one away",
    )
