from __future__ import annotations

import sys

import pytest

from modelyard.cli.progress import ProgressBar, progress_line

MB = 1_000_000


@pytest.mark.parametrize(
    ("count", "total", "line"),
    [
        (120 * MB, 300 * MB, "store: 120.0 MB of 300.0 MB (40 %), 10.0 MB/s, 18 s left"),
        (300 * MB - 1, 300 * MB, "store: 300.0 MB of 300.0 MB (99 %), 10.0 MB/s, 0 s left"),
        (450 * MB, 300 * MB, "store: 300.0 MB of 300.0 MB (100 %), 10.0 MB/s"),
        (120 * MB, None, "store: 120.0 MB, 10.0 MB/s"),
        (120 * MB, 0, "store: 120.0 MB, 10.0 MB/s"),
    ],
    ids=["part", "almost all", "more than was expected", "unknown", "nothing expected"],
)
def test_the_bar_tells_how_much_of_how_much(count: int, total: int | None, line: str) -> None:
    assert progress_line("store", count, total=total, rate=10 * MB) == line


def test_the_bar_counts_files_and_tells_long_times() -> None:
    line = progress_line("pull", 0, total=9_000 * MB, rate=MB, files=(3, 1000))
    assert line == "pull: 3 of 1000 files, 0 B of 9.0 GB (0 %), 1.0 MB/s, 2 h 30 min left"
    line = progress_line("pull", 10 * MB, total=100 * MB, rate=MB, files=(0, 1))
    assert line == "pull: 10.0 MB of 100.0 MB (10 %), 1.0 MB/s, 1 min 30 s left"


@pytest.mark.parametrize(("ci", "quiet"), [("", False), ("true", True)])
def test_the_bar_is_quiet_in_ci(
    ci: str, quiet: bool, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("CI", ci)
    monkeypatch.setattr(sys.stderr, "isatty", lambda: True)
    monkeypatch.setattr("modelyard.cli.progress._QUIET_FOR", -1)
    monkeypatch.setattr("modelyard.cli.progress._EVERY", -1)
    bar = ProgressBar("pull")
    bar.expect(4, files=2)
    bar.arrived(1)
    bar.advance(2)
    bar.done()

    told = capsys.readouterr().err
    assert (told == "") is quiet
    assert ("pull: 1 of 2 files, 2 B of 4 B (50 %), " in told) is not quiet
