from __future__ import annotations

import pytest

from modelyard.addresses import is_address, shareable, without_user


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


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("https://user:secret@example.org/m.git", "https://example.org/m.git"),
        ("https://token@example.org:8443/m.git", "https://example.org:8443/m.git"),
        ("https://user:p@ss@example.org/m.git", "https://example.org/m.git"),
        ("ssh://git@example.org/m.git", "ssh://git@example.org/m.git"),
        ("ssh://git:secret@example.org:22/m.git", "ssh://git@example.org:22/m.git"),
        ("https://example.org/@team/m.git", "https://example.org/@team/m.git"),
        ("HTTPS://token@example.org", "HTTPS://example.org"),
        ("git@example.org:team/models.git", "git@example.org:team/models.git"),
        ("../origin.git", "../origin.git"),
        ("/srv/git/a b", "/srv/git/a b"),
    ],
)
def test_no_credential_is_recorded(url: str, expected: str) -> None:
    assert shareable(url) == expected
    assert "secret" not in shareable(url)


@pytest.mark.parametrize(
    ("text", "address"),
    [
        ("https://example.org/m.git", True),
        ("file:///models", True),
        ("git@example.org:m.git", True),
        ("example.org:/m.git", True),
        ("/models", False),
        ("models", False),
        ("./mo:dels", False),
        ("../a/b:c", False),
    ],
)
def test_an_address_is_told_from_a_path_as_git_does(text: str, address: bool) -> None:
    assert is_address(text) is address
