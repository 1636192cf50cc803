"""Patterns of model names, matched in linear time and without regular expressions."""

from __future__ import annotations

from modelyard.documents.scalars import InvalidScalar, quoted
from modelyard.values import dataclass

__all__ = ["ModelPattern"]

_LONGEST = 100
_ANY = "\0"
_ALLOWED = frozenset("abcdefghijklmnopqrstuvwxyz0123456789-_*")


@dataclass(frozen=True)
class ModelPattern:
    """A model name in which each ``*`` stands for any characters, or for none.

    ``str(ModelPattern.parse(text)) == text``.
    """

    text: str

    @classmethod
    def parse(cls, text: str) -> ModelPattern:
        """Return the pattern that the text spells.

        :raises InvalidScalar: it holds anything that no model name has, besides ``*``.
        """
        if text and len(text) <= _LONGEST and _ALLOWED.issuperset(text):
            return cls(text)
        message = f"{quoted(text)} is not a model name or a pattern of lower-case letters, digits, '-', '_' and '*'"
        raise InvalidScalar(message)

    def __str__(self) -> str:
        return self.text

    def matches(self, name: str) -> bool:
        """Whether a whole name follows the pattern. The time is at most that of reading the name once per ``*``."""
        first, *others = self.text.split("*")
        if not others:
            return name == first
        *inner, last = others
        end = len(name) - len(last)
        if not name.startswith(first) or not name.endswith(last) or end < len(first):
            return False
        at = len(first)
        for part in inner:  # the leftmost place of each leaves the most room for those after it
            found = name.find(part, at, end)
            if found < 0:
                return False
            at = found + len(part)
        return True

    def matches_all_of(self, other: ModelPattern) -> bool:
        """Whether each name that the other pattern matches certainly follows this one as well.

        A ``*`` of the other one is taken for one more character, which only a ``*`` of this one stands for.
        """
        return self.matches(other.text.replace("*", _ANY))
