"""MY650 and MY651: does CODEOWNERS say what the registry says of owners and reviewers?"""

from __future__ import annotations

from typing import TYPE_CHECKING

from modelyard.errors import Refused
from modelyard.problems import Position
from modelyard.rules.finding import Finding

if TYPE_CHECKING:
    from modelyard.codeowners import CodeOwners
    from modelyard.rules.finding import Findings
    from modelyard.rules.transition import Transition

__all__ = ["overruled", "stale"]


def stale(transition: Transition) -> Findings:
    """The block of code owners that `modelyard codeowners` wrote says what owners and reviewers say now.

    Without it the forge asks those for their approval who owned a model yesterday. It is a warning, since owners
    of a model and code owners never change together: the one is content, and the other decides who judges it.
    A file without such a block is nobody's business but yours.

    Bad:
        # owners of fraud: [grace]
        /model_registry/models/fraud.yaml @ada
    Good:
        # owners of fraud: [grace]
        /model_registry/models/fraud.yaml @grace
    """
    for path in _places(transition):
        try:
            wanted = _read(transition, path)
        except Refused as refused:
            yield Finding(path, refused.message, str(refused.hint))
            continue
        if wanted and wanted.stale:
            message = "the block of code owners does not say what owners and reviewers in the registry say"
            yield Finding(path, message, "modelyard codeowners, in a change of its own", Position(wanted.line, 1))


def overruled(transition: Transition) -> Findings:
    """Nothing that somebody wrote below the block of code owners takes its paths away again.

    The last line that matches a path holds. `*` below the block makes everybody an owner of everything.

    Bad:
        # <<< modelyard codeowners
        * @example/everybody
    Good:
        * @example/everybody
        # >>> modelyard codeowners
    """
    for path in _places(transition):
        try:
            wanted = _read(transition, path)
        except Refused:
            continue  # MY650 says so
        for line in wanted.overruling if wanted else ():
            message = "this line comes after the block of code owners, and may hold instead of it"
            hint = "move it above the block, since the last line that matches a path holds"
            yield Finding(path, message, hint, Position(line, 1))


def _places(transition: Transition) -> tuple[str, ...]:
    """Return the files of code owners that a change may make wrong; no file is read for another change."""
    changes = transition.changes
    # A hook on one version reads no document of another model.
    if not (changes.models or changes.policy or changes.judging):
        return ()
    from modelyard.codeowners import PLACES

    everywhere = changes.models or changes.policy
    return tuple(path for path in PLACES if everywhere or path in changes.judging)


def _read(transition: Transition, path: str) -> CodeOwners | None:
    """Return a file with a block, None of one that has none; and where the head's policy can't be read."""
    from modelyard.codeowners import BEGIN, END, read_code_owners

    parsed = transition.head.parsed_policy
    text = transition.head.tree.read_many([path]).get(path, b"")
    if (BEGIN.encode() not in text and END.encode() not in text) or (parsed and parsed.value is None):
        return None
    # What the file must say follows from the policy that it will stand beside.
    head = transition.head.judged_by(parsed.value) if parsed and parsed.value else transition.head
    return read_code_owners(head, path)
