"""Whatever was judged before, by however many processes: the verdict is the one that is found afresh."""

from __future__ import annotations

import os
import signal
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from modelyard.api import surveying, workers
from modelyard.api.inquiry import Inquiry
from modelyard.api.validating_changes import validate_change, validate_commit
from modelyard.errors import NotFinished
from modelyard.rules.judgement import Judgement
from modelyard.rules.one_version import VersionProblems, version_problems
from modelyard.version_directory import VersionDirectory
from support.registry import modelyard
from support.repositories import Repository
from support.snapshots import changed_files
from support.surveys import INDEX, new_registry

VERSIONS = ("1.0.0", "1.1.0", "2.0.0", "2.1.0-rc.1")
POLICIES = (
    "stages:\n  - name: staging\n  - name: production\n",
    "licenses:\n  allow: [MIT]\n",
    "card:\n  required_sections: []\n",
)
FILES = {
    "MODEL_CARD.md": ("# x\n", "---\nlicense: mit\n---\n# x\n## License\n\nMIT\n"),
    "metrics.json": ("{}", '{"accuracy": 97}', "{"),
    "notes.txt": ("stray",),
}


@pytest.fixture(autouse=True)
def few_are_many(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(surveying, "MANY", 1)
    monkeypatch.setattr(surveying, "BATCH", 1)


def judged(repository: Repository, *, cached: bool, processes: int = 1) -> Judgement:
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(surveying, "cores", lambda: processes)
        return validate_commit(repository.path, Inquiry(artifacts=False, cached=cached), head="HEAD")


def judged_against(base: str, repository: Repository, *, cached: bool) -> Judgement:
    inquiry = Inquiry(artifacts=False, cached=cached, everything=True)
    return validate_change(repository.path, inquiry, base=base)


class Surveyed(RuleBasedStateMachine):
    """A registry that is edited, committed and judged, with an index that is ill-treated meanwhile."""

    def __init__(self) -> None:
        super().__init__()
        self._directory = TemporaryDirectory()
        self.repository = new_registry(Path(self._directory.name))

    def teardown(self) -> None:
        self._directory.cleanup()

    @property
    def index(self) -> Path:
        return self.repository.path / INDEX

    @rule(
        version=st.sampled_from(VERSIONS), copied=st.sampled_from(("1.0.0", "1.1.0")), parent=st.sampled_from(VERSIONS)
    )
    def register(self, version: str, copied: str, parent: str) -> None:
        prefix = f"model_registry/fraud-{copied}/"
        files = {path.removeprefix(prefix): data for path, data in changed_files().items() if path.startswith(prefix)}
        files["metadata.yaml"] += f"parents: [fraud@{parent}]\n".encode()
        self.repository.commit({f"model_registry/fraud-{version}/{name}": data for name, data in files.items()})

    @rule(version=st.sampled_from(VERSIONS), data=st.data())
    def edit(self, version: str, data: st.DataObject) -> None:
        name = data.draw(st.sampled_from(sorted(FILES)))
        text = data.draw(st.sampled_from(FILES[name]))
        self.repository.commit({f"model_registry/fraud-{version}/{name}": text.encode()})

    @rule(version=st.sampled_from(VERSIONS))
    def remove(self, version: str) -> None:
        self.repository.git("rm", "-r", "--quiet", "--ignore-unmatch", f"model_registry/fraud-{version}")
        self.repository.commit({})

    @rule(policy=st.sampled_from(POLICIES))
    def change_the_policy(self, policy: str) -> None:
        self.repository.commit({"model_registry/registry.yaml": policy.encode()})

    @rule(place=st.floats(0, 1), length=st.integers(1, 2000))
    def damage_the_index(self, place: float, length: int) -> None:
        if self.index.exists():
            content = bytearray(self.index.read_bytes())
            start = int(place * len(content))
            content[start : start + length] = bytes(byte ^ 0x55 for byte in content[start : start + length])
            self.index.write_bytes(content)

    @rule()
    def delete_the_index(self) -> None:
        self.index.unlink(missing_ok=True)

    @rule()
    def go_back(self) -> None:
        if self.repository.git("rev-list", "--count", "HEAD") != "1":
            self.repository.git("reset", "--quiet", "--hard", "HEAD~1")

    @invariant()
    def the_verdict_is_the_same(self) -> None:
        fresh = judged(self.repository, cached=False)
        assert judged(self.repository, cached=True) == fresh
        assert judged(self.repository, cached=True) == fresh
        first = self.repository.git("rev-list", "--max-parents=0", "HEAD")
        fresh = judged_against(first, self.repository, cached=False)
        assert judged_against(first, self.repository, cached=True) == fresh


Surveyed.TestCase.settings = settings(max_examples=4, stateful_step_count=8, deadline=None)


TestSurveyed = Surveyed.TestCase


@pytest.mark.parametrize("processes", [2, 3, 7])
def test_the_number_of_processes_changes_nothing(processes: int, tmp_path: Path) -> None:
    repository = new_registry(tmp_path)
    alone = judged(repository, cached=False)
    assert alone.problems
    assert judged(repository, cached=False, processes=processes) == alone


def test_a_version_whose_parent_went_is_judged_again(tmp_path: Path) -> None:
    repository = new_registry(tmp_path)
    metadata = changed_files()["model_registry/fraud-1.1.0/metadata.yaml"] + b"parents: [fraud@1.0.0]\n"
    repository.commit({"model_registry/fraud-1.1.0/metadata.yaml": metadata})
    assert "MY503" not in {problem.code for problem in judged(repository, cached=True).problems}
    repository.git("rm", "-r", "--quiet", "model_registry/fraud-1.0.0")
    repository.commit({})
    assert "MY503" in {problem.code for problem in judged(repository, cached=True).problems}


def test_a_known_commit_is_answered_without_reading_a_version(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    repository = new_registry(tmp_path)
    first = judged(repository, cached=True)

    def refuse(*_: object) -> None:
        raise AssertionError("a version was read")

    monkeypatch.setattr(surveying, "version_problems", refuse)
    assert judged(repository, cached=True) == first
    with pytest.raises(AssertionError, match="a version was read"):
        judged(repository, cached=False)


def test_of_a_new_commit_only_the_new_version_is_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    repository = new_registry(tmp_path)
    judged(repository, cached=True)
    repository.commit({"model_registry/fraud-3.0.0/notes.txt": b"x"})
    read: list[str] = []

    def recorded(version: VersionDirectory, *rest: Any) -> VersionProblems:
        read.append(version.id.directory)
        return version_problems(version, *rest)

    monkeypatch.setattr(surveying, "version_problems", recorded)
    judged(repository, cached=True)
    assert read == ["fraud-3.0.0"]


def test_without_the_cache_nothing_is_written(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    repository = new_registry(tmp_path)
    monkeypatch.chdir(tmp_path)
    modelyard("validate", "--head", "HEAD", "--no-artifacts", "--no-cache")
    assert not (repository.path / INDEX).exists()
    modelyard("validate", "--head", "HEAD", "--no-artifacts")
    assert (repository.path / INDEX).is_file()


def test_what_a_killed_process_left_is_done_here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    repository, ours = new_registry(tmp_path), os.getpid()
    alone = judged(repository, cached=False)

    def fatal(*given: Any) -> VersionProblems:
        if os.getpid() != ours:
            os.kill(os.getpid(), signal.SIGKILL)
        return version_problems(*given)

    monkeypatch.setattr(surveying, "version_problems", fatal)
    assert judged(repository, cached=False, processes=2) == alone


def test_a_failure_in_a_process_is_told_as_ever(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    repository = new_registry(tmp_path)

    def missing(*_: object) -> None:
        raise NotFinished("blob 1 is missing from the repository")

    monkeypatch.setattr(surveying, "version_problems", missing)
    with pytest.raises(NotFinished, match=r"^blob 1 is missing from the repository$"):
        judged(repository, cached=False, processes=2)


def test_an_interruption_ends_every_process(monkeypatch: pytest.MonkeyPatch) -> None:
    started: list[int] = []
    original = os.fork

    def fork() -> int:
        process = original()
        started.append(process)
        return process

    def interrupted(_worker: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(os, "fork", fork)
    monkeypatch.setattr(workers._Worker, "answer", interrupted)
    with pytest.raises(KeyboardInterrupt):
        workers.in_shares(lambda _share: signal.pause(), 2, ready=lambda: None)
    assert len(started) == 2
    for process in started:
        with pytest.raises(ProcessLookupError):
            os.kill(process, 0)


def test_a_process_with_threads_is_not_forked(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("threading.active_count", lambda: 2)
    assert workers.cores() == 1
