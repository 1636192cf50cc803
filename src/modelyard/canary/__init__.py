"""The canary: a registry that is bad on purpose, with which a gate shows that it still refuses.

``base/`` is fine. ``head/`` lies over it and breaks rules of every family; its own policy exempts
what can be exempted, which a gate that reads the policy from the base does not heed.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

from modelyard.errors import NotFinished

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["EXPECTED", "REFUSED", "base_files", "head_files", "require_refusal"]

REFUSED = 1
"""The exit code that the gate must end with."""

EXPECTED = (
    "MY101",
    "MY105",
    "MY204",
    "MY207",
    "MY301",
    "MY401",
    "MY502",
    "MY503",
    "MY601",
    "MY602",
    "MY604",
    "MY609",
    "MY701",
)
"""The rules that must each find something; others may, too."""

_HERE = Path(__file__).parent
_REMOVED = "model_registry/canary-1.1.0/"
_CHANGE = "MY6"  # nothing can be exempted from most rules on changes
_POLICY = "model_registry/registry.yaml"
_MEANING = {
    0: "nothing was refused, so checks are off",
    2: "nothing matched, or the command is not the one of the gate",
    3: "the gate could not finish, so it says nothing about changes either",
}


def base_files() -> dict[str, bytes]:
    """Return the files of the registry before the change, by path from the repository's root."""
    return _files_below("base")


def head_files() -> dict[str, bytes]:
    """Return the files after the change that must be refused."""
    kept = {path: content for path, content in base_files().items() if not path.startswith(_REMOVED)}
    files = kept | _files_below("head")
    return files | {_POLICY: files[_POLICY] + _exemptions(files).encode()}


def require_refusal(ended: int, report: str, *, commit: str) -> tuple[str, ...]:
    """Return the codes that the gate found, where it refused the canary for every reason that it must.

    :param ended: the exit code of ``modelyard validate`` in the canary.
    :param report: what it printed with ``--format json``.
    :param commit: the canary's head, which the report has to be about.
    :raises NotFinished: the gate is broken, and how it shows.
    """
    if ended != REFUSED:
        meaning = _MEANING.get(ended, "the gate was stopped, or is not modelyard")
        raise _broken(f"it ended with {ended} on a registry that it must refuse with {REFUSED}: {meaning}")
    judgement = _read(report)
    if judgement.get("commit") != commit:
        raise _broken("its report is not about the canary's head")
    found = {problem["code"] for problem in judgement["problems"]}
    missing = [code for code in EXPECTED if code not in found]
    if missing:
        raise _broken(f"it refused the canary, but {', '.join(missing)} found nothing")
    return tuple(sorted(found))


def _read(report: str) -> Mapping[str, Any]:
    try:
        judgement = json.loads(report)
        return {"commit": judgement["commit"], "problems": [{"code": each["code"]} for each in judgement["problems"]]}
    except (ValueError, TypeError, KeyError):
        raise _broken("its report is not the JSON of modelyard validate --format json") from None


def _broken(how: str) -> NotFinished:
    return NotFinished(
        f"the gate is broken: {how}",
        hint="run modelyard validate --base HEAD~1 in the canary: "
        "where that ends with 1, correct the command of the gate, else install modelyard anew",
    )


def _files_below(name: str) -> dict[str, bytes]:
    root = _HERE / name
    return {path.relative_to(root).as_posix(): path.read_bytes() for path in sorted(root.rglob("*")) if path.is_file()}


def _exemptions(files: Mapping[str, bytes]) -> str:
    """Return what the head adds to its policy: every expected rule that can be exempted, for every path."""
    places = sorted({*files, *(path.rpartition("/")[0] for path in files), _REMOVED.rstrip("/")})
    lines = [
        f'  - rule: {code}\n    path: {path}\n    reason: Nothing to see here.\n    expires: "2026-06-30"\n'
        for code in EXPECTED
        if not code.startswith(_CHANGE)
        for path in places
    ]
    return f"exemptions:\n{''.join(lines)}"
