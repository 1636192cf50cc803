"""A registry with a past: commits and merges on its main branch, each with a moment of its own."""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

from support.repositories import new_repository, run_git

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    from support.repositories import Repository

__all__ = ["FOUNDED", "Past", "model", "new_past", "registered", "stage"]

FOUNDED = "schema_version: 1\nstages:\n  - name: staging\n  - name: production\n"


@dataclass(frozen=True)
class Past:
    """A repository whose commits are made at stated moments; to write None at a path removes what is there."""

    repository: Repository

    def commit(self, files: Mapping[str, str | None], message: str = "Change", *, at: str = "2026-03-01") -> str:
        """Commit files on the branch that is checked out, and return the commit's id."""
        for path, text in files.items():
            if text is None:
                self.repository.git("rm", "-r", "--quiet", "--force", path)
            else:
                self.repository.write({path: text.encode("utf-8", "surrogateescape")})
        self.repository.git("add", "--all", "--force")
        self._git("commit", "--quiet", "--allow-empty", f"--message={message}", variables=_dates(at))
        return self.repository.head

    @contextmanager
    def branch(self) -> Iterator[None]:
        """Let commits go to a branch ``side`` that starts here, and come back to main."""
        self.repository.git("checkout", "--quiet", "-B", "side")
        yield
        self.repository.git("checkout", "--quiet", "main")

    def merge(self, files: Mapping[str, str | None], message: str, *, at: str = "2026-03-01", **who: str) -> str:
        """Commit files on a branch of Ada's, merge it, and return the merge's id.

        :param who: variables of git that say by whom it is merged.
        """
        with self.branch():
            self.commit(files, "Work", at="2026-01-01")
        words = ("merge", "--quiet", "--no-ff", f"--message={message}", "side")
        self._git(*words, variables={**_dates(at), **who})
        return self.repository.head

    def _git(self, *words: str, variables: Mapping[str, str]) -> None:
        run_git(self.repository.path, *words, stdin=b"", **variables)


def new_past(path: Path) -> Past:
    """Make a registry with two stages, founded at the beginning of 2026."""
    past = Past(new_repository(path))
    past.commit({"model_registry/registry.yaml": FOUNDED}, "Found the registry", at="2026-01-01")
    return past


def registered(*directories: str) -> dict[str, str]:
    """Return the files of versions, as far as history looks at them."""
    return {f"model_registry/{each}/metadata.yaml": f"# {each}\n" for each in directories}


def stage(version: str, *lines: str, name: str = "fraud", stage: str = "production") -> dict[str, str]:
    """Return a stage's document with a champion and further lines."""
    text = "\n".join(("schema_version: 1", f'version: "{version}"', *lines, ""))
    return {f"model_registry/stages/{stage}/{name}.yaml": text}


def model(*lines: str, owners: str = '["@org/risk"]', name: str = "fraud") -> dict[str, str]:
    """Return a model's document with further lines."""
    text = "\n".join(("schema_version: 1", f"name: {name}", f"owners: {owners}", *lines, ""))
    return {f"model_registry/models/{name}.yaml": text}


def _dates(at: str) -> dict[str, str]:
    moment = at if "T" in at else f"{at}T12:00:00+00:00"
    return {"GIT_AUTHOR_DATE": moment, "GIT_COMMITTER_DATE": moment}
