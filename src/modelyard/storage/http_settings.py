"""DVC's settings of an HTTP remote, as our own client understands them."""

from __future__ import annotations

import base64
import re
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote, urlsplit

from modelyard.errors import UsageError
from modelyard.values import dataclass, field

if TYPE_CHECKING:
    import ssl
    from collections.abc import Mapping

    from modelyard.storage.dvcconfig import RemoteSettings

__all__ = ["HttpSettings", "knows"]

_KNOWN = frozenset(
    {
        "auth",
        "user",
        "password",
        "custom_auth_header",
        "ssl_verify",
        "method",
        "connect_timeout",
        "read_timeout",
        "verify",
        "jobs",
        "checksum_jobs",
        "no_traverse",
        "version_aware",
        "worktree",
    }
)
_SECONDS = re.compile(r"[0-9]{1,6}(?:\.[0-9]{1,6})?", re.ASCII)
_CONNECT = 20.0
_READ = 60.0


def knows(settings: RemoteSettings) -> bool:
    """Whether our client knows what every option of the remote means."""
    return settings.options.keys() <= _KNOWN and settings.options.get("auth", "basic").lower() in ("basic", "custom")


@dataclass(frozen=True)
class HttpSettings:
    """Where the objects are, and how one asks for them.

    :param headers: sent with each request, and to nobody but this server. They may be a secret.
    :param verify: False for no look at the certificate, or the path of those that are trusted.
    :param connect: seconds until a server that takes no connection is given up.
    :param read: seconds without a byte until a connection is given up.
    :param remote: the name of the remote, for messages.
    """

    scheme: str
    host: str
    port: int
    path: str
    query: str = ""
    headers: Mapping[str, str] = field(default_factory=dict, repr=False)
    verify: bool | str = True
    method: str = "POST"
    connect: float = _CONNECT
    read: float = _READ
    remote: str = ""

    @classmethod
    def of(cls, settings: RemoteSettings) -> HttpSettings:
        """Return the settings that the options make.

        :raises UsageError: the URL or an option is none.
        """
        url = urlsplit("")
        try:
            url = urlsplit(settings.url)
            host, port = url.hostname, url.port or (443 if url.scheme == "https" else 80)
        except ValueError:
            host, port = None, 0
        if not host:
            hint = f"set it: `dvc remote modify {settings.name} url <url>`"
            raise UsageError(f"the address of remote {settings.name!r} is no URL: {settings.address}", hint=hint)
        options = settings.options
        verify = options.get("ssl_verify", "true")
        told = {"true": True, "false": False}.get(verify.lower(), verify)
        return cls(
            url.scheme,
            host,
            port,
            url.path.rstrip("/"),
            url.query,
            _headers(settings, unquote(url.username or ""), unquote(url.password or "")),
            told,
            options.get("method", cls.method).upper(),
            _seconds(settings, "connect_timeout", _CONNECT),
            _seconds(settings, "read_timeout", _READ),
            settings.name,
        )

    def context(self) -> ssl.SSLContext:
        """Return how certificates are judged.

        :raises UsageError: there are none where the setting says.
        """
        from modelyard.storage.certificates import context_of

        return context_of(self.verify, remote=self.remote)


def _headers(settings: RemoteSettings, user: str, password: str) -> dict[str, str]:
    options: Mapping[str, Any] = settings.options
    auth = options.get("auth", "").lower()
    if auth == "custom":
        return {_required(settings, "custom_auth_header"): _required(settings, "password")}
    if auth == "basic":
        user, password = _required(settings, "user"), _required(settings, "password")
    if not user:
        return {}
    return {"Authorization": "Basic " + base64.b64encode(f"{user}:{password}".encode()).decode()}


def _required(settings: RemoteSettings, option: str) -> str:
    value = settings.options.get(option)
    if not value:
        hint = f"dvc remote modify --local {settings.name} {option} <value>"
        raise UsageError(f"remote {settings.name!r} has auth and no {option}", hint=hint)
    return value


def _seconds(settings: RemoteSettings, option: str, usual: float) -> float:
    text = settings.options.get(option)
    if text is None:
        return usual
    if _SECONDS.fullmatch(text) and (seconds := float(text)):
        return seconds
    hint = f"dvc remote modify {settings.name} {option} {usual:.0f}"
    raise UsageError(f"{option} of remote {settings.name!r} is no number of seconds: {text!r}", hint=hint)
