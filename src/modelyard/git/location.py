"""Where a repository is, and how git is asked about it."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

from modelyard.errors import NotFinished, UsageError
from modelyard.git.failures import GitFailed, NotARepository
from modelyard.git.process import capture, reading_environment, spawn
from modelyard.values import dataclass, replace

if TYPE_CHECKING:
    import subprocess
    from collections.abc import Iterable
    from typing import IO

    from modelyard.git.formats import Algorithm

__all__ = ["COMMIT_HOOK", "RECEIVE_HOOK", "Location", "locate"]

COMMIT_HOOK = ("GIT_INDEX_FILE",)
"""What git tells a commit hook that we must hear: ``git commit FILE`` commits from a temporary index."""

RECEIVE_HOOK = ("GIT_OBJECT_DIRECTORY", "GIT_ALTERNATE_OBJECT_DIRECTORIES", "GIT_QUARANTINE_PATH")
"""What git tells a receive hook: pushed objects lie in quarantine until the hook accepts them."""

_IS_PATH = frozenset({"GIT_INDEX_FILE", "GIT_OBJECT_DIRECTORY", "GIT_QUARANTINE_PATH"})


@dataclass(frozen=True)
class Location:
    """A Git repository on this machine.

    :param git_dir: its directory of objects and refs, absolute; a linked worktree's own.
    :param work_tree: the root of its work tree, absolute; None for a bare repository.
    :param algorithm: the hash that its object ids are made with.
    :param variables: ``GIT_*`` variables that its commands get besides the fixed ones.
    """

    git_dir: Path
    work_tree: Path | None
    algorithm: Algorithm = "sha1"
    variables: tuple[tuple[str, str], ...] = ()

    @property
    def common_dir(self) -> Path:
        """The directory that all linked worktrees share."""
        try:
            pointer = (self.git_dir / "commondir").read_text("utf-8", "surrogateescape")
        except FileNotFoundError:
            return self.git_dir
        return Path(os.path.normpath(self.git_dir / pointer.rstrip("\n")))

    @property
    def is_shallow(self) -> bool:
        """Whether the repository's history is cut off."""
        return (self.common_dir / "shallow").exists()

    @property
    def cut_off(self) -> frozenset[str]:
        """Ids of the commits whose parents were not fetched."""
        try:
            return frozenset((self.common_dir / "shallow").read_text("ascii").split())
        except FileNotFoundError:
            return frozenset()

    @property
    def is_partial(self) -> bool:
        """Whether a remote has promised objects that were left out of the clone; one git process."""
        listed = self.run("config", "--list", "-z", "--name-only").split(b"\0")
        return any(name.startswith(b"remote.") and name.endswith(b".promisor") for name in listed)

    def with_variables(self, **variables: str) -> Location:
        """Return the same place with these ``GIT_*`` variables set for its commands."""
        return replace(self, variables=(*self.variables, *variables.items()))

    def run(self, *arguments: str, stdin: bytes = b"") -> bytes:
        """Return what one reading ``git`` command prints.

        :raises GitFailed: it ended with another exit code than 0.
        """
        return capture(
            [*self._prefix, *arguments], directory=self._directory, environment=self._environment, stdin=stdin
        )

    def spawn(self, *arguments: str, stderr: IO[bytes]) -> subprocess.Popen[bytes]:
        """Start a reading ``git`` command that stays and answers through its pipes."""
        return spawn(
            [*self._prefix, *arguments], directory=self._directory, environment=self._environment, stderr=stderr
        )

    @property
    def _prefix(self) -> tuple[str, ...]:
        place = (f"--git-dir={self.git_dir}",)
        return (*place, f"--work-tree={self.work_tree}") if self.work_tree else place

    @property
    def _directory(self) -> Path:
        return self.work_tree or self.git_dir

    @property
    def _environment(self) -> dict[str, str]:
        return {**reading_environment(), **dict(self.variables)}


def locate(start: Path, *, keep: Iterable[str] = ()) -> Location:
    """Return the repository that holds a directory, or that the directory itself is; one git process.

    A bare repository is opened only where it is named itself and lies in no other repository:
    one that was committed into a registry is never taken for the registry.

    :param keep: names of ``GIT_*`` variables to take over from our own environment, such as
        :data:`COMMIT_HOOK`; no other is heard.
    :raises NotARepository: there is none.
    :raises UsageError: there is one, but git refuses to read it.
    """
    directory = start.resolve()
    if not directory.is_dir():
        raise UsageError(f"{str(start)!r} is not a directory", hint="name a clone of the registry")
    # A repository that is named itself is read without a work tree: git would take ours for it.
    place = (f"--git-dir={directory}",) if _is_repository(directory) else ()
    wanted = ("--show-object-format", "--absolute-git-dir", *(() if place else ("--show-toplevel",)))
    try:
        answer = capture([*place, "rev-parse", *wanted], directory=directory, environment=reading_environment())
    except GitFailed as error:
        raise _not_a_repository(start, error) from error
    return _parse(os.fsdecode(answer).split("\n")[:-1], count=len(wanted), variables=tuple(_kept(keep)))


def _is_repository(directory: Path) -> bool:
    looks_like_one = all((directory / name).exists() for name in ("HEAD", "objects", "refs"))
    return looks_like_one and not any(_holds(parent, directory) for parent in directory.parents)


def _holds(parent: Path, directory: Path) -> bool:
    own = parent / ".git"
    return own.exists() and own not in (directory, *directory.parents)


def _kept(names: Iterable[str]) -> Iterable[tuple[str, str]]:
    for name in names:
        value = os.environ.get(name)
        if value is not None:
            # Relative to where we were started, while git is started in the work tree.
            yield name, str(Path(value).absolute()) if name in _IS_PATH else value


def _parse(answer: list[str], *, count: int, variables: tuple[tuple[str, str], ...]) -> Location:
    if len(answer) != count:
        raise UsageError("the path of the repository holds a line break", hint="move it to a plain path")
    algorithm, git_dir, *work_tree = answer
    if algorithm not in ("sha1", "sha256"):
        raise NotFinished(f"the repository uses object format {algorithm!r}, which modelyard does not know")
    return Location(
        git_dir=Path(git_dir),
        work_tree=Path(work_tree[0]) if work_tree else None,
        algorithm="sha1" if algorithm == "sha1" else "sha256",
        variables=variables,
    )


def _not_a_repository(start: Path, error: GitFailed) -> UsageError:
    if "dubious ownership" in error.complaint:
        from shlex import quote

        return UsageError(
            f"the repository at {str(start)!r} belongs to another user, so git refuses to read it",
            hint=f"git config --global --add safe.directory {quote(str(start.resolve()))}",
        )
    if "not a git repository" in error.complaint:
        return NotARepository(f"{str(start)!r} is not in a Git repository", hint="git init")
    return UsageError(f"git cannot read the repository at {str(start)!r}: {error.complaint}")
