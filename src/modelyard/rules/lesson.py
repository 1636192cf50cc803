"""What a rule teaches, read from the docstring of the function that checks it."""

from __future__ import annotations

from inspect import cleandoc

from modelyard.values import dataclass

__all__ = ["Lesson"]


@dataclass(frozen=True)
class Lesson:
    """What a rule teaches: why it is there, and what breaks and what keeps it.

    It is the docstring of the rule's function, which ends with two indented blocks, ``Bad:`` and ``Good:``.
    """

    explanation: str
    bad: str
    good: str

    @classmethod
    def of(cls, docstring: str) -> Lesson:
        """Return the lesson that a docstring holds; an example that it lacks is empty."""
        text, _, examples = cleandoc(docstring).partition("\nBad:\n")
        bad, _, good = examples.partition("\nGood:\n")
        return cls(text.strip(), cleandoc("\n" + bad), cleandoc("\n" + good))
