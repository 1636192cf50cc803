"""``modelyard resolve``."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from modelyard.cli import console, reading

if TYPE_CHECKING:
    import argparse

    from modelyard.documents.model import Deprecation
    from modelyard.names import VersionId
    from modelyard.snapshot import Snapshot

__all__ = ["EXAMPLE", "add_arguments", "run"]

EXAMPLE = """\
  modelyard resolve fraud@production --repo https://git.example.org/models.git
  modelyard resolve fraud@production --as-of 2026-03-01
"""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the command's arguments."""
    reading.add_reference(parser)
    parser.add_argument("--format", choices=("text", "json"), default="text", help="how to print")


def run(arguments: argparse.Namespace) -> int:
    """Print the version that the reference means."""
    from modelyard.api.origin import open_origin
    from modelyard.api.waiting import resolve_committed

    origin = open_origin(arguments.repo, as_of=arguments.as_of, offline=arguments.offline)
    with origin.reading() as snapshot:
        version_id = resolve_committed(arguments.reference, origin, snapshot, allow_yanked=arguments.allow_yanked)
        # A deployment asks this often: as text, nothing of the version itself is read.
        value = _as_value(arguments.reference, version_id, snapshot) if arguments.format == "json" else None
        model = snapshot.model(version_id.name)
    if model and model.value and model.value.deprecation:
        _warn(version_id, model.value.deprecation)
    console.say(json.dumps(value, indent=2) if value else str(version_id))
    return 0


def _as_value(reference: str, version_id: VersionId, snapshot: Snapshot) -> dict[str, object]:
    files = snapshot.version(version_id).require_metadata().files
    return {
        "reference": reference,
        "name": version_id.name,
        "version": str(version_id.version),
        "commit": snapshot.tree.commit,
        "files": {path: record.to_value() for path, record in sorted(files.items())},
    }


def _warn(version_id: VersionId, deprecation: Deprecation) -> None:
    instead = deprecation.replacement
    hint = f"use {instead}" if instead else f"modelyard show {version_id} names its owners"
    console.warn(f"model {version_id.name!r} is deprecated: {deprecation.reason}", hint)
