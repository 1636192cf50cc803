"""Reports into files, beside the one on the terminal: ``--report FORMAT=FILE``."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from modelyard.reports.formats import FORMATS
from modelyard.values import dataclass

if TYPE_CHECKING:
    from collections.abc import Sequence

    from modelyard.rules.judgement import Judgement

__all__ = ["ReportFile", "parse_report_file", "write_reports"]

_MODE = 0o644


@dataclass(frozen=True)
class ReportFile:
    """A format, and the file that a report in it is written to."""

    format: str
    path: Path


def parse_report_file(text: str) -> ReportFile:
    """Return what ``FORMAT=FILE`` says.

    :raises argparse.ArgumentTypeError: the format is unknown, or there is no file.
    """
    name, _, file = text.partition("=")
    if name not in FORMATS or not file:
        raise argparse.ArgumentTypeError(f"{text!r} is not FORMAT=FILE; the formats are {', '.join(FORMATS)}")
    return ReportFile(name, Path(file))


def write_reports(judgement: Judgement, files: Sequence[ReportFile]) -> None:
    """Write each report whole, or leave what was there.

    :raises NotFinished: a file can't be written.
    """
    if not files:
        return
    from modelyard.reports.formats import render
    from modelyard.storage.writing import translated

    for file in files:
        data = render(judgement, file.format).encode("utf-8", "backslashreplace")
        with translated("write the report to", file.path):
            _write(file.path, data)


def _write(path: Path, data: bytes) -> None:
    from modelyard.storage.writing import new_file, open_directory

    if _is_no_place(path):
        sys.stdout.flush()
        with path.open("ab") as stream:
            stream.write(data)
        return
    target = path.resolve()
    with open_directory(target.parent, create=False) as directory, new_file(directory) as file:
        file.write(data)
        file.publish(directory, target.name, mode=_MODE)


def _is_no_place(path: Path) -> bool:
    """Whether nothing can be put in its place: a pipe, a terminal, or a name for an open file such as /dev/stdout."""
    return path.absolute().parts[1:2] in (("dev",), ("proc",)) or (path.exists() and not path.is_file())
