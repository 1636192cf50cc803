"""What is judged of a version that enters a stage, and what of one that was its champion before."""

from __future__ import annotations

from dataclasses import replace

import pytest

from modelyard.names import VersionId
from support.cases import CASES, read_case

BEFORE = ("production", VersionId.parse("fraud@1.1.0"))


def judged(name: str, *, champions: bool = False, challengers: bool = False) -> str:
    case = read_case(next(path for path in CASES if path.name == name))
    known = frozenset({BEFORE})
    past = replace(
        case.past, champions=known if champions else frozenset(), events=known if challengers else frozenset()
    )
    return replace(case, past=past).judge()


@pytest.mark.parametrize(
    "name",
    [
        "MY632-five-days-of-seven",
        "MY634-worse-than-the-champion",
        "MY635-measured-on-other-data",
        "MY641-one-more-input",
        "MY642-ada-promotes-her-own",
    ],
)
def test_a_rollback_is_never_stopped_by_what_it_rolls_back(name: str) -> None:
    assert name[:5] not in judged(name, champions=True)
    assert name[:5] in judged(name, challengers=True)


@pytest.mark.parametrize(
    "name",
    ["MY610-too-few-rows", "MY637-no-signature", "MY638-no-word-on-bias", "MY639-licence-of-another-stage"],
)
def test_bounds_and_requirements_count_for_a_rollback_as_well(name: str) -> None:
    assert judged(name, champions=True) == judged(name)
