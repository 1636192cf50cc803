from __future__ import annotations

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from modelyard.names import (
    InvalidName,
    ModelName,
    Version,
    VersionId,
    looks_like_model_name,
    model_of_directory,
    models_of_directories,
    parse_model_name,
    parse_stage_name,
)
from support.names import model_names, version_ids, versions

# https://semver.org/spec/v2.0.0.html, section 11, and its regular expression's own examples.
PRECEDENCE = [
    "0.0.4",
    "0.9.0",
    "1.0.0-alpha",
    "1.0.0-alpha.1",
    "1.0.0-alpha.beta",
    "1.0.0-beta",
    "1.0.0-beta.2",
    "1.0.0-beta.11",
    "1.0.0-rc.1",
    "1.0.0",
    "1.9.0",
    "1.10.0",
    "1.11.0",
    "2.0.0",
    "2.1.0",
    "2.1.1",
]
VALID = [
    "0.0.0",
    "1.2.3-0",
    "1.0.0---",
    "1.2.3----RC-SNAPSHOT.12.9.1--.12+788",
    "1.0.0+0.build.1-rc.10000aaa-kk-0.1",
    "1.0.0-0A.is.legal",
    "1.1.2+meta-valid",
    "1.0.0+001",
    "999999999999999999.0.0",
]


def refusal(parse: object, text: str) -> str:
    assert callable(parse)
    with pytest.raises(InvalidName) as caught:
        parse(text)
    return str(caught.value)


@given(model_names)
def test_a_model_name_is_itself(name: ModelName) -> None:
    """parse(name) == name"""
    assert parse_model_name(name) == name


@pytest.mark.parametrize("text", ["", "Fraud", "fraud.eu", "-fraud", "fraud-", "fraud--eu", "a-_b", "fraud\n"])
def test_what_is_no_model_name(text: str) -> None:
    assert refusal(parse_model_name, text) == (
        f"model name {text!r} may hold only a-z, 0-9 and single '-' or '_' between them"
    )


@pytest.mark.parametrize(
    ("text", "strange"),
    [
        ("fräud", "U+00E4 LATIN SMALL LETTER A WITH DIAERESIS"),
        ("frаud", "U+0430 CYRILLIC SMALL LETTER A"),
        ("٣", "U+0663 ARABIC-INDIC DIGIT THREE"),
        ("\udcff", "the byte 0xff, which is not UTF-8"),
    ],
)
def test_a_character_that_looks_like_another_is_named(text: str, strange: str) -> None:
    assert refusal(parse_model_name, text) == (
        f"model name {text!r} may hold only a-z, 0-9 and single '-' or '_' between them; it holds {strange}"
    )


@pytest.mark.parametrize("text", ["con", "aux", "nul", "prn", "com1", "lpt9"])
def test_a_name_is_no_device_of_windows(text: str) -> None:
    message = f"name {text!r} is a device to Windows, which makes no file of that name"
    assert refusal(parse_model_name, text) == f"model {message}"
    assert refusal(parse_stage_name, text) == f"stage {message}"
    assert not looks_like_model_name(text)


def test_a_name_has_at_most_63_characters() -> None:
    assert parse_model_name("a" * 63) == "a" * 63
    assert refusal(parse_model_name, "a" * 64) == (
        "model name 'aaaaaaaaaaaaaaaaaaaa'… has 64 characters, at most 63 are allowed"
    )


@pytest.mark.parametrize("text", ["latest", "best", "champion", "challenger"])
def test_a_stage_is_not_named_as_references_are(text: str) -> None:
    assert refusal(parse_stage_name, text) == f"stage name {text!r} is reserved for references"


@pytest.mark.parametrize("text", ["cafe", "0", "dead", "12345"])
def test_a_stage_is_not_named_as_commits_are(text: str) -> None:
    assert refusal(parse_stage_name, text) == f"stage name {text!r} reads as a commit id: use a letter above f"


@pytest.mark.parametrize("text", ["v1", "2nd", "v2-eu", "1_x"])
def test_a_stage_is_not_named_as_versions_are(text: str) -> None:
    assert refusal(parse_stage_name, text) == f"stage name {text!r} reads as a version: start it with a word"


@pytest.mark.parametrize("text", ["production", "staging-eu", "vienna", "pre_prod"])
def test_a_stage_has_a_word_for_a_name(text: str) -> None:
    assert parse_stage_name(text) == text


@given(versions)
def test_a_version_reads_back_as_it_is_written(version: Version) -> None:
    """parse(str(v)) == v"""
    assert Version.parse(str(version)) == version


@pytest.mark.parametrize("text", VALID)
def test_what_semver_has_for_a_version(text: str) -> None:
    assert str(Version.parse(text)) == text


@pytest.mark.parametrize(
    "text",
    [
        *[
            "",
            "1",
            "1.2",
            "1.2.3.4",
            "01.2.3",
            "1.02.3",
            "1.2.3-",
            "1.2.3+",
            "1.2.3-a..b",
            "1.2.3+a+b",
            "1.2.-3",
            " 1.2.3",
        ],
        *["1.2.3\n", "1.2.x", "1000000000000000000.0.0"],
    ],
)
def test_what_is_no_version(text: str) -> None:
    assert refusal(Version.parse, text) == f"version {text!r} is not MAJOR.MINOR.PATCH as SemVer 2.0.0 has it"


