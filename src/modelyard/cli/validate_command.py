"""``modelyard validate``."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from modelyard.cli import console
from modelyard.cli.report_files import parse_report_file, write_reports
from modelyard.errors import UsageError
from modelyard.reports.formats import FORMATS
from modelyard.values import replace

if TYPE_CHECKING:
    import argparse

    from modelyard.api.asking_remotes import Asking
    from modelyard.problems import Problem
    from modelyard.rules.judgement import Judgement

__all__ = ["EXAMPLE", "add_arguments", "run"]

EXAMPLE = """\
  modelyard validate                                  everything in the work tree
  modelyard validate model_registry/fraud-1.2.0       one version
  modelyard validate --base auto                      what this branch changes
  modelyard validate --base auto --remote             and whether its artifacts were pushed
  modelyard validate --staged                         what the next commit changes
  modelyard validate --hook                           what pre-commit asks about
  modelyard validate --report sarif=gate.sarif        everything, and a report for other tools
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
    parser.add_argument("--head", metavar="REV", help="the commit to judge with --base (default: HEAD)")
    parser.add_argument("--select", metavar="CODES", help="only rules whose code starts so, such as MY3,MY601")
    parser.add_argument("--no-artifacts", action="store_true", help="do not digest artifacts that lie at hand")
    remote = parser.add_mutually_exclusive_group()
    remote.add_argument("--remote", action="store_true", help="ask the DVC remote for the objects of each version too")
    remote.add_argument(
        "--remote-if-reachable",
        action="store_true",
        help="the same, with a warning where the remote cannot be asked, as in pull requests from forks",
    )
    parser.add_argument("--format", choices=FORMATS, default="text", help="how to report on standard output")
    parser.add_argument(
        "--report",
        action="append",
        type=parse_report_file,
        default=[],
        metavar="FORMAT=FILE",
        help="write a report into a file as well; may be given more than once",
    )


def run(arguments: argparse.Namespace) -> int:
    """Judge, report and return 1 where something is refused."""
    judgement = _selected(_judged(arguments), arguments.select)
    console.write(_rendered(judgement, arguments.format))
    write_reports(judgement, arguments.report)
    return 1 if judgement.refused else 0


def _judged(arguments: argparse.Namespace) -> Judgement:
    here, artifacts, asking = Path.cwd(), not arguments.no_artifacts, _asking(arguments)
    if arguments.head is not None and arguments.base is None:
        raise UsageError("--head stands beside --base only", hint="modelyard validate --base auto --head HEAD")
    if not (arguments.staged or arguments.hook or arguments.base is not None):
        from modelyard.api.validating import validate_paths

        return validate_paths(arguments.paths, start=here, artifacts=artifacts, asking=asking)
    if arguments.paths:
        raise UsageError("PATH cannot stand beside --staged, --hook or --base", hint="modelyard validate --help")
    from modelyard.api import validating_changes as changes

    if arguments.staged:
        return changes.validate_staged(here, artifacts=artifacts, asking=asking)
    if arguments.hook:
        return changes.validate_hook(here, artifacts=artifacts, asking=asking)
    head = "HEAD" if arguments.head is None else arguments.head
    return changes.validate_change(here, base=arguments.base, head=head, artifacts=artifacts, asking=asking)


def _asking(arguments: argparse.Namespace) -> Asking | None:
    if not (arguments.remote or arguments.remote_if_reachable):
        return None
    from modelyard.api.asking_remotes import Asking

    return Asking.REQUIRED if arguments.remote else Asking.IF_REACHABLE


def _selected(judgement: Judgement, codes: str | None) -> Judgement:
    if codes is None:
        return judgement
    from modelyard.rules.catalogue import RULES

    wanted = tuple(code.strip() for code in codes.split(","))
    for code in wanted:
        if not code or not any(rule.code.startswith(code) for rule in RULES):
            raise UsageError(f"no rule's code starts with {code!r}", hint="modelyard rules")
    return replace(
        judgement,
        problems=_of(judgement.problems, wanted),
        pre_existing=_of(judgement.pre_existing, wanted),
        healed=_of(judgement.healed, wanted),
        exempted=_of(judgement.exempted, wanted),
    )


def _of(problems: tuple[Problem, ...], codes: tuple[str, ...]) -> tuple[Problem, ...]:
    return tuple(problem for problem in problems if problem.code.startswith(codes))


def _rendered(judgement: Judgement, name: str) -> str:
    if name != "text":
        from modelyard.reports.formats import render

        return render(judgement, name)
    import sys

    from modelyard.reports import text

    return text.render(judgement, style=console.style_of(sys.stdout))
