"""Where a CI service runs the gate: the files that it reads, and where it looks for code owners."""

from __future__ import annotations

from enum import Enum
from typing import TYPE_CHECKING

from modelyard import templates

if TYPE_CHECKING:
    from collections.abc import Callable

    from modelyard.lifecycle.hooks import ToolSource

__all__ = ["GITLAB_JOB", "GITLAB_PIPELINE", "WORKFLOW", "CiService", "service_of"]

WORKFLOW = ".github/workflows/model-registry.yml"
GITLAB_PIPELINE = ".gitlab-ci.yml"
GITLAB_JOB = ".gitlab/model-registry.gitlab-ci.yml"

_INCLUDE = f"include:\n  - local: {GITLAB_JOB}\n"
_GITLAB_TITLE = (
    "# Judges every change of the registry, and tries what it brings. Neither job needs a secret; both only read.\n"
)
_GITLAB_VARIABLES = "  variables:\n"


class CiService(str, Enum):
    """A service that the gate of a new registry is set up for."""

    GITHUB = "github"
    GITLAB = "gitlab"
    NONE = "none"

    def files(self, source: ToolSource) -> dict[str, str]:
        """Return the files that make the service run the gate, for where there are none yet.

        :param source: where the gate's job gets modelyard from.
        """
        if self is CiService.GITHUB:
            return {WORKFLOW: _workflow(source)}
        if self is CiService.GITLAB:
            return {GITLAB_JOB: _gitlab_job(source), GITLAB_PIPELINE: _INCLUDE}
        return {}

    def left_to_do(self, existing: Callable[[str], bytes | None]) -> str | None:
        """Return what is to be done by hand, since a file of the user's lacks the gate; None where nothing is.

        :param existing: gives the bytes of a file of the repository, or None where there is none.
        """
        pipeline = existing(GITLAB_PIPELINE) if self is CiService.GITLAB else None
        if pipeline is None or GITLAB_JOB.encode() in pipeline:
            return None
        return f"{GITLAB_PIPELINE} exists and was not changed; add this to it:\n{_INCLUDE}"

    @property
    def code_owners(self) -> tuple[str, ...]:
        """Where the service looks for code owners, first where a new file belongs; nowhere without a service."""
        if self is CiService.GITHUB:
            return (".github/CODEOWNERS", "CODEOWNERS", "docs/CODEOWNERS")
        if self is CiService.GITLAB:
            return (".gitlab/CODEOWNERS", "CODEOWNERS", "docs/CODEOWNERS")
        return ()


def service_of(existing: Callable[[str], bytes | None]) -> CiService:
    """Return the service that a repository is set up for: GitLab where it has a pipeline for it, or else GitHub."""
    return CiService.GITHUB if existing(GITLAB_PIPELINE) is None else CiService.GITLAB


def _workflow(source: ToolSource) -> str:
    value = f'"{source.requirement}"' if source.requirement else "${{ vars.MODELYARD_SOURCE }}"
    return templates.load("model-registry.yml").replace("{source}", f"      MODELYARD_SOURCE: {value}")


def _gitlab_job(source: ToolSource) -> str:
    example = templates.load("modelyard.gitlab-ci.yml")
    # The example's comment tells how to copy it.
    job = _GITLAB_TITLE + example[example.index("\nmodelyard:\n") + 1 :]
    if source.requirement is None:
        return job
    return job.replace(_GITLAB_VARIABLES, f'{_GITLAB_VARIABLES}    MODELYARD_SOURCE: "{source.requirement}"\n')
