"""Rules that no policy can weaken, since everything else rests on them.

A policy may lower the severity of a rule, begin it for new versions only, or exempt a path from it.
Three kinds of rules stay out of its reach:

- a document that cannot be read has no value, and no other rule looks at it. Were that a warning, a
  version with one wrong key would pass unjudged. So the rules on reading hold for every document;
  one path can be exempted, by name and until a day;
- a pointer that DVC would obey, and bytes that are not those that were reviewed, are what a registry is
  there to refuse;
- a version that was merged means the same for ever. Consumers have locked its digests. Not even an
  exemption lets it be edited; what must go is retired, whole and with a tombstone.
"""

from __future__ import annotations

__all__ = ["is_firm", "is_immutable"]

_READING = frozenset({"MY201", "MY202", "MY203", "MY204", "MY205", "MY206", "MY207", "MY208"})
_BYTES = frozenset({"MY401", "MY404"})
_IMMUTABLE = frozenset({"MY601", "MY602", "MY603", "MY622"})
_CHANGES = frozenset(
    {
        "MY616",
        "MY617",
        "MY619",
        "MY620",
        "MY623",
        "MY624",
        "MY625",
        "MY628",
        "MY630",
        "MY631",
        "MY642",
        "MY652",
        "MY653",
    }
)


def is_firm(code: str) -> bool:
    """Whether a policy can neither lower the rule's severity nor begin it for new versions only."""
    return code in _READING or code in _BYTES or code in _CHANGES or is_immutable(code)


def is_immutable(code: str) -> bool:
    """Whether not even a single path can be exempted from the rule."""
    return code in _IMMUTABLE
