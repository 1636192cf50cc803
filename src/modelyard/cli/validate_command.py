"""``modelyard validate``."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from modelyard.cli import console
from modelyard.errors import UsageError
from modelyard.values import replace

if TYPE_CHECKING:
    import argparse

    from modelyard.rules.judgement import Judgement

__all__ = ["EXAMPLE", "add_arguments", "run"]

EXAMPLE = """\
  modelyard validate                                  everything in the work tree
  modelyard validate model_registry/fraud-1.2.0       one version
  modelyard validate --base auto                      what this branch changes
  modelyard validate --base auto --all                everything, whoever brought it
  modelyard validate --head v1.2.0                    everything that one commit holds
  modelyard validate --staged                         what the next commit changes
  modelyard validate --hook                           what pre-commit asks about
"""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the command's arguments."""
    parser.add_argument("paths", nargs="*", type=Path, metavar="PATH", help="versions to judge (default: everything)")
    what = parser.add_mutually_exclusive_group()
    what.add_argument("--staged", action="store_true", help="judge the index against the last commit")
    what.add_argument(
        "--hook",
        action="store_true",
        help="judge what pre-commit asks about: PRE_COMMIT_FROM_REF to PRE_COMMIT_TO_REF where both are set, "
        "else what is staged, else the whole index",
    )
    what.add_argument("--base", metavar="REV", help="judge commits against this one; `auto` finds it")
    parser.add_argument(
        "--head", metavar="REV", help="the commit to judge: against --base (there HEAD by default), or by itself"
    )
    parser.add_argument(
        "--all", action="store_true", help="judge everything that is there, and count what the base has as well"
    )
    parser.add_argument("--select", metavar="CODES", help="only rules whose code starts so, such as MY3,MY601")
    parser.add_argument("--no-artifacts", action="store_true", help="do not digest artifacts that lie at hand")
    parser.add_argument("--no-cache", action="store_true", help="neither read nor keep verdicts beside .git")
    parser.add_argument("--format", choices=("text", "json", "github"), default="text", help="how to report")


def run(arguments: argparse.Namespace) -> int:
    """Judge, report and return 1 where something is refused."""
    judgement = _selected(_judged(arguments), arguments.select)
    console.write(_rendered(judgement, arguments.format))
    return 1 if judgement.refused else 0


def _judged(arguments: argparse.Namespace) -> Judgement:
    here, artifacts, everything = Path.cwd(), not arguments.no_artifacts, arguments.all
    cached = not arguments.no_cache
    committed = arguments.base is not None or arguments.head is not None
    _require_one_question(arguments, committed=committed)
    if not (arguments.staged or arguments.hook or committed):
        from modelyard.api.validating import validate_paths

        return validate_paths(arguments.paths, start=here, artifacts=artifacts)
    from modelyard.api import validating_changes as changes

    if arguments.staged:
        return changes.validate_staged(here, artifacts=artifacts, everything=everything)
    if arguments.hook:
        return changes.validate_hook(here, artifacts=artifacts, cached=cached)
    if arguments.base is None:
        return changes.validate_commit(here, head=arguments.head, artifacts=artifacts, cached=cached)
    head = "HEAD" if arguments.head is None else arguments.head
    return changes.validate_change(
        here, base=arguments.base, head=head, artifacts=artifacts, everything=everything, cached=cached
    )


def _require_one_question(arguments: argparse.Namespace, *, committed: bool) -> None:
    if arguments.paths and (arguments.staged or arguments.hook or arguments.all or committed):
        raise UsageError(
            "PATH cannot stand beside --staged, --hook, --base, --head or --all", hint="modelyard validate --help"
        )
    if arguments.head is not None and (arguments.staged or arguments.hook):
        raise UsageError("--head cannot stand beside --staged or --hook", hint="modelyard validate --head HEAD")
    if arguments.all and arguments.hook:
        raise UsageError("--all cannot stand beside --hook", hint="modelyard validate --all")


def _selected(judgement: Judgement, codes: str | None) -> Judgement:
    if codes is None:
        return judgement
    from modelyard.rules.catalogue import RULES

    wanted = tuple(code.strip() for code in codes.split(","))
    for code in wanted:
        if not code or not any(rule.code.startswith(code) for rule in RULES):
            raise UsageError(f"no rule's code starts with {code!r}", hint="modelyard rules")
    problems = tuple(problem for problem in judgement.problems if problem.code.startswith(wanted))
    return replace(judgement, problems=problems)


def _rendered(judgement: Judgement, report: str) -> str:
    if report == "json":
        from modelyard.reports import json

        return json.render(judgement)
    if report == "github":
        from modelyard.reports import github

        return github.render(judgement)
    import sys

    from modelyard.reports import text

    return text.render(judgement, style=console.style_of(sys.stdout))
