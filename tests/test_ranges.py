from __future__ import annotations

import pytest
from hypothesis import given

from modelyard.names import InvalidName, Version
from modelyard.ranges import VersionRange
from support.names import versions


@pytest.mark.parametrize(
    ("text", "inside", "outside"),
    [
        ("^1.2", "1.2.0 1.2.9 1.99.0", "1.1.9 2.0.0 2.0.0-rc.1 1.3.0-rc.1"),
        ("^1", "1.0.0 1.9.9", "0.9.9 2.0.0"),
        ("^0.3", "0.3.0 0.3.9", "0.2.9 0.4.0 1.0.0"),
        ("^0.0.3", "0.0.3", "0.0.2 0.0.4"),
        ("^0.0", "0.0.0 0.0.9", "0.1.0"),
        ("^0", "0.0.0 0.9.9", "1.0.0"),
        ("~1.2.3", "1.2.3 1.2.9", "1.2.2 1.3.0"),
        ("~1.2", "1.2.0 1.2.9", "1.3.0"),
        ("~1", "1.0.0 1.9.9", "2.0.0"),
        (">=1,<2", "1.0.0 1.9.9", "0.9.9 2.0.0 2.0.0-rc.1"),
        (">1.0.0, <=1.2", "1.0.1 1.2.0", "1.0.0 1.2.1"),
        ("=1.2", "1.2.0", "1.2.1"),
        (">=1.2.3-rc.1", "1.2.3-rc.1 1.2.3-rc.2 1.2.3 2.0.0", "1.2.3-beta 1.2.4-rc.1"),
    ],
)
def test_what_a_range_holds(text: str, inside: str, outside: str) -> None:
    bounds = VersionRange.parse(text)
    assert [each for each in inside.split() if Version.parse(each) not in bounds] == []
    assert [each for each in outside.split() if Version.parse(each) in bounds] == []
    assert str(bounds) == text


@given(versions)
def test_a_caret_holds_its_own_version_and_not_the_next_major(version: Version) -> None:
    """v in ^v, v.bumped(major) not in ^v"""
    bounds = VersionRange.parse(f"^{version}")
    assert version in bounds
    assert version.bumped("major") not in bounds


@given(versions, versions)
def test_a_tilde_holds_less_than_a_caret(low: Version, version: Version) -> None:
    """v in ~low implies v in ^low, where low has a major version"""
    if low.major:
        assert (version in VersionRange.parse(f"~{low}")) <= (version in VersionRange.parse(f"^{low}"))


@given(versions, versions)
def test_a_comma_means_both(low: Version, high: Version) -> None:
    """v in ">=low,<=high" iff low <= v <= high, for releases"""
    version = low.bumped("patch")
    assert (version in VersionRange.parse(f">={low},<={high}")) == (low <= version <= high)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "range part '' must start with one of ^ ~ >= <= > < ="),
        (">=1,", "range part '' must start with one of ^ ~ >= <= > < ="),
        ("1.2", "range part '1.2' must start with one of ^ ~ >= <= > < ="),
        ("^1.x", "range bound '1.x' is not MAJOR, MAJOR.MINOR or a version"),
        ("^", "range bound '' is not MAJOR, MAJOR.MINOR or a version"),
        ("^1.2-rc.1", "version '1.2-rc.1' is not MAJOR.MINOR.PATCH as SemVer 2.0.0 has it"),
        (">=v1.0.0", "version 'v1.0.0' must not start with 'v'"),
    ],
)
def test_what_is_no_range(text: str, message: str) -> None:
    with pytest.raises(InvalidName) as caught:
        VersionRange.parse(text)
    assert str(caught.value) == message
