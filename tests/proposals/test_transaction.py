from __future__ import annotations

import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from modelyard.errors import NotFinished, Refused
from modelyard.proposals import transaction
from modelyard.proposals.transaction import WorkTreeWriter
from support.objects import files_below
from support.races import race

BEFORE = {"models/fraud.yaml": b"before\n"}
NEW = {
    "models/fraud.yaml": b"after\n",
    "models/other.yaml": b"new\n",
    "fraud-1.0.0/MODEL_CARD.md": b"card\n",
    "fraud-1.0.0/metadata.yaml": b"metadata\n",
}
FRESH = ("fraud-1.0.0",)
DYING = """\
import os, signal, sys
from pathlib import Path
from modelyard.proposals import transaction

root, where, left = Path(sys.argv[1]), sys.argv[2], int(sys.argv[3])
real = getattr(transaction, where)

def dying(*arguments, **options):
    global left
    if left == 0:
        os.kill(os.getpid(), signal.SIGKILL)
    left -= 1
    return real(*arguments, **options)

setattr(transaction, where, dying)
transaction.WorkTreeWriter(root, root / ".git" / "modelyard").write(
    eval(sys.argv[4]), fresh=eval(sys.argv[5]), removed=eval(sys.argv[6])
)
"""
# Where it dies, after how many calls, and how many of the three renames are done by then.
DEATHS = [
    ("_write_synced", 1, 0),
    ("_write_synced", 3, 0),
    ("_write_synced", 4, 0),
    ("_move", 0, 0),
    ("_move", 1, 1),
    ("_move", 2, 2),
    ("_sync_directory", 3, 3),
]
# From here on the transaction is a promise.
PROMISED = [death for death in DEATHS if death[0] != "_write_synced"]


@pytest.fixture
def root(tmp_path: Path) -> Path:
    root = tmp_path / "registry"
    for path, data in BEFORE.items():
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_bytes(data)
    return root


@pytest.fixture
def writer(root: Path) -> WorkTreeWriter:
    return WorkTreeWriter(root, root / ".git" / "modelyard")


def contents(root: Path) -> dict[str, bytes]:
    return {path: (root / path).read_bytes() for path in files_below(root) if not path.startswith(".git/")}


def private(root: Path) -> set[str]:
    return files_below(root / ".git") | {path.name for path in (root / ".git/modelyard/transactions").glob("*")}


def kill(root: Path, where: str, after: int, *what: object) -> None:
    """Let a process write, and kill itself on the way."""
    words = [repr(each) for each in what or (NEW, FRESH, ())]
    command = [sys.executable, "-c", DYING, str(root), where, str(after), *words]
    assert subprocess.run(command, check=False).returncode == -signal.SIGKILL


