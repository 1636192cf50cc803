"""Repair: what can be computed for a version directory that somebody made by hand."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from modelyard import templates
from modelyard.documents import card as card_document
from modelyard.documents import dataset_manifest as manifest_document
from modelyard.documents import edit, metrics, yaml_text
from modelyard.documents import metadata as metadata_document
from modelyard.documents.card_template import TEMPLATE
from modelyard.documents.licenses import InvalidLicense, nearest_license, parse_license
from modelyard.documents.metadata_parts import FileRecord
from modelyard.documents.pointer import SUFFIX, gitignore
from modelyard.errors import Refused
from modelyard.lifecycle.edits import Edits
from modelyard.lifecycle.pointers import pointer_edits
from modelyard.lifecycle.tidy import tidy_card, tidy_text, tidy_yaml
from modelyard.rules.hints import removed
from modelyard.rules.layout import ALWAYS_ALLOWED
from modelyard.values import dataclass

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from modelyard.documents.pointer import Pointer
    from modelyard.documents.policy import Policy
    from modelyard.rules.found import ArtifactBytes
    from modelyard.version_directory import VersionDirectory

__all__ = ["Surroundings", "fix"]

_YAML = {
    metadata_document.YAML_FILE: metadata_document.SCHEMA,
    manifest_document.FILE: manifest_document.SCHEMA,
}


@dataclass(frozen=True)
class Surroundings:
    """What can be found out about a version directory beside what Git holds of it.

    :param artifacts: the bytes that lie at hand.
    :param now: the time, by RFC 3339.
    :param format_of: the format of a file of the directory, by its relative path.
    :param members_of: the relative paths in a DVC directory, by its object id; none where its manifest
        is not at hand.
    """

    artifacts: ArtifactBytes
    now: str
    format_of: Callable[[str], str]
    members_of: Callable[[str], Sequence[str]]


def fix(version: VersionDirectory, policy: Policy, surroundings: Surroundings) -> Edits:
    """Return what brings the directory nearer to a valid version: nothing that is stated is invented.

    First the text: encoding, line ends, quotes, the order of keys. Then what it says: name and version come from the
    directory; files, sizes and digests, those of pointers too, from bytes at hand; ``created_at`` from the clock where
    it is missing; a licence that misses one of SPDX by a little becomes that one; a missing section becomes a heading
    to fill in.

    :raises Refused: the metadata can't be read, so there is no telling what it says, or a folder stands where a
        document belongs.
    """
    _require_no_folder(version)
    tidied = _tidied(version)
    tidy = version.with_contents(tidied)
    pointers = pointer_edits(tidy, surroundings.artifacts)
    whole = version.with_contents({**tidied, **pointers})
    found = {**tidied, **pointers, **_metadata_edit(whole, surroundings), **_card_edit(whole, policy)}
    found.update(_gitignore_edit(whole))
    files = {version.full_path(name): data for name, data in found.items() if version.content(name) != data}
    executable = [name for name, entry in version.entries.items() if entry.kind == "executable"]
    return Edits(
        files,
        f"Complete {version.id}",
        f"fix/{version.id.directory}",
        tuple(version.full_path(name) for name in executable),
    )


def _require_no_folder(version: VersionDirectory) -> None:
    for name in (metadata_document.YAML_FILE, card_document.FILE):
        if any(each.startswith(f"{name}/") for each in version.entries):
            path = version.full_path(name)
            raise Refused(f"{path} is a folder, where a file belongs", hint=removed(path, folder=True))


def _tidied(version: VersionDirectory) -> dict[str, bytes]:
    """Return the documents that are written otherwise than they should be."""
    found = {}
    for name in (*_YAML, metrics.FILE, card_document.FILE):
        content = version.content(name) if name in version and version.entries[name].kind.is_file else None
        if isinstance(content, bytes):
            found[name] = _tidied_document(version, name, content)
    return {name: data for name, data in found.items() if data != version.content(name)}


def _tidied_document(version: VersionDirectory, name: str, content: bytes) -> bytes:
    if name in _YAML:
        return tidy_yaml(content, _YAML[name])
    if name == card_document.FILE:
        return tidy_card(content, {"name": version.id.name, "version": str(version.id.version)})
    return tidy_text(content)


def _metadata_edit(version: VersionDirectory, surroundings: Surroundings) -> dict[str, bytes]:
    if metadata_document.JSON_FILE in version:
        raise Refused(
            f"{version.full_path(metadata_document.JSON_FILE)} is JSON, and only YAML is completed in place",
            hint=f"rename it to {metadata_document.YAML_FILE}: JSON is YAML",
        )
    parsed = version.metadata
    if parsed and parsed.faults:
        raise Refused(parsed.first_fault(), hint=parsed.faults[0].hint)
    stated: dict[str, Any] = parsed.document.mapping() if parsed and parsed.document else {}
    _require_known_format(version, stated)
    content = version.content(metadata_document.YAML_FILE)
    data = content if isinstance(content, bytes) else b""
    for key, value in _computed(version, stated, surroundings):
        if stated.get(key) != value:
            data = edit.set_value(data, (key,), value) if data else yaml_text.render({key: value})
    return {metadata_document.YAML_FILE: tidy_yaml(data, metadata_document.SCHEMA)}


def _require_known_format(version: VersionDirectory, stated: dict[str, Any]) -> None:
    found, known = stated.get("schema_version"), metadata_document.SCHEMA_VERSION
    if isinstance(found, int) and found > known:
        path = version.full_path(metadata_document.YAML_FILE)
        raise Refused(f"{path} has format {found}, and this modelyard knows {known}", hint="install a newer modelyard")


def _computed(
    version: VersionDirectory,
    stated: dict[str, Any],
    surroundings: Surroundings,
) -> Iterator[tuple[str, Any]]:
    yield "schema_version", metadata_document.SCHEMA_VERSION
    yield "name", version.id.name
    yield "version", str(version.id.version)
    licence = stated.get("license")
    if isinstance(licence, str):
        yield "license", _spdx(licence)
    files = _files(version, stated, surroundings)
    if files:
        yield "files", files
        tops = {path.split("/")[0] for path in files}
        if "artifact" not in stated and len(tops) == 1:
            yield "artifact", tops.pop()
    yield "created_at", stated.get("created_at", surroundings.now)


def _spdx(text: str) -> str:
    """Return the licence that is meant; as it is written where that is one, or nobody can tell."""
    try:
        parse_license(text)
    except InvalidLicense:
        return nearest_license(text) or text
    return text


def _files(version: VersionDirectory, stated: dict[str, Any], surroundings: Surroundings) -> dict[str, Any]:
    before = stated.get("files") if isinstance(stated.get("files"), dict) else {}
    records: dict[str, Any] = dict(before or {})
    paths = _candidates(version, stated, surroundings)
    only = len({path.split("/")[0] for path in paths}) == 1
    for path in paths:
        found = surroundings.artifacts.find(version, path)
        if found is None:
            continue
        known = records.get(path) if isinstance(records.get(path), dict) else {}
        is_model = only or stated.get("artifact") in (path, path.split("/")[0])
        role = (known or {}).get("role") or ("model" if is_model else "other")
        form = (known or {}).get("format") or surroundings.format_of(path)
        records[path] = {**(known or {}), **FileRecord(found.sha256, found.size, role, form).to_value()}
    return records


def _candidates(version: VersionDirectory, stated: dict[str, Any], surroundings: Surroundings) -> list[str]:
    """Return the files that belong to the artifact: listed, pointed at, or named by nothing else."""
    listed = list(stated["files"]) if isinstance(stated.get("files"), dict) else []
    pointed = [path for parsed in version.pointers.values() for path in _behind(parsed.value, surroundings)]
    named = {stated.get("dataset_manifest"), "dataset-manifest.yaml", metrics.FILE, *_named_elsewhere(stated)}
    loose = [
        name
        for name in version.entries
        if name not in ALWAYS_ALLOWED and name not in named and not name.endswith(SUFFIX) and name[:7] != "LICENSE"
    ]
    return list(dict.fromkeys([*listed, *sorted(pointed), *sorted(loose)]))


def _behind(pointer: Pointer | None, surroundings: Surroundings) -> list[str]:
    if pointer is None:
        return []
    if pointer.is_directory:
        return [f"{pointer.path}/{relpath}" for relpath in surroundings.members_of(pointer.md5)]
    return [pointer.path]


def _named_elsewhere(stated: dict[str, Any]) -> set[str]:
    smoke, environment = stated.get("smoke_test"), stated.get("environment")
    parts = [part for part in (smoke, environment) if isinstance(part, dict)]
    return {value for part in parts for value in part.values() if isinstance(value, str)}


def _card_edit(version: VersionDirectory, policy: Policy) -> dict[str, bytes]:
    content = version.content(card_document.FILE)
    if content is None:
        return {card_document.FILE: templates.load(TEMPLATE).encode()}
    card = version.card.value if version.card else None
    if card is None or not isinstance(content, bytes):
        return {}
    missing = [title for title in policy.card_sections if not card.section(title)]
    headings = "".join(f"\n## {title}\n\nTODO: write this section.\n" for title in missing)
    end = b"" if content.endswith(b"\n") or not missing else b"\n"
    return {card_document.FILE: content + end + headings.encode()}


def _gitignore_edit(version: VersionDirectory) -> dict[str, bytes]:
    pointers = [parsed.value for parsed in version.pointers.values() if parsed.value]
    stated = version.metadata.value if version.metadata else None
    return {".gitignore": gitignore(pointers, stated.opened_names if stated else ())} if pointers else {}
