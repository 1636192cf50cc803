from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from modelyard.storage.layout import is_directory_oid, is_oid, object_path

OID = "5fb6b29836c388e093ca0715c872fe2a"


def test_objects_lie_where_dvc_3_puts_them() -> None:
    assert object_path(OID) == "files/md5/5f/b6b29836c388e093ca0715c872fe2a"
    assert object_path(f"{OID}.dir") == "files/md5/5f/b6b29836c388e093ca0715c872fe2a.dir"


def test_a_manifest_is_told_by_its_suffix() -> None:
    assert (is_directory_oid(OID), is_directory_oid(f"{OID}.dir")) == (False, True)


@pytest.mark.parametrize(
    "text", ["", "../../etc/passwd", OID.upper(), OID[1:], f"{OID}\n", f"{OID}.dir.dir", f"{OID}/x"]
)
def test_nothing_else_has_a_path(text: str) -> None:
    with pytest.raises(ValueError) as caught:  # noqa: PT011 - the whole message follows
        object_path(text)

    assert str(caught.value) == f"{text!r} is not an object id"


@given(st.text("0123456789abcdef./\\-\n", max_size=40))
def test_what_is_no_object_id_has_no_path(text: str) -> None:
    if is_oid(text):
        assert object_path(text) == f"files/md5/{text[:2]}/{text[2:]}"
    else:
        with pytest.raises(ValueError, match="is not an object id"):
            object_path(text)
