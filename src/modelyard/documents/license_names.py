"""The SPDX expression that somebody meant: by its names in the wild, on model hubs, and by spelling."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["ALIASES", "USUAL", "meant"]

_LONGEST = 100
_BETWEEN = re.compile(r"( +(?:and|or|with) +|[()/|,;&])", re.IGNORECASE)
_OPERATORS = {"/": " OR ", "|": " OR ", ",": " AND ", ";": " AND ", "&": " AND ", "(": "(", ")": ")"}
# Words that people put around the name of a licence.
_FILLERS = frozenset({"the", "license", "licence", "licensed", "version", "software", "gnu", "v"})
_LONG_NAMES = {
    "lesser-general-public": "lgpl",
    "affero-general-public": "agpl",
    "general-public": "gpl",
}
_SYNTAX = frozenset({"and", "or", "with"})
USUAL = (
    *("Apache-2.0", "MIT", "BSD-3-Clause", "BSD-2-Clause", "GPL-3.0-only", "GPL-3.0-or-later", "GPL-2.0-only"),
    *("LGPL-3.0-only", "AGPL-3.0-only", "MPL-2.0", "ISC", "Unlicense", "CC0-1.0", "CC-BY-4.0", "CC-BY-SA-4.0"),
    *("CC-BY-NC-4.0", "ODbL-1.0", "OFL-1.1"),
)
ALIASES = {
    "apache": "Apache-2.0",
    "asl-2.0": "Apache-2.0",
    "bsd": "BSD-3-Clause",
    "bsd-3": "BSD-3-Clause",
    "bsd-2": "BSD-2-Clause",
    "cc-by": "CC-BY-4.0",
    "cc-by-sa": "CC-BY-SA-4.0",
    "cc-by-nc": "CC-BY-NC-4.0",
    "cc0": "CC0-1.0",
    "commercial": "LicenseRef-Commercial",
    "expat": "MIT",
    "proprietary": "LicenseRef-Proprietary",
    **dict.fromkeys(("custom", "internal", "none", "other", "own", "unknown"), "LicenseRef-Proprietary"),
}
# `GPLv3`, `LGPL 2.1+`, `agpl-3`: who writes that has not said whether later versions count.
_GPL = re.compile(r"(a|l)?gpl-?v?([123])?(?:\.([0-9]))?(\+|-or-later|-only|-only-or-later)?")
# Terms of model hubs, which SPDX does not list.
_HUB = re.compile(r"[a-z0-9.+-]*(?:rail|llama|gemma|qwen|deepseek|deepfloyd|falcon|amlr|nvidia)[a-z0-9.+-]*")


def meant(text: str, known: Mapping[str, str]) -> tuple[str, ...]:
    """Return the expressions that a text that is none may mean, the likeliest first; empty where nobody can tell.

    :param known: the identifiers of SPDX by their lower-case text, exceptions after the word ``with``.
    """
    if len(text) > _LONGEST:
        return ()
    pieces = _BETWEEN.split(text.strip())
    options = [_operand(piece, known) for piece in pieces[::2]]
    if not all(options):
        return ()
    if len(options) == 1:
        return options[0]
    operators = [_OPERATORS.get(piece) or f" {piece.strip().upper()} " for piece in pieces[1::2]] + [""]
    return ("".join(first[0] + operator for first, operator in zip(options, operators, strict=True)),)


def _operand(text: str, known: Mapping[str, str]) -> tuple[str, ...]:
    joined = re.sub(r"[^a-z0-9.+]+", "-", text.strip().lower()).strip("-")
    for long, short in _LONG_NAMES.items():
        joined = joined.replace(long, short)
    words = joined.split("-")
    bare = "-".join(re.sub(r"\Av(?=[0-9])", "", word) for word in words if word not in _FILLERS)
    if not joined or not _SYNTAX.isdisjoint(words):
        return () if joined else ("",)
    gpl = _GPL.fullmatch(bare)
    if gpl:
        return _gpl(*gpl.groups())
    for spelling in (joined, bare):
        if spelling in known:
            return (known[spelling],)
        if spelling in ALIASES:
            return (ALIASES[spelling],)
    if _HUB.fullmatch(joined):
        return (f"LicenseRef-{re.sub('[^A-Za-z0-9.]+', '-', text.strip()).strip('-')}",)
    if len(words) > 1 and all(word in known for word in text.lower().split()):
        return ()
    return _near(bare, known)


def _gpl(kind: str | None, major: str | None, minor: str | None, later: str | None) -> tuple[str, ...]:
    name = f"{(kind or '').upper()}GPL-{major or 3}.{minor or 0}"
    if later in ("+", "-or-later"):
        return (f"{name}-or-later",)
    return (f"{name}-only",) if later == "-only" else (f"{name}-only", f"{name}-or-later")


def _near(word: str, known: Mapping[str, str]) -> tuple[str, ...]:
    from difflib import get_close_matches

    for by_lower in ({identifier.lower(): identifier for identifier in USUAL}, known):
        found = get_close_matches(word, by_lower, n=1, cutoff=0.7)
        if found:
            return (by_lower[found[0]],)
    return ()
