"""Licences as SPDX expressions (SPDX 2.3, annex D).

Identifiers are those of ``spdx.txt`` beside this module, so that a verdict depends on the version of
modelyard alone and a check needs no other package.
"""

from __future__ import annotations

import re
from functools import cache, lru_cache
from pathlib import Path

from modelyard.documents.scalars import InvalidScalar, quoted

__all__ = ["InvalidLicense", "license_refs", "nearest_license", "parse_license"]

_LONGEST = 500
_CHARACTERS = re.compile(r"[A-Za-z0-9.+() -]+")
_REFERENCE = re.compile(r"LicenseRef-[A-Za-z0-9.-]+")
_WORD = re.compile(r"[()]|[^() ]+")
_OPERATORS = ("and", "or")
_SYNTAX = "join licences with AND or OR, and close every bracket"
_NEAR, _VERY_NEAR = 0.85, 0.9
_EXAMPLE = "write an SPDX expression, for example Apache-2.0; for terms of your own LicenseRef-Proprietary"


class InvalidLicense(InvalidScalar):
    """A text is not an SPDX licence expression."""


@lru_cache(maxsize=256)
def parse_license(text: str) -> str:
    """Return the SPDX expression that the text spells, in canonical form.

    Canonical: identifiers as SPDX capitalises them, operators in capitals, single spaces.

    :raises InvalidLicense: a syntax error, or an identifier that SPDX does not list.
    """
    if len(text) > _LONGEST:
        raise InvalidLicense(f"the licence has {len(text)} characters, at most {_LONGEST} are allowed")
    try:
        return _canonical(text)
    except InvalidLicense as invalid:
        raise _with_what_was_meant(invalid, text) from None


def _canonical(text: str) -> str:
    if not _CHARACTERS.fullmatch(text):
        raise InvalidLicense(f"{quoted(text)} is not an SPDX expression", _EXAMPLE)
    return _Expression(text).canonical()


def license_refs(expression: str) -> tuple[str, ...]:
    """Return each ``LicenseRef-…`` of an expression once, in order; each needs a licence file."""
    return tuple(dict.fromkeys(word for word in _WORD.findall(expression) if _REFERENCE.fullmatch(word)))


def nearest_license(text: str) -> str | None:
    """Return the one licence that a text misses by a little; None where it is none, or could be several."""
    from difflib import get_close_matches

    from modelyard.documents.license_names import ALIASES, USUAL

    wanted = "-".join(text.lower().split())[:64]
    if wanted in ALIASES:
        return ALIASES[wanted]
    if wanted in _known():
        return _known()[wanted]
    for identifiers, cutoff in ((USUAL, _NEAR), (tuple(_known().values()), _VERY_NEAR)):
        by_lower = {identifier.lower(): identifier for identifier in identifiers}
        found = get_close_matches(wanted, by_lower, n=2, cutoff=cutoff)
        if found:
            return by_lower[found[0]] if len(found) == 1 else None
    return None


class _Expression:
    """One pass over the words: a licence and an operator take turns, brackets must pair."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._parts: list[str] = []
        self._open = 0

    def canonical(self) -> str:
        words = iter(_WORD.findall(self._text))
        wants_license = True
        for word in words:
            if wants_license:
                wants_license = self._begin(word)
            elif word.lower() == "with":
                self._add_exception(next(words, ""))
            elif word.lower() in _OPERATORS:
                self._parts.append(f" {word.upper()} ")
                wants_license = True
            else:
                self._close(word)
        if wants_license or self._open:
            raise self._broken()
        return "".join(self._parts)

    def _begin(self, word: str) -> bool:
        """Take what may stand where a licence is wanted; return whether one is wanted still."""
        if word == "(":
            self._open += 1
            self._parts.append(word)
            return True
        if _is_syntax(word):
            raise self._broken()
        self._parts.append(_identifier(word))
        return False

    def _add_exception(self, word: str) -> None:
        license_ = self._parts[-1]
        if _is_syntax(word) or license_ == ")" or " WITH " in license_:
            raise self._broken()
        self._parts[-1] = f"{license_} WITH {_exception(word)}"

    def _close(self, word: str) -> None:
        if word != ")" or not self._open:
            raise self._broken()
        self._open -= 1
        self._parts.append(word)

    def _broken(self) -> InvalidLicense:
        return InvalidLicense(f"{quoted(self._text)} is not an SPDX expression", _SYNTAX)


def _is_syntax(word: str) -> bool:
    return word in ("", "(", ")") or word.lower() in (*_OPERATORS, "with")


def _identifier(word: str) -> str:
    if word.lower().startswith("licenseref-"):
        if _REFERENCE.fullmatch(word):
            return word
        raise InvalidLicense(f"{quoted(word)} is not a licence reference", "write it like LicenseRef-Proprietary")
    known, later = _known(), ""
    if word.endswith("+") and word.lower() not in known:
        word, later = word[:-1], "+"
    if f"with {word.lower()}" in known:
        hint = f"write it like Apache-2.0 {known[f'with {word.lower()}']}"
        raise InvalidLicense(f"{quoted(word)} is an exception, which stands behind a licence", hint)
    if word.lower() not in known:
        raise InvalidLicense(f"{quoted(word)} is not an SPDX licence identifier", _EXAMPLE)
    return known[word.lower()] + later


def _exception(word: str) -> str:
    found = _known().get(f"with {word.lower()}")
    if found is None:
        raise InvalidLicense(
            f"{quoted(word)} is not an SPDX licence exception", "write one such as Classpath-exception-2.0"
        )
    return found.partition(" ")[2]


@cache
def _known() -> dict[str, str]:
    """Return the licences, and the exceptions after the word WITH, by their lower-case text."""
    lines = (Path(__file__).parent / "spdx.txt").read_text(encoding="ascii").splitlines()
    return {line.lower(): line for line in lines if not line.startswith("#")}


def _with_what_was_meant(invalid: InvalidLicense, text: str) -> InvalidLicense:
    from modelyard.documents.license_names import meant

    valid = [each for each in meant(text, _known()) if _is_expression(each)]
    if not valid:
        return invalid
    if valid[0].startswith("LicenseRef-"):
        return InvalidLicense(invalid.message, f"write {valid[0]}, and put the licence's text into LICENSE beside it")
    return InvalidLicense(invalid.message, f"did you mean {' or '.join(valid)}?")


def _is_expression(text: str) -> bool:
    try:
        _Expression(text).canonical()
    except InvalidLicense:
        return False
    return True
