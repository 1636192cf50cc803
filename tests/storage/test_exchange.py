from __future__ import annotations

from pathlib import Path

import pytest

from modelyard.storage import exchange as module
from modelyard.storage.exchange import exchange
from support.objects import files_below


@pytest.fixture
def new(tmp_path: Path) -> Path:
    directory = tmp_path / "staging" / "new"
    directory.mkdir(parents=True)
    (directory / "new.bin").write_bytes(b"new")
    return directory


@pytest.fixture
def target(tmp_path: Path) -> Path:
    directory = tmp_path / "target"
    directory.mkdir()
    (directory / "old.bin").write_bytes(b"old")
    return directory


def test_a_directory_takes_the_place_of_another(new: Path, target: Path) -> None:
    exchange(new, target)

    assert files_below(target) == {"new.bin"}
    assert not list(new.parent.iterdir())


def test_a_directory_comes_where_none_was(new: Path, tmp_path: Path) -> None:
    exchange(new, tmp_path / "none")

    assert files_below(tmp_path / "none") == {"new.bin"}


def test_a_file_system_that_cannot_swap_takes_two_steps(
    new: Path, target: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "_swapped", lambda _new, _target: False)

    exchange(new, target)

    assert files_below(target) == {"new.bin"}
    assert not list(new.parent.iterdir())


def test_where_the_second_step_is_refused_the_first_is_undone(
    new: Path, target: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "_swapped", lambda _new, _target: False)
    rename = Path.rename

    def refuse(self: Path, other: Path) -> Path:
        if self == new:
            raise OSError(28, "No space left on device")
        return rename(self, other)

    monkeypatch.setattr(Path, "rename", refuse)

    with pytest.raises(OSError, match="No space left on device"):
        exchange(new, target)

    assert files_below(target) == {"old.bin"}
