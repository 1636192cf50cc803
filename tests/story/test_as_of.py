"""``--as-of``: what a registry said on a day, at a moment, in a commit."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from modelyard import Registry
from modelyard.errors import UsageError
from support.registry import Ran, Scene
from support.repositories import IDENTITY

if TYPE_CHECKING:
    from collections.abc import Callable


@pytest.fixture
def promote(merged: Scene, monkeypatch: pytest.MonkeyPatch) -> Callable[[str, str], str]:
    """Return what puts a version into staging, and what is in staging into production, by merges of a date."""

    def act(version: str, at: str) -> str:
        for stage in ("staging", "production"):
            assert merged.run("promote", f"fraud@{version}", "--to", stage, "--branch").code == 0
            monkeypatch.setitem(IDENTITY, "GIT_COMMITTER_DATE", f"{at}T12:00:00+00:00")
            merged.merge(f"promote/fraud-{version}-to-{stage}")
            monkeypatch.delitem(IDENTITY, "GIT_COMMITTER_DATE")
        return merged.registry.head

    return act


def test_what_served_on_a_day(merged: Scene, promote: Callable[[str, str], str]) -> None:
    commit = promote("1.1.0", "2099-03-01")

    def served(when: str) -> str:
        return merged.run("resolve", "fraud@production", "--as-of", when).out

    assert merged.run("resolve", "fraud@production").out == "fraud@1.1.0\n"
    assert served("2099-02-28") == "fraud@1.0.0\n"
    assert served("2099-03-01") == "fraud@1.1.0\n"
    assert served("2099-03-01T11:59:59Z") == "fraud@1.0.0\n"
    assert served("2099-03-01T13:00:00+01:00") == "fraud@1.1.0\n"
    assert served(commit) == "fraud@1.1.0\n"
    assert served(f"{commit[:12]}~1") == "fraud@1.0.0\n"


def test_list_and_show_travel_too(merged: Scene, promote: Callable[[str, str], str]) -> None:
    promote("1.1.0", "2099-03-01")
    listed = json.loads(merged.run("list", "--format", "json", "--as-of", "2099-02-28").out)
    assert [(each["version"], each["stages"]) for each in listed] == [
        ("1.0.0", ["staging", "production"]),
        ("1.1.0", []),
    ]
    shown = json.loads(merged.run("show", "fraud@production", "--format", "json", "--as-of", "2099-02-28").out)
    assert (shown["metadata"]["version"], len(shown["stages"])) == ("1.0.0", 2)
    then = Registry(as_of="2099-02-28")
    assert str(then.resolve("fraud@production")) == "fraud@1.0.0"
    with pytest.raises(UsageError) as caught:
        then.promote("fraud@1.1.0", to="staging")
    assert str(caught.value) == "what was cannot be written to"


def test_a_branch_that_was_not_merged_then_says_nothing(merged: Scene, promote: Callable[[str, str], str]) -> None:
    promote("1.1.0", "2099-03-01")
    registry = merged.registry
    registry.git("branch", "--force", "later", "main")
    registry.git("reset", "--quiet", "--hard", "main~2")
    registry.git("checkout", "--quiet", "later")
    assert merged.run("resolve", "fraud@production", "--as-of", "2099-12-31").out == "fraud@1.0.0\n"
    assert merged.run("resolve", "fraud@production", "--as-of", "later").out == "fraud@1.1.0\n"


def test_before_the_beginning_there_was_nothing(merged: Scene) -> None:
    first = merged.registry.git("rev-list", "--max-parents=0", "HEAD")
    ran = merged.run("resolve", "fraud@production", "--as-of", "2001-01-01")
    assert (ran.code, ran.out) == (2, "")
    assert ran.err.startswith(
        f"modelyard: there was no commit yet as of 2001-01-01\n    hint: the first one is {first[:12]}, of "
    )
    empty = merged.registry.commit_tree(merged.registry.make_tree({"README": b""}))
    assert merged.run("list", "--as-of", empty) == Ran(
        2,
        "",
        f"modelyard: commit {empty[:12]} holds no registry\n    hint: modelyard history says when it was founded\n",
    )


def test_of_an_empty_stage_of_the_past_nobody_is_told_to_fill_it(merged: Scene) -> None:
    document = "model_registry/stages/staging/fraud.yaml"
    first = merged.registry.git("log", "--first-parent", "--diff-filter=A", "--format=%H", "--", document)
    before = merged.registry.git("rev-parse", f"{first}^")
    told = Ran(
        2,
        "",
        "modelyard: fraud@staging resolves to nothing: no version of 'fraud' was in staging then\n"
        "    hint: in a clone, since when one is: modelyard history fraud --stage staging\n",
    )
    assert merged.run("resolve", "fraud@staging", "--as-of", before) == told
    # The other name of the same option.
    assert merged.run("resolve", "fraud@staging", "--as-of", before, "--registry", merged.origin.path) == told


def test_an_address_has_a_past_too(merged: Scene, promote: Callable[[str, str], str]) -> None:
    commit = promote("1.1.0", "2099-03-01")
    merged.registry.git("push", "--quiet", "origin", "main")

    def served(when: str) -> Ran:
        return merged.run("resolve", "fraud@production", "--repo", merged.origin.path, "--as-of", when)

    assert served("2099-02-28").out == "fraud@1.0.0\n"
    assert served("2099-03-01").out == "fraud@1.1.0\n"
    assert served("main").out == "fraud@1.1.0\n"
    assert served(commit).out == "fraud@1.1.0\n"
    assert served("2001-01-01").err.startswith("modelyard: there was no commit yet as of 2001-01-01\n    hint: the")
    assert served("nowhere") == Ran(
        3,
        "",
        "modelyard: 'nowhere' of 'SCENE/origin.git' cannot be fetched: couldn't find remote ref nowhere\n"
        "    hint: git ls-remote SCENE/origin.git\n",
    )


def test_an_abbreviated_id_means_a_commit_of_an_address_too(
    merged: Scene, promote: Callable[[str, str], str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MODELYARD_CACHE", str(merged.path / "cache"))
    merged.push()
    before = merged.registry.head
    promote("1.1.0", "2026-03-01T12:00:00Z")
    merged.push()

    def asked(when: str, *words: str) -> Ran:
        return merged.run("resolve", "fraud@production", "--repo", merged.origin.path, "--as-of", when, *words)

    assert asked(before[:7]) == Ran(0, "fraud@1.0.0\n", "")
    assert asked(before[:12], "--offline") == Ran(0, "fraud@1.0.0\n", "")
    # What begins no id can be the name of a tag.
    merged.registry.git("tag", "feedbee", before)
    merged.registry.git("push", "--quiet", "origin", "feedbee")
    assert asked("feedbee") == Ran(0, "fraud@1.0.0\n", "")
    ran = asked("fadedfade")
    assert (ran.code, ran.out) == (3, "")


def test_what_begins_several_ids_is_said(monkeypatch: pytest.MonkeyPatch, merged: Scene) -> None:
    monkeypatch.setenv("MODELYARD_CACHE", str(merged.path / "cache"))
    monkeypatch.setattr("modelyard.api.time_travel._SHORTEST", 4)
    merged.push()
    # Of so many commits two begin alike, as sure as of so many people two have one birthday.
    tree = merged.registry.git("rev-parse", "HEAD^{tree}")
    commit, beginnings = merged.registry.head, set[str]()
    while commit[:4] not in beginnings or commit[:4].isdigit():
        beginnings.add(commit[:4])
        commit = merged.registry.git("commit-tree", tree, "-p", commit, "-m", f"{len(beginnings)}")
    merged.registry.git("push", "--quiet", "--force", "origin", f"{commit}:refs/heads/main")

    ran = merged.run("resolve", "fraud@production", "--repo", merged.origin.path, "--as-of", commit[:4])

    alike = sorted(each for each in merged.registry.git("rev-list", commit).split() if each.startswith(commit[:4]))
    assert ran == Ran(
        2,
        "",
        f"modelyard: --as-of {commit[:4]!r} is the beginning of {len(alike)} ids\n    hint: --as-of {alike[0]}\n",
    )


def test_what_is_no_moment_is_said(merged: Scene) -> None:
    assert merged.run("resolve", "fraud@production", "--as-of", "yesterday") == Ran(
        2,
        "",
        "modelyard: --as-of 'yesterday' is no moment, and names no commit here\n"
        "    hint: write a day like 2026-03-01, a time like 2026-03-01T09:30:00Z, or a commit\n",
    )
    assert merged.run("show", "fraud@production", "--as-of", "2026-02-30") == Ran(
        2,
        "",
        "modelyard: --as-of '2026-02-30' is no moment\n"
        "    hint: write a day like 2026-03-01, a time like 2026-03-01T09:30:00Z, or a commit\n",
    )
