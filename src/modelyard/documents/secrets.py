"""Secrets in text: what gives access to something, and must not be read by everyone who can clone.

Tokens of the large services are known by their fixed beginning and length. Passwords are known by the
name that they are assigned to, and by looking random; digests, commit ids, UUIDs, placeholders and
the prose around them are none. Every pattern has bounded repetitions alone, so a search is linear.
"""

from __future__ import annotations

import re
from functools import cache
from typing import TYPE_CHECKING

from modelyard.values import dataclass

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

__all__ = ["Secret", "secrets_in", "suspects_in"]

_SHOWN = 4


@dataclass(frozen=True)
class Secret:
    """One secret in a text: what it is, and where it starts. Of itself only the beginning is kept."""

    kind: str
    offset: int
    beginning: str

    def __str__(self) -> str:
        return f"{self.kind} ({self.beginning}…)"


# Needles are searched first, in bytes: most texts hold none, and a search costs next to nothing.
_TOKENS: tuple[tuple[bytes, str, str], ...] = (
    (b"PRIVATE KEY", "a private key", r"-----BEGIN (?:[A-Z0-9]{1,12} ){0,2}PRIVATE KEY(?: BLOCK)?-----"),
    (b"PuTTY-User-Key", "a private key", r"PuTTY-User-Key-File-[23]:"),
    (b"AGE-SECRET-KEY-", "an identity of age", r"AGE-SECRET-KEY-(?:PQ-)?1[02-9AC-HJ-NP-Z]{40,200}"),
    (b"AKIA", "an access key id of AWS", r"AKIA[A-Z2-7]{16}(?![A-Za-z0-9])"),
    (b"ASIA", "an access key id of AWS", r"ASIA[A-Z2-7]{16}(?![A-Za-z0-9])"),
    (b"AIza", "an API key of Google", r"AIza[A-Za-z0-9_-]{35}(?![A-Za-z0-9_-])"),
    (b"GOCSPX-", "a client secret of Google", r"GOCSPX-[A-Za-z0-9_-]{28}(?![A-Za-z0-9_-])"),
    (b"AccountKey=", "an account key of Azure", r"(?<=AccountKey=)[A-Za-z0-9+/]{86}=="),
    (b"sig=", "a signed address of Azure", r"(?<=[?&]sig=)[A-Za-z0-9%+/]{43,60}(?:%3[Dd]|=)"),
    (b"gh", "a token of GitHub", r"gh[pousr]_[A-Za-z0-9]{36,255}(?![A-Za-z0-9])"),
    (b"github_pat_", "a token of GitHub", r"github_pat_[A-Za-z0-9]{22}_[A-Za-z0-9]{59}(?![A-Za-z0-9])"),
    (
        b"gl",
        "a token of GitLab",
        r"gl(?:pat|dt|rt|ptt|cbt|oas|soat|ft|imt|agent)-[A-Za-z0-9_-]{20,64}(?![A-Za-z0-9_-])",
    ),
    (b"xox", "a token of Slack", r"xox[abeoprs]-[A-Za-z0-9-]{10,250}"),
    (
        b"hooks.slack.com",
        "a webhook of Slack",
        r"hooks\.slack\.com/services/T[A-Z0-9]{6,12}/B[A-Z0-9]{6,12}/[A-Za-z0-9]{20,30}",
    ),
    (b"hf_", "a token of Hugging Face", r"hf_[A-Za-z]{34}(?![A-Za-z0-9])"),
    (b"wandb_v1_", "an API key of Weights & Biases", r"wandb_v1_[A-Za-z0-9_]{40,120}"),
    (b"sk-ant-", "an API key of Anthropic", r"sk-ant-[a-z0-9]{2,10}-[A-Za-z0-9_-]{80,120}"),
    (b"T3BlbkFJ", "an API key of OpenAI", r"sk-(?:[a-z]{1,10}-)?[A-Za-z0-9_-]{20,100}T3BlbkFJ[A-Za-z0-9_-]{20,100}"),
    (b"npm_", "a token of npm", r"npm_[A-Za-z0-9]{36}(?![A-Za-z0-9])"),
    (b"pypi-AgEIcHl", "a token of PyPI", r"pypi-AgEIcHlwaS5vcmc[A-Za-z0-9_-]{50,250}"),
    (b"dapi", "a token of Databricks", r"dapi[0-9a-f]{32}(?![A-Za-z0-9])"),
    (b"sk_live_", "a key of Stripe", r"sk_live_[A-Za-z0-9]{24,100}"),
    (b"SG.", "an API key of SendGrid", r"SG\.[A-Za-z0-9_-]{22}\.[A-Za-z0-9_-]{43}(?![A-Za-z0-9_-])"),
    (b"eyJ", "a JSON web token", r"eyJ[A-Za-z0-9_-]{10,2000}\.eyJ[A-Za-z0-9_-]{10,4000}\.[A-Za-z0-9_-]{20,1000}"),
)
_NOT_INSIDE_A_WORD = r"(?<![A-Za-z0-9_])"

_IN_URL = re.compile(r"://[^\s/:@\"'<>]{0,100}:(?P<value>[^\s/@\"'<>]{3,200})@(?P<host>[A-Za-z0-9.-]{1,200})")

