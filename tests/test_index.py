from __future__ import annotations

import os
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from modelyard.fingerprints import context_of, fingerprint
from modelyard.index import file, folders, verdicts
from modelyard.index.verdicts import Key, Verdict
from support.caching import KEY, PROBLEMS, VERDICT, Index, keep_many, write_until_killed
from support.strikes import kill_after_first_write, run_together

PROBLEM = PROBLEMS[0]
TREES = {"1" * 40: "a" * 40, "2" * 40: None, "3" * 40: "a" * 40}


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "modelyard" / "index.sqlite"


@pytest.fixture
def filled(path: Path) -> Index:
    index = Index(path)
    index.keep_versions("c", {KEY: VERDICT})
    index.keep_whole("k", [PROBLEM])
    index.keep_folder("a/b", TREES)
    return index


def holds(index: Index) -> bool:
    """Whether an index still knows everything; it must know all of a verdict, or nothing."""
    versions, whole = index.versions("c"), index.whole("k")
    assert versions in ({}, {KEY: VERDICT})
    assert whole in (None, (PROBLEM,))
    assert index.folder("a/b") in ({}, TREES)
    return bool(versions) and whole is not None


def test_what_is_kept_is_found_again(filled: Index, path: Path) -> None:
    assert holds(filled)
    assert holds(Index(path))
    assert filled.versions("another policy") == {}
    assert filled.whole("another commit") is None
    assert filled.folder("a/b") == TREES
    assert filled.folder("a") == {}


def test_a_later_verdict_takes_the_place_of_an_earlier_one(filled: Index) -> None:
    later = Verdict(alone=False, quiet="", problems=())
    filled.keep_versions("c", {KEY: later})
    assert filled.versions("c") == {KEY: later}


def test_nothing_is_made_where_nothing_is_kept(path: Path) -> None:
    assert Index(path).versions("c") == {}
    assert Index(path).whole("k") is None
    assert not path.parent.exists()


@pytest.mark.parametrize("content", [b"", b"no database", b"SQLite format 3\0" + b"\xff" * 4096])
def test_a_file_that_is_no_index_is_thrown_away(content: bytes, path: Path) -> None:
    path.parent.mkdir()
    path.write_bytes(content)
    index = Index(path)
    assert not holds(index)
    # One call finds out, the next one begins anew.
    index.keep_versions("c", {KEY: VERDICT})
    index.keep_versions("c", {KEY: VERDICT})
    index.keep_whole("k", [PROBLEM])
    assert holds(index)


@pytest.mark.parametrize("seed", range(24))
def test_damage_is_never_believed(seed: int, filled: Index, path: Path) -> None:
    content = bytearray(path.read_bytes())
    for place in range(seed, len(content), 24):
        content[place] ^= 1 << (seed % 8)
    path.write_bytes(content)
    holds(filled)


def test_a_damaged_row_is_not_believed(filled: Index, path: Path) -> None:
    with closing(sqlite3.connect(path)) as connection, connection:
        connection.execute("UPDATE version SET problems = ''")
        connection.execute("UPDATE whole SET problems = ''")
        connection.execute("UPDATE folder SET text = replace(text, '1', '4')")
    assert filled.versions("c") == {}
    assert filled.whole("k") is None
    assert filled.folder("a/b") == {}


def test_a_truncated_file_is_not_believed(filled: Index, path: Path) -> None:
    path.write_bytes(path.read_bytes()[:6000])
    assert not holds(filled)


