from __future__ import annotations

import re

import pytest
from hypothesis import given

from modelyard.exports import alias_of, exported_name, label_of
from modelyard.names import ModelName, Version
from support.names import model_names, versions

SAGEMAKER = re.compile(r"[a-zA-Z0-9](-*[a-zA-Z0-9]){0,62}")
VERTEX_ALIAS = re.compile(r"[a-z][a-zA-Z0-9-]{0,126}[a-z0-9]")


@pytest.mark.parametrize(
    ("version", "label"),
    [("1.2.0", "1-2-0"), ("1.0.0-RC.1", "1-0-0-rc-1"), ("1.0.0+a.b", "1-0-0-a-b"), ("1.0.0-a-b", "1-0-0-a-b")],
)
def test_a_version_is_spelt_without_dots_and_in_lower_case(version: str, label: str) -> None:
    assert (label_of(Version.parse(version)), alias_of(Version.parse(version))) == (label, f"v{label}")


@pytest.mark.parametrize(("name", "exported"), [("card_fraud", "card-fraud"), ("fraud", "fraud"), ("3d", "m-3d")])
def test_a_name_is_spelt_as_every_server_takes_it(name: str, exported: str) -> None:
    assert exported_name(ModelName(name)) == exported


@given(model_names, versions)
def test_whatever_fits_is_a_name_and_an_alias_there(name: ModelName, version: Version) -> None:
    exported, alias = exported_name(name), alias_of(version)
    assert len(exported) > 63 or SAGEMAKER.fullmatch(exported)
    assert len(alias) > 128 or VERTEX_ALIAS.fullmatch(alias)
