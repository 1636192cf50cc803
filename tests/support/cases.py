"""Golden cases: small registries, each with what the gate shall say about it.

A case is a directory ``tests/cases/<CODE>-<slug>``. Its ``head/`` (and ``base/``, where a change is
judged) lie over the valid registry ``tests/cases/_valid``; ``expected.txt`` is the report. What no
plain file can say stands in ``case.yaml``:

- ``change: true``: the head is judged as a change of the base, even where there is no ``base/``
- ``removed``, ``removed_from_base``: files or folders that are not there
- ``symlinks``: path -> target; ``submodules``: path -> commit id; ``executables``: paths; all on the head
- ``texts``: path -> text, and ``hex``: path -> bytes in hexadecimal; both on the head, and the path in the escapes of
  a URL, so that no name is too odd: ``a%0Ab`` holds a line break, ``%FF`` no UTF-8
- ``repeated``: path -> ``before``, ``piece``, ``times`` and ``after``: a large file on the head, without its size
- ``copies``: ids such as ``fraud@2.0.0``; each is a sound version on the head, a copy of fraud@1.1.0
- ``moment``: when the head was committed; ``actor``: who makes the change; ``signed``: whether a known key signed it
- ``stays``: stage, or ``registry`` -> id such as ``fraud@1.1.0`` -> pairs of times, from when to when the version was
  there; the second one is null where it still is
- ``authors``: id -> who wrote the commits that registered it, as ``Name <address>``
- ``bytes``: path -> sha256, md5 and size of an artifact that lies at hand
- ``manifests``: object id -> relative path -> md5, or the reason why the manifest is refused
- ``formats``: path -> the format that bytes at hand tell
- ``layers``: path -> ``code`` that a Keras model at hand brings along, and the ``doubt`` about it
- ``imports``: path -> ``names`` that a pickle at hand would import, and the ``doubt`` about it
- ``sealed_wrongly``: path -> how a sealed file at hand is other than stated
- ``remote``: what a remote says: ``sizes`` and ``manifests`` by object id, or ``failure``
"""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote

from modelyard.documents import yaml
from modelyard.documents.scalars import parse_timestamp
from modelyard.formats.imports import Imports
from modelyard.formats.keras import Layers
from modelyard.git.people import Person
from modelyard.names import VersionId
from modelyard.problems import sort_problems
from modelyard.reports import text
from modelyard.rules.catalogue import RULES
from modelyard.rules.engine import judge, judge_change
from modelyard.rules.found import FoundBytes, FoundManifest, RemoteAnswers
from modelyard.rules.rule import RemoteRule
from modelyard.rules.transition import Maker, Stay
from modelyard.snapshot import Snapshot
from modelyard.tree import Kind, MemoryTree
from modelyard.values import replace

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from modelyard.documents.sealed import Sealed
    from modelyard.rules.judgement import Judgement
    from modelyard.tree import Tree
    from modelyard.version_directory import VersionDirectory

__all__ = ["CASES", "VALID", "Case", "Files", "KnownBytes", "KnownPast", "case_id", "read_case", "valid_files"]

ROOT = Path(__file__).parents[1] / "cases"
VALID = ROOT / "_valid"
CASES = sorted(path for path in ROOT.iterdir() if path.is_dir() and path != VALID)


@dataclass(frozen=True)
class Files:
    """The files of one tree, and those of them that are not regular files."""

    contents: dict[str, bytes]
    kinds: dict[str, Kind] = field(default_factory=dict)

    @property
    def tree(self) -> MemoryTree:
        return MemoryTree(self.contents, kinds=self.kinds)

    def without(self, paths: list[str]) -> Files:
        """Return the files but those at or below the paths."""
        gone = tuple(f"{path}/" for path in paths)
        return Files({path: data for path, data in self.contents.items() if not f"{path}/".startswith(gone)})


