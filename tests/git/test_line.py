"""The line of first parents: which commits are on it, and what each changed."""

from __future__ import annotations

from datetime import datetime, timezone
from typing import TYPE_CHECKING

import pytest

from modelyard.errors import NotFinished
from modelyard.git.failures import GitFailed, MissingObject
from modelyard.git.file_line import file_line
from modelyard.git.line import FileChange, LineCommit, first_parent_line, whole_line
from modelyard.git.objects import ObjectReader
from modelyard.git.people import Person
from modelyard.tree import Kind
from support.past import Past
from support.repositories import Repository, new_repository, run_git

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

ADA, CARL = Person("Ada Author", "ada@example.org"), Person("Carl Committer", "carl@example.org")


@pytest.fixture
def past(tmp_path: Path) -> Past:
    return Past(new_repository(tmp_path / "registry"))


def line(past: Past, *paths: str, since: str | None = None) -> list[LineCommit]:
    """Return the line, as both ways to read it have it."""
    location, head = past.repository.location, past.repository.head
    found = list(first_parent_line(location, head, *paths, since=since))
    if len(paths) == 1:
        assert list(whole_line(location, head, paths[0], since=since)) == found
    return found


def blob(past: Past, path: str, commit: str = "HEAD") -> str:
    return past.repository.git("rev-parse", f"{commit}:{path}")


def test_a_merge_stands_for_what_it_brought(past: Past) -> None:
    begun = past.commit({"a/b": "1", "other": ""}, "Begin\n\nWith a reason\n", at="2026-03-01")
    merged = past.merge({"a/b": "2", "a/c": "3"}, "Merge it", at="2026-03-02")
    past.merge({"other": "2"}, "Something else")

    assert line(past, "a") == [
        LineCommit(
            merged,
            (begun, past.repository.git("rev-parse", f"{merged}^2")),
            ADA,
            CARL,
            datetime(2026, 3, 2, 12, tzinfo=timezone.utc),
            "Merge it",
            (
                FileChange("a/b", blob(past, "a/b", begun), blob(past, "a/b")),
                FileChange("a/c", None, blob(past, "a/c")),
            ),
        ),
        LineCommit(
            begun,
            (),
            ADA,
            CARL,
            datetime(2026, 3, 1, 12, tzinfo=timezone.utc),
            "Begin\n\nWith a reason",
            (FileChange("a/b", None, blob(past, "a/b", begun)),),
        ),
    ]
    assert line(past, "a", since=begun)[0].id == merged
    assert len(line(past, "a", since=begun)) == 1
    assert line(past, "nowhere") == []


def test_dates_and_branches_that_were_not_merged_play_no_part(past: Past) -> None:
    first = past.commit({"a": "1"}, at="2030-01-01")
    second = past.commit({"a": "2"}, at="1970-01-02")
    with past.branch():
        past.commit({"a": "never"}, at="2026-01-01")
    third = past.commit({"a": "3"}, at="2026-01-01")
    assert [commit.id for commit in line(past, "a")] == [third, second, first]


def test_what_merges_away_again_is_no_change(past: Past) -> None:
    first = past.commit({"a": "1"})
    with past.branch():
        past.commit({"a": "2"})
    past.repository.git("merge", "--quiet", "--strategy=ours", "--no-ff", "--message=No", "side")
    assert [commit.id for commit in line(past, "a")] == [first]


def test_links_and_submodules_have_no_blob(past: Past) -> None:
    repository = past.repository
    kinds = {"a/link": Kind.SYMLINK, "a/module": Kind.SUBMODULE}
    files = {"a/link": b"../other", "a/module": b"1" * 40, "a/file": b""}
    tree = repository.make_tree(files, kinds=kinds)
    repository.git("reset", "--quiet", "--soft", repository.commit_tree(tree))
    (commit,) = line(past, "a")
    assert commit.changes == (
        FileChange("a/file", None, blob(past, "a/file")),
        FileChange("a/link", None, None),
        FileChange("a/module", None, None),
    )


def test_the_users_settings_change_nothing(past: Past) -> None:
    past.commit({"a": "some words\nthat stay\n" * 9}, "Begin")
    past.repository.git("mv", "a", "b")
    past.merge({"c": "3"}, "Move")
    plain, alone = line(past, "a", "b", "c"), line(past, "c")
    for key, value in {
        "log.showRoot": "false",
        "log.follow": "true",
        "log.diffMerges": "off",
        "diff.renames": "copies",
        "diff.orderFile": "/nowhere",
        "format.pretty": "oneline",
        "log.showSignature": "true",
        "diff.noprefix": "true",
        "core.quotePath": "true",
        "color.ui": "always",
        "i18n.logOutputEncoding": "ISO-8859-1",
    }.items():
        past.repository.git("config", key, value)
    assert (line(past, "a", "b", "c"), line(past, "c")) == (plain, alone)
    assert [len(commit.changes) for commit in plain] == [3, 1]


def test_names_that_are_no_text_are_shown_and_paths_kept(past: Past) -> None:
    tree = past.repository.make_tree({"a/\udcff": b""})
    raw = (f"tree {tree}\nauthor J\xfcrgen <j@x> 1 +0000\ncommitter \u00c5sa <a@x> 1 +0000\n\nGr\xfc\xdfe\n").encode(
        "latin-1"
    )
    commit = past.repository.git("hash-object", "-t", "commit", "-w", "--stdin", stdin=raw)
    past.repository.git("reset", "--quiet", "--soft", commit)
    (found,) = line(past, "a")
    assert (found.author.name, found.committer.name, found.message) == ("J\ufffdrgen", "\ufffdsa", "Gr\ufffd\ufffde")
    assert found.changes[0].path == "a/\udcff"


