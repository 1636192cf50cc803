from __future__ import annotations

import shutil
from typing import TYPE_CHECKING

import pytest

from modelyard.errors import NotFinished, UsageError
from modelyard.git.mirror import mirror
from modelyard.git.objects import ObjectReader
from modelyard.tree import CommitTree
from support.races import race
from support.repositories import Repository, new_repository

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def origin(tmp_path: Path) -> Repository:
    repository = new_repository(tmp_path / "origin")
    repository.commit({"a": b"1"})
    repository.commit({"a": b"2"})
    return repository


@pytest.mark.parametrize("form", ["{}", "file://{}"])
def test_a_mirror_follows_the_default_branch(origin: Repository, tmp_path: Path, form: str) -> None:
    url, cache = form.format(origin.path), tmp_path / "cache/mirrors"
    first = mirror(url, cache)
    assert first.commit == origin.head
    assert first.location.is_shallow
    assert first.location.run("rev-list", "--count", first.commit) == b"1\n"
    newer = origin.commit({"a": b"3"})
    second = mirror(url, cache)
    assert (second.commit, second.location.git_dir) == (newer, first.location.git_dir)
    for held, expected in ((first, b"2"), (second, b"3")):
        with ObjectReader(held.location) as reader:
            assert CommitTree(reader, held.commit).read("a") == expected


def test_a_history_that_was_rewritten_is_followed(origin: Repository, tmp_path: Path) -> None:
    mirror(str(origin.path), tmp_path / "cache")
    origin.git("reset", "--quiet", "--hard", "HEAD~1")
    assert mirror(str(origin.path), tmp_path / "cache").commit == origin.head


def test_a_named_commit_is_fetched_once_and_then_found_without_the_remote(origin: Repository, tmp_path: Path) -> None:
    older = origin.git("rev-parse", "HEAD~1")
    assert mirror(str(origin.path), tmp_path / "cache", revision=older).commit == older
    assert mirror(str(origin.path), tmp_path / "cache").commit == origin.head
    origin.path.rename(tmp_path / "away")
    assert mirror(str(origin.path), tmp_path / "cache", revision=older).commit == older


def test_a_branch_or_a_tag_can_be_asked_for(origin: Repository, tmp_path: Path) -> None:
    origin.git("branch", "side", "HEAD~1")
    origin.git("tag", "--annotate", "v1", "--message", "v1", "HEAD~1")
    for revision in ("side", "v1"):
        held = mirror(str(origin.path), tmp_path / "cache", revision=revision)
        assert held.commit == origin.git("rev-parse", "HEAD~1")


def test_two_addresses_have_two_mirrors(origin: Repository, tmp_path: Path) -> None:
    shutil.copytree(origin.path, tmp_path / "copy")
    first, second = (mirror(str(place), tmp_path / "cache") for place in (origin.path, tmp_path / "copy"))
    assert first.location != second.location


def test_a_relative_path_is_relative_to_the_caller(
    origin: Repository, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    assert mirror("origin", tmp_path / "cache") == mirror(str(origin.path), tmp_path / "cache")


def test_what_a_killed_run_left_behind_is_swept(origin: Repository, tmp_path: Path) -> None:
    held = mirror(str(origin.path), tmp_path / "cache")
    (held.location.git_dir / "shallow.lock").touch()
    leftover = tmp_path / "cache" / f".{held.location.git_dir.stem}-abc"
    leftover.mkdir()
    newer = origin.commit({"a": b"3"})
    assert mirror(str(origin.path), tmp_path / "cache").commit == newer
    assert not leftover.exists()


@pytest.mark.parametrize("url", ["-u", "--upload-pack=touch x", "ext::touch x", ""])
def test_an_address_that_git_would_run_is_refused(url: str, tmp_path: Path) -> None:
    with pytest.raises(UsageError):
        mirror(url, tmp_path / "cache")
    assert not (tmp_path / "cache").exists()


def test_a_missing_remote_is_named(tmp_path: Path) -> None:
    with pytest.raises(NotFinished) as caught:
        mirror(f"{tmp_path}/nowhere", tmp_path / "cache")
    assert str(caught.value) == (
        f"'HEAD' of '{tmp_path}/nowhere' cannot be fetched: '{tmp_path}/nowhere' does not appear to be a git repository"
    )
    assert caught.value.hint == f"git ls-remote {tmp_path}/nowhere"


def test_no_credential_is_shown(tmp_path: Path) -> None:
    with pytest.raises(NotFinished) as caught:
        mirror("http://user:secret@127.0.0.1:9/m.git", tmp_path / "cache")
    assert str(caught.value).startswith("'HEAD' of 'http://127.0.0.1:9/m.git' cannot be fetched: unable to access ")
    assert "secret" not in f"{caught.value}{caught.value.hint}"


def test_a_revision_that_the_remote_lacks_is_named(origin: Repository, tmp_path: Path) -> None:
    with pytest.raises(NotFinished) as caught:
        mirror(str(origin.path), tmp_path / "cache", revision="nowhere")
    assert str(caught.value) == (
        f"'nowhere' of {str(origin.path)!r} cannot be fetched: couldn't find remote ref nowhere"
    )


FETCHER = """
    from pathlib import Path
    from modelyard.git.mirror import mirror
    meet()
    print(mirror(sys.argv[1], Path(sys.argv[2])).commit)
"""


def test_many_processes_may_mirror_one_address_at_once(origin: Repository, tmp_path: Path) -> None:
    runner = [str(origin.path), str(tmp_path / "cache")]
    assert race(FETCHER, [runner] * 4) == [origin.head] * 4
