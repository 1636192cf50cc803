"""How git is started for writing: through GitPython, as the user, in an explicitly named repository."""

from __future__ import annotations

import tempfile
from typing import TYPE_CHECKING

from modelyard.git.failures import GitFailed
from modelyard.git.process import first_line
from modelyard.git.urls import scrubbed

if TYPE_CHECKING:
    from modelyard.git.location import Location

__all__ = ["write"]

_PREFIX = ("-c", "core.fsmonitor=false", "-c", "protocol.ext.allow=never", "-c", "i18n.commitEncoding=UTF-8")


def write(location: Location, *arguments: str, stdin: bytes = b"", **variables: str) -> str:
    """Return what one ``git`` command prints, run with the user's own environment and configuration.

    :param variables: ``GIT_*`` variables for this command.
    :raises GitFailed: it ended with another exit code than 0; its complaint holds no credentials.
    """
    from git import Git

    directory = location.work_tree or location.git_dir
    environment = {"GIT_DIR": str(location.git_dir), **variables}
    if location.work_tree:
        environment["GIT_WORK_TREE"] = str(location.work_tree)
    with tempfile.TemporaryFile() as requests:
        requests.write(stdin)
        requests.seek(0)
        code, output, errors = Git(directory).execute(
            ["git", *_PREFIX, *arguments],
            istream=requests,
            with_extended_output=True,
            with_exceptions=False,
            env=environment,
        )
    if code:
        complaint = scrubbed(first_line(errors.encode("utf-8", "surrogateescape")))
        raise GitFailed(next(word for word in arguments if not word.startswith("-")), code, complaint, output=output)
    return output
