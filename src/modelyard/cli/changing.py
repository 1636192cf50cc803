"""What every command that changes the registry has in common: where the change goes, and how it is told."""

from __future__ import annotations

import json
import shlex
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from modelyard.cli import console, proposal, reading
from modelyard.errors import UsageError

if TYPE_CHECKING:
    import argparse
    from collections.abc import Callable
    from typing import TypeAlias

    from modelyard.api.changing import Proposed
    from modelyard.api.checkout import Checkout
    from modelyard.rules.judgement import Judgement

    Act: TypeAlias = Callable[[Checkout], Proposed]

__all__ = ["add_arguments", "add_words", "carry_out", "listed", "words_of"]


def add_arguments(parser: argparse.ArgumentParser, *, usual: str) -> None:
    """Declare the arguments that say where a change goes, whether it is written, and how it is told.

    :param usual: what the branch is called where nobody names it.
    """
    reading.add_place(parser)
    proposal.add_arguments(parser, usual=usual)
    parser.add_argument("--dry-run", action="store_true", help="say what would be done, and whether the gate lets it")
    parser.add_argument("--format", choices=("text", "json"), default="text", help="how to print")


def add_words(parser: argparse.ArgumentParser, metavar: str, meaning: str) -> None:
    """Declare what a change is about: words on the command line, and more of them in a file."""
    parser.add_argument("words", nargs="*", metavar=metavar, help=meaning)
    parser.add_argument("--from-file", type=Path, metavar="FILE", help="more, one a line ('-' for standard input)")


def words_of(arguments: argparse.Namespace, *, missing: str, hint: str) -> tuple[str, ...]:
    """Return what a change is about, each once.

    :raises UsageError: nothing is named, or the file cannot be read; ``missing`` and ``hint`` say the former.
    """
    words = (*arguments.words, *(listed(arguments.from_file) if arguments.from_file else ()))
    if not words:
        raise UsageError(missing, hint=hint)
    return tuple(dict.fromkeys(words))


def listed(path: Path) -> tuple[str, ...]:
    """Return the words of a list in a file, or on standard input where it is called ``-``.

    :raises UsageError: it cannot be read, or a line of it is no word; the message names the line.
    """
    from modelyard.lifecycle.choose import parse_list

    name = "standard input" if path == Path("-") else str(path)
    try:
        return parse_list(sys.stdin.read() if path == Path("-") else path.read_text(encoding="utf-8"))
    except OSError as error:
        raise UsageError(f"{name} cannot be read: {error.strerror}", hint=f"ls -l {shlex.quote(str(path))}") from error
    except UnicodeDecodeError as error:
        line = error.object.count(b"\n", 0, error.start) + 1
        raise UsageError(
            f"{name}, line {line}: it is no text in UTF-8", hint="one name a line, or NAME@VERSION"
        ) from error
    except UsageError as error:
        raise UsageError(f"{name}, {error.message}", hint=error.hint) from error


def carry_out(arguments: argparse.Namespace, act: Act) -> int:
    """Let a change be made, say what came of it and what comes next, and return the exit code."""
    from modelyard.api.refusing import GateRefused

    checkout = proposal.checkout_of(arguments)
    try:
        proposed = act(checkout)
    except GateRefused as refused:
        if arguments.format == "text":
            return console.report_refusal(refused, refused.judgement)
        console.say(json.dumps(_refused(refused.judgement), indent=2))
        console.complain(refused.message, refused.hint)
        return refused.exit_code
    if arguments.format == "json":
        console.say(json.dumps(_as_value(proposed), indent=2))
    else:
        here = arguments.branch == proposal.HERE
        _tell(proposed, console.git_in(arguments.registry), checkout, here=here)
    return 0


def _tell(proposed: Proposed, git: str, checkout: Checkout, *, here: bool) -> None:
    from modelyard.reports.text import render_problem

    edits = proposed.edits
    for problem in proposed.judgement.problems:
        console.write("\n".join(render_problem(problem, style=console.style_of(sys.stdout))) + "\n")
    for deed in edits.deeds:
        verb = console.good(deed.action.done) if proposed.written else f"would {deed.action.value}"
        console.say(f"{verb} {deed.words}")
    if not edits.changes:
        console.say("nothing to do")
    for sentence in proposed.left_out:
        console.say(f"  left out  {sentence}")
    for sentence in proposed.remarks:
        console.say(f"  note      {sentence}")
    if not proposed.written:
        proposal.say_plan(edits.files, edits.removed)
        return
    proposal.say_where(
        tuple(edits.files), edits.removed, branch=proposed.branch, commit=proposed.commit, stood=proposed.stood
    )
    if proposed.published and proposed.published.remote:
        proposal.say_published(proposed.published, git)
        return
    steps = proposal.steps(
        git, checkout, branch=proposed.branch, usual=edits.branch, paths=edits.paths, subject=edits.title, here=here
    )
    proposal.say_steps(steps)


def _as_value(proposed: Proposed) -> dict[str, object]:
    from modelyard.reports.json import as_value

    edits = proposed.edits
    return {
        "written": proposed.written,
        "title": edits.title,
        "deeds": [deed.to_value() for deed in edits.deeds],
        "left_out": list(proposed.left_out),
        "remarks": list(proposed.remarks),
        "files": sorted(edits.files),
        "removed": sorted(edits.removed),
        "branch": proposed.branch,
        "commit": proposed.commit,
        "report": as_value(proposed.judgement),
        **({"pull_request": proposal.as_value(proposed.published)} if proposed.published else {}),
    }


def _refused(judgement: Judgement) -> dict[str, object]:
    from modelyard.reports.json import as_value

    return {"written": False, "report": as_value(judgement)}
