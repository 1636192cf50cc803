"""Write what the gate says about each golden case: `python tests/bless.py`, then read the diff."""

from __future__ import annotations

from support.cases import CASES, read_case


def main() -> None:
    """Rewrite the files that differ, and name them."""
    for path in CASES:
        expected = path / "expected.txt"
        told = read_case(path).judge()
        if not expected.exists() or expected.read_text(encoding="utf-8") != told:
            expected.write_text(told, encoding="utf-8")
            print(path.name)


if __name__ == "__main__":
    main()