def test_a_message_cannot_pass_for_a_change(past: Past) -> None:
    message = f"Begin\n\n:100644 100644 {'1' * 40} {'2' * 40} M\nmodel_registry/stages/production/fraud.yaml"
    past.commit({"a": "1"}, message)
    (commit,) = line(past, "a")
    assert commit.message == message
    assert [change.path for change in commit.changes] == ["a"]


def test_a_shallow_clone_does_not_answer(past: Past, tmp_path: Path) -> None:
    past.commit({"a": "1"})
    past.commit({"a": "2"})
    run_git(tmp_path, "clone", "--quiet", "--depth=1", f"file://{past.repository.path}", "shallow")
    with pytest.raises(NotFinished) as caught:
        line(Past(Repository(tmp_path / "shallow")), "a", "b")
    assert str(caught.value) == "the history of 'a' and 'b' is cut off in this shallow clone"
    assert caught.value.hint == "git fetch --unshallow"


class Kept:
    """Folders as a test keeps them."""

    def __init__(self) -> None:
        self.folders: dict[str, Mapping[str, str | None]] = {}

    def folder(self, path: str) -> Mapping[str, str | None]:
        return self.folders.get(path, {})

    def keep_folder(self, path: str, trees: Mapping[str, str | None]) -> None:
        self.folders[path] = trees


def line_of_file(past: Past, path: str, kept: Kept | None = None) -> list[LineCommit]:
    """Return the line of a file as it is read quickly, once a log has said the same."""
    location, head = past.repository.location, past.repository.head
    with ObjectReader(location) as reader:
        found = list(file_line(reader, head, path, kept=kept))
    assert found == list(first_parent_line(location, head, path))
    return found


def test_the_line_of_a_file_is_that_of_a_log(past: Past) -> None:
    past.commit({"other": ""}, "Begin")
    first = past.commit({"a/b/c": "1", "a/b/x c": "1"}, "First")
    past.commit({"a/b/x c": "2", "a/d": "1"}, "Beside it")
    merged = past.merge({"a/b/c": "2"}, "Merge it")
    past.commit({"a/b/x c": None}, "Alone")
    removed = past.commit({"a/b/c": None}, "Remove it")
    again = past.commit({"a/b/c": "1"}, "Again")
    assert [each.id for each in line_of_file(past, "a/b/c")] == [again, removed, merged, first]


def test_a_mode_or_a_kind_alone_is_a_change_of_a_file(past: Past) -> None:
    changed = [past.commit({"a/b": "1"}, "A file")]
    for mode in ("100755", "120000"):
        past.repository.git("update-index", "--cacheinfo", f"{mode},{blob(past, 'a/b')},a/b")
        past.repository.git("commit", "--quiet", f"--message={mode}")
        changed.insert(0, past.repository.head)
    assert [each.id for each in line_of_file(past, "a/b")] == changed


@pytest.mark.parametrize("path", ["nowhere/a", "a", "a\nb/c"])
def test_a_file_that_is_nowhere_or_at_an_odd_place_is_looked_for_by_a_log(past: Past, path: str) -> None:
    past.commit({"other": "", "a\nb/c": "1"}, "Begin")
    assert len(line_of_file(past, path)) == (path == "a\nb/c")


@pytest.mark.parametrize("path", ["a/b", "nowhere/b"])
def test_git_is_asked_for_a_folder_once_in_each_commit(past: Past, path: str, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[str] = []
    trees_at = ObjectReader.trees_at

    def watched(reader: ObjectReader, commit_ids: Sequence[str], folder: str) -> list[str | None]:
        asked.extend(commit_ids)
        return trees_at(reader, commit_ids, folder)

    monkeypatch.setattr(ObjectReader, "trees_at", watched)
    kept = Kept()
    made = [past.commit({"other": "1"}), past.commit({"a/b": "1"}), past.commit({"other": "2"})]
    line_of_file(past, path, kept)
    assert sorted(asked) == sorted(made)

    asked.clear()
    line_of_file(past, path, kept)
    assert asked == []
    amended = past.commit({"a/b": "2"})
    past.repository.git("commit", "--quiet", "--amend", "--message=Another way to say it")
    line_of_file(past, path, kept)
    assert asked == [past.repository.head]
    assert amended not in kept.folder(path.partition("/")[0])


@pytest.mark.parametrize("path", ["r/a/b", "r/nowhere/b"])
@pytest.mark.parametrize("lost", ["HEAD^:r", "HEAD:r", "HEAD^{tree}"])
def test_a_folder_that_is_missing_from_the_clone_is_not_taken_for_absent(past: Past, path: str, lost: str) -> None:
    past.commit({"r/other": "1"})
    past.commit({"r/a/b": "1"})
    past.commit({"r/other": "2"})
    tree = past.repository.git("rev-parse", lost)
    (past.repository.path / ".git" / "objects" / tree[:2] / tree[2:]).unlink()
    kept = Kept()
    with ObjectReader(past.repository.location) as reader, pytest.raises((MissingObject, GitFailed)) as caught:
        list(file_line(reader, past.repository.head, path, kept=kept))
    assert tree in str(caught.value)
    assert kept.folders == {}


def test_what_is_a_folder_itself_is_no_file(past: Past) -> None:
    past.commit({"a/b/c": "1"})
    past.commit({"a/b": None})
    with_file = past.commit({"a/b": "1"})
    with ObjectReader(past.repository.location) as reader:
        found = list(file_line(reader, past.repository.head, "a/b"))
    assert found[0].id == with_file
    assert found[0].changes == (FileChange("a/b", None, blob(past, "a/b")),)
    assert [each.changes for each in found[1:]] == [(FileChange("a/b", None, None),)] * 2
