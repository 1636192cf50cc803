"""Which forge a remote lies on."""

from __future__ import annotations

import pytest

from modelyard.errors import UsageError
from modelyard.forges.address import ForgeAddress, ForgeKind, ForgeSettings, find_forge

HUB, LAB = ForgeKind.GITHUB, ForgeKind.GITLAB
PUBLIC_HUB = ForgeAddress(HUB, "github.com", "example/models", "https://api.github.com")
PUBLIC_LAB = ForgeAddress(LAB, "gitlab.com", "example/ml/models", "https://gitlab.com")
NOTHING = ForgeSettings()


@pytest.mark.parametrize(
    ("remote", "expected"),
    [
        ("https://github.com/example/models.git", PUBLIC_HUB),
        ("https://github.com/example/models", PUBLIC_HUB),
        ("https://x-access-token:secret@github.com/example/models.git/", PUBLIC_HUB),
        ("git@github.com:example/models.git", PUBLIC_HUB),
        ("github.com:/example/models.git", PUBLIC_HUB),
        ("ssh://git@github.com:22/example/models.git", PUBLIC_HUB),
        ("git@GitHub.com:example/models.git", PUBLIC_HUB),
        ("https://gitlab.com/example/ml/models.git", PUBLIC_LAB),
        ("git@gitlab.com:example/ml/models.git", PUBLIC_LAB),
        # No project there, or no forge that everybody knows: no token is sent.
        ("https://github.com/example", None),
        ("https://github.com/example/models/tree/main", None),
        ("https://github.com/example/../models", None),
        ("https://github.com.example.org/example/models.git", None),
        ("https://gitlab.example.org/example/models.git", None),
        ("https://github.com:8443/example/models.git", None),
        ("file:///srv/git/example/models.git", None),
        ("/srv/git/example/models.git", None),
        ("../origin.git", None),
        ("", None),
    ],
)
def test_a_remote_lies_on_a_forge_that_everybody_knows_or_on_none(remote: str, expected: ForgeAddress | None) -> None:
    assert find_forge(remote, NOTHING, {}) == expected


@pytest.mark.parametrize(
    ("remote", "settings", "expected"),
    [
        (
            "git@git.example.org:example/models.git",
            ForgeSettings("github"),
            ForgeAddress(HUB, "git.example.org", "example/models", "https://git.example.org/api/v3"),
        ),
        (
            "https://git.example.org:8443/example/models.git",
            ForgeSettings("github"),
            ForgeAddress(HUB, "git.example.org:8443", "example/models", "https://git.example.org:8443/api/v3"),
        ),
        (
            "ssh://git@git.example.org:2222/a/b/models.git",
            ForgeSettings("gitlab"),
            ForgeAddress(LAB, "git.example.org", "a/b/models", "https://git.example.org"),
        ),
        (
            "https://git.example.org/gitlab/a/models.git",
            ForgeSettings("gitlab", "https://git.example.org/gitlab/"),
            ForgeAddress(LAB, "git.example.org", "a/models", "https://git.example.org/gitlab"),
        ),
        (
            "git@work:example/models.git",
            ForgeSettings("github", "https://api.github.com"),
            ForgeAddress(HUB, "work", "example/models", "https://api.github.com"),
        ),
        ("https://github.com/example/models.git", ForgeSettings("github"), PUBLIC_HUB),
        ("https://github.com/example/models.git", ForgeSettings("none"), None),
    ],
)
def test_settings_say_what_a_host_is(remote: str, settings: ForgeSettings, expected: ForgeAddress | None) -> None:
    assert find_forge(remote, settings, {}) == expected


@pytest.mark.parametrize(
    ("remote", "environment", "expected"),
    [
        (
            "https://git.example.org/example/models",
            {"GITHUB_SERVER_URL": "https://git.example.org", "GITHUB_API_URL": "https://git.example.org/api/v3"},
            ForgeAddress(HUB, "git.example.org", "example/models", "https://git.example.org/api/v3"),
        ),
        (
            "https://git.example.org/a/b/models.git",
            {"CI_SERVER_URL": "https://git.example.org"},
            ForgeAddress(LAB, "git.example.org", "a/b/models", "https://git.example.org"),
        ),
        ("https://other.example.org/a/models.git", {"CI_SERVER_URL": "https://git.example.org"}, None),
        ("https://git.example.org/a/models.git", {"GITHUB_SERVER_URL": "https://git.example.org"}, None),
    ],
)
def test_a_job_says_what_its_own_host_is(
    remote: str, environment: dict[str, str], expected: ForgeAddress | None
) -> None:
    assert find_forge(remote, NOTHING, environment) == expected


@pytest.mark.parametrize(
    ("settings", "message", "hint"),
    [
        (
            ForgeSettings("gitea"),
            "modelyard.forge is 'gitea', which is no forge that modelyard knows",
            "git config modelyard.forge github, or gitlab, or none",
        ),
        (
            ForgeSettings("github"),
            "'https://git.example.org/one/two/three' is no project of a forge of the kind github",
            "git config modelyard.forge none, where it lies on none",
        ),
        (
            ForgeSettings("gitlab", "http://git.example.org"),
            "'http://git.example.org' is not an https address that a token may be sent to",
            "git config modelyard.forgeApi https://git.example.org/api/v3",
        ),
        (
            ForgeSettings("gitlab", "https://ada:secret@git.example.org"),
            "'https://git.example.org' is not an https address that a token may be sent to",
            "git config modelyard.forgeApi https://git.example.org/api/v3",
        ),
        (
            ForgeSettings("gitlab", "file:///etc/passwd"),
            "'file:///etc/passwd' is not an https address that a token may be sent to",
            "git config modelyard.forgeApi https://git.example.org/api/v3",
        ),
    ],
)
def test_a_setting_without_a_meaning_is_refused(settings: ForgeSettings, message: str, hint: str) -> None:
    with pytest.raises(UsageError) as refused:
        find_forge("https://ada:secret@git.example.org/one/two/three", settings, {})
    assert (refused.value.message, refused.value.hint) == (message, hint)
