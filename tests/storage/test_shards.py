"""Shards: parts that are together the whole, and never overlap."""

from __future__ import annotations

import hashlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from modelyard.errors import UsageError
from modelyard.storage.shards import WHOLE, Shard

OIDS = st.sets(st.binary(max_size=8).map(lambda data: hashlib.md5(data, usedforsecurity=False).hexdigest()))


@given(OIDS, st.integers(1, 12))
def test_each_object_is_in_exactly_one_part(oids: set[str], count: int) -> None:
    parts = [{oid for oid in oids if oid in Shard(index, count)} for index in range(1, count + 1)]
    assert set().union(*parts) == oids
    assert sum(map(len, parts)) == len(oids)


@given(OIDS, OIDS, st.integers(1, 12))
def test_a_part_does_not_depend_on_what_else_there_is(some: set[str], others: set[str], count: int) -> None:
    shard = Shard(1, count)
    assert {oid for oid in some | others if oid in shard} & some == {oid for oid in some if oid in shard}


def test_a_part_is_the_same_on_every_machine() -> None:
    oid = "0123456789abcdef0123456789abcdef"
    assert [index for index in range(1, 6) if oid in Shard(index, 5)] == [1]
    assert oid in WHOLE
    assert f"{oid}.dir" in Shard(1, 5)


def test_the_text_of_a_part() -> None:
    assert Shard.parse("2/5") == Shard(2, 5)
    assert str(Shard(2, 5)) == "2/5"


@pytest.mark.parametrize("text", ["", "1", "0/3", "4/3", "a/b", "1/", "-1/3", "1/99999999", "²/3"])
def test_what_is_no_part_of_a_whole(text: str) -> None:
    with pytest.raises(UsageError) as caught:
        Shard.parse(text)
    assert caught.value.message == f"--shard {text!r} is no part of a whole"
