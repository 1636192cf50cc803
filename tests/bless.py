"""Write what is said of cases, broken documents, reviews and attempts: `python tests/bless.py`, then read the diff."""

from __future__ import annotations

from pathlib import Path
from tempfile import TemporaryDirectory

from support.attempts import ATTEMPTS, STAGED
from support.cases import CASES, read_case
from support.corpus import BROKEN, case_id, expected_path, told
from support.red_team import REPORTS, report_of
from support.reviews import REVIEWS, formats_of, reviews


def main() -> None:
    """Rewrite the files that differ, and name what they belong to."""
    for path in CASES:
        bless(path / "expected.txt", read_case(path).judge(), path.name)
    for path in BROKEN:
        bless(expected_path(path), told(path, "jsonschema"), case_id(path))
    for name, review in reviews().items():
        for suffix, text in formats_of(review).items():
            bless(REVIEWS / f"{name}.{suffix}", text, f"{name}.{suffix}")
    for name in (*ATTEMPTS, *STAGED):
        with TemporaryDirectory() as directory:
            bless(REPORTS / f"{name}.txt", report_of(name, Path(directory) / "registry"), name)


def bless(expected: Path, told_now: str, name: str) -> None:
    """Write what is said now, where it is not what was said before."""
    if not expected.exists() or expected.read_text(encoding="utf-8") != told_now:
        expected.write_text(told_now, encoding="utf-8")
        print(name)


if __name__ == "__main__":
    main()
