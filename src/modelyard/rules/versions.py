"""MY6xx: is what a change does to a registry allowed, and what stands in its stages?"""

from __future__ import annotations

from typing import TYPE_CHECKING

from modelyard.rules.finding import Finding
from modelyard.rules.restoring import restore
from modelyard.snapshot import version_path

if TYPE_CHECKING:
    from collections.abc import Iterator

    from modelyard.problems import Position
    from modelyard.rules.finding import Findings
    from modelyard.rules.transition import Transition
    from modelyard.version_directory import VersionDirectory

__all__ = ["edited"]

_MOST_FIELDS = 5
_BECAME = {
    "executable": "was made executable",
    "symlink": "was replaced by a symbolic link",
    "submodule": "was replaced by a submodule",
    "file": "was made a plain file",
}


def edited(transition: Transition) -> Findings:
    """A version that was merged never changes: its Git tree has the same id for ever.

    Whoever pulled it yesterday and whoever pulls it tomorrow get the same bytes and the same words. What has to be
    said otherwise is said in a new version, or in the model's own document: there a version is yanked.

    Bad:
        -accuracy: 0.93       # in model_registry/fraud-1.1.0/metrics.json, which is merged
        +accuracy: 0.99
    Good:
        A model_registry/fraud-1.1.1/metrics.json
    """
    for version_id in transition.changes.edited:
        directory = version_path(version_id)
        hint = (
            f"{restore(transition, directory)}; modelyard register {version_id.name} --bump patch … for a new version"
        )
        before, after = transition.base.version(version_id), transition.head.version(version_id)
        same = True
        for name in sorted({*before.entries, *after.entries}):
            for what, place in _differences(before, after, name, transition):
                same = False
                message = f"{version_id} is merged and immutable, but {name} {what}"
                yield Finding(f"{directory}/{name}", message, hint, place)
        if same:
            # An empty folder, a mode or an order that no Git writes: no file differs, and yet it is another tree.
            message = f"{version_id} is merged and immutable, but its Git tree is another one, of the same files"
            yield Finding(directory, message, hint)


def _differences(
    before: VersionDirectory,
    after: VersionDirectory,
    name: str,
    transition: Transition,
) -> Iterator[tuple[str, Position | None]]:
    """Yield what happened to one file: a sentence and a place, or one of each for every field that was changed."""
    old, new = before.entries.get(name), after.entries.get(name)
    path = before.full_path(name)
    same_bytes = transition.base.tree.id(path) == transition.head.tree.id(path)
    if new is None:
        copy = _same_file(before, name, after, transition)
        yield f"was renamed to {copy}" if copy else "was removed", None
    elif old is None:
        yield "was added", None
    elif old.kind is not new.kind:
        yield _BECAME[new.kind.value] + (" and changed" if new.kind.is_file and not same_bytes else ""), None
    elif not same_bytes:
        fields = list(_fields(before, after, name))
        if not fields:
            yield "was changed", None
        yield from ((f"was changed: {what}", place) for what, place in fields[:_MOST_FIELDS])
        if len(fields) > _MOST_FIELDS:
            yield f"was changed in {len(fields) - _MOST_FIELDS} fields more", None


def _same_file(before: VersionDirectory, name: str, after: VersionDirectory, transition: Transition) -> str | None:
    """Return the name of a file that is new and holds the bytes of the one that is gone."""
    wanted = transition.base.tree.id(before.full_path(name))
    added = (each for each in after.entries if each not in before.entries)
    return next((each for each in added if transition.head.tree.id(after.full_path(each)) == wanted), None)


def _fields(before: VersionDirectory, after: VersionDirectory, name: str) -> Iterator[tuple[str, Position | None]]:
    """Yield what was changed in a document, field by field, at its line on the head."""
    from modelyard.rules.differences import differing_fields, first_differing_line

    old, new = before.content(name), after.content(name)
    if isinstance(old, bytes) and isinstance(new, bytes):
        fields = differing_fields(name, old, new)
        yield from fields or first_differing_line(old, new)
