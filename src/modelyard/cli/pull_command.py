"""``modelyard pull``."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from modelyard.cli import console, fetching, reading
from modelyard.errors import UsageError

if TYPE_CHECKING:
    import argparse

    from modelyard.api.model_version import ModelVersion
    from modelyard.api.pulling import Pulled
    from modelyard.storage.transfer import Fetched

__all__ = ["EXAMPLE", "add_arguments", "run"]

_STREAM = Path("-")

EXAMPLE = """\
  modelyard pull fraud@production --repo https://git.example.org/models.git --out models/fraud
  modelyard pull fraud@production --repo https://git.example.org/models.git --as-of 2026-03-01 --offline
"""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the command's arguments."""
    reading.add_reference(parser)
    parser.add_argument(
        "--out",
        type=Path,
        metavar="DIR",
        help="default: in a clone the version's own directory, else ./NAME-VERSION; "
        "'-' writes the artifact to standard output, once all of it is verified",
    )
    parser.add_argument("--remote", metavar="NAME", help="the DVC remote (default: the registry's default one)")
    fetching.add_arguments(parser)
    parser.add_argument("--format", choices=("text", "json"), default="text", help="how to print")


def run(arguments: argparse.Namespace) -> int:
    """Pull, verify, and say what stands where."""
    from modelyard.api.registry import Registry

    registry = Registry(arguments.repo, as_of=arguments.as_of, offline=arguments.offline)
    version = registry.version(arguments.reference, allow_yanked=arguments.allow_yanked)
    here = None if registry.is_clone else Path(version.id.directory)
    if arguments.out == _STREAM:
        return _stream(version, arguments)
    with console.progress_bar("pull") as progress:
        progress.expect(version.metadata.size, files=len(version.metadata.files))
        pulled = version.pull(
            arguments.out or here,
            remote=arguments.remote,
            jobs=arguments.jobs,
            link=arguments.link,
            progress=progress,
        )
    _tell_healed(pulled.fetched)
    if arguments.format == "json":
        console.say(json.dumps(_as_value(version, pulled), indent=2))
        return 0
    from modelyard.cli.amounts import amount

    size = amount(version.metadata.size)
    # MD5 is DVC's name of an object, and says nothing more about one that is here already.
    digests = "SHA-256 and MD5" if pulled.fetched.objects else "SHA-256"
    console.say(f"{console.good('pulled')} {version.id}, {size}, {digests} verified")
    for path in pulled.paths:
        note = " (replaced a file with other bytes)" if path in pulled.replaced else ""
        console.say(f"  {_from_here(path)}{note}")
    return 0


def _stream(version: ModelVersion, arguments: argparse.Namespace) -> int:
    """Write the artifact to standard output, and what there is to say to standard error."""
    if arguments.format == "json":
        raise UsageError("--out - leaves no room for --format json", hint="name a directory: --out DIR")
    with console.progress_bar("pull") as progress:
        fetched = version.stream(sys.stdout.buffer, remote=arguments.remote, progress=progress)
    sys.stdout.buffer.flush()
    _tell_healed(fetched)
    return 0


def _tell_healed(fetched: Fetched) -> None:
    for corruption in fetched.healed:
        console.warn(str(corruption), "it was fetched again, and is right now")


def _from_here(path: Path) -> Path:
    here = Path.cwd()
    return path.relative_to(here) if path.is_relative_to(here) else path


def _as_value(version: ModelVersion, pulled: Pulled) -> dict[str, object]:
    return {
        "name": version.name,
        "version": version.version,
        "commit": version.commit,
        "paths": [str(path) for path in pulled.paths],
        "replaced": [str(path) for path in pulled.replaced],
        "fetched": pulled.fetched.size,
    }
