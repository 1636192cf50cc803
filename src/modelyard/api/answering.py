"""Answers about the main branch, given again word for word as long as the branch is where it was."""

from __future__ import annotations

from typing import TYPE_CHECKING

from modelyard.fingerprints import answers_fingerprint
from modelyard.git.references import main_line
from modelyard.index.answers import ANSWERS, KeptAnswers

if TYPE_CHECKING:
    from collections.abc import Callable

    from modelyard.api.repository import Repository

__all__ = ["answer"]


def answer(repository: Repository, question: object, give: Callable[[str], bytes]) -> bytes:
    """Return the answer to a question about the main branch's history: that which was given before, or a new one.

    :param question: all that the answer depends on beside that history; what it looks like as text tells it apart
        from any other.
    :param give: answers about the history that ends at a commit, or at ``HEAD``, where Git does not say at which.
    """
    end = main_line(repository.location)
    if end == "HEAD":
        return give(end)
    kept = KeptAnswers(repository.location.common_dir / ANSWERS)
    asked = f"{answers_fingerprint()} {question!r}"
    found = kept.answer(end, asked)
    if found is None:
        found = give(end)
        kept.keep_answer(end, asked, found)
    return found