@dataclass(frozen=True)
class KnownBytes:
    """Artifacts at hand, by path from the repository's root."""

    found: Mapping[str, FoundBytes] = field(default_factory=dict)
    manifests: Mapping[str, FoundManifest] = field(default_factory=dict)
    formats: Mapping[str, str] = field(default_factory=dict)
    imported: Mapping[str, Imports] = field(default_factory=dict)
    built: Mapping[str, Layers] = field(default_factory=dict)
    sealed_wrongly: Mapping[str, str] = field(default_factory=dict)

    def find(self, version: VersionDirectory, file: str) -> FoundBytes | None:
        return self.found.get(version.full_path(file))

    def manifest(self, oid: str) -> FoundManifest | None:
        return self.manifests.get(oid)

    def format(self, version: VersionDirectory, file: str) -> str | None:
        return self.formats.get(version.full_path(file))

    def imports(self, version: VersionDirectory, file: str, _declared: str) -> Imports | None:
        return self.imported.get(version.full_path(file))

    def layers(self, version: VersionDirectory, file: str) -> Layers | None:
        return self.built.get(version.full_path(file))

    def stated_wrongly(self, version: VersionDirectory, file: str, _sealed: Sealed) -> str | None:
        return self.sealed_wrongly.get(version.full_path(file))


@dataclass(frozen=True)
class KnownPast:
    """What was once in a stage, since when, and who registered it."""

    events: frozenset[tuple[str, VersionId]] = frozenset()
    champions: frozenset[tuple[str, VersionId]] = frozenset()
    known_stays: Mapping[tuple[str | None, VersionId], tuple[Stay, ...]] = field(default_factory=dict)
    known_authors: Mapping[VersionId, tuple[Person, ...]] = field(default_factory=dict)
    ends: datetime | None = None

    def was_in(self, stage: str, version_id: VersionId) -> bool:
        return (stage, version_id) in self.events or (stage, version_id) in self.known_stays

    def was_champion(self, stage: str, version_id: VersionId) -> bool:
        return (stage, version_id) in self.champions

    def stays(self, stage: str | None, version_id: VersionId) -> tuple[Stay, ...]:
        return self.known_stays.get((stage, version_id), ())

    def authors(self, version_id: VersionId) -> tuple[Person, ...]:
        return self.known_authors.get(version_id, ())


@dataclass(frozen=True)
class Case:
    """One case, read: the trees, and what lies at hand."""

    base: Files | None
    head: Files
    artifacts: KnownBytes
    moment: datetime | None = None
    remote: RemoteAnswers | None = None
    maker: Maker = field(default_factory=Maker)
    past: KnownPast = field(default_factory=KnownPast)

    def judge(self) -> str:
        """Return the report on trees in memory."""
        return self.judge_trees(self.base.tree if self.base else None, self.head.tree)

    def judge_trees(self, base: Tree | None, head: Tree) -> str:
        """Return the report on other trees that hold the same."""
        return text.render(self._judgement(base, Snapshot(head)))

    def _judgement(self, base: Tree | None, head: Snapshot) -> Judgement:
        if base is None:
            judgement = judge(head, head.version_ids, artifacts=self.artifacts, moment=self.moment)
            return self._with_remote(judgement, head)
        return judge_change(
            Snapshot(base),
            head,
            past=self.past,
            artifacts=self.artifacts,
            moment=self.moment,
            maker=self.maker,
        )

    def _with_remote(self, judgement: Judgement, head: Snapshot) -> Judgement:
        if self.remote is None:
            return judgement
        problems = list(judgement.problems)
        for version in map(head.version, judgement.versions):
            for rule in RULES:
                if isinstance(rule, RemoteRule):
                    problems += map(rule.problem, rule.check(version, self.remote))
        return replace(judgement, problems=sort_problems(problems))


def case_id(path: Path) -> str:
    """Return how a test names a case."""
    return path.name