@pytest.mark.parametrize(
    ("text", "strange"),
    [("1.2.3-ä", "U+00E4 LATIN SMALL LETTER A WITH DIAERESIS"), ("²1.2.3", "U+00B2 SUPERSCRIPT TWO")],
)
def test_a_character_that_no_version_holds_is_named(text: str, strange: str) -> None:
    message = f"version {text!r} is not MAJOR.MINOR.PATCH as SemVer 2.0.0 has it; it holds {strange}"
    assert refusal(Version.parse, text) == message


def test_a_version_that_is_nearly_one_is_told_what_is_wrong() -> None:
    assert refusal(Version.parse, "v1.2.3") == "version 'v1.2.3' must not start with 'v'"
    assert refusal(Version.parse, "1.2.3-rc.01") == "version '1.2.3-rc.01' has a number with a leading zero"
    assert refusal(Version.parse, "1.2.3-" + "a" * 200) == (
        "version '1.2.3-aaaaaaaaaaaaaa'… has 206 characters, at most 128 are allowed"
    )


def test_precedence_is_that_of_semver() -> None:
    assert [str(version) for version in sorted(map(Version.parse, reversed(PRECEDENCE)))] == PRECEDENCE


@given(versions, versions, versions)
def test_versions_are_totally_ordered(a: Version, b: Version, c: Version) -> None:
    """exactly one of a < b, a == b, a > b; a <= b and b <= c implies a <= c"""
    assert [a < b, a == b, a > b].count(True) == 1
    low, middle, high = sorted([a, b, c])
    assert low <= middle <= high
    assert low <= high


@given(versions, versions)
def test_build_metadata_decides_only_between_equals(a: Version, b: Version) -> None:
    """a < b without their builds implies a < b"""
    bare_a, bare_b = (Version(each.major, each.minor, each.patch, prerelease=each.prerelease) for each in (a, b))
    assert (bare_a < bare_b) <= (a < b)


@pytest.mark.parametrize(
    ("before", "part", "after"),
    [
        ("1.2.3", "major", "2.0.0"),
        ("1.2.3", "minor", "1.3.0"),
        ("1.2.3", "patch", "1.2.4"),
        ("1.2.3-rc.1", "patch", "1.2.3"),
        ("1.2.3+exp.1", "patch", "1.2.4"),
    ],
)
def test_a_bump_names_the_next_release(before: str, part: str, after: str) -> None:
    assert str(Version.parse(before).bumped(part)) == after


@given(version_ids)
def test_a_directory_splits_in_one_way(version_id: VersionId) -> None:
    """from_directory(id.directory) == id, parse(str(id)) == id"""
    assert VersionId.from_directory(version_id.directory) == version_id
    assert VersionId.parse(str(version_id)) == version_id


@given(version_ids, version_ids)
def test_two_versions_have_two_directories(one: VersionId, other: VersionId) -> None:
    """a != b implies a.directory != b.directory"""
    assert (one == other) == (one.directory == other.directory)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("fraud", "directory 'fraud' is not <name>-<MAJOR.MINOR.PATCH>"),
        ("fraud-v1.0.0", "directory 'fraud-v1.0.0' is not <name>-<MAJOR.MINOR.PATCH>"),
        ("Fraud-1.0.0", "model name 'Fraud' may hold only a-z, 0-9 and single '-' or '_' between them"),
        ("-1.0.0", "model name '' may hold only a-z, 0-9 and single '-' or '_' between them"),
        ("fraud-1.0.0-", "version '1.0.0-' is not MAJOR.MINOR.PATCH as SemVer 2.0.0 has it"),
        ("a-1.0.0-1.0.0.", "version '1.0.0-1.0.0.' is not MAJOR.MINOR.PATCH as SemVer 2.0.0 has it"),
    ],
)
def test_what_is_no_directory_of_a_version(text: str, message: str) -> None:
    assert refusal(VersionId.from_directory, text) == message


def test_a_version_id_has_a_sign_between_name_and_version() -> None:
    assert refusal(VersionId.parse, "fraud-1.0.0") == "'fraud-1.0.0' is not <name>@<version>"


def test_ids_are_ordered_by_name_and_then_by_version() -> None:
    texts = ["churn@2.0.0", "fraud@1.9.0", "fraud@1.10.0", "fraud-eu@0.1.0"]
    ids = [VersionId.parse(text) for text in texts]
    assert all(sorted(shuffled) == sorted(ids) for shuffled in itertools.permutations(ids))
    assert [str(each) for each in sorted(ids)] == ["churn@2.0.0", "fraud@1.9.0", "fraud@1.10.0", "fraud-eu@0.1.0"]


NAMES = st.one_of(
    st.text(st.sampled_from("a1-._\nA+"), max_size=14),
    st.sampled_from(
        ["fraud-1.0.0", "con-1.0.0", "a" * 64 + "-1.0.0", "fraud-1.0.0-rc.1", "a-b_c-10.20.30", "x-01.0.0", ""]
    ),
)


@given(st.lists(NAMES, max_size=6))
def test_many_directories_are_told_as_each_of_them_is(names: list[str]) -> None:
    assert models_of_directories(names) == [model_of_directory(name) for name in names]
