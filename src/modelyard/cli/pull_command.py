"""``modelyard pull``."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

from modelyard.cli import console, fetching, reading
from modelyard.errors import UsageError
from modelyard.values import dataclass

if TYPE_CHECKING:
    import argparse

    from modelyard.api.model_version import ModelVersion
    from modelyard.api.pinned import Pinned
    from modelyard.documents.delivery import Delivery
    from modelyard.names import VersionId
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
        help="default: the version's own directory in the clone that is read, else ./NAME-VERSION; "
        "'-' writes the artifact to standard output, once all of it is verified",
    )
    parser.add_argument("--remote", metavar="NAME", help="the DVC remote (default: the registry's default one)")
    fetching.add_arguments(parser)
    parser.add_argument("--format", choices=("text", "json"), default="text", help="how to print")


@dataclass(frozen=True)
class _Outcome:
    """What there is to tell of a pull.

    :param objects: how many were fetched, and ``fetched`` their bytes.
    """

    version_id: VersionId
    commit: str | None
    size: int
    paths: tuple[Path, ...]
    replaced: tuple[Path, ...] = ()
    objects: int = 0
    fetched: int = 0


def run(arguments: argparse.Namespace) -> int:
    """Pull, verify, and say what stands where."""
    streams = arguments.out == _STREAM
    if streams and arguments.format == "json":
        raise UsageError("--out - leaves no room for --format json", hint="name a directory: --out DIR")
    question = _question(arguments)
    delivery = question.answer() if question and not streams else None
    # Whoever names a remote wants to be told where there is none of that name.
    outcome = _in_place(delivery, arguments.out) if delivery and not arguments.remote else None
    outcome = outcome or _pull(arguments, question)
    if outcome and arguments.format == "json":
        import json

        console.say(json.dumps(_as_value(outcome), indent=2))
    elif outcome:
        _tell(outcome)
    return 0


def _question(arguments: argparse.Namespace) -> Pinned | None:
    """Return what is asked, where the answer may have been kept."""
    if arguments.as_of is None:
        return None
    from modelyard.api.pinned import pinned

    return pinned(arguments.repo, arguments.as_of, arguments.reference, allow_yanked=arguments.allow_yanked)


def _in_place(delivery: Delivery, out: Path | None) -> _Outcome | None:
    """Return what stands there already, to the last byte; None where anything is to be done."""
    from modelyard.storage.in_place import stands

    target = out or Path(delivery.version.directory)
    if not stands(target, delivery):
        return None
    paths = tuple(target / path for path in sorted(delivery.opened.files))
    return _Outcome(delivery.version, delivery.commit, delivery.size, paths)


def _pull(arguments: argparse.Namespace, question: Pinned | None) -> _Outcome | None:
    """Pull a version, and return what is to be told of it: nothing where it was streamed."""
    from modelyard.api.registry import Registry

    registry = Registry(arguments.repo, as_of=arguments.as_of, offline=arguments.offline)
    outcome = None
    with registry.held():
        version = registry.version(arguments.reference, allow_yanked=arguments.allow_yanked)
        here = None if registry.is_clone else Path(version.id.directory)
        if arguments.out == _STREAM:
            _stream(version, arguments)
        else:
            outcome = _put(version, arguments.out or here, arguments)
        if question:
            question.keep(version.delivery(question.registry))
    return outcome


def _put(version: ModelVersion, target: Path | None, arguments: argparse.Namespace) -> _Outcome:
    size = version.metadata.size
    with console.progress_bar("pull") as progress:
        progress.expect(size, files=len(version.metadata.files))
        pulled = version.pull(
            target, remote=arguments.remote, jobs=arguments.jobs, link=arguments.link, progress=progress
        )
    fetched = pulled.fetched
    _tell_healed(fetched)
    return _Outcome(version.id, version.commit, size, pulled.paths, pulled.replaced, fetched.objects, fetched.size)


def _stream(version: ModelVersion, arguments: argparse.Namespace) -> None:
    """Write the artifact to standard output, and what there is to say to standard error."""
    with console.progress_bar("pull") as progress:
        fetched = version.stream(sys.stdout.buffer, remote=arguments.remote, progress=progress)
    sys.stdout.buffer.flush()
    _tell_healed(fetched)


def _tell(outcome: _Outcome) -> None:
    from modelyard.cli.amounts import amount

    # MD5 is DVC's name of an object, and says nothing more about one that is here already.
    digests = "SHA-256 and MD5" if outcome.objects else "SHA-256"
    console.say(f"{console.good('pulled')} {outcome.version_id}, {amount(outcome.size)}, {digests} verified")
    for path in outcome.paths:
        note = " (replaced a file with other bytes)" if path in outcome.replaced else ""
        console.say(f"  {_from_here(path)}{note}")


def _tell_healed(fetched: Fetched) -> None:
    for corruption in fetched.healed:
        console.warn(str(corruption), "it was fetched again, and is right now")


def _from_here(path: Path) -> Path:
    here = Path.cwd()
    return path.relative_to(here) if path.is_relative_to(here) else path


def _as_value(outcome: _Outcome) -> dict[str, object]:
    return {
        "name": outcome.version_id.name,
        "version": str(outcome.version_id.version),
        "commit": outcome.commit,
        "paths": [str(path) for path in outcome.paths],
        "replaced": [str(path) for path in outcome.replaced],
        "fetched": outcome.fetched,
    }
