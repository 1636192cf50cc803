"""How a change is put to its reviewers: title, text and labels of the request, from what the change does."""

from __future__ import annotations

from typing import TYPE_CHECKING

from modelyard.forges.request import Draft
from modelyard.lifecycle.deeds import Action
from modelyard.reports.markup import code, prose
from modelyard.reports.text import place

if TYPE_CHECKING:
    from collections.abc import Iterable

    from modelyard.lifecycle.deeds import Deed
    from modelyard.lifecycle.edits import Edits
    from modelyard.problems import Problem

__all__ = ["draft_request"]

_LABELS = {
    Action.REGISTER: "registration",
    Action.PROMOTE: "promotion",
    Action.DEMOTE: "demotion",
    Action.ROLL_BACK: "rollback",
    Action.YANK: "yank",
    Action.UNYANK: "yank",
    Action.DEPRECATE: "deprecation",
    Action.UNDEPRECATE: "deprecation",
    Action.RETIRE: "retirement",
    Action.TRANSFER: "transfer",
    Action.UPDATE: "codeowners",
}
_MOST_PROBLEMS = 20
_MOST_PATHS = 50


def draft_request(edits: Edits, problems: Iterable[Problem], *, branch: str, commit: str) -> Draft:
    """Return the request for a change that the gate has let pass.

    The labels are what is done, and the stages that it is done in.

    :param problems: warnings and notes of the gate.
    :param commit: the commit that makes the change.
    """
    labels = [_LABELS[deed.action] for deed in edits.deeds]
    labels += [deed.stage for deed in edits.deeds if deed.stage]
    return Draft(branch, commit, edits.title, _body(edits, list(problems)), tuple(dict.fromkeys(labels)))


def _body(edits: Edits, problems: list[Problem]) -> str:
    told = [f"- {prose(_sentence(deed))}" for deed in edits.deeds]
    listing = "\n".join(f"- {deed.words}" for deed in edits.deeds)
    words = edits.body.removesuffix(listing).strip()
    if words:
        # One line: what strangers wrote never begins one.
        told += ["", f"> {'<br>'.join(prose(line) for line in words.splitlines())}"]
    told += ["", "The gate let it pass where it was proposed; the checks of this request judge it again.", ""]
    told += [f"- {_told(problem)}" for problem in problems[:_MOST_PROBLEMS]]
    if len(problems) > _MOST_PROBLEMS:
        told.append(f"- and {len(problems) - _MOST_PROBLEMS} more: `modelyard validate --base auto`")
    told += ["", *(f"- {code(path)}" for path in edits.paths[:_MOST_PATHS])]
    if len(edits.paths) > _MOST_PATHS:
        told.append(f"- and {len(edits.paths) - _MOST_PATHS} more files")
    return "\n".join(line for line, before in zip([*told, ""], ["", *told], strict=True) if line or before)


def _sentence(deed: Deed) -> str:
    return f"{str(deed)[0].upper()}{str(deed)[1:]}"


def _told(problem: Problem) -> str:
    return f"{problem.severity.value} {problem.code} {code(place(problem))}: {prose(problem.message)}"
