"""The canary as a repository of its own, and whether the gate refused it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from modelyard.api.checkout import Checkout
from modelyard.canary import base_files, head_files, require_refusal
from modelyard.errors import UsageError
from modelyard.git.location import Location

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

__all__ = ["check_canary", "lay_canary"]

_WHO = b"modelyard canary <canary@example.org>"
_DAY = 1_767_657_600  # 2026-01-06: the same commits everywhere, whenever they are made


def lay_canary(directory: Path) -> None:
    """Make a directory a Git repository with two commits: a registry that is fine, and a change of it that is not.

    Its branch is ``main``, with the change on top, and no setting of the user's own touches it.

    :raises UsageError: there is something in the directory already.
    :raises NotFinished: Git is missing, or cannot write.
    """
    if directory.exists() and (not directory.is_dir() or any(directory.iterdir())):
        raise UsageError(f"{directory} is not an empty directory", hint="name one that is not there yet")
    directory.mkdir(parents=True, exist_ok=True)
    # Without a template no hook of the user runs.
    _write(directory, "init", "--quiet", "--initial-branch=main", "--template=", "--object-format=sha1")
    _write(directory, "fast-import", "--quiet", "--done", stdin=b"".join(_commits(base_files(), head_files())))
    _write(directory, "reset", "--quiet", "--hard", "refs/heads/main")


def check_canary(directory: Path, *, ended: int, report: Path) -> tuple[str, ...]:
    """Return the codes that the gate found in a canary, where it refused it as it must.

    :param directory: where :func:`lay_canary` made it.
    :param ended: the exit code that ``modelyard validate`` ended with there.
    :param report: a file with what it printed, in the format ``json``.
    :raises NotFinished: the gate is broken.
    :raises UsageError: directory or report are not there.
    """
    with Checkout.at(directory).reading() as reader:
        commit = reader.commit_id("HEAD")
    if not report.is_file():
        raise UsageError(
            f"there is no report {report}", hint=f"modelyard validate --base HEAD~1 --format json > {report}"
        )
    return require_refusal(ended, report.read_text("utf-8", "replace"), commit=commit)


def _write(directory: Path, *arguments: str, stdin: bytes = b"") -> None:
    from modelyard.git.writing import write

    git_dir = directory.resolve() / ".git"
    # In a hook these name files of the repository that the hook is for.
    own = {"GIT_INDEX_FILE": str(git_dir / "index"), "GIT_OBJECT_DIRECTORY": str(git_dir / "objects")}
    write(Location(git_dir, directory.resolve()), *arguments, stdin=stdin, **own)


def _commits(*states: Mapping[str, bytes]) -> Iterator[bytes]:
    """Yield a stream for ``git fast-import``: one commit for each state, each on the one before."""
    for number, files in enumerate(states):
        yield b"commit refs/heads/main\ncommitter %s %d +0000\n" % (_WHO, _DAY + number)
        yield _data(b"The registry as it was\n" if number == 0 else b"Change what must not be changed\n")
        yield b"deleteall\n"
        for path, content in files.items():
            yield b"M 100644 inline %s\n%s" % (path.encode(), _data(content))
    yield b"done\n"


def _data(content: bytes) -> bytes:
    return b"data %d\n%s\n" % (len(content), content)
