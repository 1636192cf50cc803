"""Repair of a version directory that was made by hand: a plan, then the writing of it."""

from __future__ import annotations

from difflib import unified_diff
from typing import TYPE_CHECKING

from modelyard.api.artifacts_at_hand import ArtifactsAtHand
from modelyard.api.clock import now, timestamp
from modelyard.documents.pointer import SUFFIX
from modelyard.errors import Refused, UsageError
from modelyard.formats import inspect
from modelyard.git.references import default_branch
from modelyard.lifecycle.fix import Surroundings, fix
from modelyard.names import VersionId
from modelyard.rules.engine import judge
from modelyard.rules.restoring import instead_of_repair
from modelyard.snapshot import Snapshot, version_path
from modelyard.tree import OverlayTree
from modelyard.tree.entries import directory_id
from modelyard.values import dataclass

if TYPE_CHECKING:
    from pathlib import Path

    from modelyard.api.checkout import Checkout
    from modelyard.lifecycle.edits import Edits
    from modelyard.rules.judgement import Judgement

__all__ = ["Repair", "plan_repair", "write_repair"]

_EXECUTABLE = 0o111
_NO_NEWLINE = "\\ No newline at end of file\n"


@dataclass(frozen=True)
class Repair:
    """What would be written, and how it differs from what is there, as a unified diff.

    ``left`` is what the gate says of the version once it is written: what somebody has to do by hand.
    """

    version_id: VersionId
    edits: Edits
    diff: str
    left: Judgement

    @property
    def empty(self) -> bool:
        """Whether there is nothing to write."""
        return not self.edits.files and not self.edits.plain


def plan_repair(checkout: Checkout, directory: Path) -> Repair:
    """Return what can be computed for a version directory of the work tree.

    :raises UsageError: the path is no version directory.
    :raises Refused: the version is merged, so it never changes; or its metadata can't be read.
    """
    version_id = VersionId.from_directory(directory.absolute().name)
    path = version_path(version_id)
    if not directory.is_dir() or directory.absolute().resolve() != (checkout.root / path).resolve():
        raise UsageError(f"{directory} is no version directory", hint=f"modelyard fix {path}")
    _require_unmerged(checkout, version_id)
    snapshot = checkout.work_tree(scope=path)
    at_hand = ArtifactsAtHand(checkout)
    surroundings = Surroundings(
        artifacts=at_hand,
        now=timestamp(),
        format_of=lambda name: _format_of(checkout, path, name),
        members_of=at_hand.members,
    )
    edits = fix(snapshot.version(version_id), snapshot.policy, surroundings)
    mended = Snapshot(OverlayTree(snapshot.tree, dict(edits.files)), policy=snapshot.policy)
    left = judge(mended, (version_id,), artifacts=at_hand, within=(path,), moment=now())
    return Repair(version_id, edits, "".join(_diff(checkout, edits)), left)


def write_repair(checkout: Checkout, repair: Repair) -> None:
    """Write what was planned, all of it or nothing.

    The bytes behind a pointer that is written anew are put into DVC's cache first, as `dvc add` does.
    """
    for path in repair.edits.files:
        artifact = checkout.root / path.removesuffix(SUFFIX)
        if path.endswith(SUFFIX) and artifact.is_file():
            checkout.cache.add_file(artifact)
    checkout.writer().write(repair.edits.files)
    for path in repair.edits.plain:
        file = checkout.root / path
        file.chmod(file.stat().st_mode & ~_EXECUTABLE)


def _require_unmerged(checkout: Checkout, version_id: VersionId) -> None:
    branch = default_branch(checkout.location)
    if branch is None:
        return
    path, name = version_path(version_id), branch.rpartition("/")[2]
    with checkout.reading() as reader:
        merged = checkout.commit(reader, branch)
        if merged.has(version_id):
            changed = directory_id(checkout.work_tree(scope=path).tree, path) != merged.tree.id(path)
            raise Refused(
                f"{version_id} is merged into {name}, and a merged version never changes",
                hint=f"git restore --source {name} --staged --worktree {path}"
                if changed
                else instead_of_repair(version_id),
            )


def _format_of(checkout: Checkout, path: str, name: str) -> str:
    file = checkout.root / path / name
    # Behind a pointer whose file was not pulled there is nothing to look into.
    return inspect(file).format if file.is_file() else "other"


def _diff(checkout: Checkout, edits: Edits) -> list[str]:
    lines = [f"--- a/{path}\n+++ b/{path}\nold mode 100755\nnew mode 100644\n" for path in edits.plain]
    for path, data in sorted(edits.files.items()):
        file = checkout.root / path
        before = file.read_bytes().decode("utf-8", "replace") if file.is_file() else ""
        after = data.decode("utf-8", "replace")
        names = (f"a/{path}" if before else "/dev/null", f"b/{path}")
        for line in unified_diff(_lines(before), _lines(after), *names):
            lines += [line] if line.endswith("\n") else [f"{line}\n", _NO_NEWLINE]
    return lines


def _lines(text: str) -> list[str]:
    """Return the lines with their ends; only a line feed ends one, so that a changed line end is shown."""
    return [f"{line}\n" for line in text.split("\n")[:-1]] + [line for line in text.split("\n")[-1:] if line]
