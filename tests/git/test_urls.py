from __future__ import annotations

import pytest

from modelyard.errors import UsageError
from modelyard.git.urls import require_url, scrubbed


@pytest.mark.parametrize(
    "url",
    ["../origin.git", "/srv/git/a b", "git@example.org:team/models.git", "https://example.org/m.git", "file:///srv/m"],
)
def test_addresses_are_taken(url: str) -> None:
    assert require_url(url) == url


@pytest.mark.parametrize("url", ["", "-u", "--upload-pack=x", "ext::sh -c x", "fd::17", "a::b", "https://x\n", "x\0"])
def test_what_git_would_run_is_refused(url: str) -> None:
    with pytest.raises(UsageError) as caught:
        require_url(url)
    assert str(caught.value) == f"{url!r} is not an address of a repository"
    assert caught.value.hint == "give a path, an https or an ssh address"


def test_no_credential_is_shown() -> None:
    message = "unable to access 'https://user:secret@example.org/m.git/' and ssh://git@host/x: no"
    assert scrubbed(message) == "unable to access 'https://example.org/m.git/' and ssh://host/x: no"
