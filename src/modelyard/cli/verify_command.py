"""``modelyard verify``."""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING

from modelyard.cli import console, reading
from modelyard.errors import UsageError

if TYPE_CHECKING:
    import argparse

    from modelyard.storage.verification import Inspected, Verification

__all__ = ["EXAMPLE", "add_arguments", "run"]

EXAMPLE = """\
  modelyard verify fraud@production               in the cache: is it there, with the right size
  modelyard verify --all --remote                 in the cache and in the remotes, of every version
  modelyard verify --all --remote --deep -j 4     and read every byte, in four processes
  modelyard verify --all --remote --deep --shard 2/5 --format junit
  modelyard verify --all --remote --deep --scheduler tcp://scheduler.example.org:8786
"""

_MOST_JOBS = 8


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the command's arguments."""
    parser.add_argument("references", nargs="*", metavar="REF", help="the versions: fraud@1.2.0, fraud@production, …")
    parser.add_argument("--all", action="store_true", help="every version of the registry")
    reading.add_registry(parser)
    parser.add_argument(
        "--remote", action="store_true", help="look into the remotes too; then the cache may lack what it likes"
    )
    parser.add_argument("--deep", action="store_true", help="read every byte, and compare sha256 and md5")
    parser.add_argument("--shard", metavar="I/N", help="only one of N parts of the objects, the same on every machine")
    parser.add_argument("--anew", action="store_true", help="read again what an interrupted run had found right")
    hands = parser.add_mutually_exclusive_group()
    hands.add_argument(
        "-j", "--jobs", type=int, metavar="N", help=f"processes that read (default: one a core, up to {_MOST_JOBS})"
    )
    hands.add_argument("--scheduler", metavar="ADDRESS", help="let the workers of a Dask scheduler read")
    parser.add_argument("--format", choices=("text", "json", "junit"), default="text", help="how to print")


def run(arguments: argparse.Namespace) -> int:
    """Verify, and return 1 where bytes are wrong, 3 where some are missing or out of reach."""
    if arguments.all == bool(arguments.references):
        raise UsageError("either REF or --all must be given", hint="modelyard verify --all")
    verification = _verified(arguments)
    _write(verification, arguments.format)
    if verification.exit_code:
        console.complain(*_complaint(verification))
    return verification.exit_code


def _verified(arguments: argparse.Namespace) -> Verification:
    from modelyard.api.registry import Registry

    with console.progress_bar("verify") as progress:
        return Registry(arguments.repo).verify(
            *arguments.references,
            remote=arguments.remote,
            deep=arguments.deep,
            shard=arguments.shard,
            anew=arguments.anew,
            jobs=_jobs(arguments.jobs),
            scheduler=arguments.scheduler,
            progress=progress,
        )


def _jobs(given: int | None) -> int:
    if given is None:
        return min(os.cpu_count() or 1, _MOST_JOBS)
    if given < 1:
        raise UsageError(f"--jobs is {given}, and one process is needed at least", hint="-j 1")
    return given


def _write(verification: Verification, name: str) -> None:
    from modelyard.reports.verification import render_json, render_junit

    if name == "text":
        for place in verification.places:
            _tell(place, verification)
    else:
        console.write(render_json(verification) if name == "json" else render_junit(verification))


def _tell(place: Inspected, verification: Verification) -> None:
    """Print one line for a place, and what is wrong in it."""
    from modelyard.cli.amounts import amount
    from modelyard.reports.text import counted
    from modelyard.reports.visible import visible

    style = console.style_of(sys.stdout)
    notes = ["every byte read" if verification.scrutiny.deep else "existence and size"]
    notes += [f"{place.resumed} of them by a run before this one"] if place.resumed else []
    notes += [f"{place.absent} not there, as a cache may"] if place.absent else []
    wrong = len(place.faults)
    if place.absent and place.absent == place.objects and not wrong:
        console.say(f"nothing to verify in {place.place}: none of {counted(place.objects, 'object')} is there")
        return
    verdict = style.red(f"{counted(wrong, 'fault')} in") if wrong else style.green("verified")
    size = f"{counted(place.objects, 'object')} of {amount(place.size)}"
    console.say(f"{verdict} {place.place}: {size}, {', '.join(notes)}")
    for fault in place.faults:
        console.say(f"  {fault.kind.value}: {visible(fault.message)}")
        versions = verification.needed_by.get(fault.oid or "", ())
        if versions:
            console.say(f"    needed by {', '.join(map(str, versions))}")


def _complaint(verification: Verification) -> tuple[str, str]:
    faults = verification.faults
    more = f" (and {len(faults) - 1} more)" if len(faults) > 1 else ""
    worst = min(faults, key=lambda fault: fault.kind.value)  # corrupt, missing, unreachable
    hints = {
        "corrupt": "delete the object where it is corrupt, and run `modelyard push` where its bytes are good",
        "missing": "run `modelyard push` where its bytes are, or `modelyard pull` to have them here",
        "unreachable": "look at its address (`dvc remote list`), at your credentials for it, and at the network",
    }
    return f"{worst.message}{more}", hints[worst.kind.value]
