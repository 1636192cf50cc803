"""Repair: what can be computed for a version directory that somebody made by hand."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from modelyard import templates
from modelyard.documents import card as card_document
from modelyard.documents import edit, metrics, yaml_text
from modelyard.documents import metadata as metadata_document
from modelyard.documents.metadata_parts import FileRecord
from modelyard.documents.pointer import SUFFIX, gitignore
from modelyard.errors import Refused
from modelyard.lifecycle.edits import Edits
from modelyard.rules.layout import ALWAYS_ALLOWED

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from modelyard.documents.policy import Policy
    from modelyard.rules.rule import ArtifactBytes
    from modelyard.version_directory import VersionDirectory

__all__ = ["fix"]


def fix(
    version: VersionDirectory,
    policy: Policy,
    artifacts: ArtifactBytes,
    *,
    now: str,
    format_of: Callable[[str], str],
) -> Edits:
    """Return what brings the directory nearer to a valid version: nothing that is stated is invented.

    Name and version come from the directory; files, sizes and digests from bytes at hand;
    ``created_at`` from ``now`` where it is missing; a missing section becomes a heading to fill in.

    :param format_of: the format of a file of the directory, by its relative path.
    :raises Refused: the metadata can't be read, so there is no telling what it says.
    """
    found = {**_metadata_edit(version, artifacts, now, format_of), **_card_edit(version, policy)}
    found.update(_gitignore_edit(version))
    files = {version.full_path(name): data for name, data in found.items() if version.content(name) != data}
    return Edits(files, f"Complete {version.id}", f"fix/{version.id.directory}")


def _metadata_edit(
    version: VersionDirectory,
    artifacts: ArtifactBytes,
    now: str,
    format_of: Callable[[str], str],
) -> dict[str, bytes]:
    if metadata_document.JSON_FILE in version:
        raise Refused(
            f"{version.full_path(metadata_document.JSON_FILE)} is JSON, and only YAML is completed in place",
            hint=f"rename it to {metadata_document.YAML_FILE}: JSON is YAML",
        )
    parsed = version.metadata
    if parsed and parsed.faults:
        raise Refused(parsed.first_fault(), hint=parsed.faults[0].hint)
    stated: dict[str, Any] = parsed.document.mapping() if parsed and parsed.document else {}
    content = version.content(metadata_document.YAML_FILE)
    data = content if isinstance(content, bytes) else b""
    for key, value in _computed(version, stated, artifacts, now, format_of):
        if stated.get(key) != value:
            data = edit.set_value(data, (key,), value) if data else yaml_text.render({key: value})
    return {metadata_document.YAML_FILE: data}


def _computed(
    version: VersionDirectory,
    stated: dict[str, Any],
    artifacts: ArtifactBytes,
    now: str,
    format_of: Callable[[str], str],
) -> Iterator[tuple[str, Any]]:
    yield "schema_version", metadata_document.SCHEMA_VERSION
    yield "name", version.id.name
    yield "version", str(version.id.version)
    files = _files(version, stated, artifacts, format_of)
    if files:
        yield "files", files
        tops = {path.split("/")[0] for path in files}
        if "artifact" not in stated and len(tops) == 1:
            yield "artifact", tops.pop()
    yield "created_at", stated.get("created_at", now)


def _files(
    version: VersionDirectory,
    stated: dict[str, Any],
    artifacts: ArtifactBytes,
    format_of: Callable[[str], str],
) -> dict[str, Any]:
    before = stated.get("files") if isinstance(stated.get("files"), dict) else {}
    records: dict[str, Any] = dict(before or {})
    only = len(_candidates(version, stated)) == 1
    for path in _candidates(version, stated):
        found = artifacts.find(version, path)
        if found is None:
            continue
        known = records.get(path) if isinstance(records.get(path), dict) else {}
        role = (known or {}).get("role") or ("model" if only or path == stated.get("artifact") else "other")
        form = (known or {}).get("format") or format_of(path)
        records[path] = {**(known or {}), **FileRecord(found.sha256, found.size, role, form).to_value()}
    return records


def _candidates(version: VersionDirectory, stated: dict[str, Any]) -> list[str]:
    """Return the files that belong to the artifact: listed, pointed at, or named by nothing else."""
    listed = list(stated["files"]) if isinstance(stated.get("files"), dict) else []
    pointed = [
        parsed.value.path for parsed in version.pointers.values() if parsed.value and not parsed.value.is_directory
    ]
    named = {stated.get("dataset_manifest"), "dataset-manifest.yaml", metrics.FILE, *_named_elsewhere(stated)}
    loose = [
        name
        for name in version.entries
        if name not in ALWAYS_ALLOWED and name not in named and not name.endswith(SUFFIX) and name[:7] != "LICENSE"
    ]
    return list(dict.fromkeys([*listed, *sorted(pointed), *sorted(loose)]))


def _named_elsewhere(stated: dict[str, Any]) -> set[str]:
    smoke, environment = stated.get("smoke_test"), stated.get("environment")
    parts = [part for part in (smoke, environment) if isinstance(part, dict)]
    return {value for part in parts for value in part.values() if isinstance(value, str)}


def _card_edit(version: VersionDirectory, policy: Policy) -> dict[str, bytes]:
    content = version.content(card_document.FILE)
    if content is None:
        return {card_document.FILE: templates.load("model_card_template.md").encode()}
    card = version.card.value if version.card else None
    if card is None or not isinstance(content, bytes):
        return {}
    missing = [title for title in policy.card_sections if not card.section(title)]
    headings = "".join(f"\n## {title}\n\nTODO: write this section.\n" for title in missing)
    end = b"" if content.endswith(b"\n") or not missing else b"\n"
    return {card_document.FILE: content + end + headings.encode()}


def _gitignore_edit(version: VersionDirectory) -> dict[str, bytes]:
    pointers = [parsed.value for parsed in version.pointers.values() if parsed.value]
    return {".gitignore": gitignore(pointers)} if pointers else {}