def failing(where: str, after: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the disk be full from one call on, until the work is undone."""
    real: Callable[..., Any] = getattr(transaction, where)
    calls = []

    def call(*arguments: Any, **options: Any) -> Any:
        calls.append(where)
        if len(calls) == after + 1:
            raise OSError(28, "No space left on device")
        return real(*arguments, **options)

    monkeypatch.setattr(transaction, where, call)


def test_everything_appears_and_nothing_is_left_over(writer: WorkTreeWriter, root: Path) -> None:
    writer.write(NEW, fresh=FRESH)

    assert contents(root) == NEW
    assert private(root) == {"modelyard/lock"}


def test_what_is_to_be_new_is_never_written_over(writer: WorkTreeWriter, root: Path) -> None:
    (root / "fraud-1.0.0").mkdir()

    with pytest.raises(Refused) as caught:
        writer.write(NEW, fresh=FRESH)

    assert str(caught.value) == "fraud-1.0.0 exists already; another process or an earlier run made it"
    assert caught.value.hint == "git status registry/fraud-1.0.0"
    assert contents(root) == BEFORE
    assert private(root) == {"modelyard/lock"}


def test_a_symbolic_link_is_not_followed_out_of_the_work_tree(
    writer: WorkTreeWriter, root: Path, tmp_path: Path
) -> None:
    (tmp_path / "outside").mkdir()
    (root / "stages").symlink_to(tmp_path / "outside")

    with pytest.raises(NotFinished) as caught:
        writer.write({"stages/staging/fraud.yaml": b""})

    assert str(caught.value) == "stages/staging/fraud.yaml lies behind a symbolic link"
    assert caught.value.hint == "replace the link by a directory of the repository"
    assert files_below(tmp_path / "outside") == set()


@pytest.mark.parametrize(("where", "after", "_renames"), DEATHS)
def test_what_fails_is_undone(
    writer: WorkTreeWriter, root: Path, monkeypatch: pytest.MonkeyPatch, where: str, after: int, _renames: int
) -> None:
    failing(where, after, monkeypatch)

    with pytest.raises(OSError, match="No space left on device"):
        writer.write(NEW, fresh=FRESH)

    assert contents(root) == BEFORE
    assert private(root) == {"modelyard/lock"}


@pytest.mark.parametrize(("where", "after", "renames"), DEATHS)
def test_the_next_writer_finishes_what_a_killed_one_had_promised(
    writer: WorkTreeWriter, root: Path, where: str, after: int, renames: int
) -> None:
    kill(root, where, after)
    changed = {path for path, data in contents(root).items() if BEFORE.get(path) != data}
    assert len({path.split("/")[0] if path.startswith("fraud") else path for path in changed}) == renames
    assert len(private(root)) > 1

    writer.write({"models/third.yaml": b"third\n"})

    promised = NEW if (where, after, renames) in PROMISED else BEFORE
    assert contents(root) == {**promised, "models/third.yaml": b"third\n"}
    assert private(root) == {"modelyard/lock"}


@pytest.mark.parametrize(("path", "data"), [("models/fraud.yaml", b"mine\n"), ("fraud-1.0.0/mine", b"mine\n")])
def test_what_somebody_wrote_after_the_kill_stays(writer: WorkTreeWriter, root: Path, path: str, data: bytes) -> None:
    kill(root, "_move", 0)
    (root / path).parent.mkdir(exist_ok=True)
    (root / path).write_bytes(data)

    writer.write({"models/third.yaml": b"third\n"})

    assert contents(root) == {**BEFORE, path: data, "models/third.yaml": b"third\n"}
    assert private(root) == {"modelyard/lock"}


def test_a_check_sees_what_a_killed_writer_had_promised_and_can_refuse(writer: WorkTreeWriter, root: Path) -> None:
    kill(root, "_move", 1)
    seen = []

    def check() -> None:
        seen.append(contents(root))
        raise Refused("not so")

    with pytest.raises(Refused):
        writer.write({"models/third.yaml": b"third\n"}, check=check)

    assert seen == [NEW]
    assert contents(root) == NEW


# A retirement: the tombstone stands before the version goes, and with a stage that goes its directory goes.
OLD = {
    **BEFORE,
    "fraud-0.9.0/metadata.yaml": b"metadata\n",
    "fraud-0.9.0/deep/model.joblib": b"pulled\n",
    "stages/production/fraud.yaml": b"version: 0.9.0\n",
}
TOMBSTONE = {"models/fraud.yaml": b"retired\n"}
GONE = ("fraud-0.9.0", "stages/production/fraud.yaml")
REMOVAL = (TOMBSTONE, (), GONE)
REMOVAL_DEATHS = [("_move", 0, 3), ("_take_away", 0, 3), ("_take_away", 1, 1), ("_sync_directory", 3, 0)]


@pytest.fixture
def old(root: Path) -> Path:
    for path, data in OLD.items():
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_bytes(data)
    return root


def test_what_is_removed_goes_with_all_in_it_and_with_parents_left_empty(writer: WorkTreeWriter, old: Path) -> None:
    writer.write(TOMBSTONE, removed=(*GONE, "never/there.yaml"))

    assert contents(old) == TOMBSTONE
    assert {path.name for path in old.iterdir()} == {"models", ".git"}
    assert private(old) == {"modelyard/lock"}


def test_a_directory_goes_with_the_last_of_several_that_go(writer: WorkTreeWriter, old: Path) -> None:
    (old / "stages/production/churn.yaml").write_bytes(b"version: 2.0.0\n")

    writer.write(TOMBSTONE, removed=("stages/production/churn.yaml", "stages/production/fraud.yaml"))

    assert not (old / "stages").exists()
    assert private(old) == {"modelyard/lock"}


@pytest.mark.parametrize(("where", "after", "_left"), REMOVAL_DEATHS)
def test_a_removal_that_fails_is_undone(
    writer: WorkTreeWriter, old: Path, monkeypatch: pytest.MonkeyPatch, where: str, after: int, _left: int
) -> None:
    failing(where, after, monkeypatch)

    with pytest.raises(OSError, match="No space left on device"):
        writer.write(TOMBSTONE, removed=GONE)

    assert contents(old) == OLD
    assert private(old) == {"modelyard/lock"}


@pytest.mark.parametrize(("where", "after", "left"), REMOVAL_DEATHS)
def test_the_next_writer_finishes_a_removal(
    writer: WorkTreeWriter, old: Path, where: str, after: int, left: int
) -> None:
    kill(old, where, after, *REMOVAL)
    assert len(contents(old).keys() - TOMBSTONE) == left

    writer.write({"models/third.yaml": b"third\n"})

    assert contents(old) == {**TOMBSTONE, "models/third.yaml": b"third\n"}
    assert private(old) == {"modelyard/lock"}


def test_what_somebody_wrote_into_what_was_to_go_stays(writer: WorkTreeWriter, old: Path) -> None:
    kill(old, "_take_away", 0, *REMOVAL)
    (old / "fraud-0.9.0/deep/mine").write_bytes(b"mine\n")

    writer.write({"models/third.yaml": b"third\n"})

    assert contents(old) == {**OLD, **TOMBSTONE, "fraud-0.9.0/deep/mine": b"mine\n", "models/third.yaml": b"third\n"}
    assert private(old) == {"modelyard/lock"}


def test_of_two_writers_of_the_same_directory_one_wins_whole(root: Path) -> None:
    script = """\
        import sys
        from pathlib import Path
        from modelyard.errors import Refused
        from modelyard.proposals.transaction import WorkTreeWriter
        root, who = Path(sys.argv[1]), sys.argv[2]
        files = {f"fraud-1.0.0/{number}": who.encode() for number in range(20)}
        writer = WorkTreeWriter(root, root / ".git" / "modelyard")
        meet()
        try:
            writer.write({**files, "models/fraud.yaml": who.encode()}, fresh=("fraud-1.0.0",))
            print("won")
        except Refused as refused:
            print(refused)
    """

    answers = race(script, [[str(root), "ada"], [str(root), "bob"]])

    assert sorted(answers) == ["fraud-1.0.0 exists already; another process or an earlier run made it", "won"]
    winner = (b"ada", b"bob")[answers.index("won")]
    assert set(contents(root).values()) == {winner}
    assert private(root) == {"modelyard/lock"}


def test_what_seals_it_comes_last_and_undoes_everything_where_it_fails(writer: WorkTreeWriter, root: Path) -> None:
    seen = []

    def fails() -> None:
        seen.append(contents(root))
        raise Refused("not so")

    with pytest.raises(Refused):
        writer.write(NEW, fresh=FRESH, seal=fails)
    assert contents(root) == BEFORE

    writer.write(NEW, fresh=FRESH, seal=lambda: seen.append(contents(root)))
    assert seen == [NEW, NEW]
    assert private(root) == {"modelyard/lock"}
