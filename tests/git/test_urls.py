from __future__ import annotations

import pytest

from modelyard.errors import UsageError
from modelyard.git.urls import is_address, require_url, scrubbed, shareable


@pytest.mark.parametrize(
    "url",
    ["../origin.git", "/srv/git/a b", "git@example.org:team/models.git", "https://example.org/m.git", "file:///srv/m"],
)
def test_addresses_are_taken(url: str) -> None:
    assert require_url(url) == url
    assert shareable(url) == url


@pytest.mark.parametrize("url", ["", "-u", "--upload-pack=x", "ext::sh -c x", "fd::17", "a::b", "https://x\n", "x\0"])
def test_what_git_would_run_is_refused(url: str) -> None:
    with pytest.raises(UsageError) as caught:
        require_url(url)
    assert str(caught.value) == f"{url!r} is not an address of a repository"
    assert caught.value.hint == "give a path, an https or an ssh address"


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
    ],
)
def test_no_credential_is_recorded(url: str, expected: str) -> None:
    assert shareable(url) == expected
    assert "secret" not in shareable(url)


def test_no_credential_is_shown() -> None:
    message = "unable to access 'https://user:secret@example.org/m.git/' and ssh://git@host/x: no"
    assert scrubbed(message) == "unable to access 'https://example.org/m.git/' and ssh://host/x: no"


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
