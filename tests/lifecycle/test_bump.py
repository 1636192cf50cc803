from __future__ import annotations

import pytest

from modelyard.documents.metadata_parts import Signature, Tensor
from modelyard.lifecycle.bump import Bump, CommitMessage, decide_bump, next_version
from modelyard.names import Version


@pytest.mark.parametrize(
    ("subject", "body", "bump"),
    [
        ("fix: round amounts", "", Bump.PATCH),
        ("feat: use the country", "", Bump.MINOR),
        ("Feat(data): use the country", "", Bump.MINOR),
        ("feat!: drop the currency", "", Bump.MAJOR),
        ("fix(io)!: drop the currency", "", Bump.MAJOR),
        ("fix: x", "Why.\n\nBREAKING CHANGE: the currency is gone", Bump.MAJOR),
        ("fix: x", "BREAKING-CHANGE: the currency is gone", Bump.MAJOR),
        ("fix: x", "No BREAKING CHANGE: none", Bump.PATCH),
        ("feature: x", "", Bump.PATCH),
        ("feat : x", "", Bump.PATCH),
        ("Merge branch 'feat: x'", "", Bump.PATCH),
        ("", "", Bump.PATCH),
    ],
)
def test_a_commit_calls_for_a_bump(subject: str, body: str, bump: Bump) -> None:
    assert decide_bump([CommitMessage(subject, body)]).bump is bump


def test_the_greatest_bump_wins_and_says_why() -> None:
    commits = [CommitMessage("fix: a"), CommitMessage("feat: b"), CommitMessage("feat!: c"), CommitMessage("feat!: d")]
    assert decide_bump(commits).reason == "commit 'feat!: c'"
    assert decide_bump(commits[:2]).reason == "commit 'feat: b'"
    assert decide_bump(commits[:1]).reason == "1 commit, none a feature or a breaking change"
    assert decide_bump([]).reason == "no commits since that version"


def test_a_signature_that_breaks_callers_is_major_whatever_the_commits_say() -> None:
    before = Signature((Tensor("amount", "float64"),), ())
    after = Signature((Tensor("amount", "float64"), Tensor("country", "string")), ())
    found = decide_bump([CommitMessage("fix: a")], before=before, after=after)
    assert (found.bump, found.reason) == (Bump.MAJOR, "the signature breaks callers of the version before")
    assert decide_bump([], before=after, after=after).bump is Bump.PATCH
    assert decide_bump([], before=None, after=after).bump is Bump.PATCH


def test_the_first_version_is_one() -> None:
    assert [next_version(None, bump) for bump in Bump] == [Version(1, 0, 0)] * 3
    assert str(next_version(Version(1, 2, 3), Bump.MINOR)) == "1.3.0"
