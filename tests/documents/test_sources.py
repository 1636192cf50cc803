from __future__ import annotations

import pytest

from modelyard.documents.sources import allows

PREFIX = "https://git.example.org/team/"
GLOB = "git@git.example.org:team/*-training.git"


@pytest.mark.parametrize(
    ("pattern", "repository", "allowed"),
    [
        ("https://git.example.org/team/fraud", "https://git.example.org/team/fraud", True),
        ("https://git.example.org/team/fraud", "https://git.example.org/team/fraud.git", True),
        ("https://git.example.org/team/fraud.git", "https://GIT.example.org/team/fraud/", True),
        ("https://git.example.org/team/fraud", "https://git.example.org/team/fraud-2", False),
        ("https://git.example.org/team/fraud", "https://git.example.org/team/Fraud", False),
        ("https://git.example.org/team/fraud", "https://git.example.org/team/fraud/sub", False),
        ("https://git.example.org/team/fraud", "http://git.example.org/team/fraud", False),
        (PREFIX, "https://git.example.org/team/fraud.git", True),
        (PREFIX, "https://git.example.org/team/sub/fraud", True),
        (PREFIX, "https://git.example.org/team", False),
        (PREFIX, "https://git.example.org/teams/fraud", False),
        (PREFIX, "https://git.example.org.evil.example/team/fraud", False),
        (PREFIX, "https://git.example.org/team/../evil/fraud", False),
        (PREFIX, "https://git.example.org/team/%2e%2E/evil/fraud", False),
        (PREFIX, "https://git.example.org/team/a..b", True),
        (GLOB, "git@git.example.org:team/fraud-training", True),
        (GLOB, "git@git.example.org:team/a/b-training", False),
        (GLOB, "git@git.example.org:team/training", False),
        ("https://git.example.org/*/fraud", "https://git.example.org/team/fraud", True),
        ("https://*.example.org/", "https://git.example.org/team/fraud", True),
        ("https://*.example.org/", "https://evil.example/x.example.org/team/fraud", False),
        ("/srv/git/", "/srv/git/fraud", True),
        ("/srv/git/", "/srv/Git/fraud", False),
        (".", "https://git.example.org/team/fraud", False),
    ],
)
def test_which_repositories_a_pattern_allows(pattern: str, repository: str, allowed: bool) -> None:
    assert allows(pattern, repository) is allowed
