"""A guide's commands, run as its reader would: block by block, in one shell."""

from __future__ import annotations

import re
import subprocess
from dataclasses import dataclass
from pathlib import Path

__all__ = ["Block", "Step", "blocks", "missing_lines", "run", "steps"]

_FENCE = re.compile(r"^```(\w+)?([^\n`]*)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
_MARK = "----- end of step"


@dataclass(frozen=True)
class Block:
    """A fenced code block: its language, the words after it, its text, and the line that it starts on."""

    language: str
    words: tuple[str, ...]
    text: str
    line: int


@dataclass(frozen=True)
class Step:
    """Commands, whether the last of them is refused, and the lines that a reader is promised to see."""

    line: int
    commands: str
    refused: bool
    promised: tuple[str, ...]


def blocks(markdown: str) -> list[Block]:
    """Return the fenced code blocks of a page, in order."""
    found = []
    for match in _FENCE.finditer(markdown):
        line = markdown.count("\n", 0, match.start()) + 1
        found.append(Block(match[1] or "", tuple(match[2].split()), match[3], line))
    return found


def steps(markdown: str) -> list[Step]:
    """Return the steps of a page: each block of ``bash``, with the block of ``text`` right after it."""
    found: list[Step] = []
    for block, following in zip(blocks(markdown), [*blocks(markdown)[1:], None], strict=True):
        if block.language == "bash":
            shown = following.text if following and following.language == "text" else ""
            promised = tuple(line for line in shown.splitlines() if line.strip())
            found.append(Step(block.line, block.text, "refused" in block.words, promised))
    return found


def run(guide: list[Step], directory: Path) -> list[str]:
    """Run the steps in one shell, and return what each one printed; a step that ends otherwise than told fails."""
    script = "".join(_scripted(step) for step in guide)
    shell = subprocess.run(
        ["bash", "-c", f"exec 2>&1\n{script}"], cwd=directory, capture_output=True, text=True, check=False, timeout=600
    )
    outputs = shell.stdout.split(f"{_MARK}\n")
    assert len(outputs) == len(guide) + 1, f"line {guide[len(outputs) - 1].line} failed:\n{outputs[-1]}"
    return outputs[:-1]


def _scripted(step: Step) -> str:
    if step.refused:
        return f"set +e\n{step.commands}code=$?\nset -e\n[ $code -eq 1 ]\necho '{_MARK}'\n"
    return f"set -e\n{step.commands}echo '{_MARK}'\n"


def missing_lines(promised: tuple[str, ...], output: str) -> list[str]:
    """Return the promised lines that the output lacks, in this order; ``…`` stands for anything."""
    lines, missing = output.splitlines(), []
    for wanted in promised:
        pattern = re.compile(".*".join(re.escape(part) for part in wanted.split("…")))
        place = next((index for index, line in enumerate(lines) if pattern.fullmatch(line.rstrip())), None)
        if place is None:
            missing.append(wanted)
        else:
            lines = lines[place + 1 :]
    return missing