# In lower case; and what ordinary words hold as well is looked at a second time.
_NAMES = (b"pass", b"pwd", b"secret", b"token", b"key")
_ASSIGNS = rb"[\"']?[ \t]{0,3}[:=]"
_NEAR = {
    b"gh": rb"gh[pousr]_",
    b"gl": rb"gl[a-z]{2,5}-",
    b"://": rb"://[^\s/:@\"'<>]{0,100}:[^\s/@\"'<>]",
    b"pass": rb"pass[a-z]{1,6}" + _ASSIGNS,
    b"secret": rb"secret[a-z_-]{0,11}" + _ASSIGNS,
    b"token": b"token" + _ASSIGNS,
    b"key": b"key" + _ASSIGNS,
}
_ASSIGNED = re.compile(
    r"(?P<name>passw(?:or)?d|passphrase|pwd|secret(?:[_-]?(?:access[_-]?)?key)?|(?:auth|access|bearer|api)?[_-]?token"
    r"|api[_-]?key|access[_-]?key)[\"']?[ \t]{0,3}[:=][ \t]{0,3}[\"']?(?P<value>[^\s\"',;]{10,200})",
    re.IGNORECASE,
)
_DIGEST = re.compile(r"(?:[0-9a-f]{32}|[0-9a-f]{40}|[0-9a-f]{64}|[0-9A-F]{32}|[0-9A-F]{40}|[0-9A-F]{64})(?:\.dir)?")
_UUID = re.compile(r"[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}")
_PLACEHOLDER = re.compile(
    r"example|change.?me|placeholder|redacted|dummy|sample|your|insert|todo|[<>{}$%*|()\[\]]|\.{3}|…|(.)\1{5}|environ",
    re.IGNORECASE,
)
_EXAMPLE = re.compile(r"example|(.)\1{5}", re.IGNORECASE)
_ADDRESS = re.compile(r"[a-z][a-z0-9+.-]{1,20}:|[./~]")
_EXAMPLE_HOST = re.compile(r"(?:.*\.)?example(?:\.(?:org|com|net))?|localhost|127\.0\.0\.1", re.IGNORECASE)
_HEX_IS_A_KEY = re.compile(r"api|secret|passw", re.IGNORECASE)
_RANDOM = 3.2  # bits a character: words stay below it, ten random characters reach it


def suspects_in(contents: Iterable[bytes]) -> frozenset[bytes]:
    """Return which needles any of the contents holds: what none of them holds need not be looked for in each."""
    # No needle holds a NUL, so none is found across an edge.
    text = b"\0".join(contents)
    lower = text.lower()
    found = [(needle, text) for needle in _NEEDLES if needle in text]
    found += [(name, lower) for name in _NAMES if name in lower]
    return frozenset(needle for needle, where in found if needle not in _NEAR or _near(needle).search(where))


def secrets_in(data: bytes, suspects: frozenset[bytes] | None = None) -> Iterator[Secret]:
    """Yield the secrets of a text file in order; offsets count its characters, with every wrong byte as one.

    Bytes with a NUL among them are no text, and hold none.

    :param suspects: what :func:`suspects_in` found in this text and others; without it, all is looked for.
    """
    near = suspects_in([data]) if suspects is None else suspects
    if not near or b"\0" in data:
        return
    text = data.decode("utf-8", "replace")
    found = [
        Secret(kind, match.start(), match[0][:_SHOWN])
        for needle, kind, pattern in _TOKENS
        if needle in near and needle in data
        for match in _compiled(pattern).finditer(text)
        if not _EXAMPLE.search(match[0])
    ]
    found += _in_addresses(text) if b"://" in near else ()
    found += _in_assignments(text) if not near.isdisjoint(_NAMES) else ()
    yield from _first_at_each_place(found)


@cache
def _near(needle: bytes) -> re.Pattern[bytes]:
    return re.compile(_NEAR[needle])


# Nobody pays for the patterns of needles that are nowhere: to compile them all takes as long as to read a version.
@cache
def _compiled(pattern: str) -> re.Pattern[str]:
    return re.compile(pattern if pattern.startswith("(?<") else _NOT_INSIDE_A_WORD + pattern)


def _in_addresses(text: str) -> Iterator[Secret]:
    for match in _IN_URL.finditer(text):
        if not _PLACEHOLDER.search(match["value"]) and not _EXAMPLE_HOST.fullmatch(match["host"]):
            yield Secret("a password in a URL", match.start("value"), match["value"][:_SHOWN])


def _in_assignments(text: str) -> Iterator[Secret]:
    for match in _ASSIGNED.finditer(text):
        if _is_random(match["value"], name=match["name"]):
            yield Secret(f"a value of `{match['name']}`", match.start("value"), match["value"][:_SHOWN])


def _is_random(value: str, *, name: str) -> bool:
    if _PLACEHOLDER.search(value) or _UUID.fullmatch(value) or _ADDRESS.match(value):
        return False
    if _DIGEST.fullmatch(value):
        return bool(_HEX_IS_A_KEY.search(name))
    mixed = any(each.isdigit() for each in value) and any(each.isalpha() for each in value)
    return mixed and _entropy(value) >= _RANDOM


def _entropy(value: str) -> float:
    from math import log2

    shares = [value.count(each) / len(value) for each in set(value)]
    return -sum(share * log2(share) for share in shares)


def _first_at_each_place(found: list[Secret]) -> Iterator[Secret]:
    # A token in an assignment is found twice; the kind that knows it by its form comes first.
    seen = set()
    for secret in sorted(found, key=lambda each: each.offset):
        if secret.offset not in seen:
            seen.add(secret.offset)
            yield secret


_NEEDLES = (*dict.fromkeys(needle for needle, _, _ in _TOKENS), b"://")
