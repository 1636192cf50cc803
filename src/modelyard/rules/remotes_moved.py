"""MY7xx, remotes: does a change point DVC elsewhere while it brings content?"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from modelyard.dvc_files import DVC_CONFIG, DVC_LOCAL_CONFIG
from modelyard.rules.dvc_settings import settings_of
from modelyard.rules.finding import Finding

if TYPE_CHECKING:
    from modelyard.problems import Position
    from modelyard.rules.finding import Findings
    from modelyard.rules.transition import Transition

__all__ = ["remote_moved"]

_USER = re.compile(r"//[^/@\s]*@")
_SHOWN = frozenset({"url", "remote", "verify", "type", "dir", "version_aware", "worktree", "endpointurl"})


def remote_moved(transition: Transition) -> Findings:
    """A change that brings content leaves DVC's settings of remotes and cache as they are.

    Bytes that were reviewed with a version must come from where the base says. With another address in
    the same change, ``dvc pull`` would fetch them from a place that nobody has agreed to, and send it the
    credentials; with ``verify`` turned off it would not even look at their digests. A change of the settings
    alone is fine once somebody has looked at it.

    Bad:
        # in one change: model_registry/fraud-1.2.0/ and .dvc/config
        url = s3://somewhere-else/registry
    Good:
        # a change of its own, before
        url = s3://somewhere-else/registry
    """
    changes = transition.changes
    if not transition.base.exists or not (changes.touched or changes.removed or changes.folders):
        return
    if transition.head.tree.leaf(DVC_LOCAL_CONFIG) and not transition.base.tree.leaf(DVC_LOCAL_CONFIG):
        message = "the settings of one clone are committed, and every other clone would obey them"
        yield Finding(DVC_LOCAL_CONFIG, message, f"git rm --cached {DVC_LOCAL_CONFIG}")
    if transition.base.tree.id(DVC_CONFIG) == transition.head.tree.id(DVC_CONFIG):
        return
    before, after = settings_of(transition.base), settings_of(transition.head)
    hint = f"git restore --source {(transition.base.tree.commit or 'HEAD')[:12]} -- {DVC_CONFIG}, and change it apart"
    for place in sorted(before.keys() | after.keys()):
        old, new = before.get(place), after.get(place)
        if (old and old[0]) != (new and new[0]):
            message = f"DVC is pointed elsewhere together with content: {_told(place, old, new)}"
            yield Finding(DVC_CONFIG, message, hint, new[1] if new else None)


def _told(place: tuple[str, str], old: tuple[str, Position] | None, new: tuple[str, Position] | None) -> str:
    section, key = place
    name = f"`{key}` of {section or 'no section'}"
    if key not in _SHOWN:
        return f"{name} is {'other than before' if old and new else 'new' if new else 'gone'}"
    value, was = (_USER.sub("//", each[0]) if each else None for each in (new, old))
    if value is None:
        return f"{name} is gone, and was {was}"
    return f"{name} is {value}, and was {was or 'not set'}"
