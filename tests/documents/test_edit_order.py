from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from modelyard.documents import yaml
from modelyard.documents.edit_order import in_order

KEYS = ("name", "version", "files")


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("version: 1.0.0\nname: a\n", "name: a\nversion: 1.0.0\n"),
        ("# head\n\n# of version\nversion: 1.0.0\nname: a\n", "# head\n\n# of version\nname: a\nversion: 1.0.0\n"),
        (
            "files:\n  a:\n    size: 1\n# of the name\nname: a # short\n",
            "# of the name\nname: a # short\nfiles:\n  a:\n    size: 1\n",
        ),
        ("x-own: 1\nversion: |\n  a\n  b\nname: a", "name: a\nversion: |\n  a\n  b\nx-own: 1\n"),
        ("files: {a: 1}\n\nname: a\n# the end\n", "name: a\nfiles: {a: 1}\n\n# the end\n"),
        ("name: a\nversion: 1.0.0\n", "name: a\nversion: 1.0.0\n"),
        ("{version: a, name: b}\n", "{version: a, name: b}\n"),
        ("", ""),
        ("- version\n", "- version\n"),
    ],
)
def test_entries_move_with_their_comments(before: str, after: str) -> None:
    assert in_order(before.encode(), KEYS).decode() == after
    assert in_order(after.encode(), KEYS).decode() == after


ENTRIES = st.lists(
    st.sampled_from(
        (
            "name: a\n",
            "version: |\n  x\n\n  y\n",
            "files:\n  - 1\n\n  - 2\n",
            "# c\nx-a: [1,\n 2]\n",
            "x-b: 'a\n\n  b'\n",
        )
    ),
    unique=True,
)


@given(ENTRIES, st.permutations(KEYS))
def test_nothing_but_the_order_changes(entries: list[str], keys: list[str]) -> None:
    """the value and the lines are the same, and a second time nothing moves"""
    before = "".join(entries).encode()
    after = in_order(before, keys)
    assert yaml.read(after).value == yaml.read(before).value
    assert sorted(after.splitlines()) == sorted(before.splitlines())
    assert in_order(after, keys) == after
