"""Writes to a repository: commits, new branches, and pushes. The user's checkout is never touched."""

from __future__ import annotations

import shlex
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from modelyard.errors import NotFinished, Refused, UsageError
from modelyard.git.failures import GitFailed
from modelyard.git.formats import encode_path, zero_id
from modelyard.git.history import is_ancestor
from modelyard.git.objects import ObjectReader
from modelyard.git.revisions import require_branch
from modelyard.git.urls import require_url, scrubbed
from modelyard.git.writing import write

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from modelyard.git.location import Location

__all__ = ["commit_to_new_branch", "makes", "push", "write_commit"]

_FILE_MODE = "100644"


def commit_to_new_branch(
    location: Location, *, branch: str, files: Mapping[str, bytes | None], message: str, base: str = "HEAD"
) -> str:
    """Commit changes on a new branch and return the commit's full id.

    Work tree, index and HEAD stay as they are, no hook of a commit runs, and the branch appears with
    its commit or not at all.

    :param files: path from the root -> bytes of a regular file; None removes the file or directory.
    :param base: the revision that the changes are made to.
    :raises Refused: the branch exists already, or came into being meanwhile.
    :raises NotFinished: as for :func:`write_commit`.
    :raises UsageError: the branch's name is not one, or as for :func:`write_commit`.
    """
    reference = f"refs/heads/{require_branch(branch)}"
    _require_new(location, reference)
    commit = write_commit(location, files=files, message=message, base=base)
    try:
        write(location, "update-ref", "-m", "modelyard: branch", reference, commit, zero_id(location.algorithm))
    except GitFailed:
        _require_new(location, reference)
        raise
    return commit


def write_commit(location: Location, *, files: Mapping[str, bytes | None], message: str, base: str = "HEAD") -> str:
    """Write a commit that nothing names yet, and return its full id.

    It is signed where ``commit.gpgSign`` says so. Where the repository has no commit yet, it is its first.

    :param files: as for :func:`commit_to_new_branch`, and so is ``base``.
    :raises NotFinished: Git does not know who commits, or cannot write or sign.
    :raises UsageError: the base names no commit, or Git takes no such path.
    """
    _require_identity(location)
    parent = _parent(location, base)
    tree = _write_tree(location, parent, files)
    return _write_commit(location, tree, parent=parent, message=message)


def makes(location: Location, commit: str, files: Mapping[str, bytes | None]) -> bool:
    """Whether a commit makes just these changes to its one parent, and that parent is in the history of HEAD.

    :param files: as for :func:`commit_to_new_branch`.
    """
    with ObjectReader(location) as reader:
        head, found = reader.head(), reader.commit(commit)
    if head is None or len(found.parents) != 1 or not is_ancestor(location, found.parents[0], head):
        return False
    return _write_tree(location, found.parents[0], files) == found.tree


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


def _require_new(location: Location, reference: str) -> None:
    found = location.run("for-each-ref", "--format=%(refname)", "--count=1", reference).decode("utf-8").strip()
    if found:
        branch = found.removeprefix("refs/heads/")
        raise Refused(f"branch {branch!r} exists already", hint="choose another name: --branch NAME")


def _parent(location: Location, base: str) -> str | None:
    with ObjectReader(location) as reader:
        head = reader.head()
        return head if base == "HEAD" else reader.commit_id(base)


def _require_identity(location: Location) -> None:
    try:
        # Without this setting git makes a name up from the login and the host.
        for who in ("GIT_AUTHOR_IDENT", "GIT_COMMITTER_IDENT"):
            write(location, "-c", "user.useConfigOnly=true", "var", who)
    except GitFailed as error:
        raise NotFinished(
            "Git does not know who commits",
            hint="git config --global user.name 'Your Name' && git config --global user.email you@example.org",
        ) from error


def _write_tree(location: Location, parent: str | None, files: Mapping[str, bytes | None]) -> str:
    with tempfile.TemporaryDirectory(prefix="modelyard-") as scratch:
        index = str(Path(scratch, "index"))
        write(location, "read-tree", parent or "--empty", GIT_INDEX_FILE=index)
        lines = [*_removals(location, files, index=index), *_additions(location, files)]
        write(location, "update-index", "-z", "--index-info", stdin=b"".join(lines), GIT_INDEX_FILE=index)
        _require_taken(location, files, index=index)
        # A clone may lack blobs that the commit takes over unread.
        return write(location, "write-tree", "--missing-ok", GIT_INDEX_FILE=index)


def _require_taken(location: Location, files: Mapping[str, bytes | None], *, index: str) -> None:
    # `git update-index` passes over a path that it refuses, such as `.git/config`, and ends with 0.
    added = {encode_path(path): path for path, content in files.items() if content is not None}
    listed = _listed(location, added.values(), index=index)
    for raw_path, path in added.items():
        if raw_path not in listed:
            raise UsageError(f"{path!r} is not a path that Git takes")


def _listed(location: Location, paths: Iterable[str], *, index: str) -> frozenset[bytes]:
    # Without a path `git ls-files` would list everything, and it refuses one that leaves the repository.
    named = [path for path in paths if path and not path.startswith("/") and ".." not in path.split("/")]
    if not named:
        return frozenset()
    output = location.with_variables(GIT_INDEX_FILE=index).run("ls-files", "-z", "--", *named)
    return frozenset(output.split(b"\0")[:-1])


def _removals(location: Location, files: Mapping[str, bytes | None], *, index: str) -> Iterable[bytes]:
    removed = [path for path, content in files.items() if content is None]
    for raw_path in _listed(location, removed, index=index):
        yield b"0 %s\t%s\0" % (zero_id(location.algorithm).encode(), raw_path)


def _additions(location: Location, files: Mapping[str, bytes | None]) -> Iterable[bytes]:
    for path, content in files.items():
        if content is not None:
            blob = write(location, "hash-object", "-w", "--stdin", stdin=content)
            yield b"%s %s\t%s\0" % (_FILE_MODE.encode(), blob.encode(), encode_path(path))


def _write_commit(location: Location, tree: str, *, parent: str | None, message: str) -> str:
    signed = location.run("config", "--type=bool", "--default=false", "--get", "commit.gpgSign") == b"true\n"
    arguments = [*(["-p", parent] if parent else []), *(["--gpg-sign"] if signed else [])]
    return write(location, "commit-tree", *arguments, "-F", "-", tree, stdin=f"{message.rstrip()}\n".encode())


def _rejection(output: str) -> str | None:
    # A line of `git push --porcelain` (git-push, OUTPUT): flag, refs, summary, separated by tabs.
    for line in output.splitlines():
        flag, _, rest = line.partition("\t")
        if flag == "!":
            return rest.rpartition("\t")[2]
    return None
