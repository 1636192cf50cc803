"""Where GTO and we mean the same, we say the same; where we differ on purpose, each case shows what either says.

GTO keeps a registry in annotated tags. The same history is told to it as tags, and to us as files.
"""

from __future__ import annotations

import subprocess
from typing import TYPE_CHECKING, NamedTuple

import gto.api
import pytest
from dvc.repo import Repo as DvcRepo
from gto.exceptions import ArtifactNotFound
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from modelyard.names import InvalidName
from modelyard.refs import Ref
from support.repositories import Repository, new_repository
from test_resolve_properties import meant, registry

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    from modelyard.snapshot import Snapshot

START = 1_700_000_000
RELEASES = ("1.0.0", "1.1.0", "1.1.1", "2.0.0", "2.0.10")
STAGES = ("staging", "production")


class Event(NamedTuple):
    """What happens to a version: it is registered, yanked, or put into a stage."""

    deed: str
    version: str


def possible(wishes: Sequence[tuple[str, int]]) -> list[Event]:
    """Return those of some wishes that both would do, in turn: what serves is not yanked, nor what was yanked used."""
    events: list[Event] = []
    for deed, number in wishes:
        state = told(events)
        registered = [event.version for event in events if event.deed == "register"]
        if deed == "register" and len(registered) < len(RELEASES):
            events.append(Event("register", RELEASES[len(registered)]))
        usable = [version for version in registered if version not in state.yanked]
        if not usable or deed == "register":
            continue
        version = usable[number % len(usable)]
        if deed == "yank" and version not in state.stages.values():
            events.append(Event("yank", version))
        elif deed in STAGES and state.stages.get(deed) != version:
            events.append(Event(deed, version))
    return events


class State(NamedTuple):
    """What a history comes to."""

    versions: list[str]
    yanked: set[str]
    stages: dict[str, str]

    @property
    def snapshot(self) -> Snapshot:
        return registry(self.versions, yanked=self.yanked, stages=self.stages)


def told(events: Sequence[Event]) -> State:
    return State(
        [event.version for event in events if event.deed == "register"],
        {event.version for event in events if event.deed == "yank"},
        {event.deed: event.version for event in events if event.deed in STAGES},
    )


def tags(events: Sequence[Event]) -> list[tuple[str, str]]:
    """Return the tags that GTO would write, each with the version whose commit it is at."""
    found: list[tuple[str, str]] = []
    for counter, event in enumerate(events, start=1):
        version = event.version
        name = {"register": f"fraud@v{version}", "yank": f"fraud@v{version}!"}.get(event.deed)
        found.append((name or f"fraud#{event.deed}#{counter}", version))
    return found


def tagged(path: Path, names: Sequence[tuple[str, str]], *, apart: int = 10) -> Path:
    """Make a repository with a commit for each version and these annotated tags, some seconds apart."""
    repository = new_repository(path)
    versions = list(dict.fromkeys(version for _, version in names))
    stream = [
        f"commit refs/heads/main\nmark :{mark}\ncommitter A <a@example.org> {START + mark} +0000\ndata 1\n-\n"
        for mark, _ in enumerate(versions, start=1)
    ]
    for number, (name, version) in enumerate(names, start=1):
        moment = START + 1000 + number * apart
        tagger = f"tagger A <a@example.org> {moment} +0000"
        stream.append(f"tag {name}\nfrom :{versions.index(version) + 1}\n{tagger}\ndata 1\n-\n")
    subprocess.run(
        ["git", "fast-import", "--quiet", "--force"], cwd=repository.path, input="".join(stream).encode(), check=True
    )
    return path


def said(repository: Path, query: str) -> str | None:
    """Return the version that GTO names, None where it names none."""
    found = gto.api.show(repository, query)
    return found[0]["version"].removeprefix("v") if found else None


@settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.tuples(st.sampled_from(["register", "register", "yank", *STAGES]), st.integers(0, 9)), max_size=14))
def test_the_same_history_means_the_same(
    tmp_path_factory: pytest.TempPathFactory, wishes: list[tuple[str, int]]
) -> None:
    events = possible(wishes)
    if not events:
        return
    repository = tagged(tmp_path_factory.mktemp("gto") / "r", tags(events))
    snapshot = told(events).snapshot
    for stage in STAGES:
        assert said(repository, f"fraud#{stage}") == meant(stage, snapshot)
    assert said(repository, "fraud@greatest") == meant("latest", snapshot)
    for version in told(events).versions:
        assert said(repository, f"fraud@v{version}") == meant(version, snapshot)


