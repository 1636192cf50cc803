"""The line of one file: which commits of the line of first parents changed it, read from the ids of its folder."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING, NamedTuple, Protocol

from modelyard.git.formats import encode_path
from modelyard.git.line import FileChange, bare_line, first_parent_line, require_whole_history
from modelyard.git.revisions import require_revision

if TYPE_CHECKING:
    from collections.abc import Container, Iterator, Mapping, Sequence

    from modelyard.git.formats import TreeEntry
    from modelyard.git.line import LineCommit
    from modelyard.git.objects import ObjectReader

__all__ = ["Folders", "file_line"]

_LONGEST_MODE, _LONGEST_ID = 6, 32  # bytes, in a tree


class Folders(Protocol):
    """Keeps what Git said of a folder: its id in each of many commits, None in one that has none."""

    def folder(self, path: str) -> Mapping[str, str | None]:
        """Return what is kept of a folder, by the full ids of commits; nothing where that is not known."""

    def keep_folder(self, path: str, trees: Mapping[str, str | None]) -> None:
        """Keep this of a folder, in the place of what was kept of it before."""


class _Step(NamedTuple):
    """A commit, the id of the folder in it, and that in the one before it on the line; None where there is none."""

    commit: str
    now: str | None
    before: str | None


def file_line(reader: ObjectReader, tip: str, path: str, *, kept: Folders | None = None) -> Iterator[LineCommit]:
    """Yield what :func:`modelyard.git.line.first_parent_line` yields, for a file that few commits change.

    A log compares all folders above the file at each commit, and a registry's own holds thousands of names. Here Git
    is asked for the id of the file's own folder at each, unless that is kept, and no trees are compared but those
    that differ. Two git processes, beside that of the reader.

    :param kept: where ids of folders are kept from one question to the next. A commit's id names all that it
        holds, so what was true of it once always is.
    :raises NotFinished: the clone's history is cut off, or an object is missing.
    """
    location = reader.location
    require_whole_history(location, f"the history of {path!r}")
    folder, _, name = path.rpartition("/")
    if "\n" in folder:
        return first_parent_line(location, tip, path)  # A line break ends a question.
    commits = location.run("rev-list", "--first-parent", require_revision(tip)).decode("ascii").split()
    known = kept.folder(folder) if kept else {}
    asked = [commit for commit in commits if commit not in known]
    steps = _steps(commits, {**known, **dict(zip(asked, reader.trees_at(asked, folder), strict=True))})
    if asked:
        _require_read(reader, tip, folder, steps, frozenset(asked))
    if asked and kept:
        kept.keep_folder(folder, {step.commit: step.now for step in steps})
    return _changes(reader, path, _differing(reader, name, steps))


def _steps(commits: Sequence[str], trees: Mapping[str, str | None]) -> list[_Step]:
    found = [trees[commit] for commit in commits]
    return [_Step(*each) for each in zip(commits, found, [*found[1:], None], strict=True)]


def _require_read(reader: ObjectReader, tip: str, folder: str, steps: Sequence[_Step], asked: Container[str]) -> None:
    """Refuse to take a folder for absent that cannot be read: what a clone lacks is not there for Git either.

    :raises NotFinished: an object is missing.
    """
    if not any(step.now for step in steps):
        for _ in first_parent_line(reader.location, tip, folder):
            pass
    for later, earlier in pairwise(steps):
        if (later.now is None) is not (earlier.now is None):
            commit = earlier.commit if later.now else later.commit
            if commit in asked:
                _require_absent(reader, commit, folder)


def _require_absent(reader: ObjectReader, commit: str, folder: str) -> None:
    tree = reader.tree_id(commit)
    for part in folder.split("/"):
        entry = reader.listing(tree).get(part)
        if entry is None or entry.kind != "tree":
            return
        tree = entry.id
    reader.listing(tree)


def _differing(reader: ObjectReader, name: str, steps: Sequence[_Step]) -> list[_Step]:
    """Return the steps at which the folder says something else of a name, and maybe a few more."""
    trees = reader.raw_trees(step.now for step in steps if step.now)
    told: dict[str | None, bytes | None] = {tree: _told_of(encode_path(name), raw) for tree, raw in trees}
    told[None] = None
    return [step for step in steps if told[step.now] != told[step.before]]


def _told_of(name: bytes, tree: bytes) -> bytes | None:
    """Return of a raw tree what it says of a name, and at times more: it is not the same once mode or id are others."""
    mark = b" %s\0" % name
    start = tree.find(mark)
    if start < 0:
        return None
    # Another name may end like this one.
    is_clear = tree.find(mark, start + 1) < 0
    return tree[start - _LONGEST_MODE : start + len(mark) + _LONGEST_ID] if is_clear else tree


def _changes(reader: ObjectReader, path: str, steps: Sequence[_Step]) -> Iterator[LineCommit]:
    name = path.rpartition("/")[2]
    reader.load(tree for step in steps for tree in (step.now, step.before) if tree)
    changes = {}
    for commit, now, before in steps:
        after, earlier = (reader.listing(tree).get(name) if tree else None for tree in (now, before))
        if after != earlier:
            changes[commit] = FileChange(path, _blob(earlier), _blob(after))
    for told in bare_line(reader.location, list(changes)):
        yield told._replace(changes=(changes[told.id],))


def _blob(entry: TreeEntry | None) -> str | None:
    # Neither a link, nor a submodule, nor a folder is a plain file.
    return entry.id if entry and entry.mode.startswith("100") else None
