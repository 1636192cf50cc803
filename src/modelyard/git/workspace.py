"""Writes to a repository: commits, new branches, and pushes. The user's checkout is never touched."""

from __future__ import annotations

import shlex
from contextlib import nullcontext
from pathlib import Path
from typing import TYPE_CHECKING

from modelyard.errors import NotFinished, Refused
from modelyard.git.failures import GitFailed
from modelyard.git.formats import zero_id
from modelyard.git.history import is_ancestor
from modelyard.git.objects import ObjectReader
from modelyard.git.revisions import require_branch
from modelyard.git.tree_writing import write_tree
from modelyard.git.urls import require_url, scrubbed
from modelyard.git.writing import write

if TYPE_CHECKING:
    from collections.abc import Mapping

    from modelyard.git.location import Location

__all__ = ["branch_tip", "commit_to_new_branch", "is_merged", "makes", "push", "require_free", "write_commit"]

# Without this setting git makes a name up from the login and the host.
_NO_GUESSES = ("-c", "user.useConfigOnly=true")


def commit_to_new_branch(
    location: Location, *, branch: str, files: Mapping[str, bytes | None], message: str, base: str = "HEAD"
) -> str:
    """Commit changes on a new branch and return the commit's full id.

    Work tree, index and HEAD stay as they are, no hook of a commit runs, and the branch appears with
    its commit or not at all. A branch of that name whose commits were all merged is moved on: it holds nothing
    any more, and is often left behind.

    :param files: path from the root -> bytes of a regular file; None removes the file or directory.
    :param base: the revision that the changes are made to.
    :raises Refused: the branch exists already and is not merged, or came into being meanwhile.
    :raises NotFinished: as for :func:`write_commit`.
    :raises UsageError: the branch's name is not one, or as for :func:`write_commit`.
    """
    reference = f"refs/heads/{require_branch(branch)}"
    before = _free(location, reference, base)
    commit = write_commit(location, files=files, message=message, base=base)
    try:
        write(location, "update-ref", "-m", "modelyard: branch", reference, commit, before)
    except GitFailed:
        _free(location, reference, base)
        raise
    return commit


def write_commit(
    location: Location,
    *,
    files: Mapping[str, bytes | None],
    message: str,
    base: str = "HEAD",
    reader: ObjectReader | None = None,
) -> str:
    """Write a commit that nothing names yet, and return its full id.

    It is signed where ``commit.gpgSign`` says so. Where the repository has no commit yet, it is its first.

    :param files: as for :func:`commit_to_new_branch`, and so is ``base``.
    :param reader: one that is open; what it has read is not read again.
    :raises NotFinished: Git does not know who commits, or cannot write or sign.
    :raises UsageError: the base names no commit, or Git takes no such path.
    """
    with nullcontext(reader) if reader else ObjectReader(location) as objects:
        parent = objects.head() if base == "HEAD" else objects.commit_id(base)
        tree = write_tree(location, objects, objects.tree_id(parent) if parent else None, files)
    return _write_commit(location, tree, parent=parent, message=message)


def makes(location: Location, commit: str, files: Mapping[str, bytes | None]) -> bool:
    """Whether a commit makes just these changes to its one parent, and that parent is in the history of HEAD.

    :param files: as for :func:`commit_to_new_branch`.
    """
    with ObjectReader(location) as reader:
        head, found = reader.head(), reader.commit(commit)
        if head is None or len(found.parents) != 1 or not is_ancestor(location, found.parents[0], head):
            return False
        return write_tree(location, reader, reader.tree_id(found.parents[0]), files) == found.tree


def require_free(location: Location, branch: str, base: str = "HEAD") -> None:
    """Do nothing where :func:`commit_to_new_branch` could make the branch.

    :raises Refused: the branch exists already and is not merged.
    :raises UsageError: the branch's name is not one.
    """
    _free(location, f"refs/heads/{require_branch(branch)}", base)