ONE, TWO = Event("register", "1.0.0"), Event("register", "2.0.0")


def test_after_a_roll_back_there_is_one_answer(tmp_path: Path) -> None:
    events = [ONE, TWO, *(Event("production", version) for version in ("1.0.0", "2.0.0", "1.0.0"))]
    repository = tagged(tmp_path / "r", tags(events))
    assert said(repository, "fraud#production") == "1.0.0"
    assert [each.version for each in gto.api.find_versions_in_stage(repository, "fraud", "production")] == ["v2.0.0"]
    assert meant("production", told(events).snapshot) == "1.0.0"


def test_who_leaves_a_stage_brings_nobody_back(tmp_path: Path) -> None:
    names = [
        *tags([ONE, TWO, Event("production", "1.0.0"), Event("production", "2.0.0")]),
        ("fraud#production!#9", "2.0.0"),
    ]
    assert said(tagged(tmp_path / "r", names), "fraud#production") == "1.0.0"
    assert meant("production", registry(["1.0.0", "2.0.0"])) is None


def test_a_stray_name_stops_nothing(tmp_path: Path) -> None:
    repository = tagged(tmp_path / "r", [*tags([ONE]), ("fraud@created", "1.0.0")])
    with pytest.raises(KeyError, match="action"):
        said(repository, "fraud@greatest")
    assert meant("latest", registry(["1.0.0", "created"])) == "1.0.0"


def test_two_events_of_one_second_keep_their_order(tmp_path: Path) -> None:
    names = [
        *tags([ONE, Event("production", "1.0.0")]),
        ("fraud#production!#3", "1.0.0"),
        ("fraud#production#4", "1.0.0"),
    ]
    assert said(tagged(tmp_path / "r", names, apart=0), "fraud#production") is None
    assert meant("production", registry(["1.0.0"], stages={"production": "1.0.0"})) == "1.0.0"


def test_latest_is_the_highest_and_no_candidate(tmp_path: Path) -> None:
    events = [Event("register", version) for version in ("2.0.0", "1.0.1", "3.0.0-rc.1")]
    repository = tagged(tmp_path / "r", tags(events))
    assert said(repository, "fraud@latest") == "3.0.0-rc.1"
    assert said(repository, "fraud@greatest") == "3.0.0-rc.1"
    assert meant("latest", told(events).snapshot) == "2.0.0"


@pytest.fixture
def dvc_says(tmp_path: Path) -> Callable[..., str]:
    """Return what tells which version `dvc artifacts get` would take, from the same tags."""

    def ask(events: Sequence[tuple[str, str]], **wanted: str) -> str:
        repository = Repository(tagged(tmp_path / "dvc", events))
        repository.git("checkout", "--quiet", "main")
        with DvcRepo.init(str(repository.path)) as repo:
            commit = repo.artifacts.get_rev("fraud", **wanted)
        return next(version for tag, version in events if repository.git("rev-parse", f"{tag}^{{}}") == commit)

    return ask


def test_a_roll_back_is_not_undone_by_the_way_it_is_asked(dvc_says: Callable[..., str]) -> None:
    served = [ONE, TWO, Event("production", "1.0.0"), Event("production", "2.0.0")]
    names = [*tags(served), ("fraud#production!#9", "2.0.0")]
    assert dvc_says(names, stage="production") == "2.0.0"
    assert meant("production", registry(["1.0.0", "2.0.0"])) is None


def test_a_yanked_version_is_not_the_latest(dvc_says: Callable[..., str]) -> None:
    events = [ONE, TWO, Event("yank", "2.0.0")]
    assert dvc_says(tags(events)) == "2.0.0"
    assert meant("latest", told(events).snapshot) == "1.0.0"
    assert meant("2.0.0", told(events).snapshot) is None


def test_a_name_has_one_spelling(tmp_path: Path) -> None:
    repository = tagged(tmp_path / "r", tags([ONE]))
    with pytest.raises(ArtifactNotFound):
        said(repository, ":fraud@greatest")
    with pytest.raises(InvalidName):
        Ref.parse(":fraud@latest")
