"""Answers that are kept: found again whole, and never believed where they are damaged, stale or somebody else's."""

from __future__ import annotations

from pathlib import Path

import pytest

from modelyard.index import answers
from modelyard.index.answers import KeptAnswers

ANSWER = "TIME\nÜnïcode\n".encode()
TIP, LATER = "1" * 40, "2" * 40


@pytest.fixture
def directory(tmp_path: Path) -> Path:
    return tmp_path / "modelyard" / "answers"


@pytest.fixture
def kept(directory: Path) -> KeptAnswers:
    kept = KeptAnswers(directory)
    kept.keep_answer(TIP, "who?", ANSWER)
    return kept


def file_of(directory: Path) -> Path:
    (path,) = directory.iterdir()
    return path


def test_an_answer_is_found_again_by_its_question_and_its_commit(kept: KeptAnswers, directory: Path) -> None:
    assert kept.answer(TIP, "who?") == ANSWER
    assert KeptAnswers(directory).answer(TIP, "who?") == ANSWER
    assert kept.answer(TIP, "what?") is None
    assert kept.answer(LATER, "who?") is None
    kept.keep_answer(LATER, "who?", b"somebody else")
    assert (kept.answer(TIP, "who?"), kept.answer(LATER, "who?")) == (None, b"somebody else")
    assert len(list(directory.iterdir())) == 1


def test_nothing_is_made_where_nothing_is_kept(directory: Path) -> None:
    assert KeptAnswers(directory).answer(TIP, "who?") is None
    assert not directory.parent.exists()


def test_damage_anywhere_is_never_believed(kept: KeptAnswers, directory: Path) -> None:
    path = file_of(directory)
    sound = path.read_bytes()
    for place in range(len(sound)):
        path.write_bytes(sound[:place] + bytes([sound[place] ^ 1]) + sound[place + 1 :])
        assert kept.answer(TIP, "who?") is None
        path.write_bytes(sound[:place])
        assert kept.answer(TIP, "who?") is None
    path.write_bytes(sound + b"x")
    assert kept.answer(TIP, "who?") is None
    kept.keep_answer(TIP, "who?", ANSWER)
    assert kept.answer(TIP, "who?") == ANSWER


def test_the_file_of_another_question_is_not_believed(
    kept: KeptAnswers, directory: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = file_of(directory)
    monkeypatch.setattr(answers, "_name", lambda _question: file.name)
    assert kept.answer(TIP, "why?") is None
    assert kept.answer(TIP, "who?") == ANSWER


def test_where_nothing_can_be_written_nothing_is(tmp_path: Path) -> None:
    (tmp_path / "modelyard").write_text("a file, not a directory", "utf-8")
    kept = KeptAnswers(tmp_path / "modelyard" / "answers")
    kept.keep_answer(TIP, "who?", ANSWER)
    assert kept.answer(TIP, "who?") is None


def test_few_are_kept_and_none_that_is_very_long(
    kept: KeptAnswers, directory: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(answers, "MOST_ANSWERS", 3)
    monkeypatch.setattr(answers, "LONGEST_ANSWER", 9)
    # Whoever was killed while writing left this.
    (directory / "0123abcd.99").write_bytes(b"half")
    for number in range(9):
        kept.keep_answer(TIP, f"q{number}", b"short")
        assert len(list(directory.iterdir())) <= 3
    assert kept.answer(TIP, "q8") == b"short"
    kept.keep_answer(TIP, "long", b"0123456789")
    assert kept.answer(TIP, "long") is None
