"""Real Git repositories in a test's own directory, with an identity of their own."""

from __future__ import annotations

import os
import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from modelyard.git.location import Location, locate
from modelyard.tree import Kind

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["IDENTITY", "MOMENT", "Repository", "bare_repository", "new_repository", "run_git"]

MOMENT = "2026-03-01T12:00:00+00:00"
IDENTITY = {
    "GIT_AUTHOR_NAME": "Ada Author",
    "GIT_AUTHOR_EMAIL": "ada@example.org",
    "GIT_AUTHOR_DATE": MOMENT,
    "GIT_COMMITTER_NAME": "Carl Committer",
    "GIT_COMMITTER_EMAIL": "carl@example.org",
    "GIT_COMMITTER_DATE": MOMENT,
}


def run_git(directory: Path, *arguments: str, stdin: bytes = b"", **variables: str) -> str:
    """Return what git prints, without the last line break; any failure fails the test."""
    result = subprocess.run(
        ["git", *arguments],
        cwd=directory,
        input=stdin,
        capture_output=True,
        env={**os.environ, **IDENTITY, **variables},
        check=False,
    )
    assert result.returncode == 0, result.stderr.decode("utf-8", "replace")
    return result.stdout.decode("utf-8", "surrogateescape").removesuffix("\n")


@dataclass(frozen=True)
class Repository:
    """A repository and its directory: a work tree, or the repository itself where it is bare."""

    path: Path

    @property
    def location(self) -> Location:
        return locate(self.path)

    @property
    def head(self) -> str:
        return self.git("rev-parse", "HEAD")

    def git(self, *arguments: str, stdin: bytes = b"", **variables: str) -> str:
        return run_git(self.path, *arguments, stdin=stdin, **variables)

    def write(self, files: Mapping[str, bytes], *, kinds: Mapping[str, Kind] | None = None) -> None:
        """Write files into the work tree; a symlink's content is its target."""
        for name, content in files.items():
            place = self.path / name
            place.parent.mkdir(parents=True, exist_ok=True)
            kind = (kinds or {}).get(name, Kind.FILE)
            if kind is Kind.SYMLINK:
                place.symlink_to(os.fsdecode(content))
            else:
                place.write_bytes(content)
                place.chmod(0o755 if kind is Kind.EXECUTABLE else 0o644)

    def commit(
        self, files: Mapping[str, bytes], message: str = "Change", *, kinds: Mapping[str, Kind] | None = None
    ) -> str:
        """Write files, commit everything in the work tree, return the commit's id."""
        self.write(files, kinds=kinds)
        self.git("add", "--all", "--force")
        self.git("commit", "--quiet", "--no-verify", "--allow-empty", "--message", message)
        return self.head

    def make_tree(self, files: Mapping[str, bytes], *, kinds: Mapping[str, Kind] | None = None) -> str:
        """Return the id of a tree made with ``git mktree``, which takes what no checkout can hold."""
        lines: list[bytes] = []
        below: dict[str, dict[str, bytes]] = {}
        kinds = kinds or {}
        for path, content in files.items():
            first, slash, rest = path.partition("/")
            if slash:
                below.setdefault(first, {})[rest] = content
            else:
                kind = kinds.get(path, Kind.FILE)
                lines.append(_tree_line(kind.mode, self._store(kind, content), path))
        for name, inner in below.items():
            inner_kinds = {path.removeprefix(f"{name}/"): kind for path, kind in kinds.items() if f"{name}/" in path}
            lines.append(_tree_line("040000", self.make_tree(inner, kinds=inner_kinds), name))
        return self.git("mktree", "-z", "--missing", stdin=b"".join(lines))

    def commit_tree(self, tree: str, *parents: str, message: str = "Change") -> str:
        """Return the id of a commit of a tree; no reference is touched."""
        links = [argument for parent in parents for argument in ("-p", parent)]
        return self.git("commit-tree", tree, *links, "-m", message)

    def _store(self, kind: Kind, content: bytes) -> str:
        if kind is Kind.SUBMODULE:
            return content.decode("ascii")
        return self.git("hash-object", "-w", "--stdin", stdin=content)


def new_repository(path: Path, *arguments: str) -> Repository:
    """Make an empty repository whose branch is ``main``; further arguments go to ``git init``."""
    path.mkdir(parents=True, exist_ok=True)
    run_git(path, "init", "--quiet", "--initial-branch=main", *arguments)
    run_git(path, "config", "user.name", "Carl Committer")
    run_git(path, "config", "user.email", "carl@example.org")
    run_git(path, "config", "commit.gpgSign", "false")
    return Repository(path)


def bare_repository(path: Path) -> Repository:
    """Make an empty bare repository whose branch is ``main``."""
    return new_repository(path, "--bare")


def _tree_line(mode: str, object_id: str, name: str) -> bytes:
    kind = {"040000": "tree", "160000": "commit"}.get(mode, "blob")
    return f"{mode} {kind} {object_id}\t{name}\0".encode("utf-8", "surrogateescape")
