"""MY308: what a card links to within the registry is there."""

from __future__ import annotations

import re
from itertools import chain, islice
from posixpath import normpath
from typing import TYPE_CHECKING

from modelyard.documents.card import FILE
from modelyard.documents.markdown.urls import runs, scheme_of, unescaped
from modelyard.documents.pointer import SUFFIX
from modelyard.rules.cards import card_of
from modelyard.rules.finding import Finding

if TYPE_CHECKING:
    from collections.abc import Iterator

    from modelyard.documents.card import Card
    from modelyard.documents.markdown.reading import Passage
    from modelyard.documents.policy import Policy
    from modelyard.rules.finding import Findings
    from modelyard.version_directory import VersionDirectory

__all__ = ["anchors", "broken_link"]

_NO_ANCHOR = re.compile(r"[^\w\- ]")
_MARKUP = re.compile(r"!?\[([^\[\]]*)\]\([^()]*\)|<[^<>]*>")
_ALWAYS = ("", "top")
_MOST = 100
_OUTSIDE = "link to its https:// address: a version's directory is all that its readers have"


def broken_link(version: VersionDirectory, _policy: Policy) -> Findings:
    """A relative link of a card leads to a file of the version's directory, and ``#…`` to one of its headings.

    Nothing outside of the directory is looked at, so ``..`` and ``/`` lead nowhere. An artifact behind a DVC pointer is
    not in Git: link to its pointer. Links in code are none.

    Bad:
        See [the data](../data/README.md) and [the limits](#limits).
    Good:
        See [the data](dataset-manifest.yaml) and [the limits](#limitations).
    """
    card = card_of(version)
    if not card:
        return
    places = _Places(version, card)
    for passage, destination, offset in islice(_relative(card), _MOST):
        told = places.fault(destination)
        if told:
            yield Finding(version.full_path(FILE), told[0], told[1], passage.position(offset))


def anchors(card: Card) -> frozenset[str]:
    """Return the names that GitHub gives the headings of a card, and those that its tags give themselves."""
    seen: dict[str, int] = {}
    found = set(_ALWAYS)
    for _, passage in card.markdown.headings:
        name = _anchor(passage.shown)
        count = seen.get(name, 0)
        seen[name] = count + 1
        found.add(f"{name}-{count}" if count else name)
    for passage in card.markdown.marked:
        for tag in passage.tags:
            found.update(each.value for each in tag.attributes if each.name in ("id", "name"))
    return frozenset(found)


def _anchor(title: str) -> str:
    words = _MARKUP.sub(lambda found: found[1] or "", title).strip().lower()
    return _NO_ANCHOR.sub("", words).replace(" ", "-")


def _relative(card: Card) -> Iterator[tuple[Passage, str, int]]:
    """Yield each address without a scheme and its place: of links, images and tags."""
    for passage in card.markdown.marked:
        links = ((link.destination, link.offset) for link in passage.links if not link.footnote)
        attributes = (each for tag in passage.tags if tag.whole for each in tag.attributes)
        named = ((each.value, each.offset) for each in attributes if each.name in ("href", "src"))
        for written, offset in chain(links, named):
            address = unescaped(written).strip()
            if scheme_of(address) in (None, "file") and not address.startswith("//") and not runs(written):
                yield passage, address, offset


class _Places:
    """What a card can link to; the anchors are gathered once, when a link asks for one."""

    def __init__(self, version: VersionDirectory, card: Card) -> None:
        self._version = version
        self._card = card
        self._anchors: frozenset[str] | None = None

    def fault(self, address: str) -> tuple[str, str] | None:
        """Return what is wrong with an address without a scheme, and what to do, or None."""
        path, _, fragment = address.partition("#")
        path = _unquoted(path.partition("?")[0])
        if path.startswith(("/", "file:")):
            return f"the link {address!r} is absolute, and leads out of the version's directory", _OUTSIDE
        place = normpath(path) if path else FILE
        if place.startswith("../") or place == "..":
            return f"the link {address!r} leads out of the version's directory", _OUTSIDE
        if place != "." and place not in self._version and not self._is_folder(place):
            return f"the link {address!r} leads to no file of the version", self._nearest(place)
        if place == FILE and "#" in address:
            return self._anchor_fault(_unquoted(fragment))
        return None

    def _is_folder(self, place: str) -> bool:
        return any(name.startswith(f"{place}/") for name in self._version.entries)

    def _nearest(self, place: str) -> str:
        if place + SUFFIX in self._version:
            return f"it is behind a DVC pointer and not in Git: link to {place}{SUFFIX}"
        for name in self._version.entries:
            if name.casefold() == place.casefold():
                return f"did you mean {name}?"
        return "link to a file beside the card, or to an https:// address"

    def _anchor_fault(self, fragment: str) -> tuple[str, str] | None:
        if self._anchors is None:
            self._anchors = anchors(self._card)
        if fragment in self._anchors:
            return None
        lowered = fragment.lower()
        if lowered in self._anchors:
            hint = f"did you mean #{lowered}?"
        else:
            hint = "name a heading in lower case, with - for each space: ## Intended use is #intended-use"
        return f"the link '#{fragment}' leads to no heading of the card", hint


def _unquoted(text: str) -> str:
    if "%" not in text:
        return text
    from urllib.parse import unquote

    return unquote(text)