def read_case(path: Path) -> Case:
    """Return the case that a directory holds."""
    about = _about(path)
    has_base = (path / "base").is_dir() or about.get("change", False)
    base = Files(valid_files() | _files_below(path / "base")).without(about.get("removed_from_base", []))
    kept = base.without(about.get("removed", []))
    links = {name: target.encode() for name, target in about.get("symlinks", {}).items()}
    modules = {name: commit.encode() for name, commit in about.get("submodules", {}).items()}
    kinds = dict.fromkeys(links, Kind.SYMLINK) | dict.fromkeys(modules, Kind.SUBMODULE)
    kinds |= dict.fromkeys(about.get("executables", []), Kind.EXECUTABLE)
    copies = {name: data for version_id in about.get("copies", []) for name, data in _copy(version_id).items()}
    head = Files(kept.contents | copies | _files_below(path / "head") | links | modules | _described(about), kinds)
    at_hand = {name: FoundBytes(**found) for name, found in about.get("bytes", {}).items()}
    artifacts = KnownBytes(
        at_hand,
        _manifests(about),
        about.get("formats", {}),
        _imports(about),
        _layers(about),
        about.get("sealed_wrongly", {}),
    )
    moment = parse_timestamp(about["moment"]) if "moment" in about else None
    maker = Maker(about.get("actor"), about.get("signed"))
    return Case(base if has_base else None, head, artifacts, moment, _remote(about), maker, _past(about))


def _copy(version_id: str) -> dict[str, bytes]:
    name, _, version = version_id.partition("@")
    prefix = "model_registry/fraud-1.1.0/"
    copied = {path: data for path, data in valid_files().items() if path.startswith(prefix)}
    return {
        path.replace(prefix, f"model_registry/{name}-{version}/"): data.replace(
            b"name: fraud\n", f"name: {name}\n".encode()
        ).replace(b"version: 1.1.0\n", f"version: {version}\n".encode())
        for path, data in copied.items()
    }


def _described(about: dict[str, Any]) -> dict[str, bytes]:
    texts = {name: text.encode() for name, text in about.get("texts", {}).items()}
    hexes = {name: bytes.fromhex(digits) for name, digits in about.get("hex", {}).items()}
    large = {
        name: (each.get("before", "") + each["piece"] * each["times"] + each.get("after", "")).encode()
        for name, each in about.get("repeated", {}).items()
    }
    return {unquote(name, errors="surrogateescape"): data for name, data in {**texts, **hexes, **large}.items()}


@cache
def _valid_files() -> dict[str, bytes]:
    return _files_below(VALID)


def valid_files() -> dict[str, bytes]:
    """Return the files of a registry without any problem, by path; the mapping is the caller's own."""
    return dict(_valid_files())


def _files_below(root: Path) -> dict[str, bytes]:
    return {path.relative_to(root).as_posix(): path.read_bytes() for path in root.rglob("*") if path.is_file()}


def _past(about: dict[str, Any]) -> KnownPast:
    stays = {
        (None if stage == "registry" else stage, VersionId.parse(version_id)): tuple(
            Stay(parse_timestamp(since), parse_timestamp(until) if until else None) for since, until in each
        )
        for stage, versions in about.get("stays", {}).items()
        for version_id, each in versions.items()
    }
    authors = {
        VersionId.parse(version_id): tuple(map(Person.parse, each))
        for version_id, each in about.get("authors", {}).items()
    }
    return KnownPast(known_stays=stays, known_authors=authors)


def _manifests(about: Mapping[str, Any]) -> dict[str, FoundManifest]:
    found = about.get("manifests", {})
    return {
        oid: FoundManifest(fault=each) if isinstance(each, str) else FoundManifest(each) for oid, each in found.items()
    }


def _imports(about: Mapping[str, Any]) -> dict[str, Imports]:
    found = about.get("imports", {})
    return {path: Imports(tuple(each.get("names", ())), each.get("doubt")) for path, each in found.items()}


def _layers(about: Mapping[str, Any]) -> dict[str, Layers]:
    found = about.get("layers", {})
    return {path: Layers(tuple(each.get("code", ())), each.get("doubt")) for path, each in found.items()}


def _remote(about: Mapping[str, Any]) -> RemoteAnswers | None:
    remote = about.get("remote")
    if remote is None:
        return None
    described = "remote 'storage' (s3://models/registry)"
    return RemoteAnswers(described, remote.get("sizes", {}), _manifests(remote), remote.get("failure"))


def _about(path: Path) -> dict[str, Any]:
    file = path / "case.yaml"
    return dict(yaml.read(file.read_bytes()).mapping()) if file.exists() else {}
