"""The address of a bucket's server, looked at before a client that panics over a wrong one is given it."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from modelyard.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from modelyard.storage.aws_profile import Profile
    from modelyard.storage.dvcconfig import RemoteSettings

__all__ = ["check_endpoint", "environment_endpoint"]

_VARIABLES = ("AWS_ENDPOINT_URL_S3", "AWS_ENDPOINT_URL")
_EXAMPLE = "https://s3.example.org"


def environment_endpoint(environment: Mapping[str, str]) -> tuple[str, str] | None:
    """Return which variable names an endpoint, and the endpoint."""
    return next(((name, environment[name]) for name in _VARIABLES if environment.get(name)), None)


def check_endpoint(settings: RemoteSettings, profile: Profile | None, environment: Mapping[str, str]) -> None:
    """Refuse an endpoint that is no address of a web server: of the settings, else of the profile or environment.

    :raises UsageError: it has another scheme than http and https, no host, or a port that is none.
    """
    name = settings.name
    if told := settings.options.get("endpointurl"):
        setting = f"endpointurl of remote {name!r}"
        hint = f"write it with http:// or https://: `dvc remote modify {name} endpointurl {_EXAMPLE}`"
    elif profile and (told := profile.settings.get("endpoint")):
        setting = f"endpoint_url of the profile of remote {name!r}"
        hint = f"write it with http:// or https://: `aws configure set endpoint_url {_EXAMPLE}`"
    elif found := environment_endpoint(environment):
        variable, told = found
        setting = f"{variable} in the environment"
        hint = f"write it with http:// or https://: `export {variable}={_EXAMPLE}`"
    else:
        return
    if fault := _fault(told):
        raise UsageError(f"{setting} {fault}: {_shown(told)!r}", hint=hint)


def _fault(text: str) -> str | None:
    try:
        url = urlsplit(text)
        port = url.port
    except ValueError:
        return "has a port that is none" if _is_web(text) else "is no URL"
    if not _is_web(text):
        return "is no address of a web server"
    if not url.hostname or any(sign.isspace() for sign in text):
        return "names no host"
    return "has a port that is none" if port == 0 else None


def _is_web(text: str) -> bool:
    return text.lower().startswith(("http://", "https://"))


def _shown(text: str) -> str:
    """Return the address without user and password."""
    scheme, slashes, rest = text.rpartition("://")
    return scheme + slashes + rest.rpartition("@")[2]
