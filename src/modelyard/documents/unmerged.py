"""Marks of a merge that is not finished: two changes stand in one file, and nobody has chosen."""

from __future__ import annotations

import re
from itertools import islice
from typing import TYPE_CHECKING

from modelyard.documents.document import Fault, FaultKind
from modelyard.documents.faults import shown
from modelyard.problems import Position

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = ["unmerged"]

# As `git merge` writes them: seven times the sign, a blank, and what the side is called.
_MARK = re.compile(rb"^(<{7}|>{7}) ([^\r\n]*)", re.MULTILINE)
_MOST = 100
_STAGE = re.compile(r"/stages/([^/]+)/([^/]+)\.yaml$")


def unmerged(path: str, data: bytes) -> tuple[Fault, ...]:
    """Return a fault for each place where two changes meet, none where the bytes hold no marks of a merge.

    To be asked about bytes that no reader takes: what readers accept holds no such line by accident. Beyond the
    first hundred, more places say nothing new.
    """
    return tuple(islice(_faults(path, data), _MOST))


def _faults(path: str, data: bytes) -> Iterator[Fault]:
    ours: re.Match[bytes] | None = None
    line, counted = 1, 0
    for mark in _MARK.finditer(data):
        if mark[1].startswith(b"<"):
            ours = ours or mark
        elif ours:
            line, counted = line + data.count(b"\n", counted, ours.start()), ours.start()
            yield _fault(path, line, ours[2], mark[2])
            ours = None


def _fault(path: str, line: int, ours: bytes, theirs: bytes) -> Fault:
    sides = " and ".join(shown(side.decode("utf-8", "replace")) for side in (ours, theirs))
    return Fault(
        FaultKind.SYNTAX,
        Position(line, 1),
        f"two changes meet here, of {sides}, and the merge of them is not finished",
        _way_on(path),
    )


def _way_on(path: str) -> str:
    stage = _STAGE.search(path)
    if stage is None:
        return (
            f"keep one side without the marks, then git add {path}; "
            "or git merge --abort, and propose the change again on top of what was merged first"
        )
    # Evidence of either side was made against what the stage meant before both.
    return (
        f"keep one version, without the marks and without `evidence`, then git add {path}; "
        f"or git merge --abort, and on top of what was merged first "
        f"modelyard promote {stage[2]}@VERSION --to {stage[1]} --branch NAME"
    )
