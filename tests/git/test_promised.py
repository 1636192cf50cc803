"""What a mirror leaves out, and how it comes when it is wanted: against a real server, whose requests are counted."""

from __future__ import annotations

import fcntl
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from modelyard.git.failures import OutOfReach
from modelyard.git.mirror import Mirror, mirror, mirrored_line
from modelyard.tree import CommitTree
from support.git_server import GitServer, serving_git
from support.races import SOURCE, race
from support.repositories import Repository, new_repository, run_git

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

REFS, PACK = "GET info/refs", "POST git-upload-pack"
FIRST = [REFS, PACK, PACK]
"""The requests of a fetch by name: what there is, what the name means, and the objects."""

BLOBS = [REFS, PACK]
"""The requests of a fetch by ids."""


@pytest.fixture
def served(tmp_path: Path) -> Iterator[GitServer]:
    with serving_git(tmp_path) as server:
        yield server


@pytest.fixture
def origin(tmp_path: Path) -> Repository:
    repository = new_repository(tmp_path / "origin.git")
    repository.git("config", "uploadpack.allowFilter", "true")
    repository.commit({"a": b"1", "deep/b": b"one", "deep/c": b"un"})
    repository.commit({"a": b"2"})
    return repository


def read(held: Mirror, *paths: str) -> Mapping[str, bytes]:
    with held.open() as reader:
        return CommitTree(reader, held.commit).read_many(paths)


def blobs_in(held: Mirror) -> int:
    listed = held.location.run("cat-file", "--batch-all-objects", "--batch-check=%(objecttype)")
    return listed.split().count(b"blob")


@pytest.fixture
def url(served: GitServer, origin: Repository) -> str:
    return f"{served.url}/{origin.path.name}"


def test_blobs_come_together_when_they_are_wanted(
    url: str, served: GitServer, fetches: Callable[[], int], tmp_path: Path
) -> None:
    held = mirror(url, tmp_path / "cache")
    assert (fetches(), served.asked(), blobs_in(held)) == (1, FIRST, 0)
    assert read(held, "a", "deep/b") == {"a": b"2", "deep/b": b"one"}
    assert (fetches(), served.asked(), blobs_in(held)) == (1, BLOBS, 2)
    assert read(held, "a", "deep/b") == {"a": b"2", "deep/b": b"one"}
    assert (fetches(), served.asked()) == (0, [])


def test_a_branch_costs_one_fetch_and_a_commit_none(
    url: str, served: GitServer, origin: Repository, fetches: Callable[[], int], tmp_path: Path
) -> None:
    mirror(url, tmp_path / "cache")
    served.asked(), fetches()
    held = mirror(url, tmp_path / "cache")
    assert (held.commit, fetches(), served.asked()) == (origin.head, 1, FIRST)
    assert mirror(url, tmp_path / "cache", revision=origin.head).commit == origin.head
    assert (fetches(), served.asked()) == (0, [])
    older = origin.git("rev-parse", "HEAD~1")
    assert read(mirror(url, tmp_path / "cache", revision=older), "a") == {"a": b"1"}
    assert fetches() == 2
    assert read(mirror(url, tmp_path / "cache", revision=older), "a") == {"a": b"1"}
    assert fetches() == 0


def test_a_git_that_reads_a_mirror_never_fetches_by_itself(
    url: str, fetches: Callable[[], int], tmp_path: Path
) -> None:
    held = mirror(url, tmp_path / "cache")
    fetches()
    listed = run_git(held.location.git_dir, "cat-file", "--batch-check", stdin=f"{held.commit}:a\n".encode())
    assert listed == f"{held.commit}:a missing"
    assert fetches() == 0
    assert "promisor" not in (held.location.git_dir / "config").read_text("utf-8")


def test_offline_is_what_was_fetched_before(
    url: str, served: GitServer, origin: Repository, fetches: Callable[[], int], tmp_path: Path
) -> None:
    with pytest.raises(OutOfReach) as caught:
        mirror(url, tmp_path / "cache", offline=True)
    assert str(caught.value) == f"'HEAD' of '{url}' was never fetched"
    first = mirror(url, tmp_path / "cache")
    read(first, "a")
    origin.commit({"a": b"3"})
    served.asked(), fetches()
    held = mirror(url, tmp_path / "cache", offline=True)
    assert (held.commit, read(held, "a")) == (first.commit, {"a": b"2"})
    with pytest.raises(OutOfReach) as caught:
        read(held, "deep/b", "deep/c")
    assert str(caught.value) == f"2 documents were never fetched of commit {first.commit[:12]} of '{url}'"
    assert (fetches(), served.asked()) == (0, [])


def test_a_server_that_leaves_nothing_out_sends_the_commit_whole(
    url: str, origin: Repository, fetches: Callable[[], int], tmp_path: Path
) -> None:
    origin.git("config", "uploadpack.allowFilter", "false")
    held = mirror(url, tmp_path / "cache")
    assert held.location.is_shallow
    assert read(held, "a", "deep/b") == {"a": b"2", "deep/b": b"one"}
    assert fetches() == 1