def test_a_locked_file_is_left_alone(filled: Index, path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(file, "_PATIENCE", 0)
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("BEGIN EXCLUSIVE")
        assert not holds(filled)
        filled.keep_whole("other", [])
    assert holds(filled)
    assert filled.whole("other") is None


def test_a_directory_in_its_place_is_left_alone(path: Path) -> None:
    path.mkdir(parents=True)
    Index(path).keep_whole("k", [])
    assert Index(path).whole("k") is None
    assert path.is_dir()


def test_where_nothing_can_be_written_nothing_is(tmp_path: Path) -> None:
    (tmp_path / "modelyard").write_text("a file, not a directory", "utf-8")
    index = Index(tmp_path / "modelyard" / "index.sqlite")
    index.keep_whole("k", [])
    assert index.whole("k") is None


@pytest.mark.skipif(not Path("/dev/full").exists() or os.getuid() != 0, reason="needs a full device")
def test_a_full_disk_is_no_failure(tmp_path: Path) -> None:
    path = tmp_path / "modelyard" / "index.sqlite"
    path.parent.mkdir()
    path.symlink_to("/dev/full")
    Index(path).keep_whole("k", [PROBLEM])
    assert Index(path).whole("k") is None


def test_a_file_deleted_while_it_is_open_is_made_anew(filled: Index, path: Path) -> None:
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("SELECT count(*) FROM whole").fetchone()
        path.unlink()
        assert not holds(filled)
        filled.keep_whole("k", [PROBLEM])
        assert filled.whole("k") == (PROBLEM,)


def test_an_older_file_is_made_anew_and_a_newer_one_left_alone(filled: Index, path: Path) -> None:
    for schema, fresh in ((0, True), (99, False)):
        with closing(sqlite3.connect(path)) as connection, connection:
            connection.execute(f"PRAGMA user_version = {schema}")
        assert not holds(filled)
        filled.keep_versions("c", {KEY: VERDICT})
        filled.keep_whole("k", [PROBLEM])
        assert holds(filled) is fresh


def test_it_does_not_grow_without_end(filled: Index, path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(verdicts, "MOST_VERSIONS", 3)
    monkeypatch.setattr(verdicts, "MOST_WHOLE", 3)
    for number in range(10):
        filled.keep_versions("c", {Key(f"fraud-{number}.0.0", "2" * 40): VERDICT})
        filled.keep_whole(f"k{number}", [])
    assert 0 < len(filled.versions("c")) <= 3
    with closing(sqlite3.connect(path)) as connection:
        assert connection.execute("SELECT count(*) FROM whole").fetchone()[0] <= 3
    assert filled.whole("k9") == ()


def test_of_folders_it_keeps_few(filled: Index, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(folders, "MOST_FOLDERS", 3)
    filled.keep_folder("a/b", {})
    assert filled.folder("a/b") == {}
    for number in range(9):
        filled.keep_folder(f"f{number}", TREES)
        filled.keep_folder(f"f{number}", TREES)
    assert 0 < sum(bool(filled.folder(f"f{number}")) for number in range(9)) <= 3
    assert filled.folder("f8") == TREES


def test_a_writer_that_is_killed_leaves_what_was_there(filled: Index, path: Path) -> None:
    assert kill_after_first_write(write_until_killed, path) == 1
    assert path.with_name(f"{path.name}-journal").exists(), "the kill came too late: this test proves nothing"
    assert holds(filled)
    filled.keep_whole("k", [PROBLEM])
    assert holds(filled)


def test_writers_at_once_leave_a_sound_file(path: Path) -> None:
    assert run_together(4, keep_many, path) == [0, 0, 0, 0]
    with closing(sqlite3.connect(path)) as connection:
        assert connection.execute("PRAGMA integrity_check").fetchone() == ("ok",)
    assert Index(path).versions("c") == {KEY: VERDICT}


def test_another_policy_or_another_code_is_another_context() -> None:
    assert len({context_of("p", "a"), context_of("q", "a"), context_of("p", "b")}) == 3
    assert context_of("p", "a") == context_of("p", "a")


def test_the_fingerprint_is_that_of_the_code(monkeypatch: pytest.MonkeyPatch) -> None:
    before = fingerprint()
    assert before == fingerprint()
    monkeypatch.setattr("modelyard.__version__", "99.0")
    assert fingerprint() != before
