from __future__ import annotations

import pytest

from modelyard.cli.progress import progress_line

MB = 1_000_000


@pytest.mark.parametrize(
    ("count", "total", "line"),
    [
        (120 * MB, 300 * MB, "store: 120.0 MB of 300.0 MB (40 %), 10.0 MB/s"),
        (300 * MB - 1, 300 * MB, "store: 300.0 MB of 300.0 MB (99 %), 10.0 MB/s"),
        (450 * MB, 300 * MB, "store: 300.0 MB of 300.0 MB (100 %), 10.0 MB/s"),
        (120 * MB, None, "store: 120.0 MB, 10.0 MB/s"),
        (120 * MB, 0, "store: 120.0 MB, 10.0 MB/s"),
    ],
    ids=["part", "almost all", "more than was expected", "unknown", "nothing expected"],
)
def test_the_bar_tells_how_much_of_how_much(count: int, total: int | None, line: str) -> None:
    assert progress_line("store", count, total=total, rate=10 * MB) == line
