"""What was found where objects are kept: for programs, and for whoever reads JUnit."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from modelyard.reports.visible import visible
from modelyard.storage.checking import FaultKind

if TYPE_CHECKING:
    from collections.abc import Iterator

    from modelyard.names import VersionId
    from modelyard.storage.checking import Fault
    from modelyard.storage.verification import Inspected, Verification

__all__ = ["render_json", "render_junit"]

_ESCAPES = str.maketrans({"&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;"})


def render_json(verification: Verification) -> str:
    """Return everything as one JSON document."""
    value = {
        "commit": verification.commit,
        "deep": verification.scrutiny.deep,
        "shard": str(verification.scrutiny.shard),
        "versions": list(map(str, verification.versions)),
        "verified": verification.exit_code == 0,
        "places": [_place_as_value(place, verification) for place in verification.places],
    }
    return json.dumps(value, indent=2) + "\n"


def render_junit(verification: Verification) -> str:
    """Return a suite for each place, and in it a case for each version: corrupt bytes fail it, missing ones are errors.

    What concerns no version, such as a remote that cannot be reached, is a case of the place itself. There are
    no times in it, so the same result gives the same bytes.
    """
    lines = ['<?xml version="1.0" encoding="UTF-8"?>', '<testsuites name="modelyard verify">']
    for place in verification.places:
        lines += _suite(place, verification)
    return "\n".join([*lines, "</testsuites>", ""])


def _place_as_value(place: Inspected, verification: Verification) -> dict[str, object]:
    return {
        "place": place.place,
        "objects": place.objects,
        "size": place.size,
        "resumed": place.resumed,
        "absent": place.absent,
        "faults": [
            {
                "kind": fault.kind.value,
                "oid": fault.oid,
                "message": fault.message,
                "versions": list(map(str, verification.needed_by.get(fault.oid or "", ()))),
            }
            for fault in place.faults
        ],
    }


def _suite(place: Inspected, verification: Verification) -> Iterator[str]:
    cases: dict[VersionId | None, list[Fault]] = {None: [], **{each: [] for each in verification.versions}}
    for fault in place.faults:
        for version_id in verification.needed_by.get(fault.oid or "", ()) or (None,):
            cases[version_id].append(fault)
    if not cases[None]:
        del cases[None]
    failures = sum(_corrupt(faults) for faults in cases.values())
    errors = sum(bool(faults) for faults in cases.values()) - failures
    name = _escaped(place.place)
    yield f'  <testsuite name="{name}" tests="{len(cases)}" failures="{failures}" errors="{errors}" skipped="0">'
    for version_id, faults in cases.items():
        yield from _case(name, str(version_id or place.place), faults)
    yield "  </testsuite>"


def _case(suite: str, name: str, faults: list[Fault]) -> Iterator[str]:
    opening = f'    <testcase classname="{suite}" name="{_escaped(name)}"'
    if not faults:
        yield f"{opening}/>"
        return
    tag = "failure" if _corrupt(faults) else "error"
    first = _escaped(faults[0].message)
    told = "\n".join(_escaped(fault.message) for fault in faults)
    yield f"{opening}>"
    yield f'      <{tag} type="{faults[0].kind.value}" message="{first}">{told}</{tag}>'
    yield "    </testcase>"


def _corrupt(faults: list[Fault]) -> bool:
    return any(fault.kind is FaultKind.CORRUPT for fault in faults)


def _escaped(text: str) -> str:
    return visible(text).translate(_ESCAPES)
