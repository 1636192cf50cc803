"""Which forge a remote lies on, and where its interface is: from the remote's address and from settings.

A token is sent to the interface, so no host is taken for a forge because of its name alone: it is one of two
that everybody knows, or the settings of this clone name its kind, or the CI job that we are in says so.
"""

from __future__ import annotations

import re
from enum import Enum
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from modelyard.errors import UsageError
from modelyard.git.urls import scrubbed
from modelyard.values import dataclass

if TYPE_CHECKING:
    from collections.abc import Mapping
    from urllib.parse import SplitResult

__all__ = ["ForgeAddress", "ForgeKind", "ForgeSettings", "find_forge"]

_SCP = re.compile(r"(?:[^@/:]+@)?([^@/:]+|\[[0-9A-Fa-f:]+\]):(?!//)(.+)", re.ASCII)
_PART = r"[A-Za-z0-9_][A-Za-z0-9_.-]*"
_GITHUB_PROJECT = re.compile(rf"{_PART}/{_PART}", re.ASCII)
_GITLAB_PROJECT = re.compile(rf"{_PART}(?:/{_PART})+", re.ASCII)
_LOOPBACK = ("127.0.0.1", "::1", "localhost")


class ForgeKind(str, Enum):
    """A kind of forge, and its words for things."""

    GITHUB = "github"
    GITLAB = "gitlab"

    @property
    def request(self) -> str:
        """What a proposed change is called."""
        return "pull request" if self is ForgeKind.GITHUB else "merge request"

    @property
    def sign(self) -> str:
        """What stands before the number of a request."""
        return "#" if self is ForgeKind.GITHUB else "!"

    @property
    def tokens(self) -> tuple[str, ...]:
        """The environment variables that a token is looked for in."""
        return ("GH_TOKEN", "GITHUB_TOKEN") if self is ForgeKind.GITHUB else ("GITLAB_TOKEN",)


@dataclass(frozen=True)
class ForgeAddress:
    """One project on a forge.

    :param host: how the forge is called in messages.
    :param project: ``owner/name``, or ``group/…/name``.
    :param api: where its interface is: of GitHub the root of the REST interface, of GitLab the server's own address.
    """

    kind: ForgeKind
    host: str
    project: str
    api: str


@dataclass(frozen=True)
class ForgeSettings:
    """What the configuration of a clone says of its forge, each None where it says nothing.

    :param kind: ``modelyard.forge``: ``github``, ``gitlab`` or ``none``.
    :param api: ``modelyard.forgeApi``: where the interface is.
    """

    kind: str | None = None
    api: str | None = None


@dataclass(frozen=True)
class _Place:
    """The host, with its port, and the path of a remote."""

    host: str
    path: str


def find_forge(remote: str, settings: ForgeSettings, environment: Mapping[str, str]) -> ForgeAddress | None:
    """Return the forge that a remote lies on; None where it lies on none that we know.

    :param remote: the address that Git pushes to.
    :param environment: variables in which a CI job names its own forge.
    :raises UsageError: a setting has no meaning, or the remote's path is no project of the forge that settings name.
    """
    place = _place(remote)
    if place is None or settings.kind == "none":
        return None
    if settings.kind is not None:
        return _by_settings(place, _kind(settings.kind), settings.api, remote)
    return _by_host(place) or _by_job(place, environment)


def _place(remote: str) -> _Place | None:
    if "://" not in remote:
        found = _SCP.fullmatch(remote)
        return _Place(found[1].casefold(), found[2].strip("/")) if found else None
    address = urlsplit(remote)
    if address.scheme not in ("https", "http", "ssh", "git+ssh", "git") or not address.hostname:
        return None
    return _Place(_host(address), address.path.strip("/"))


def _host(address: SplitResult) -> str:
    # The port of an SSH server says nothing of where the interface listens.
    host = str(address.hostname)
    return f"{host}:{address.port}" if address.port and address.scheme in ("https", "http") else host


def _kind(text: str) -> ForgeKind:
    try:
        return ForgeKind(text)
    except ValueError:
        raise UsageError(
            f"modelyard.forge is {text!r}, which is no forge that modelyard knows",
            hint="git config modelyard.forge github, or gitlab, or none",
        ) from None


def _by_settings(place: _Place, kind: ForgeKind, api: str | None, remote: str) -> ForgeAddress:
    usual = f"https://{place.host}/api/v3" if kind is ForgeKind.GITHUB else f"https://{place.host}"
    if place.host == "github.com" and kind is ForgeKind.GITHUB:
        usual = "https://api.github.com"
    found = _address(place, kind, _require_safe(api) if api else usual)
    if found is None:
        raise UsageError(
            f"{scrubbed(remote)!r} is no project of a forge of the kind {kind.value}",
            hint="git config modelyard.forge none, where it lies on none",
        )
    return found


def _by_host(place: _Place) -> ForgeAddress | None:
    if place.host == "github.com":
        return _address(place, ForgeKind.GITHUB, "https://api.github.com")
    if place.host == "gitlab.com":
        return _address(place, ForgeKind.GITLAB, "https://gitlab.com")
    return None


def _by_job(place: _Place, environment: Mapping[str, str]) -> ForgeAddress | None:
    """Return the forge whose job we are in, where the remote lies there.

    Sources: https://docs.github.com/actions/reference/variables-reference#default-environment-variables
    and https://docs.gitlab.com/ci/variables/predefined_variables/.
    """
    for kind, server, api in (
        (ForgeKind.GITHUB, "GITHUB_SERVER_URL", "GITHUB_API_URL"),
        (ForgeKind.GITLAB, "CI_SERVER_URL", "CI_SERVER_URL"),
    ):
        told = urlsplit(environment.get(server, ""))
        if told.hostname and _host(told) == place.host and environment.get(api):
            return _address(place, kind, _require_safe(environment[api]))
    return None


def _address(place: _Place, kind: ForgeKind, api: str) -> ForgeAddress | None:
    path = place.path.removesuffix(".git")
    if kind is ForgeKind.GITLAB:
        # A server below a path of its host has that path in the addresses of its repositories as well.
        path = path.removeprefix(urlsplit(api).path.strip("/")).strip("/")
    pattern = _GITHUB_PROJECT if kind is ForgeKind.GITHUB else _GITLAB_PROJECT
    return ForgeAddress(kind, place.host, path, api.rstrip("/")) if pattern.fullmatch(path) else None


def _require_safe(api: str) -> str:
    """Return where the interface is, if a token may be sent there.

    :raises UsageError: it is no address, names a user, or is not encrypted and leaves this machine.
    """
    address = urlsplit(api)
    encrypted = address.scheme == "https" or (address.scheme == "http" and address.hostname in _LOOPBACK)
    if not (encrypted and address.hostname and not address.username and not address.query and api.isprintable()):
        raise UsageError(
            f"{scrubbed(api)!r} is not an https address that a token may be sent to",
            hint="git config modelyard.forgeApi https://git.example.org/api/v3",
        )
    return api
