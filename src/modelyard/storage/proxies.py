"""The proxy that the environment names for a server.

Source: the variables that curl, Git and DVC's clients go by, as Python's ``urllib.request`` reads them:
``HTTPS_PROXY``, ``HTTP_PROXY``, ``ALL_PROXY`` and ``NO_PROXY``, in small letters too.
"""

from __future__ import annotations

import base64
import re
from typing import TYPE_CHECKING
from urllib.parse import unquote, urlsplit

from modelyard.errors import NotFinished, UsageError
from modelyard.storage.remotes import Interrupted
from modelyard.values import dataclass, field

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["Proxy", "proxy_for"]

_TUNNEL = re.compile(r"Tunnel connection failed: (.*)", re.DOTALL)
_PASSING = ("500", "502", "503", "504")


@dataclass(frozen=True)
class Proxy:
    """Where it is, and what it is told of us.

    :param headers: who we are; they may be a secret, and are for the proxy alone.
    """

    host: str
    port: int
    headers: Mapping[str, str] = field(default_factory=dict, repr=False)

    @property
    def address(self) -> str:
        """The address for a message, without user and password."""
        return f"http://[{self.host}]:{self.port}" if ":" in self.host else f"http://{self.host}:{self.port}"

    def failure(self, text: str, reason: str, *, describe: str) -> Exception:
        """Return what to raise where a server is not reached through it.

        :param text: the error of Python's client.
        :param reason: what that is in words of ours.
        :param describe: the remote as messages name it.
        """
        answer = _TUNNEL.fullmatch(text)
        if answer is None:
            return Interrupted(f"the proxy {self.address} cannot be reached: {reason}")
        if answer[1].startswith(_PASSING):
            return Interrupted(f"the proxy {self.address} answered {answer[1]}")
        return self.refusal(answer[1], describe=describe)

    def refusal(self, answer: str, *, describe: str) -> NotFinished:
        """Return what to raise for an answer that is final."""
        hint = f"name a user and a password for it where it is set: http://<user>:<password>@{self.address[7:]}"
        if not answer.startswith("407"):
            hint = "ask whoever keeps it to let the server through, or name the server in NO_PROXY"
        return NotFinished(f"{describe} cannot be used: the proxy {self.address} answered {answer}", hint=hint)


def proxy_for(scheme: str, host: str, port: int) -> Proxy | None:
    """Return the proxy for a server, or None where it is asked directly.

    :raises UsageError: the environment names one that our client does not speak to.
    """
    from urllib.request import getproxies, proxy_bypass

    proxies = getproxies()
    address = proxies.get(scheme) or proxies.get("all")
    if not address or proxy_bypass(f"{host}:{port}"):
        return None
    variable = f"{scheme if proxies.get(scheme) else 'all'}_proxy".upper()
    try:
        url = urlsplit(address if "://" in address else f"http://{address}")
        proxy = (url.hostname, url.port or 80)
    except ValueError:
        url, proxy = urlsplit(""), (None, 0)
    if url.scheme != "http" or not proxy[0]:
        hint = f"{variable}=http://host:port, or NO_PROXY={host} where none is needed"
        raise UsageError(f"{variable} names no proxy that speaks HTTP", hint=hint)
    return Proxy(proxy[0], proxy[1], _headers(unquote(url.username or ""), unquote(url.password or "")))


def _headers(user: str, password: str) -> dict[str, str]:
    if not user:
        return {}
    return {"Proxy-Authorization": "Basic " + base64.b64encode(f"{user}:{password}".encode()).decode()}
