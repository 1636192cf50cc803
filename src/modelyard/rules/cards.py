"""MY3xx: does the model card tell its reader what the policy wants told?"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from modelyard.documents.card import FILE
from modelyard.documents.card_template import is_guidance
from modelyard.documents.markdown.block import Kind
from modelyard.problems import START
from modelyard.rules.finding import Finding

if TYPE_CHECKING:
    from collections.abc import Iterator

    from modelyard.documents.card import Card, Section
    from modelyard.documents.markdown.reading import Passage
    from modelyard.documents.policy import Policy
    from modelyard.rules.finding import Findings
    from modelyard.version_directory import VersionDirectory

__all__ = ["card_of", "empty_section", "missing_section", "placeholder", "says_something", "template_text"]

_SAYS_SOMETHING = re.compile(r"[^\W_]")
_MARKUP = re.compile(r"[<&!]")
_IMAGE = re.compile(r"!\[|<img\b", re.IGNORECASE | re.ASCII)
_TAG = re.compile(r"</?[A-Za-z][^<>]*>|&(?:nbsp|#160|#xa0);", re.ASCII)
_MOST = 100
_SHOWN = 60


def card_of(version: VersionDirectory) -> Card | None:
    """Return the version's card where it can be read."""
    return version.card.value if version.card else None


def missing_section(version: VersionDirectory, policy: Policy) -> Findings:
    """A card has each section that the policy requires, by the title of a heading.

    Level, case, numbering and punctuation of the heading do not matter; a heading in a comment, in code, in a quote
    or in a list is none.

    Bad:
        ## Model description
        Gradient boosted trees.
        **Limitations**
        Never tested outside Europe.
    Good:
        ## Model description
        Gradient boosted trees.
        ## 2. Limitations
        Never tested outside Europe.
    """
    card = card_of(version)
    if not card:
        return
    path = version.full_path(FILE)
    for title in policy.card_sections:
        if not card.section(title):
            hint = f"write a heading `## {title}` and a text below it; modelyard fix {version.path} adds the heading"
            yield Finding(path, f"section {title!r} is missing", hint, START)


def empty_section(version: VersionDirectory, policy: Policy) -> Findings:
    """A required section says something; headings, comments, rules and empty tags do not count.

    Bad:
        ## Limitations
        <!-- Say where it fails. -->
        ## Contact
    Good:
        ## Limitations
        Never tested on payments above 10,000 EUR.
    """
    for section in _required_sections(version, policy):
        if not any(says_something(passage) for passage in section.passages):
            message = f"section {section.title!r} is empty"
            yield Finding(version.full_path(FILE), message, "write what a reader must know", section.position)


def placeholder(version: VersionDirectory, _policy: Policy) -> Findings:
    """A card is written out: nothing in it stands for a text still to come.

    Such marks are ``TODO``, ``TBD``, ``FIXME``, ``XXX``, ``[More Information Needed]``, lorem ipsum, ``{{ marks }}``,
    ``[your …]`` and ``<fill in>``; and paragraphs that say ``N/A`` or ``coming soon`` and nothing else. In code and in
    comments they are none.

    Bad:
        ## Contact
        TODO: who answers
    Good:
        ## Contact
        The fraud desk, fraud-desk@example.org.
    """
    card = card_of(version)
    if not card:
        return
    for number, (section, passage) in enumerate(card.by_section):
        found = card.placeholder(passage)
        if found and number < _MOST:
            offset, mark = found
            place = f"section {section.title!r}" if section else "the card"
            message = f"{place} still holds {mark!r}"
            hint = "replace it by what a reader must know"
            yield Finding(version.full_path(FILE), message, hint, passage.position(offset))


def template_text(version: VersionDirectory, _policy: Policy) -> Findings:
    """A card says something of its own: none of its paragraphs is what the template says there.

    The template asks what to write. Without its ``TODO`` the question is still no answer.

    Bad:
        ## Limitations
        Where it fails, on whom it was not tested, which errors cost the most.
    Good:
        ## Limitations
        It misses one fraud in five. Never tested outside Europe. A false alarm costs a phone call.
    """
    card = card_of(version)
    if not card:
        return
    for section, passage in card.by_section:
        if passage.block.kind is Kind.PARAGRAPH and is_guidance(passage.shown) and not card.placeholder(passage):
            text = " ".join(passage.shown.split())
            shown = text if len(text) <= _SHOWN else text[:_SHOWN] + "…"
            place = f"section {section.title!r}" if section else "the card"
            message = f"{place} still holds the template's own text: {shown!r}"
            hint = "replace it by the answer for this model"
            yield Finding(version.full_path(FILE), message, hint, passage.position(0))


def _required_sections(version: VersionDirectory, policy: Policy) -> Iterator[Section]:
    card = card_of(version)
    for title in policy.card_sections if card else ():
        section = card.section(title) if card else None
        if section:
            yield section


def says_something(passage: Passage) -> bool:
    """Whether a passage has something to read; rules, empty tags and punctuation have not."""
    shown = passage.shown
    if shown[:1].isalnum():
        return True
    if passage.block.kind is Kind.BREAK:
        return False
    if passage.block.kind is Kind.CODE:
        return bool(shown.strip())
    if not _MARKUP.search(shown):
        return bool(_SAYS_SOMETHING.search(shown))
    return bool(_IMAGE.search(shown) or _SAYS_SOMETHING.search(_TAG.sub(" ", shown)))
