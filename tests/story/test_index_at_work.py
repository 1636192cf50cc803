"""Whatever happens to the index of a repository: the next report is the one without it, and nobody is told."""

from __future__ import annotations

import shutil
import sqlite3
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path

import pytest

from support.commands import Ended
from support.repositories import Repository
from support.surveys import INDEX, new_registry, survey, was_killed
from support.tools import requires_tool


@pytest.fixture(scope="module")
def once(tmp_path_factory: pytest.TempPathFactory) -> tuple[Repository, Ended]:
    """A registry with an index of its first commit and none of its second one, and the report on that."""
    repository = new_registry(tmp_path_factory.mktemp("once"))
    assert survey(repository).code == 1
    repository.commit({"model_registry/fraud-1.1.0/notes.txt": b"x"})
    fresh = survey(repository, "--no-cache")
    assert fresh.code == 1
    assert fresh.err == ""
    return repository, fresh


@pytest.fixture
def repository(once: tuple[Repository, Ended], tmp_path: Path) -> Repository:
    shutil.copytree(once[0].path, tmp_path / "registry", symlinks=True)
    return Repository(tmp_path / "registry")


@pytest.fixture
def fresh(once: tuple[Repository, Ended]) -> Ended:
    return once[1]


def kept(repository: Repository) -> list[int]:
    """Return how many verdicts a sound index holds: on versions, and on commits."""
    with closing(sqlite3.connect(repository.path / INDEX)) as connection:
        assert connection.execute("PRAGMA integrity_check").fetchone() == ("ok",)
        return [connection.execute(f"SELECT count(*) FROM {name}").fetchone()[0] for name in ("version", "whole")]


# In the order in which SQLite writes: the journal and its header, the pages of the file, the end of the journal;
# once for the verdicts on versions, and once more for that on the commit.
@pytest.mark.parametrize(
    ("call", "number"),
    [
        ("pwrite64", 1),
        ("fdatasync", 1),
        ("fdatasync", 2),
        ("fdatasync", 3),
        ("pwrite64", 7),
        ("pwrite64", 9),
        ("unlink", 1),
        ("pwrite64", 13),
        ("unlink", 2),
    ],
)
def test_a_survey_that_is_killed_while_it_writes_leaves_the_next_one_right(
    call: str, number: int, repository: Repository, fresh: Ended, tmp_path: Path
) -> None:
    inject = f"inject={call}:signal=KILL:when={number}"
    tracing = (str(requires_tool("strace")), "-qq", "-o", str(tmp_path / "trace"), "-e", f"trace={call}", "-e", inject)
    struck = survey(repository, tracing=tracing)
    assert was_killed(struck.code), "the kill came too late: this test proves nothing"

    assert survey(repository) == fresh
    assert survey(repository) == fresh
    assert kept(repository) == [3, 2]


@pytest.mark.parametrize("content", [b"", b"no database", b"SQLite format 3\0" + b"\xff" * 4096, b"\0" * 40960])
def test_an_index_that_is_none_changes_no_report(content: bytes, repository: Repository, fresh: Ended) -> None:
    (repository.path / INDEX).write_bytes(content)
    assert survey(repository) == fresh


def test_an_index_of_a_later_release_is_left_as_it_is(repository: Repository, fresh: Ended) -> None:
    index = repository.path / INDEX
    with closing(sqlite3.connect(index)) as connection, connection:
        connection.execute("PRAGMA user_version = 99")
    before = index.read_bytes()
    assert survey(repository) == fresh
    assert index.read_bytes() == before


@pytest.mark.parametrize(
    ("call", "error"),
    [("pwrite64", "ENOSPC"), ("pwrite64", "EIO"), ("fdatasync", "ENOSPC"), ("unlink", "EROFS"), ("mkdir", "EROFS")],
)
def test_a_disk_that_takes_nothing_changes_no_report(
    call: str, error: str, repository: Repository, fresh: Ended, tmp_path: Path
) -> None:
    trace = tmp_path / "trace"
    inject = f"inject={call}:error={error}"
    tracing = (str(requires_tool("strace")), "-qq", "-o", str(trace), "-e", f"trace={call}", "-e", inject)
    assert survey(repository, tracing=tracing) == fresh
    assert "(INJECTED)" in trace.read_text(), "the fault never came: this test proves nothing"
    assert survey(repository) == fresh


def test_an_index_that_cannot_be_opened_changes_no_report(repository: Repository, fresh: Ended, tmp_path: Path) -> None:
    path = repository.path.resolve() / INDEX
    trace = tmp_path / "trace"
    filters = ("-P", str(path), "-e", "trace=openat", "-e", "inject=openat:error=EACCES")
    tracing = (str(requires_tool("strace")), "-qq", "-o", str(trace), *filters)
    assert survey(repository, tracing=tracing) == fresh
    assert "(INJECTED)" in trace.read_text(), "the fault never came: this test proves nothing"


def test_surveys_at_once_all_report_the_same(repository: Repository, fresh: Ended) -> None:
    (repository.path / INDEX).unlink()
    with ThreadPoolExecutor(4) as pool:
        reports = list(pool.map(lambda _: survey(repository), range(4)))
    assert reports == [fresh] * 4
    assert kept(repository) == [2, 1]
