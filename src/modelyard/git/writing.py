"""How git is started for writing: as the user, with their configuration, in an explicitly named repository."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from modelyard.git.failures import GitFailed
from modelyard.git.process import first_line, spawn, subcommand
from modelyard.git.urls import scrubbed

if TYPE_CHECKING:
    from modelyard.git.location import Location

__all__ = ["write"]

_SETTINGS = ("-c", "core.fsmonitor=false", "-c", "protocol.ext.allow=never", "-c", "i18n.commitEncoding=UTF-8")


def write(location: Location, *arguments: str, stdin: bytes = b"", **variables: str) -> str:
    """Return what one ``git`` command prints, run with the user's own environment and configuration.

    :param variables: ``GIT_*`` variables for this command.
    :raises GitFailed: it ended with another exit code than 0; its complaint holds no credentials.
    """
    environment = {
        **os.environ,
        # Complaints are read, in English.
        "LANGUAGE": "C",
        "LC_ALL": "C",
        "GIT_DIR": str(location.git_dir),
        **({"GIT_WORK_TREE": str(location.work_tree)} if location.work_tree else {}),
        **variables,
    }
    directory = location.work_tree or location.git_dir
    with spawn(arguments, directory=directory, environment=environment, prefix=_SETTINGS) as process:
        raw, errors = process.communicate(stdin)
    output = raw.decode("utf-8", "surrogateescape").removesuffix("\n")
    if process.returncode:
        raise GitFailed(subcommand(arguments), process.returncode, scrubbed(first_line(errors)), output=output)
    return output