def branch_tip(location: Location, branch: str) -> str | None:
    """Return the commit that a branch is at, None where there is no such branch."""
    found = location.run("for-each-ref", "--format=%(objectname)", "--count=1", f"refs/heads/{branch}")
    return found.decode("ascii").strip() or None


def is_merged(location: Location, commit: str, base: str = "HEAD") -> bool:
    """Whether a commit lies in the history of another one, which has moved on since."""
    with ObjectReader(location) as reader:
        tip = reader.head() if base == "HEAD" else reader.commit_id(base)
    return tip is not None and tip != commit and is_ancestor(location, commit, tip)


def push(location: Location, remote: str, branch: str) -> None:
    """Push a branch to the branch of the same name; nothing is forced.

    :param remote: the name or the address of the remote.
    :raises Refused: the remote has another branch of that name, or its rules refuse ours.
    :raises NotFinished: the remote cannot be reached.
    :raises UsageError: the remote is neither a name nor an address.
    """
    reference = f"refs/heads/{require_branch(branch)}"
    shown = scrubbed(remote)
    try:
        write(location, "push", "--porcelain", "--no-follow-tags", require_url(remote), f"{reference}:{reference}")
    except GitFailed as error:
        reason = _rejection(error.output)
        if reason:
            raise Refused(
                f"remote {shown!r} refused branch {branch!r}: {reason}", hint="choose another name for the branch"
            ) from error
        raise NotFinished(
            f"branch {branch!r} was not pushed to {shown!r}: {error.complaint}",
            hint=shlex.join(["git", "push", shown, branch]),
        ) from error


def _free(location: Location, reference: str, base: str) -> str:
    """Return the commit that a new branch replaces: none, or the last one of a branch that was merged."""
    form = "--format=%(refname) %(objectname) %(worktreepath)"
    found = location.run("for-each-ref", form, "--count=1", reference).decode("utf-8", "surrogateescape")
    if not found:
        return zero_id(location.algorithm)
    name, tip, used = found.rstrip("\n").split(" ", 2)
    # What is checked out somewhere must not move under its work tree.
    if name == reference and not used and is_merged(location, tip, base):
        return tip
    branch = name.removeprefix("refs/heads/")
    raise Refused(
        f"branch {branch!r} exists already",
        hint=f"{_git(location)} log -p {shlex.quote(f'HEAD..{branch}')} shows what it brings; "
        "--branch NAME makes another one",
    )


def _git(location: Location) -> str:
    """Return how git is called for the repository from where we stand, as one would paste it."""
    root = location.work_tree or location.git_dir
    here = Path.cwd()
    return "git" if here == root or root in here.parents else f"git -C {shlex.quote(str(root))}"


def _require_identity(location: Location) -> None:
    try:
        for who in ("GIT_AUTHOR_IDENT", "GIT_COMMITTER_IDENT"):
            write(location, *_NO_GUESSES, "var", who)
    except GitFailed as error:
        raise NotFinished(
            "Git does not know who commits",
            hint="git config --global user.name 'Your Name' && git config --global user.email you@example.org",
        ) from error


def _write_commit(location: Location, tree: str, *, parent: str | None, message: str) -> str:
    signed = location.run("config", "--type=bool", "--default=false", "--get", "commit.gpgSign") == b"true\n"
    arguments = [*(["-p", parent] if parent else []), *(["--gpg-sign"] if signed else []), "-F", "-", tree]
    try:
        return write(location, *_NO_GUESSES, "commit-tree", *arguments, stdin=f"{message.rstrip()}\n".encode())
    except GitFailed:
        _require_identity(location)
        raise


def _rejection(output: str) -> str | None:
    # A line of `git push --porcelain` (git-push, OUTPUT): flag, refs, summary, separated by tabs.
    for line in output.splitlines():
        flag, _, rest = line.partition("\t")
        if flag == "!":
            return rest.rpartition("\t")[2]
    return None
