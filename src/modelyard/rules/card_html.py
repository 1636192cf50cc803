"""MY309: a card is text, and nothing in it runs or reaches out where it is shown."""

from __future__ import annotations

import re
from itertools import islice
from typing import TYPE_CHECKING

from modelyard.documents.card import FILE
from modelyard.documents.markdown.block import Kind
from modelyard.documents.markdown.html import AMBIGUOUS_COMMENT
from modelyard.documents.markdown.urls import runs, unescaped
from modelyard.rules.cards import card_of
from modelyard.rules.finding import Finding

if TYPE_CHECKING:
    from collections.abc import Iterator

    from modelyard.documents.markdown.html import Attribute, Tag
    from modelyard.documents.markdown.reading import Passage
    from modelyard.documents.policy import Policy
    from modelyard.rules.finding import Findings
    from modelyard.version_directory import VersionDirectory

__all__ = ["active_html"]

# Elements that run, load, submit or turn what follows into something else than text.
_ACTIVE = frozenset(
    (
        *("script", "noscript", "style", "link", "meta", "base", "title", "head", "body", "html", "template", "slot"),
        *("iframe", "frame", "frameset", "noframes", "fencedframe", "portal", "object", "embed", "applet", "param"),
        *("form", "input", "button", "textarea", "select", "option", "keygen", "isindex", "dialog", "fieldset"),
        *("svg", "math", "canvas", "audio", "video", "track", "bgsound", "marquee", "layer", "ilayer", "xml"),
        *("xmp", "plaintext", "listing", "noembed", "animate", "animatetransform", "set", "foreignobject", "use"),
    )
)
_ADDRESSES = frozenset(
    (
        *("href", "src", "srcset", "action", "formaction", "data", "poster", "background", "cite", "longdesc", "ping"),
        *(
            "xlink:href",
            "lowsrc",
            "dynsrc",
            "codebase",
            "classid",
            "profile",
            "usemap",
            "manifest",
            "icon",
            "imagesrcset",
        ),
    )
)
_STYLE_THAT_LOADS = re.compile(
    r"url\s*\(|expression\s*\(|@import|behaviou?r\s*:|-moz-binding|javascript:|[\\<]|/\*", re.IGNORECASE
)
_AS_TEXT = "write it as text, or between backticks where it is meant to be read"
_MOST = 100


def active_html(version: VersionDirectory, _policy: Policy) -> Findings:
    """A card holds no HTML that runs, and no link that does.

    Cards are shown on sites, in pull requests and in mails. Refused are elements that run, load or submit (``script``,
    ``iframe``, ``form``, ``svg``, …), attributes that handle events, addresses such as ``javascript:``, styles that
    load, and tags that are never closed, however they are spelt. Text, tables, ``<br>``, ``<sub>``, ``<details>``,
    ``<img>`` and comments are fine, and so is all that stands in code.

    Bad:
        <img src="curve.png" onerror="alert(1)">
        [paper](javascript:alert(1))
    Good:
        <img src="https://example.org/curve.png" width="300">
        [paper](https://example.org/paper.pdf)
    """
    card = card_of(version)
    found = (finding for passage in (card.markdown.marked if card else ()) for finding in _of(passage))
    for passage, offset, message, hint in islice(found, _MOST):
        yield Finding(version.full_path(FILE), message, hint, passage.position(offset))


def _of(passage: Passage) -> Iterator[tuple[Passage, int, str, str]]:
    for tag in passage.tags:
        if not tag.whole and passage.block.kind is Kind.HTML:
            yield passage, tag.offset, f"the tag <{tag.name} is not closed", "close it with >"
        for offset, message, hint in _of_tag(tag):
            yield passage, offset, message, hint
    for link in passage.links:
        scheme = runs(link.destination)
        if scheme:
            hint = "link to an https:// address, or to a file beside the card"
            yield passage, link.offset, f"the link runs a program: it begins with {scheme!r}", hint


def _of_tag(tag: Tag) -> Iterator[tuple[int, str, str]]:
    if tag.name == AMBIGUOUS_COMMENT:
        yield tag.offset, "not every reader ends this comment at the same place", "write it as <!-- text -->"
    elif tag.name[0] in "!?":
        yield tag.offset, f"<{tag.name} is no text", _AS_TEXT
    elif not tag.closing and tag.name.rpartition(":")[2] in _ACTIVE:
        yield tag.offset, f"the element <{tag.name}> is not allowed in a card: it can run or load something", _AS_TEXT
    for attribute in tag.attributes:
        yield from _of_attribute(tag, attribute)


def _of_attribute(tag: Tag, attribute: Attribute) -> Iterator[tuple[int, str, str]]:
    name = attribute.name
    if name.startswith("on") or name == "srcdoc":
        yield attribute.offset, f"the attribute `{name}` of <{tag.name}> runs a program", "remove the attribute"
    elif name in _ADDRESSES and runs(attribute.value):
        message = f"`{name}` of <{tag.name}> runs a program: it begins with {runs(attribute.value)!r}"
        yield attribute.offset, message, "name an https:// address, or a file beside the card"
    elif name == "style" and _STYLE_THAT_LOADS.search(unescaped(attribute.value)):
        yield attribute.offset, f"the style of <{tag.name}> can load something", "remove the attribute"
