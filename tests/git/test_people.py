"""What the messages of merges say of reviewers and pull requests."""

from __future__ import annotations

import pytest

from modelyard.git.people import Person, find_pull_request, find_reviewers


@pytest.mark.parametrize(
    ("message", "number"),
    [
        ("Merge pull request #12 from org/promote-fraud\n\nPromote fraud", 12),
        ("Promote fraud@1.2.0 to production (#13)\n\nBecause.", 13),
        ("Merge branch 'promote' into 'main'\n\nPromote fraud\n\nSee merge request risk/models!14", 14),
        ("Merge pull request 'Promote fraud' (#15) from promote into main", 15),
        ("Merged in promote (pull request #16)\n\nPromote fraud", 16),
        ("Merged PR 17: Promote fraud", 17),
        ("Promote fraud\n\nUndoes what came by #18", None),
        ("Merge branch 'main' into promote", None),
        ("Promote fraud\n\nMerge pull request #19 from org/promote-fraud", None),
        ("Merge branch 'x'\n\nSee merge request a/b!1\n\nSee merge request risk/models!20", 20),
        ("Promote ( # 1 ) (#9999999999)", None),
        ("", None),
    ],
)
def test_the_number_of_the_pull_request(message: str, number: int | None) -> None:
    assert find_pull_request(message) == number


def test_reviewers_are_those_of_the_last_paragraph_each_once() -> None:
    message = (
        "Merge pull request #12 from org/promote\n"
        "\n"
        "Promote fraud. He wrote:\n"
        "Reviewed-by: Nobody <nobody@example.org>\n"
        "\n"
        "Reviewed-by: Rita Reviewer <rita@example.org>\n"
        "Signed-off-by: Ada Author <ada@example.org>\n"
        "approved-by: @risk\n"
        "Approved-by: Rita Reviewer <rita@example.org>\n"
        "Reviewed-by: <only@example.org>\n"
        "Reviewed-by:\n"
    )
    found = find_reviewers(message)
    assert found == (Person("Rita Reviewer", "rita@example.org"), Person("@risk", ""), Person("", "only@example.org"))
    assert [str(person) for person in found] == ["Rita Reviewer <rita@example.org>", "@risk", "<only@example.org>"]


def test_a_subject_alone_names_no_reviewer() -> None:
    assert find_reviewers("Reviewed-by: Rita Reviewer <rita@example.org>") == ()
