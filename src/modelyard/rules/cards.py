"""MY3xx: does the model card tell its reader what the policy wants told?"""

from __future__ import annotations

from typing import TYPE_CHECKING

from modelyard.problems import START
from modelyard.rules.rule import Finding

if TYPE_CHECKING:
    from collections.abc import Iterator

    from modelyard.documents.card import Card, Section
    from modelyard.documents.policy import Policy
    from modelyard.rules.rule import Findings
    from modelyard.version_directory import VersionDirectory

__all__ = ["disagreement", "empty_section", "missing_section", "placeholder"]

_FIELDS = {"model_name": "name", "name": "name", "version": "version", "license": "license"}


def missing_section(version: VersionDirectory, policy: Policy) -> Findings:
    """A card has each section that the policy requires, by the title of a heading."""
    card = _card(version)
    if not card:
        return
    path = version.full_path("MODEL_CARD.md")
    for title in policy.card_sections:
        if not card.section(title):
            yield Finding(path, f"section {title!r} is missing", f"write a heading: ## {title}", START)


def empty_section(version: VersionDirectory, policy: Policy) -> Findings:
    """A required section says something; headings and comments do not count."""
    for section in _required_sections(version, policy):
        if not section.prose:
            path = version.full_path("MODEL_CARD.md")
            yield Finding(
                path, f"section {section.title!r} is empty", "write what a reader must know", section.position
            )


def placeholder(version: VersionDirectory, policy: Policy) -> Findings:
    """A required section is written out: no "[More Information Needed]", TODO or template marks."""
    for section in _required_sections(version, policy):
        if section.placeholder:
            path = version.full_path("MODEL_CARD.md")
            message = f"section {section.title!r} still holds {section.placeholder!r}"
            yield Finding(path, message, "replace it by what a reader must know", section.position)


def disagreement(version: VersionDirectory, _policy: Policy) -> Findings:
    """The card's front matter agrees with the metadata on name, version and licence.

    They are compared without regard to case, since Hugging Face writes ``apache-2.0``, and ``other``
    for a licence that it does not list.
    """
    card = _card(version)
    metadata = version.metadata.value if version.metadata else None
    if not card or not metadata:
        return
    wanted = {"name": metadata.name, "version": str(metadata.version), "license": metadata.license}
    for key, value in card.front_matter.mapping().items():
        expected = wanted.get(_FIELDS.get(key, ""))
        if key == "license" and value == "other":
            continue
        if expected is not None and str(value).casefold() != expected.casefold():
            message = f"`{key}` is {value!r} in the card, but {expected!r} in the metadata"
            place = card.front_matter.locate((key,))
            written = expected.lower() if key == "license" else expected
            yield Finding(version.full_path("MODEL_CARD.md"), message, f'write {key}: "{written}"', place)


def _card(version: VersionDirectory) -> Card | None:
    return version.card.value if version.card else None


def _required_sections(version: VersionDirectory, policy: Policy) -> Iterator[Section]:
    card = _card(version)
    for title in policy.card_sections if card else ():
        section = card.section(title) if card else None
        if section:
            yield section
