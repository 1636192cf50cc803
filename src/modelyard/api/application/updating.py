"""Updating: the lock moved to what the references mean by now, and told as a reviewer needs it."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from modelyard.api.application.locking import locked_anew, write_lock
from modelyard.api.application.project import find_project, shown
from modelyard.api.application.registries import Registries
from modelyard.documents import lockfile
from modelyard.documents.lockfile import Lock
from modelyard.errors import UsageError
from modelyard.evaluate.contest import Contest
from modelyard.review.review import Review, held_against
from modelyard.values import dataclass

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from modelyard.api.application.locking import Locking, Moved
    from modelyard.api.application.project import Project
    from modelyard.review.review import Candidate

__all__ = ["Update", "update_models"]


@dataclass(frozen=True)
class Update:
    """How a lock was moved.

    :param review: each model that moved, held against the version that was locked: metrics, statements, signature,
        card.
    """

    locking: Locking
    review: Review


def update_models(names: Sequence[str] = (), start: Path | str = ".", *, dry_run: bool = False) -> Update:
    """Resolve models of the nearest list anew, write the lock, and return what that makes different.

    What is asked for and not locked yet is locked too.

    :param names: as the application calls them; all where none is named.
    :param dry_run: writes nothing.
    :raises UsageError: a name is not in the list, or a reference means nothing, or the list or the lock has faults.
    :raises NotFinished: a registry can't be reached.
    """
    project = find_project(Path(start))
    _require_known(names, project)
    registries = Registries(project.directory)
    before = project.lock() or Lock({})
    locking = locked_anew(project, before, names or tuple(project.application.models), registries)
    candidates = tuple(each for moved in locking.moved for each in _candidates(moved, project, registries))
    review = Review(tuple(_deed(moved, project) for moved in locking.moved), candidates, (), None)
    if not dry_run:
        write_lock(project, locking.lock)
    return Update(locking, review)


def _require_known(names: Sequence[str], project: Project) -> None:
    known = list(project.application.models)
    for name in names:
        if name not in known:
            from difflib import get_close_matches

            near = get_close_matches(name, known, n=1)
            hint = f"did you mean {near[0]}?" if near else f"models there: {', '.join(known)}"
            raise UsageError(f"{shown(project.file)} asks for no model {name!r}", hint=hint)


def _deed(moved: Moved, project: Project) -> str:
    where, name = f"`{shown(project.lock_file)}`", f"`{moved.name}`"
    before, after = moved.before, moved.after
    if after is None:
        return f"takes {name} out of {where}"
    if before is None:
        return f"locks {name} at `{after.delivery.version}` in {where}"
    if before.delivery.version == after.delivery.version:
        return f"keeps {name} at `{after.delivery.version}`, and changes what {where} says of it"
    return f"moves {name} from `{before.delivery.version.version}` to `{after.delivery.version.version}` in {where}"


def _candidates(moved: Moved, project: Project, registries: Registries) -> Iterator[Candidate]:
    before, after = moved.before, moved.after
    if after is None or (before and before.delivery.version == after.delivery.version):
        return
    with registries.origin(project.application.models[moved.name].registry).reading() as snapshot:
        newer = snapshot.version(after.delivery.version)
        # One that was retired, or is another registry's, is not at hand.
        same = before is not None and before.delivery.registry == after.delivery.registry
        older = (
            snapshot.version(before.delivery.version)
            if before and same and snapshot.has(before.delivery.version)
            else None
        )
        contest = Contest(newer, older, snapshot.policy.for_model(newer.id.name))
        yield held_against(contest, serves_in=lockfile.FILE)
