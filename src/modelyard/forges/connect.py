"""From an address to the forge itself: its library is imported here, and its token looked for."""

from __future__ import annotations

from typing import TYPE_CHECKING

from modelyard.errors import UsageError
from modelyard.forges.address import ForgeKind
from modelyard.forges.token import find_token

if TYPE_CHECKING:
    from collections.abc import Mapping

    from modelyard.forges.address import ForgeAddress
    from modelyard.forges.forge import Forge
    from modelyard.forges.purpose import Purpose

__all__ = ["connect"]

_LIBRARIES = {ForgeKind.GITHUB: "PyGithub", ForgeKind.GITLAB: "python-gitlab"}


def connect(address: ForgeAddress, environment: Mapping[str, str], purpose: Purpose) -> Forge:
    """Return the forge at an address; nothing is asked of it yet.

    :raises UsageError: its library is not installed, or there is no token for it.
    """
    token = find_token(address, environment, purpose)
    try:
        if address.kind is ForgeKind.GITHUB:
            from modelyard.forges.github import GitHub

            return GitHub(address, token, purpose)
        from modelyard.forges.gitlab import GitLab

        return GitLab(address, token, purpose)
    except ModuleNotFoundError as error:
        extra = address.kind.value
        raise UsageError(
            f"to talk to {address.host} needs {_LIBRARIES[address.kind]}, which is not installed",
            hint=f"pip install 'modelyard[{extra}]'",
        ) from error
