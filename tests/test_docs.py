"""The documents: their commands run, their links lead somewhere, and what is generated is up to date."""

from __future__ import annotations

from pathlib import Path

import pytest

from support import guide
from support.project import ROOT
from support.tools import requires_tool

DOCS = ROOT / "docs"


@pytest.mark.parametrize("page", ["tutorial.md"])
def test_each_command_of_a_guide_does_what_the_guide_says(page: str, tmp_path: Path) -> None:
    for tool in ("bash", "modelyard", "pre-commit"):
        requires_tool(tool)
    steps = guide.steps((DOCS / page).read_text(encoding="utf-8"))

    outputs = guide.run(steps, tmp_path)

    broken = [
        f"{page}:{step.line}: no line {line!r} in\n{output}"
        for step, output in zip(steps, outputs, strict=True)
        for line in guide.missing_lines(step.promised, output)
    ]
    assert broken == []
