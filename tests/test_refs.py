from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from modelyard.names import InvalidName, ModelName, StageName, Version
from modelyard.ranges import VersionRange
from modelyard.refs import InStage, Ref, Selector
from support.names import model_names, stage_names, versions

ranges = st.builds(lambda sign, version: VersionRange.parse(f"{sign}{version}"), st.sampled_from("^~>="), versions)
selectors: st.SearchStrategy[Selector] = st.one_of(
    versions, ranges, stage_names.map(InStage), st.sampled_from(["latest", "best", "challenger"])
)


@given(st.builds(Ref, model_names, selectors))
def test_a_reference_reads_back_as_it_is_written(ref: Ref) -> None:
    """parse(str(r)) == r"""
    assert Ref.parse(str(ref)) == ref


@given(model_names, stage_names)
def test_every_stage_can_be_referred_to(name: ModelName, stage: StageName) -> None:
    """parse(name@stage) means the stage, whatever its name"""
    assert Ref.parse(f"{name}@{stage}").selector == InStage(stage)


@given(model_names, versions)
def test_a_directory_is_a_reference_to_its_version(name: ModelName, version: Version) -> None:
    """parse(name-version) == parse(name@version)"""
    assert Ref.parse(f"{name}-{version}") == Ref.parse(f"{name}@{version}") == Ref(name, version)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("fraud", "'fraud' does not say which version: write fraud@latest, a stage or a version"),
        ("Fraud@latest", "model name 'Fraud' may hold only a-z, 0-9 and single '-' or '_' between them"),
        ("fraud@", "stage name '' may hold only a-z, 0-9 and single '-' or '_' between them"),
        ("fraud@1.2", "version '1.2' is not MAJOR.MINOR.PATCH as SemVer 2.0.0 has it"),
        ("fraud@v1.2.0", "version 'v1.2.0' must not start with 'v'"),
        ("fraud@champion", "stage name 'champion' is reserved for references"),
        ("fraud@Production", "stage name 'Production' may hold only a-z, 0-9 and single '-' or '_' between them"),
        ("fraud@deadbeef", "stage name 'deadbeef' reads as a commit id: use a letter above f"),
    ],
)
def test_what_is_no_reference(text: str, message: str) -> None:
    with pytest.raises(InvalidName) as caught:
        Ref.parse(text)
    assert str(caught.value) == message


@pytest.mark.parametrize("text", ["fraud==1.2.0", "fraud=1.2.0", "fraud:1.2.0", "fraud/1.2.0", "fraud#1.2.0"])
def test_the_joints_of_other_tools_are_understood_and_not_taken(text: str) -> None:
    with pytest.raises(InvalidName) as caught:
        Ref.parse(text)
    assert (str(caught.value), caught.value.hint) == (f"{text!r} is no reference", "did you mean fraud@1.2.0?")
