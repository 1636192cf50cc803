"""GitHub's runner in small: the steps of our workflows and of our action, run on this machine for real.

Scripts run in the shells that GitHub documents, with its variables and its files for outputs and summaries.
An action of somebody else is played by a function of the test; our own composite action is run step by step.
"""

from __future__ import annotations

import json
import os
import subprocess
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

from support.expressions import evaluated, interpolated
from support.project import ROOT
from support.repositories import Repository

__all__ = ["Player", "Ran", "Runner", "pull_request"]

# https://docs.github.com/actions/reference/workflow-syntax-for-github-actions#jobsjob_idstepsshell
SHELLS: dict[str | None, tuple[str, ...]] = {
    None: ("bash", "-e"),
    "bash": ("bash", "--noprofile", "--norc", "-eo", "pipefail"),
    "python": ("python",),
}
STATUS = ("always(", "success(", "failure(", "cancelled(")

Player = Callable[[Mapping[str, str]], Mapping[str, str]]
"""Plays an action: takes what stands below ``with``, and returns the action's outputs."""


def pull_request(checkout: Repository, *, number: int = 7) -> dict[str, Any]:
    """Return what GitHub tells a job about the pull request whose merge commit is checked out."""
    merge, base, head = checkout.git("rev-parse", "HEAD", "HEAD^1", "HEAD^2").splitlines()
    told = {"number": number, "base": {"ref": "main", "sha": base}, "head": {"ref": "work", "sha": head}}
    return {
        "event_name": "pull_request",
        "event": {"action": "synchronize", "number": number, "pull_request": told},
        "ref": f"refs/pull/{number}/merge",
        "sha": merge,
        "base_ref": "main",
        "head_ref": "work",
    }


@dataclass(frozen=True)
class Ran:
    """How a step ended."""

    code: int
    output: str = ""
    summary: str = ""
    outputs: Mapping[str, str] = field(default_factory=dict)