def test_a_server_that_gives_no_single_blob_is_asked_for_the_commit(
    url: str, fetches: Callable[[], int], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GIT_CONFIG_COUNT", "1")
    monkeypatch.setenv("GIT_CONFIG_KEY_0", "protocol.version")
    monkeypatch.setenv("GIT_CONFIG_VALUE_0", "0")
    held = mirror(url, tmp_path / "cache")
    assert blobs_in(held) == 0
    assert read(held, "a", "deep/b") == {"a": b"2", "deep/b": b"one"}
    assert (fetches(), blobs_in(held)) == (3, 3)
    assert read(held, "deep/c") == {"deep/c": b"un"}
    assert fetches() == 0


def test_a_server_of_plain_files_sends_the_history_too(
    url: str, served: GitServer, origin: Repository, tmp_path: Path
) -> None:
    served.dumb = True
    origin.git("update-server-info")
    held = mirror(url, tmp_path / "cache")
    assert held.commit == origin.head
    assert not held.location.is_shallow
    assert read(held, "a", "deep/b") == {"a": b"2", "deep/b": b"one"}


def test_a_registry_of_longer_ids(served: GitServer, tmp_path: Path) -> None:
    run_git(tmp_path, "init", "--quiet", "--object-format=sha256", "long.git")
    origin = Repository(tmp_path / "long.git")
    origin.git("config", "uploadpack.allowFilter", "true")
    origin.commit({"a": b"1"})
    for revision in ("HEAD", origin.head):
        held = mirror(f"{served.url}/long.git", tmp_path / f"cache-{revision[:4]}", revision=revision)
        assert (held.commit, len(held.commit), read(held, "a")) == (origin.head, 64, {"a": b"1"})


def test_another_default_branch_and_a_rewritten_history_are_followed(
    url: str, origin: Repository, tmp_path: Path
) -> None:
    assert read(mirror(url, tmp_path / "cache"), "a") == {"a": b"2"}
    origin.git("checkout", "--quiet", "--orphan", "trunk")
    origin.commit({"a": b"anew"})
    assert read(mirror(url, tmp_path / "cache"), "a", "deep/b") == {"a": b"anew", "deep/b": b"one"}


@pytest.mark.parametrize("damage", ["HEAD", "objects"])
def test_a_damaged_mirror_is_made_anew(url: str, origin: Repository, tmp_path: Path, damage: str) -> None:
    held = mirror(url, tmp_path / "cache")
    read(held, "a")
    place = held.location.git_dir
    for broken in [place / "HEAD"] if damage == "HEAD" else (place / "objects/pack").glob("*.pack"):
        broken.chmod(0o644)
        broken.write_bytes(b"")
    newer = origin.commit({"a": b"3"})
    again = mirror(url, tmp_path / "cache")
    assert (again.commit, read(again, "a", "deep/b")) == (newer, {"a": b"3", "deep/b": b"one"})


def test_damage_that_is_found_late_is_told_from_none(url: str, tmp_path: Path) -> None:
    held = mirror(url, tmp_path / "cache")
    read(held, "a")
    for pack in (held.location.git_dir / "objects/pack").glob("*.pack"):
        pack.chmod(0o644)
        pack.write_bytes(pack.read_bytes()[:-30] + bytes(30))
    assert held.discard_damaged()
    assert read(mirror(url, tmp_path / "cache"), "a") == {"a": b"2"}


def test_a_whole_mirror_is_not_discarded(url: str, tmp_path: Path) -> None:
    held = mirror(url, tmp_path / "cache")
    assert not held.discard_damaged()
    assert read(held, "a") == {"a": b"2"}


def test_the_history_of_commits_alone(url: str, origin: Repository, fetches: Callable[[], int], tmp_path: Path) -> None:
    location, tip = mirrored_line(url, tmp_path / "cache")
    assert (tip, fetches()) == (origin.head, 1)
    assert location.run("rev-list", "--count", tip) == b"2\n"
    kinds = set(location.run("cat-file", "--batch-all-objects", "--batch-check=%(objecttype)").split())
    assert kinds == {b"commit"}
    newer = origin.commit({"a": b"3"})
    assert mirrored_line(url, tmp_path / "cache", offline=True) == (location, tip)
    assert mirrored_line(url, tmp_path / "cache") == (location, newer)


READER = """
    from pathlib import Path
    from modelyard.git.mirror import mirror
    from modelyard.tree import CommitTree
    meet()
    held = mirror(sys.argv[1], Path(sys.argv[2]))
    with held.open() as reader:
        tree = CommitTree(reader, held.commit)
        print(tree.read("a").decode(), tree.read("deep/b").decode())
"""


def test_many_processes_may_read_one_mirror_at_once(url: str, tmp_path: Path) -> None:
    assert race(READER, [[url, str(tmp_path / "cache")]] * 4) == ["2 one"] * 4


FETCHER = """
import sys
from pathlib import Path
sys.path.insert(0, sys.argv[1])
from modelyard.git.mirror import mirror
mirror(sys.argv[2], Path(sys.argv[3]))
"""


def test_who_is_killed_while_he_fetches_leaves_a_lock_that_his_git_holds(
    url: str, served: GitServer, origin: Repository, tmp_path: Path
) -> None:
    cache = tmp_path / "cache"
    mirror(url, cache)
    newer = origin.commit({"a": b"3"})
    served.answers.clear()
    fetcher = subprocess.Popen([sys.executable, "-c", FETCHER, str(SOURCE), url, str(cache)])
    assert served.waits.wait(60)
    fetcher.kill()
    fetcher.wait()
    (lock,) = cache.glob("*.lock")
    with lock.open("ab") as file, pytest.raises(BlockingIOError):
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    served.answers.set()
    held = mirror(url, cache)
    assert (held.commit, read(held, "a")) == (newer, {"a": b"3"})


def test_what_a_killed_git_left_behind_is_swept(url: str, origin: Repository, tmp_path: Path) -> None:
    held = mirror(url, tmp_path / "cache")
    place = held.location.git_dir
    left = [place / name for name in ("shallow.lock", "config.lock", "refs/modelyard/latest.lock")]
    left.append(place / "objects/pack/tmp_pack_x")
    for each in left:
        each.write_bytes(b"")
    newer = origin.commit({"a": b"3"})
    assert mirror(url, tmp_path / "cache").commit == newer
    assert [each for each in left if each.exists()] == []
