"""``modelyard init``."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from modelyard.cli import console

if TYPE_CHECKING:
    import argparse

__all__ = ["EXAMPLE", "add_arguments", "run"]

EXAMPLE = """\
  modelyard init models --remote s3://bucket/models
  modelyard init models --ci gitlab             # the gate as a job of GitLab CI
"""

_SERVICES = ("github", "gitlab", "none")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the command's arguments."""
    parser.add_argument("directory", nargs="?", type=Path, default=Path(), metavar="DIR", help="default: here")
    parser.add_argument("--remote", metavar="URL", help="DVC remote for artifacts (default: a directory beside DIR)")
    parser.add_argument(
        "--from",
        dest="source",
        default="installed",
        metavar="SOURCE",
        help="where hooks and jobs get modelyard: `installed` (default), URL@REVISION, or a path",
    )
    parser.add_argument(
        "--ci",
        choices=_SERVICES,
        help="whose jobs run the gate (default: gitlab where there is a .gitlab-ci.yml, else github)",
    )


def run(arguments: argparse.Namespace) -> int:
    """Found the registry and say what was written and what comes next."""
    from modelyard.api.founding import found_registry
    from modelyard.lifecycle.ci import CiService

    ci = CiService(arguments.ci) if arguments.ci else None
    founded = found_registry(arguments.directory, remote=arguments.remote, source=arguments.source, ci=ci)
    for path in founded.written:
        console.say(f"wrote {path}")
    for remark in founded.remarks:
        console.note(f"left to do: {remark}")
    if founded.beside:
        console.warn(
            f"artifacts go to {founded.beside}, which other clones won't see",
            "dvc remote modify storage url s3://bucket/models, before the first version is registered",
        )
    if not founded.written:
        console.say(f"{founded.root} is a registry already; nothing was changed")
        return 0
    console.say()
    console.next_steps(
        f"cd {arguments.directory}" if arguments.directory != Path() else "",
        "pre-commit install",
        'git add -A && git commit -m "Found the model registry"',
        "modelyard register NAME --artifact FILE --dataset FILE --license ID --card MODEL_CARD.md",
    )
    return 0
