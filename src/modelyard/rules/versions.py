"""MY60x: is what a change does to versions allowed?"""

from __future__ import annotations

from typing import TYPE_CHECKING

from modelyard.rules.rule import Finding
from modelyard.snapshot import model_path, version_path

if TYPE_CHECKING:
    from modelyard.rules.rule import Findings, Transition

__all__ = ["edited", "registered_again", "removed"]


def edited(transition: Transition) -> Findings:
    """A version that was merged never changes: its Git tree has the same id for ever.

    Whoever pulled it yesterday and whoever pulls it tomorrow get the same bytes and the same words.
    """
    for version_id in transition.changes.edited:
        before = transition.base.version(version_id).entries
        after = transition.head.version(version_id).entries
        for name in sorted({*before, *after}):
            path = f"{version_path(version_id)}/{name}"
            if transition.base.tree.id(path) != transition.head.tree.id(path) or before.get(name) != after.get(name):
                verb = "was removed" if name not in after else "was added" if name not in before else "was changed"
                message = f"{version_id} is merged and immutable, but {name} {verb}"
                yield Finding(path, message, f"modelyard register {version_id.name} --bump patch … for a new version")


def removed(transition: Transition) -> Findings:
    """A version is removed only by retiring it: a tombstone with its tree id stays behind."""
    for version_id in transition.changes.removed:
        parsed = transition.head.model(version_id.name)
        tombstone = parsed.value.retired.get(version_id.version) if parsed and parsed.value else None
        tree = transition.base.tree.id(version_path(version_id))
        if not tombstone or tombstone.tree != tree:
            message = f"{version_id} was removed without a tombstone"
            path, base = version_path(version_id), transition.base.tree.commit or "HEAD"
            bring_back = f"git restore --source {base[:12]} --staged --worktree {path}"
            retire = f"to retire it, write its tree {tree} under `retired` in {model_path(version_id.name)}"
            yield Finding(path, message, f"{bring_back}; {retire}")


def registered_again(transition: Transition) -> Findings:
    """A version that was retired is never registered again: its number keeps its first meaning."""
    for version_id in transition.changes.registered:
        for snapshot in (transition.base, transition.head):
            parsed = snapshot.model(version_id.name)
            if parsed and not parsed.value:
                message = f"{version_id} may have been retired: {parsed.path} cannot be read"
                yield Finding(version_path(version_id), message, parsed.first_fault())
                break
            if parsed and parsed.value and version_id.version in parsed.value.retired:
                yield Finding(version_path(version_id), f"{version_id} was retired", "choose a new version number")
                break
