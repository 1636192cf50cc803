"""Keys and settings of a profile, from the files that the AWS tools share.

Source: the AWS SDKs and Tools Reference Guide, "Shared config and credentials files". Only keys that stand there are
read. A profile that gets its keys in another way (a role, single sign-on, a command) is not ours to follow.
"""

from __future__ import annotations

import os
from configparser import ConfigParser
from configparser import Error as Unparsable
from pathlib import Path
from typing import TYPE_CHECKING

from modelyard.values import dataclass

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["Profile", "read_profile"]

_KEYS = {
    "aws_access_key_id": "access_key_id",
    "aws_secret_access_key": "secret_access_key",
    "aws_session_token": "session_token",
    "region": "region",
    "endpoint_url": "endpoint",
}
_AUTHORITIES = "ca_bundle"
# They change nothing about how an object is read.
_HARMLESS = frozenset({"output", "cli_pager", "cli_auto_prompt", "retry_mode", "max_attempts", "aws_account_id"})


@dataclass(frozen=True)
class Profile:
    """What a profile says, by our client's names.

    :param authorities: path of the certificates that a server may be signed by.
    :param foreign: names of settings that only the AWS tools themselves can follow, such as ``role_arn``.
    """

    settings: Mapping[str, str]
    authorities: str | None = None
    foreign: tuple[str, ...] = ()


def read_profile(
    name: str | None, *, credentials: str | None = None, config: str | None = None, environment: Mapping[str, str]
) -> Profile | None:
    """Return the profile of that name, or of ``AWS_PROFILE``, or the default one; None where there is none.

    :param credentials: path of the file with keys; else as the environment says, else ``~/.aws/credentials``.
    :param config: path of the file with settings; else as the environment says, else ``~/.aws/config``.
    """
    wanted = name or environment.get("AWS_PROFILE") or environment.get("AWS_DEFAULT_PROFILE") or "default"
    keys = _section(credentials or environment.get("AWS_SHARED_CREDENTIALS_FILE") or "~/.aws/credentials", wanted)
    settings = _section(
        config or environment.get("AWS_CONFIG_FILE") or "~/.aws/config",
        wanted if wanted == "default" else f"profile {wanted}",
    )
    if keys is None and settings is None:
        return None
    found = {**(settings or {}), **(keys or {})}
    return Profile(
        {ours: found[theirs] for theirs, ours in _KEYS.items() if found.get(theirs)},
        found.get(_AUTHORITIES),
        tuple(sorted(found.keys() - _KEYS.keys() - _HARMLESS - {_AUTHORITIES})),
    )


def _section(path: str, name: str) -> dict[str, str] | None:
    parser = ConfigParser(interpolation=None, default_section="", strict=False)
    try:
        parser.read_string(Path(os.path.expanduser(path)).read_text("utf-8"))  # noqa: PTH111 - `~user` too
        return dict(parser[name])
    except (OSError, UnicodeDecodeError, Unparsable, KeyError):
        return None
