"""Patterns of repositories: which of them a policy allows."""

from __future__ import annotations

import re

__all__ = ["allows"]

_HOST = re.compile(r"((?:[A-Za-z]+://)?(?:[^/@]*@)?)([^/:]+)")


def allows(pattern: str, repository: str) -> bool:
    """Whether a pattern allows a repository.

    A pattern is the repository itself; a prefix, where it ends in ``/``; or holds ``*``, which stands
    for anything but ``/``. Case does not count in a host's name, nor does ``.git`` or ``/`` at the end of a
    repository. One that climbs by ``..`` is never allowed by a prefix or a ``*``.
    """
    from urllib.parse import unquote

    is_prefix = pattern.endswith("/")
    wanted, given = _plain(pattern) + "/" * is_prefix, _plain(repository)
    if wanted == given:
        return True
    if ".." in re.split(r"[/:?#]", unquote(repository)):
        return False
    expression = "[^/]*".join(map(re.escape, wanted.split("*")))
    return re.fullmatch(expression + ".+" * is_prefix, given) is not None


def _plain(text: str) -> str:
    bare = text.rstrip("/").removesuffix(".git")
    return _HOST.sub(lambda found: found[1].lower() + found[2].lower(), bare, count=1) if _HOST.match(bare) else bare
