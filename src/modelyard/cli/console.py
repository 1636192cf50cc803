"""The terminal: what is printed where, and whether in colour."""

from __future__ import annotations

import os
import sys
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, TextIO

from modelyard.reports.columns import columns
from modelyard.reports.style import COLOURED, PLAIN
from modelyard.reports.visible import visible

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from modelyard.cli.progress import ProgressBar
    from modelyard.errors import ModelyardError
    from modelyard.reports.style import Style
    from modelyard.rules.judgement import Judgement

__all__ = [
    "columns",
    "complain",
    "git_in",
    "good",
    "next_steps",
    "note",
    "progress_bar",
    "report_refusal",
    "say",
    "style_of",
    "table",
    "warn",
    "write",
    "write_encoded",
]


def style_of(stream: TextIO) -> Style:
    """Return the style for a stream: colour on a terminal only, and by NO_COLOR and FORCE_COLOR."""
    if os.environ.get("NO_COLOR"):
        return PLAIN
    if os.environ.get("FORCE_COLOR"):
        return COLOURED
    return COLOURED if stream.isatty() and os.environ.get("TERM") != "dumb" else PLAIN


def say(text: str = "") -> None:
    """Print data or the outcome of a command on standard output."""
    sys.stdout.write(f"{text}\n")


def write(text: str) -> None:
    """Print a report that ends its own lines."""
    sys.stdout.write(text)


def note(text: str) -> None:
    """Print a remark on standard error, where it is in nobody's data."""
    sys.stderr.write(f"{text}\n")


def complain(message: str, hint: str | None) -> None:
    """Print why a command could not do its work, and what to do next, on standard error."""
    style = style_of(sys.stderr)
    sys.stderr.write(f"{style.red('modelyard:')} {visible(message)}\n")
    if hint:
        sys.stderr.write(f"    {style.dim('hint:')} {visible(hint)}\n")


def warn(message: str, hint: str) -> None:
    """Print a warning on standard error."""
    style = style_of(sys.stderr)
    sys.stderr.write(f"{style.yellow('warning:')} {visible(message)}\n    {style.dim('hint:')} {visible(hint)}\n")


def good(text: str) -> str:
    """Return the text in the colour of what went well."""
    return style_of(sys.stdout).green(text)


def git_in(directory: Path) -> str:
    """Return how git is called for a directory, as one would paste it."""
    import shlex

    return "git" if directory == Path() else f"git -C {shlex.quote(str(directory))}"


def next_steps(*steps: str) -> None:
    """Print what to do next, one command a line."""
    style = style_of(sys.stdout)
    say(style.dim("next:"))
    for step in steps:
        if step:
            say(f"  {step}")


def report_refusal(refused: ModelyardError, judgement: Judgement) -> int:
    """Print what the gate found, and why nothing was written; return the exit code."""
    from modelyard.reports.text import render

    write(render(judgement, style=style_of(sys.stdout)))
    complain(refused.message, refused.hint)
    return refused.exit_code


@contextmanager
def progress_bar(verb: str) -> Iterator[ProgressBar]:
    """Give a progress bar that is gone afterwards, however the body ends."""
    from modelyard.cli.progress import ProgressBar

    bar = ProgressBar(verb)
    try:
        yield bar
    finally:
        bar.done()


def write_encoded(data: bytes, *, header: bool) -> None:
    """Print what is encoded as UTF-8 already: thousands of lines are not decoded and encoded for nothing.

    :param header: whether the first line stands out, where anything can.
    """
    plain = not header or style_of(sys.stdout) is PLAIN
    buffer = getattr(sys.stdout, "buffer", None) if sys.stdout.encoding in ("utf-8", "UTF-8") else None
    if plain and buffer:
        sys.stdout.flush()
        buffer.write(data)
    else:
        text = data.decode()
        write(text if plain else _headed(text))


def table(header: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """Return rows below a header, in columns as wide as their widest cell."""
    return _headed("\n".join(columns([header, *rows])))


def _headed(text: str) -> str:
    first, line_break, others = text.partition("\n")
    return f"{style_of(sys.stdout).bold(first)}{line_break}{others}"