@dataclass
class Runner:
    """One machine for one job.

    :param workspace: where a checkout goes and scripts run.
    :param temporary: an empty directory, for RUNNER_TEMP and the files of the runner itself.
    :param github: the context of that name; the names that GitHub gives scripts are made from it.
    :param players: who plays an action, by the part of ``uses`` before the ``@``.
    :param given: steps that are not run, by name, and the outputs that they seem to have.
    """

    workspace: Path
    temporary: Path
    github: Mapping[str, Any] = field(default_factory=dict)
    variables: Mapping[str, str] = field(default_factory=dict)
    players: Mapping[str, Player] = field(default_factory=dict)
    given: Mapping[str, Mapping[str, str]] = field(default_factory=dict)

    def run_job(self, text: str, name: str, **inputs: Any) -> dict[str, Ran]:
        """Return how each step of a workflow's job ended, those of our own action included."""
        workflow = yaml.safe_load(text)
        job = workflow["jobs"][name]
        # YAML 1.1 reads the key `on` as a truth value.
        asked = (workflow[True].get("workflow_call") or {}).get("inputs", {})
        contexts = self._contexts({key: value.get("default", "") for key, value in asked.items()} | inputs)
        ended: dict[str, Ran] = {}
        if _wanted(job.get("if"), contexts, failed=False):
            self._run(job["steps"], contexts, job.get("env", {}), ended, {})
        return ended

    def run_action(self, inputs: Mapping[str, str], directory: Path = ROOT) -> tuple[dict[str, Ran], dict[str, str]]:
        """Return how each step of a composite action ended, and the action's outputs."""
        action = yaml.safe_load((directory / "action.yml").read_text(encoding="utf-8"))
        contexts = self._contexts({key: value["default"] for key, value in action["inputs"].items()} | dict(inputs))
        ended: dict[str, Ran] = {}
        self._run(action["runs"]["steps"], contexts, {}, ended, {"GITHUB_ACTION_PATH": str(directory)})
        outputs = {key: interpolated(value["value"], contexts) for key, value in action["outputs"].items()}
        return ended, outputs

    def _contexts(self, inputs: Mapping[str, Any]) -> dict[str, Any]:
        github = {"workspace": str(self.workspace), **self.github}
        runner = {"temp": str(self.temporary), "os": "Linux"}
        return {"github": github, "inputs": inputs, "vars": self.variables, "runner": runner, "steps": {}}

    def _run(
        self,
        steps: Iterable[Mapping[str, Any]],
        contexts: dict[str, Any],
        environment: Mapping[str, str],
        ended: dict[str, Ran],
        variables: Mapping[str, str],
    ) -> None:
        failed = False
        for step in steps:
            if not _wanted(step.get("if"), contexts, failed=failed):
                continue
            name = step.get("name") or step.get("run") or step["uses"]
            if name in self.given:
                ran = Ran(0, outputs=self.given[name])
            elif "uses" in step:
                ran = self._use(step, contexts, ended)
            else:
                ran = self._script(step, contexts, environment, variables)
                ended[name] = ran
            failed = failed or ran.code != 0
            outcome = "failure" if ran.code else "success"
            contexts["steps"][step.get("id", name)] = {
                "outputs": ran.outputs,
                "outcome": outcome,
                "conclusion": outcome,
            }

    def _use(self, step: Mapping[str, Any], contexts: Mapping[str, Any], ended: dict[str, Ran]) -> Ran:
        given = {key: interpolated(str(value), contexts) for key, value in _lowered(step.get("with", {})).items()}
        if step["uses"] == "$/":
            inner, outputs = self.run_action(given)
            ended.update(inner)
            return Ran(max((ran.code for ran in inner.values()), default=0), outputs=outputs)
        return Ran(0, outputs=self.players[step["uses"].partition("@")[0]](given))

    def _script(
        self,
        step: Mapping[str, Any],
        contexts: Mapping[str, Any],
        environment: Mapping[str, str],
        variables: Mapping[str, str],
    ) -> Ran:
        assert "${{" not in step["run"], "an expression in a script lets text become commands"
        given = {
            key: interpolated(str(value), contexts) for key, value in {**environment, **step.get("env", {})}.items()
        }
        place = self.workspace / interpolated(step.get("working-directory", "."), contexts)
        files = self._files()
        script = files.pop("script")
        script.write_text(step["run"], encoding="utf-8")
        result = subprocess.run(
            [*SHELLS[step.get("shell")], script],
            cwd=place,
            env={**self._environment(), **variables, **{key: str(path) for key, path in files.items()}, **given},
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            check=False,
            timeout=600,
        )
        lines = files["GITHUB_OUTPUT"].read_text(encoding="utf-8").splitlines()
        outputs = {key: value for key, _, value in (line.partition("=") for line in lines)}
        return Ran(result.returncode, result.stdout, files["GITHUB_STEP_SUMMARY"].read_text(encoding="utf-8"), outputs)

    def _files(self) -> dict[str, Path]:
        commands = self.temporary / "_runner_file_commands"
        commands.mkdir(parents=True, exist_ok=True)
        number = len(list(commands.iterdir()))
        names = ("GITHUB_OUTPUT", "GITHUB_ENV", "GITHUB_PATH", "GITHUB_STEP_SUMMARY", "script")
        files = {name: commands / f"{number}_{name.lower()}" for name in names}
        for path in files.values():
            path.touch()
        return files

    def _environment(self) -> dict[str, str]:
        # https://docs.github.com/actions/reference/variables-reference#default-environment-variables
        kept = {key: value for key, value in os.environ.items() if not key.startswith(("GITHUB_", "RUNNER_", "CI"))}
        event = self.temporary / "_github_workflow" / "event.json"
        event.parent.mkdir(parents=True, exist_ok=True)
        event.write_text(json.dumps(self.github.get("event", {})), encoding="utf-8")
        told = {
            f"GITHUB_{key.upper()}": str(value) for key, value in self.github.items() if key not in ("event", "token")
        }
        return {
            **kept,
            **told,
            "CI": "true",
            "GITHUB_ACTIONS": "true",
            "GITHUB_EVENT_PATH": str(event),
            "GITHUB_WORKSPACE": str(self.workspace),
            "RUNNER_TEMP": str(self.temporary),
            "RUNNER_OS": "Linux",
        }


def _wanted(condition: str | None, contexts: Mapping[str, Any], *, failed: bool) -> bool:
    if condition is None:
        return not failed
    functions = {"always": lambda: True, "failure": lambda: failed, "success": lambda: not failed}
    value = evaluated(str(condition), contexts, functions)
    # A condition that asks for no status is one on top of success().
    return bool(value) and (not failed or any(status in str(condition) for status in STATUS))


def _lowered(given: Mapping[str, Any]) -> dict[str, Any]:
    return {key: str(value).lower() if isinstance(value, bool) else value for key, value in given.items()}
