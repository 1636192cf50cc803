from __future__ import annotations

import pytest

from modelyard.addresses import without_user


@pytest.mark.parametrize(
    ("address", "anonymous", "named"),
    [
        ("https://ann:secret@example.org/a@b", "https://example.org/a@b", "https://ann@example.org/a@b"),
        ("ssh://git@example.org:22/x", "ssh://example.org:22/x", "ssh://git@example.org:22/x"),
        ("https://ann:p@ss@example.org", "https://example.org", "https://ann@example.org"),
        ("https://example.org", "https://example.org", "https://example.org"),
        ("s3://bucket/a?b@c", "s3://bucket/a?b@c", "s3://bucket/a?b@c"),
        ("git@example.org:x", "git@example.org:x", "git@example.org:x"),
        ("sqlite:///a@b", "sqlite:///a@b", "sqlite:///a@b"),
    ],
)
def test_an_address_without_its_user(address: str, anonymous: str, named: str) -> None:
    assert without_user(address) == anonymous
    assert without_user(address, keep_name=True) == named
