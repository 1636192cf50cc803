"""A registry at an address: what a consumer asks of its Git server, and what works without one."""

from __future__ import annotations

import shutil
import subprocess
import sys
import threading
from typing import TYPE_CHECKING

import pytest

from modelyard import Registry
from modelyard.errors import NotFinished
from modelyard.git import process
from support.git_server import GitServer, serving_git
from support.registry import Ran, Scene

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path


NAME = ["GET info/refs", "POST git-upload-pack", "POST git-upload-pack"]
"""The requests of a fetch by name."""

IDS = ["GET info/refs", "POST git-upload-pack"]
"""The requests of a fetch by ids."""


@pytest.fixture
def server(merged: Scene, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[GitServer]:
    """The scene's origin over HTTP, as forges serve it, and a consumer with nothing in its cache."""
    monkeypatch.setenv("MODELYARD_CACHE", str(tmp_path / "consumer"))
    monkeypatch.chdir(tmp_path)
    merged.origin.git("config", "uploadpack.allowFilter", "true")
    config = merged.registry.path / ".dvc/config"
    config.write_text(config.read_text("utf-8").replace("../../models-storage", str(merged.storage)), "utf-8")
    merged.commit("Keep models where every consumer finds them")
    merged.push()
    with serving_git(merged.path) as server:
        yield server


@pytest.fixture
def url(server: GitServer) -> str:
    return f"{server.url}/origin.git"


@pytest.mark.parametrize("selector", ["1.0.0", "^1", "production", "latest"])
@pytest.mark.parametrize("command", ["resolve", "show", "pull"])
def test_a_cold_cache_costs_two_fetches_and_a_warm_one_a_check(
    merged: Scene, server: GitServer, url: str, fetches: Callable[[], int], command: str, selector: str
) -> None:
    assert merged.run(command, f"fraud@{selector}", "--repo", url).code == 0
    assert (fetches(), server.asked()) == (2, NAME + IDS)
    assert merged.run(command, f"fraud@{selector}", "--repo", url).code == 0
    assert (fetches(), server.asked()) == (1, NAME)


def test_what_is_listed_costs_three_fetches_however_much_it_is(
    merged: Scene, server: GitServer, url: str, fetches: Callable[[], int]
) -> None:
    assert merged.run("list", "--repo", url).code == 0
    assert (fetches(), server.asked()) == (3, NAME + IDS + IDS)
    assert merged.run("list", "--repo", url).code == 0
    assert (fetches(), server.asked()) == (1, NAME)


def test_a_stage_that_means_an_old_version_costs_one_fetch_more(
    merged: Scene, server: GitServer, url: str, fetches: Callable[[], int], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("modelyard.api.expecting.FEW", 1)
    assert merged.run("pull", "fraud@production", "--repo", url).code == 0
    assert (fetches(), server.asked()) == (3, NAME + IDS + IDS)


def test_a_commit_costs_nothing_once_it_was_read(
    merged: Scene, server: GitServer, url: str, fetches: Callable[[], int]
) -> None:
    pinned = ("fraud@production", "--repo", url, "--as-of", merged.registry.head)
    for command in ("resolve", "show"):
        assert merged.run(command, *pinned).code == 0
    assert (fetches(), server.asked()) == (2, NAME[:1] + NAME[1:2] + IDS)
    for command in ("resolve", "show"):
        assert merged.run(command, *pinned).code == 0
        assert (fetches(), server.asked()) == (0, [])
    assert merged.run("pull", *pinned).code == 0
    # DVC's configuration of the default branch.
    assert fetches() == 1
    server.asked()
    assert merged.run("pull", *pinned).code == 0
    assert merged.run("pull", *pinned, "--offline").code == 0
    assert (fetches(), server.asked()) == (0, [])


def test_a_day_costs_the_commits_of_the_history_besides(
    merged: Scene, server: GitServer, url: str, fetches: Callable[[], int]
) -> None:
    words = ("resolve", "fraud@production", "--repo", url, "--as-of", "2099-01-01")
    assert merged.run(*words).out == "fraud@1.0.0\n"
    assert (fetches(), server.asked()) == (3, NAME + IDS + IDS)
    assert merged.run(*words).out == "fraud@1.0.0\n"
    # Nothing has happened since, so nothing but names is asked.
    assert (fetches(), server.asked()) == (1, NAME[:2])
    assert merged.run(*words, "--offline").out == "fraud@1.0.0\n"
    assert (fetches(), server.asked()) == (0, [])


def test_objects_that_the_registry_holds_itself_come_together(
    merged: Scene, server: GitServer, url: str, fetches: Callable[[], int]
) -> None:
    config = merged.registry.path / ".dvc/config"
    config.write_text(config.read_text("utf-8").replace(str(merged.storage), "../storage"), "utf-8")
    shutil.copytree(merged.storage, merged.registry.path / "storage")
    merged.commit("Keep models in the registry itself")
    merged.push()
    fetches(), server.asked()
    ran = merged.run("pull", "fraud@1.0.0", "--repo", url)
    assert ran.code == 0, ran.err
    assert (fetches(), server.asked()) == (3, NAME + IDS + IDS)


def test_an_old_commit_is_delivered_by_the_remote_of_today(merged: Scene, url: str, tmp_path: Path) -> None:
    old = merged.registry.head
    merged.storage.rename(tmp_path / "moved")
    config = merged.registry.path / ".dvc/config"
    config.write_text(config.read_text("utf-8").replace(str(merged.storage), str(tmp_path / "moved")), "utf-8")
    merged.commit("Move the models")
    merged.push()
    ran = merged.run("pull", "fraud@1.0.0", "--repo", url, "--as-of", old)
    assert ran.code == 0, ran.err


def test_offline_works_with_what_was_pulled_and_names_the_command_otherwise(
    merged: Scene, server: GitServer, url: str, fetches: Callable[[], int]
) -> None:
    words = ("fraud@production", "--repo", url, "--offline")
    for command in ("resolve", "show", "pull"):
        assert merged.run(command, *words) == Ran(
            3,
            "",
            f"modelyard: 'HEAD' of '{url}' was never fetched, and nothing is fetched offline\n"
            "    hint: run the same command without --offline\n",
        )
    assert merged.run("resolve", *words[:3]).code == 0
    fetches(), server.asked()
    ran = merged.run("pull", *words)
    assert ran.code == 3
    assert ran.err.startswith("modelyard: object ")
    assert ran.err.endswith(
        " (and 1 more) is not in the cache, and nothing is fetched offline\n"
        f"    hint: modelyard pull fraud@production --repo {url}\n"
    )
    assert merged.run("resolve", *words).out == "fraud@1.0.0\n"
    assert (fetches(), server.asked()) == (0, [])
    assert merged.run("pull", *words[:3]).code == 0
    fetches(), server.asked()
    for command in ("resolve", "show", "pull"):
        assert merged.run(command, *words).code == 0
    assert str(Registry(url, offline=True)["fraud@production"].id) == "fraud@1.0.0"
    assert (fetches(), server.asked()) == (0, [])


def test_a_clone_asks_no_remote_offline(
    merged: Scene, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, server: GitServer
) -> None:
    merged.origin.git("clone", "--quiet", ".", str(tmp_path / "clone"))
    monkeypatch.chdir(tmp_path / "clone")
    assert merged.run("pull", "fraud@production", "--offline").err.endswith(
        " (and 1 more) is not in the cache, and nothing is fetched offline\n"
        "    hint: run the same command without --offline\n"
    )
    assert merged.run("pull", "fraud@production").code == 0
    assert merged.run("pull", "fraud@production", "--offline").code == 0


def test_a_copy_that_was_damaged_is_removed_and_then_fetched_again(merged: Scene, url: str, tmp_path: Path) -> None:
    assert merged.run("resolve", "fraud@production", "--repo", url).code == 0
    (copy,) = (tmp_path / "consumer/registries").glob("*.git")
    # The commit comes first in its pack, and then the trees.
    pack = min((copy / "objects/pack").glob("*.pack"), key=lambda each: each.stat().st_mtime_ns)
    whole = pack.read_bytes()
    pack.chmod(0o644)
    begin, end = len(whole) // 4, len(whole) - 30
    pack.write_bytes(whole[:begin] + bytes(end - begin) + whole[end:])
    ran = merged.run("resolve", "fraud@production", "--repo", url, "--offline")
    assert ran.code == 3
    assert ran.err.startswith(f"modelyard: the copy of '{url}' in the cache was damaged, and is removed: ")
    assert ran.err.endswith("    hint: run the same command without --offline\n")
    assert merged.run("resolve", "fraud@production", "--repo", url).out == "fraud@1.0.0\n"


def test_no_password_is_shown_or_kept(merged: Scene, url: str, tmp_path: Path) -> None:
    secret = url.replace("http://", "http://reader:hunter2@")
    assert merged.run("resolve", "fraud@production", "--repo", secret).code == 0
    for words in (
        ("nothing@1.0.0",),
        ("fraud@1.0.0", "--as-of", "nowhere"),
        ("fraud@1.0.0", "--offline", "--as-of", "x"),
    ):
        ran = merged.run("resolve", *words, "--repo", secret)
        assert ran.code != 0
        assert "hunter2" not in ran.out + ran.err
    kept = [path for path in (tmp_path / "consumer").rglob("*") if path.is_file()]
    assert [path for path in kept if b"hunter2" in path.read_bytes()] == []
    with pytest.raises(NotFinished) as caught:
        Registry(secret.replace("origin", "elsewhere"))["fraud@1.0.0"]
    assert "hunter2" not in f"{caught.value}{caught.value.hint}"


def test_what_is_asked_while_a_registry_is_held_takes_one_process_that_reads(
    merged: Scene, url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert merged.run("pull", "fraud@production", "--repo", url).code == 0
    trace = tmp_path / "processes"
    monkeypatch.setenv("GIT_TRACE2_EVENT", str(trace))
    monkeypatch.setattr("modelyard.git.process._KEPT", (*process._KEPT, "GIT_TRACE2_EVENT"))
    registry = Registry(url, offline=True)
    with registry.held():
        found = [registry[f"fraud@{selector}"] for selector in ("production", "latest", "^1")]
        found[0].pull(tmp_path / "out")
    assert [str(each.id) for each in found] == ["fraud@1.0.0", "fraud@1.1.0", "fraud@1.1.0"]
    assert trace.read_text("utf-8").count('"name":"cat-file"') == 1


LOADED = """\
import sys
from modelyard.cli import main
code = main(sys.argv[1:])
print(*sorted(sys.modules), file=sys.stderr)
sys.exit(code)
"""


def test_what_cannot_be_imported_beside_a_fetch_is_told_by_no_traceback(
    merged: Scene, url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    failures: list[threading.ExceptHookArgs] = []
    monkeypatch.setattr(threading, "excepthook", failures.append)
    monkeypatch.setattr("modelyard.api.mirror_origin._AFTERWARDS", ("modelyard.nowhere",))
    before = threading.enumerate()

    assert merged.run("resolve", "fraud@1.0.0", "--repo", url) == Ran(0, "fraud@1.0.0\n", "")

    for thread in set(threading.enumerate()) - set(before):
        thread.join()
    assert failures == []


def test_a_cold_pull_imports_no_reader_of_cards_and_no_client_of_other_remotes(merged: Scene, url: str) -> None:
    words = [sys.executable, "-c", LOADED, "pull", "fraud@1.0.0", "--repo", url]
    ran = subprocess.run(words, capture_output=True, text=True, check=True)
    dear = ("csv", "dvc", "shutil", "tempfile", "yaml")
    ours = ("api.checkout", "documents.card", "documents.predictions", "lifecycle", "rules", "storage.dvc_remote")
    loaded = set(ran.stderr.split())
    assert "modelyard.storage.directory_remote" in loaded
    assert loaded & {*dear, *(f"modelyard.{name}" for name in ours)} == set()
