"""MY304 and MY306: the front matter of a card agrees with the metadata, and the Hugging Face hub can read it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from modelyard.documents.card import FILE
from modelyard.documents.hub_licenses import OTHER, hub_license, is_hub_license
from modelyard.rules.cards import card_of
from modelyard.rules.finding import Finding

if TYPE_CHECKING:
    from modelyard.documents.document import Value
    from modelyard.documents.policy import Policy
    from modelyard.rules.finding import Findings
    from modelyard.version_directory import VersionDirectory

__all__ = ["disagreement", "unreadable_by_hub"]

_NAMES = ("model_name", "name")


def disagreement(version: VersionDirectory, _policy: Policy) -> Findings:
    """The card's front matter agrees with the metadata on name, version and licence.

    They are compared without regard to case. The Hugging Face hub writes a licence in lower case and without ``-only``
    or ``-or-later``, and ``other`` for one that it does not list; so may a card.

    Bad:
        license: mit          # in the card
        license: Apache-2.0   # in the metadata
    Good:
        license: apache-2.0   # in the card
        license: Apache-2.0   # in the metadata
    """
    card = card_of(version)
    metadata = version.metadata.value if version.metadata else None
    if not card or not metadata:
        return
    licence = metadata.license
    name, number = str(metadata.name), str(metadata.version)
    accepted = {"version": (number, number), "license": (licence, hub_license(licence))}
    accepted |= dict.fromkeys(_NAMES, (name, name))
    for key, value in card.front_matter.mapping().items():
        wanted = accepted.get(key)
        if wanted and not _is_one_of(value, wanted):
            message = f"`{key}` is {value!r} in the card, but {wanted[0]!r} in the metadata"
            place = card.front_matter.locate((key,))
            yield Finding(version.full_path(FILE), message, f'write {key}: "{wanted[1]}"', place)


def unreadable_by_hub(version: VersionDirectory, _policy: Policy) -> Findings:
    """The Hugging Face hub can show the licence that the card's front matter states.

    It knows a list of licences; any other one is ``license: other``, with a name of its own and a link to its text. The
    kinds of values, and what ``model-index`` must hold, are judged as for every document, by MY207.

    Bad:
        license: other
    Good:
        license: other
        license_name: acme-internal-1.0
        license_link: LICENSE
    """
    card = card_of(version)
    if not card:
        return
    front_matter, path = card.front_matter.mapping(), version.full_path(FILE)
    licence = front_matter.get("license")
    metadata = version.metadata.value if version.metadata else None
    disagrees = metadata and not _is_one_of(licence, (metadata.license, hub_license(metadata.license)))
    if isinstance(licence, str) and not disagrees and not _is_listed(licence):
        message = f"licence {licence!r} is not one that the Hugging Face hub lists"
        hint = f'write license: other, license_name: "{licence.lower()}" and license_link: LICENSE'
        yield Finding(path, message, hint, card.front_matter.locate(("license",)))
    if licence == OTHER:
        for key, example in (("license_name", '"acme-internal-1.0"'), ("license_link", "LICENSE")):
            if key not in front_matter:
                message = f"`{key}` is missing beside `license: other`"
                yield Finding(
                    path, message, f"write it, for example {key}: {example}", card.front_matter.locate(("license",))
                )
    link = front_matter.get("license_link")
    if isinstance(link, str) and "://" not in link and link not in version:
        message = f"`license_link` is {link!r}, which is no file of the version"
        hint = f"put the licence's text into {version.full_path('LICENSE')} and write license_link: LICENSE"
        yield Finding(path, message, hint, card.front_matter.locate(("license_link",)))


def _is_one_of(value: Value, wanted: tuple[str, str]) -> bool:
    return str(value).casefold() in (each.casefold() for each in wanted)


def _is_listed(licence: str) -> bool:
    return is_hub_license(licence) or hub_license(licence) != OTHER
