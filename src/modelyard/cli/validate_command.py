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

    from modelyard.api.inquiry import Inquiry
    from modelyard.problems import Problem
    from modelyard.rules.judgement import Judgement

__all__ = ["EXAMPLE", "add_arguments", "run"]

EXAMPLE = """\
  modelyard validate                                  everything in the work tree
  modelyard validate model_registry/fraud-1.2.0       one version
  modelyard validate --base auto                      what this branch changes
  modelyard validate --base auto --remote             and whether its artifacts were pushed
  modelyard validate --base auto --all                everything, whoever brought it
  modelyard validate --head v1.2.0                    everything that one commit holds
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
    parser.add_argument(
        "--head", metavar="REV", help="the commit to judge: against --base (there HEAD by default), or by itself"
    )
    parser.add_argument(
        "--all", action="store_true", help="judge everything that is there, and count what the base has as well"
    )
    parser.add_argument("--actor", metavar="NAME", help="who makes the change, to be held against the owners")
    parser.add_argument("--select", metavar="CODES", help="only rules whose code starts so, such as MY3,MY601")
    parser.add_argument("--no-artifacts", action="store_true", help="do not digest artifacts that lie at hand")
    parser.add_argument("--no-cache", action="store_true", help="neither read nor keep verdicts beside .git")
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
    here, inquiry = Path.cwd(), _inquiry(arguments)
    committed = arguments.base is not None or arguments.head is not None
    _require_one_question(arguments, committed=committed)
    if not (arguments.staged or arguments.hook or committed):
        from modelyard.api.validating import validate_paths

        return validate_paths(arguments.paths, inquiry, start=here)
    from modelyard.api import validating_changes as changes

    if arguments.staged:
        return changes.validate_staged(here, inquiry)
    if arguments.hook:
        return changes.validate_hook(here, inquiry)
    if arguments.base is None:
        return changes.validate_commit(here, inquiry, head=arguments.head)
    head = "HEAD" if arguments.head is None else arguments.head
    return changes.validate_change(here, inquiry, base=arguments.base, head=head)


def _inquiry(arguments: argparse.Namespace) -> Inquiry:
    from modelyard.api.inquiry import Asking, Inquiry

    asking = Asking.REQUIRED if arguments.remote else Asking.IF_REACHABLE if arguments.remote_if_reachable else None
    return Inquiry(
        artifacts=not arguments.no_artifacts,
        everything=arguments.all,
        asking=asking,
        actor=arguments.actor,
        cached=not arguments.no_cache,
    )


def _require_one_question(arguments: argparse.Namespace, *, committed: bool) -> None:
    if arguments.paths and (arguments.staged or arguments.hook or arguments.all or committed):
        raise UsageError(
            "PATH cannot stand beside --staged, --hook, --base, --head or --all", hint="modelyard validate --help"
        )
    if arguments.head is not None and (arguments.staged or arguments.hook):
        raise UsageError("--head cannot stand beside --staged or --hook", hint="modelyard validate --head HEAD")
    if arguments.actor is not None and not (arguments.staged or arguments.hook or arguments.base is not None):
        raise UsageError("--actor stands beside a change", hint="modelyard validate --base auto --actor NAME")
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
