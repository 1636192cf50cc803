"""How to undo what a change does, as commands that one can paste once it is merged."""

from __future__ import annotations

import shlex
from typing import TYPE_CHECKING

from modelyard.names import VersionId

if TYPE_CHECKING:
    from collections.abc import Iterator

    from modelyard.changes import StageChange
    from modelyard.rules.transition import Transition

__all__ = ["undoing"]

_ANYTHING = "git revert --mainline 1 MERGE"


def undoing(transition: Transition) -> tuple[str, ...]:
    """Return the commands that bring back what was, one for each thing that serves or may be chosen.

    ``WHY`` stands for a reason, which only somebody can give who has seen what went wrong; ``MERGE`` for the id of
    the merge, which does not exist yet.
    """
    commands = [command for change in transition.changes.stages for command in _stage(transition, change)]
    commands += [f"modelyard yank {version_id} --reason WHY --branch" for version_id in transition.changes.registered]
    commands += [_ANYTHING] if _does_more(transition) else []
    return tuple(dict.fromkeys(commands))


def _does_more(transition: Transition) -> bool:
    """Whether the change is about more than what serves and what may be chosen."""
    changes = transition.changes
    beside = (changes.strays, changes.delivering, changes.judging, changes.removed, changes.edited)
    return changes.policy or any(beside) or _of_standing_models(transition)


def _of_standing_models(transition: Transition) -> bool:
    """Whether the change is also about a model as a whole; the document that comes with a first version is not."""
    founded = {version_id.name for version_id in transition.changes.registered}
    return any(name not in founded or transition.base.model(name) for name in transition.changes.models)


def _stage(transition: Transition, change: StageChange) -> Iterator[str]:
    name, stage = shlex.quote(change.name), shlex.quote(change.stage)
    earlier, later = (each.promotion(change.stage, change.name) for each in (transition.base, transition.head))
    before = earlier.value if earlier else None
    after = later.value if later else None
    if before and after and before.version in after.held:
        # It was held back by this very change, most likely a rollback.
        yield f"modelyard promote {VersionId(change.name, before.version)} --to {stage} --release-hold --branch"
    elif before and after and before.versions != after.versions:
        yield f"modelyard rollback {name} --stage {stage} --to {before.version} --reason WHY --branch"
    elif before and later is None:
        yield f"modelyard promote {VersionId(change.name, before.version)} --to {stage} --branch"
    elif after and before is None:
        yield f"modelyard demote {name} --from {stage} --reason WHY --branch"
    else:
        yield _ANYTHING
