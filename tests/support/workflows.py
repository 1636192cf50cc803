"""The steps of a GitHub workflow, run on this machine: their ``run:`` blocks, with ``bash -e`` as there."""

from __future__ import annotations

import os
import re
import subprocess
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

__all__ = ["Step", "run_steps", "steps_of"]

EXPRESSION = re.compile(r"\$\{\{ *([a-zA-Z_.]+) *\}\}")


@dataclass(frozen=True)
class Step:
    """One step that runs a script."""

    name: str
    script: str
    directory: str
    variables: Mapping[str, str]
    always: bool


@dataclass(frozen=True)
class Ran:
    """How a step ended."""

    name: str
    code: int
    output: str


def steps_of(text: str, job: str, expressions: Mapping[str, str]) -> Iterator[Step]:
    """Yield the scripts of a job; an expression that the mapping lacks fails the test."""
    wanted: dict[str, Any] = yaml.safe_load(text)["jobs"][job]
    for step in wanted["steps"]:
        if "run" in step:
            given = {**wanted.get("env", {}), **step.get("env", {})}
            variables = {
                name: EXPRESSION.sub(lambda found: expressions[found[1]], text) for name, text in given.items()
            }
            assert "${{" not in step["run"], "an expression in a script lets text become commands"
            yield Step(
                step.get("name", step["run"]),
                step["run"],
                step.get("working-directory", "."),
                variables,
                step.get("if") == "always()",
            )


def run_steps(steps: Iterable[Step], workspace: Path) -> dict[str, Ran]:
    """Run steps in order; after one that fails, only those that always run."""
    ended: dict[str, Ran] = {}
    for step in steps:
        if step.always or all(ran.code == 0 for ran in ended.values()):
            result = subprocess.run(
                ["bash", "-e", "-c", step.script],
                cwd=workspace / step.directory,
                env={**os.environ, "CI": "true", "GITHUB_ACTIONS": "true", **step.variables},
                stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT,
                text=True,
                check=False,
                timeout=600,
            )
            ended[step.name] = Ran(step.name, result.returncode, result.stdout)
    return ended
