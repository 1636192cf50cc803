"""What is kept of a history agrees with a fresh walk, whatever becomes of the branch."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, precondition, rule

from modelyard.api import chronicle
from modelyard.api.repository import Repository
from modelyard.fingerprints import events_fingerprint
from modelyard.git.line import first_parent_line
from modelyard.git.objects import ObjectReader
from modelyard.history import Event, Kind, stage_events
from modelyard.history.rows import from_texts, to_texts
from modelyard.index.file import FILE
from modelyard.names import ModelName
from modelyard.snapshot import stage_path
from support.caching import Index
from support.past import Past, model, new_past, registered, stage
from support.registry import modelyard

if TYPE_CHECKING:
    from collections.abc import Mapping

NAMES = ("fraud", "churn")
VERSIONS = ("1.0.0", "1.1.0", "2.0.0-rc.1")
STAGES = ("staging", "production")
TEXTS = ("better", 'it said: "no"\\n', "Ünïcode \\u202e", "")


def read(past: Past, *, cached: bool, name: str | None = None) -> tuple[Event, ...]:
    return chronicle.read_history(Repository(past.repository.location), name=name, cached=cached)


def kept_tip(past: Past) -> str | None:
    line = Index(past.repository.location.common_dir / FILE).line(events_fingerprint())
    return line.tip if line else None


@st.composite
def changes(draw: st.DrawFn) -> Mapping[str, str | None]:
    """Draw a change of documents: a promotion, a roll back, a yank, other owners, or a broken file."""
    name, version = draw(st.sampled_from(NAMES)), draw(st.sampled_from(VERSIONS))
    lines = [f'reason: "{draw(st.sampled_from(TEXTS))}"'] if draw(st.booleans()) else []
    if draw(st.booleans()):
        lines.append(f'held: {{"{draw(st.sampled_from(VERSIONS))}": bad}}')
    if draw(st.booleans()):
        lines.append(f'traffic: {{"{version}": 90, "3.0.0": 10}}')
    where = draw(st.sampled_from(STAGES))
    return draw(
        st.sampled_from(
            [
                stage(version, *lines, name=name, stage=where),
                dict.fromkeys(stage(version, name=name, stage=where), "version: ["),
                model(f'yanked: {{"{version}": leaks}}', name=name),
                model("deprecation: {reason: old}", name=name, owners='["@org/b", "@org/a"]'),
                registered(f"{name}-{version}"),
                {"README": draw(st.sampled_from(TEXTS))},
                {"model_registry/registry.yaml": f"schema_version: 1\n# {version}\n"},
            ]
        )
    )


class History(RuleBasedStateMachine):
    """Commits, merges, resets, rebases and branches, between which anybody may ask or not."""

    def __init__(self) -> None:
        super().__init__()
        self._directory = tempfile.TemporaryDirectory()
        self.past = new_past(Path(self._directory.name) / "registry")
        self.depth = 1

    def teardown(self) -> None:
        self._directory.cleanup()

    @rule(files=changes())
    def commit(self, files: Mapping[str, str | None]) -> None:
        self.past.commit(files)
        self.depth += 1

    @rule(one=changes(), other=changes())
    def merge(self, one: Mapping[str, str | None], other: Mapping[str, str | None]) -> None:
        with self.past.branch():
            self.past.commit(one)
            self.past.commit(other)
        self.past.repository.git("merge", "--quiet", "--no-ff", "--message=Merge (#3)\n\nReviewed-by: R <r@x>", "side")
        self.depth += 1

    @precondition(lambda self: self.depth > 1)
    @rule(data=st.data())
    def reset(self, data: st.DataObject) -> None:
        back = data.draw(st.integers(1, self.depth - 1))
        self.past.repository.git("reset", "--quiet", "--hard", f"HEAD~{back}")
        self.depth -= back

    @precondition(lambda self: self.depth > 1)
    @rule()
    def amend(self) -> None:
        self.past.repository.git("commit", "--quiet", "--amend", "--allow-empty", "--message=Another way to say it")

    @rule(files=changes())
    def work_beside_main(self, files: Mapping[str, str | None]) -> None:
        with self.past.branch():
            self.past.commit(files)
            self.agree()

    @rule(name=st.sampled_from(NAMES))
    def ask_for_one(self, name: str) -> None:
        expected = tuple(event for event in read(self.past, cached=False) if event.name == name)
        if expected:
            assert read(self.past, cached=True, name=name) == expected

    @rule(words=st.sampled_from([(), ("fraud",), ("--stage", "staging"), ("--format", "json"), ("--limit", "2")]))
    def ask_as_people_do(self, words: tuple[str, ...]) -> None:
        asked = ("history", "--repo", str(self.past.repository.path), *words)
        fresh = modelyard(*asked, "--no-cache")
        # It is kept by the first question, if not before, and given again at the second.
        assert [modelyard(*asked), modelyard(*asked)] == [fresh, fresh]

    @rule(name=st.sampled_from(NAMES), where=st.sampled_from(STAGES))
    def ask_what_a_stage_held(self, name: str, where: str) -> None:
        location = self.past.repository.location
        with ObjectReader(location) as reader:
            index = Index(location.common_dir / FILE)
            fresh, kept = (
                list(stage_events(reader, self.past.repository.head, where, ModelName(name), kept=each))
                for each in (None, index)
            )
        assert kept == fresh
        assert [each.entry for each in fresh] == list(
            first_parent_line(location, self.past.repository.head, stage_path(where, ModelName(name)))
        )

    @rule()
    def agree(self) -> None:
        assert read(self.past, cached=True) == read(self.past, cached=False)
        assert kept_tip(self.past) == self.past.repository.git("rev-parse", "main")


TestHistory = History.TestCase
TestHistory.settings = settings(max_examples=5, stateful_step_count=10, deadline=None)


@pytest.fixture
def past(tmp_path: Path) -> Past:
    past = new_past(tmp_path / "registry")
    past.commit(stage("1.0.0"))
    read(past, cached=True)
    return past


def test_what_is_written_is_read_back(past: Past) -> None:
    past.commit({**stage("1.1.0", 'traffic: {"1.0.0": 5, "1.1.0": 95}', 'reason: "\\n\\u2028 Ü"'), **model()})
    past.merge(model(owners='["@org/b"]'), "Merge (#3)\n\nReviewed-by: R <r@x>\nApproved-by: @s")
    events = read(past, cached=False)
    assert from_texts(to_texts(events).items()) == (events, len(events))
    assert from_texts([]) == ((), 0)


def test_a_kept_line_is_not_walked_again(past: Past, monkeypatch: pytest.MonkeyPatch) -> None:
    expected = read(past, cached=False)
    monkeypatch.setattr("modelyard.history.reading.whole_line", None)
    assert read(past, cached=True) == expected
    assert read(past, cached=True, name="fraud") == expected[:1]


def test_what_was_added_is_read_from_the_kept_tip_on(past: Past, monkeypatch: pytest.MonkeyPatch) -> None:
    from modelyard.git.line import whole_line

    before = past.repository.head
    asked: list[str | None] = []

    def watched(*words: object, since: str | None = None) -> object:
        asked.append(since)
        return whole_line(*words, since=since)  # type: ignore[arg-type]

    monkeypatch.setattr("modelyard.history.reading.whole_line", watched)
    past.commit(stage("1.1.0"))
    past.commit(stage("1.0.0"))
    assert [event.kind for event in read(past, cached=True)][:2] == [Kind.ROLLED_BACK, Kind.PROMOTED]
    assert asked == [before]
    assert read(past, cached=True) == read(past, cached=False)


def test_another_branch_that_is_asked_for_is_not_kept(past: Past) -> None:
    main = past.repository.head
    with past.branch():
        past.commit(stage("1.1.0"))
    found = chronicle.read_history(Repository(past.repository.location), head="side")
    assert len(found) == 3
    assert kept_tip(past) == main


@pytest.mark.parametrize("table", ["line", "tip"])
def test_a_damaged_row_is_not_believed(past: Past, table: str) -> None:
    import sqlite3
    from contextlib import closing

    column = {"line": "text", "tip": "tip"}[table]
    expected = read(past, cached=False)
    with closing(sqlite3.connect(past.repository.location.common_dir / FILE)) as connection, connection:
        connection.execute(f"UPDATE {table} SET {column} = replace({column}, '0', '1')")
    assert kept_tip(past) is None
    assert read(past, cached=True) == expected
    assert kept_tip(past) == past.repository.head


def test_a_line_that_moved_on_meanwhile_is_left_alone(past: Past) -> None:
    index = Index(past.repository.location.common_dir / FILE)
    context = events_fingerprint()
    line = index.line(context)
    assert line
    index.keep_line(context, line._replace(tip="1" * 40), after="2" * 40)
    assert index.line(context) == line
    index.keep_line("another release", line._replace(tip="1" * 40), after=line.tip)
    assert index.line(context) == line
    index.keep_line("another release", line)
    assert index.line(context) is None
