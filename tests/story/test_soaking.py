"""Soak times and separated duties, along the first parents of a real history."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import datetime, timedelta, timezone
from typing import TYPE_CHECKING

import pytest

from modelyard.api.past import CommittedPast
from modelyard.errors import NotFinished
from modelyard.git.location import locate
from modelyard.git.objects import ObjectReader
from modelyard.git.people import Person
from modelyard.names import VersionId
from modelyard.rules.transition import Stay
from support.registry import Ran
from support.repositories import Repository, new_repository, run_git

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from support.registry import Scene


VERSION = VersionId.parse("fraud@1.1.0")
DIRECTORY = "model_registry/fraud-1.1.0"
STAGE = "model_registry/stages/staging/fraud.yaml"
HELD, OTHER = b"schema_version: 1\nversion: 1.1.0\n", b"schema_version: 1\nversion: 1.0.0\n"
ADA = {"GIT_AUTHOR_NAME": "Ada", "GIT_AUTHOR_EMAIL": "ada@example.org"}
GRACE = {"GIT_AUTHOR_NAME": "Grace", "GIT_AUTHOR_EMAIL": "grace@example.org"}


def day(number: int) -> datetime:
    return datetime(2026, 3, number, 12, tzinfo=timezone.utc)


def commit(repository: Repository, files: dict[str, bytes], number: int, message: str = "Change", **who: str) -> str:
    repository.write(files)
    repository.git("add", "--all")
    dates = {"GIT_COMMITTER_DATE": day(number).isoformat(), "GIT_AUTHOR_DATE": day(number).isoformat()}
    run_git(repository.path, "commit", "--quiet", "--allow-empty", "--message", message, stdin=b"", **{**dates, **who})
    return repository.head


def merge(repository: Repository, branch: str, number: int) -> str:
    repository.git(
        "merge",
        "--quiet",
        "--no-ff",
        "--message",
        f"Merge {branch}",
        branch,
        GIT_COMMITTER_DATE=day(number).isoformat(),
    )
    return repository.head


@pytest.fixture
def repository(tmp_path: Path) -> Repository:
    repository = new_repository(tmp_path / "registry")
    commit(repository, {"README.md": b"x\n"}, 1)
    return repository


@pytest.fixture
def reader(repository: Repository) -> Iterator[ObjectReader]:
    with ObjectReader(repository.location) as reader:
        yield reader


def test_stays_are_counted_from_merge_to_merge_and_not_from_the_branch(
    repository: Repository, reader: ObjectReader
) -> None:
    repository.git("switch", "--quiet", "--create", "promote")
    commit(repository, {STAGE: HELD}, 2)
    repository.git("switch", "--quiet", "main")
    merge(repository, "promote", 5)
    commit(repository, {STAGE: OTHER}, 7)
    commit(repository, {STAGE: b"broken"}, 8)
    tip = commit(repository, {STAGE: HELD}, 9)

    past = CommittedPast(reader, tip)
    assert past.stays("staging", VERSION) == (Stay(day(5), day(7)), Stay(day(9)))
    assert past.stays("production", VERSION) == ()


def test_a_challenger_was_in_the_stage_and_not_its_champion(repository: Repository, reader: ObjectReader) -> None:
    tip = commit(repository, {STAGE: OTHER + b"traffic: {1.0.0: 90, 1.1.0: 10}\n"}, 2)
    assert CommittedPast(reader, tip).was_in("staging", VERSION)
    assert not CommittedPast(reader, tip).was_champion("staging", VERSION)

    commit(repository, {STAGE: HELD}, 3)
    tip = commit(repository, {STAGE: OTHER}, 4)
    assert CommittedPast(reader, tip).was_champion("staging", VERSION)
    assert not CommittedPast(reader, tip).was_champion("production", VERSION)


def test_nobody_gains_time_by_a_clock_that_is_behind(repository: Repository, reader: ObjectReader) -> None:
    commit(repository, {"README.md": b"y\n"}, 10)
    tip = commit(repository, {STAGE: HELD}, 2)
    assert CommittedPast(reader, tip).stays("staging", VERSION) == (Stay(day(10)),)


def test_a_version_is_in_the_registry_since_the_commit_that_brought_it(
    repository: Repository, reader: ObjectReader
) -> None:
    commit(repository, {f"{DIRECTORY}/metadata.yaml": b"a\n"}, 3)
    tip = commit(repository, {f"{DIRECTORY}/metadata.yaml": b"b\n"}, 4)
    past = CommittedPast(reader, tip)
    assert past.stays(None, VERSION) == (Stay(day(3)),)
    assert past.stays(None, VersionId.parse("fraud@9.0.0")) == ()


def test_authors_are_those_of_the_commits_that_a_merge_brought_with_their_co_authors(
    repository: Repository, reader: ObjectReader
) -> None:
    repository.git("switch", "--quiet", "--create", "register")
    commit(repository, {f"{DIRECTORY}/metadata.yaml": b"a\n"}, 2, **ADA)
    message = "Mend\n\nCo-authored-by: Joan Clarke <joan@example.org>\n"
    commit(repository, {f"{DIRECTORY}/metadata.yaml": b"b\n"}, 3, message, **GRACE)
    commit(repository, {"unrelated": b"c\n"}, 3, GIT_AUTHOR_NAME="Eve", GIT_AUTHOR_EMAIL="eve@example.org")
    repository.git("switch", "--quiet", "main")
    tip = merge(repository, "register", 4)

    assert CommittedPast(reader, tip).authors(VERSION) == (
        Person("Ada", "ada@example.org"),
        Person("Grace", "grace@example.org"),
        Person("Joan Clarke", "joan@example.org"),
    )


def test_the_author_of_a_squashed_change_is_that_of_its_commit(repository: Repository, reader: ObjectReader) -> None:
    tip = commit(repository, {f"{DIRECTORY}/metadata.yaml": b"a\n"}, 2, **ADA)
    past = CommittedPast(reader, tip)
    assert past.authors(VERSION) == (Person("Ada", "ada@example.org"),)
    assert past.authors(VersionId.parse("fraud@9.0.0")) == ()


def test_authors_of_a_branch_that_was_rebased_onto_main_are_those_of_all_its_commits(
    repository: Repository, reader: ObjectReader
) -> None:
    commit(repository, {f"{DIRECTORY}/metadata.yaml": b"a\n"}, 2, **ADA)
    commit(repository, {f"{DIRECTORY}/metrics.json": b"{}\n"}, 3, **GRACE)
    tip = commit(repository, {"README.md": b"y\n"}, 4, GIT_AUTHOR_NAME="Eve", GIT_AUTHOR_EMAIL="eve@example.org")
    authors = CommittedPast(reader, tip).authors(VERSION)
    assert authors == (Person("Ada", "ada@example.org"), Person("Grace", "grace@example.org"))


def test_a_history_that_is_cut_off_is_no_answer(repository: Repository, tmp_path: Path) -> None:
    commit(repository, {STAGE: HELD, f"{DIRECTORY}/metadata.yaml": b"a\n"}, 2)
    tip = commit(repository, {"README.md": b"y\n"}, 3)
    run_git(tmp_path, "clone", "--quiet", "--depth=1", repository.path.as_uri(), "shallow")
    with ObjectReader(locate(tmp_path / "shallow")) as reader:
        past = CommittedPast(reader, tip)
        for ask in (lambda: past.stays("staging", VERSION), lambda: past.authors(VERSION)):
            with pytest.raises(NotFinished) as caught:
                ask()
            assert caught.value.hint == "git fetch --unshallow"


def test_a_promotion_that_comes_too_early_is_refused_and_a_date_of_its_own_does_not_help(merged: Scene) -> None:
    policy = merged.registry.path / "model_registry/registry.yaml"
    policy.write_text(policy.read_text().replace("  - name: production\n", "  - name: production\n    soak: 2d\n"))
    merged.commit("Let versions soak")
    assert merged.run("promote", "fraud@1.1.0", "--to", "staging", "--branch").code == 0
    merged.merge("promote/fraud-1.1.0-to-staging")

    too_early = Ran(
        1,
        "model_registry/stages/production/fraud.yaml:2:10: error MY632 fraud@1.1.0 was in staging for 0 hours, "
        "and production asks for 2 days\n"
        "    hint: promote it on DAY or later, with a commit of then: modelyard promote fraud@1.1.0 --to production\n"
        "refused: 1 problem\n",
        "modelyard: fraud@1.1.0 in production was refused by the gate, and nothing was written\n",
    )
    assert promoted_to_production(merged) == too_early

    two_days_ago = (datetime.now(timezone.utc) - timedelta(days=2, minutes=1)).isoformat()
    merged.registry.git("commit", "--quiet", "--amend", "--no-edit", GIT_COMMITTER_DATE=two_days_ago)
    assert promoted_to_production(merged) == too_early
    assert merged.registry.git("status", "--porcelain") == ""


def promoted_to_production(scene: Scene) -> Ran:
    ran = scene.run("promote", "fraud@1.1.0", "--to", "production")
    return replace(ran, out=re.sub(r"on \d{4}-\d\d-\d\d \d\d:\d\d UTC", "on DAY", ran.out))


def test_whoever_registered_a_version_does_not_promote_it_where_duties_are_separate(merged: Scene) -> None:
    policy = merged.registry.path / "model_registry/registry.yaml"
    separate = "  - name: staging\n    separate_duties: true\n    owners: [carl, grace]\n"
    policy.write_text(policy.read_text().replace("  - name: staging\n", separate))
    merged.commit("Separate duties")
    assert merged.run("promote", "fraud@1.1.0", "--to", "staging", "--branch").code == 0
    change = ("validate", "--base", "main", "--head", "promote/fraud-1.1.0-to-staging", "--actor")

    by_carl = merged.run(*change, "Carl")
    assert by_carl.code == 1
    assert by_carl.out.startswith(
        "model_registry/stages/staging/fraud.yaml:2:10: error MY642 fraud@1.1.0 was registered by "
        "Carl Committer <carl@example.org>, and Carl puts it into staging\n"
        "    hint: let somebody else make this change\n"
    )
    by_grace = merged.run(*change, "grace")
    assert by_grace.code == 0
    assert "MY64" not in by_grace.out
    by_nobody = merged.run(*change[:-1])
    assert by_nobody.code == 0
    assert by_nobody.out.startswith(
        "model_registry/stages/staging/fraud.yaml:2:10: note MY643 nobody said who puts fraud@1.1.0 into staging, "
        "so whether that is whoever registered it was not judged\n"
    )
