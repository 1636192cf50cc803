from __future__ import annotations

import pytest

from modelyard.documents.unmerged import unmerged
from modelyard.problems import Position


def places(data: bytes) -> list[tuple[int, str]]:
    return [(fault.position.line, fault.message) for fault in unmerged("stages/staging/fraud.yaml", data)]


def test_each_place_where_two_changes_meet_is_named_with_both() -> None:
    data = (
        b"a: 1\r\n<<<<<<< HEAD\r\nb: 2\r\n=======\r\nb: 3\r\n>>>>>>> other\r\n"
        b"<<<<<<< ours\n=======\nc: 1\n>>>>>>> theirs"
    )
    assert places(data) == [
        (2, "two changes meet here, of 'HEAD' and 'other', and the merge of them is not finished"),
        (7, "two changes meet here, of 'ours' and 'theirs', and the merge of them is not finished"),
    ]


def test_what_sides_are_called_is_not_trusted() -> None:
    assert places(b"<<<<<<< \xff\x1b[31m\n>>>>>>> " + 100 * b"x") == [
        (1, rf"two changes meet here, of '�\x1b[31m' and '{40 * 'x'}…', and the merge of them is not finished")
    ]


def test_the_hint_names_the_file() -> None:
    (fault,) = unmerged("stages/staging/fraud.yaml", b"<<<<<<< a\n>>>>>>> b\n")
    assert fault.position == Position(1, 1)
    assert fault.hint == (
        "keep one side without the marks, then git add stages/staging/fraud.yaml; "
        "or git merge --abort, and propose the change again on top of what was merged first"
    )


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"<<<<<<< HEAD\n",
        b">>>>>>> b\n<<<<<<< a\n",
        b" <<<<<<< a\n >>>>>>> b\n",
        b"<<<<<<<a\n>>>>>>>b\n",
        b"<<<<<<< a\n" * 9,
    ],
)
def test_no_merge(data: bytes) -> None:
    assert places(data) == []


def test_no_more_than_a_hundred_are_named_and_each_is_looked_at_once() -> None:
    assert len(places(100_000 * b"<<<<<<< a\n" + b">>>>>>> b\n")) == 1
    assert places(50_000 * b"<<<<<<< a\n>>>>>>> b\n")[99:] == [
        (199, "two changes meet here, of 'a' and 'b', and the merge of them is not finished")
    ]
