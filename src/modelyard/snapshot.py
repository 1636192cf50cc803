"""A registry as one tree holds it: parsed once, lazily, and never written."""

from __future__ import annotations

from itertools import chain
from typing import TYPE_CHECKING, Any, TypeVar

from modelyard.content import content_of
from modelyard.documents import model as model_document
from modelyard.documents import policy as policy_document
from modelyard.documents import stage as stage_document
from modelyard.documents.model import Model
from modelyard.documents.parsed import DocumentType, Parsed, parse
from modelyard.documents.policy import Policy
from modelyard.documents.stage import Promotion
from modelyard.errors import UsageError
from modelyard.names import (
    ModelName,
    VersionId,
    looks_like_model_name,
    model_of_directory,
    models_of_directories,
)
from modelyard.tree import Entry, Kind
from modelyard.tree.entries import sorted_entries
from modelyard.values import cached_property

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from modelyard.documents.document import Fault
    from modelyard.tree import Tree
    from modelyard.version_directory import VersionDirectory

T = TypeVar("T")

__all__ = [
    "ARCHIVE",
    "BATCH",
    "MODELS",
    "POLICY",
    "ROOT",
    "STAGES",
    "Snapshot",
    "model_path",
    "stage_path",
    "version_path",
]

ROOT = "model_registry"
ARCHIVE = f"{ROOT}/archive"
MODELS = f"{ROOT}/models"
STAGES = f"{ROOT}/stages"
POLICY = f"{ROOT}/{policy_document.FILE}"
BATCH = 200
"""Versions that are read at once."""

# Larger files are read when a rule asks for them: the artifacts of a batch need not fit into memory.
_SMALL = 1 << 16
_OWN_ENTRIES = {"models": "directory", "stages": "directory", "archive": "directory", policy_document.FILE: "file"}


def version_path(version_id: VersionId) -> str:
    """Return the path of a version's directory."""
    return f"{ROOT}/{version_id.directory}"


def model_path(name: ModelName) -> str:
    """Return the path of a model's own document."""
    return f"{MODELS}/{name}.yaml"


def stage_path(stage: str, name: ModelName) -> str:
    """Return the path of the document that says which version of a model is in a stage."""
    return f"{STAGES}/{stage}/{name}.yaml"


class Snapshot:
    """Everything that one tree says about the registry.

    Asking for one model or one version reads only that one. The same question is answered from
    memory the second time, since a tree does not change.

    :param policy: the policy that judges it, None for its own.
    :param parsed: documents that were parsed before, by path and bytes; gets those that are parsed now.
    """

    def __init__(
        self,
        tree: Tree,
        *,
        policy: Policy | None = None,
        parsed: dict[tuple[str, bytes | Fault], Parsed[Any]] | None = None,
    ) -> None:
        self.tree = tree
        self._judging_policy = policy
        self._parsed = {} if parsed is None else parsed
        self._versions: dict[VersionId, VersionDirectory] = {}
        self._versions_of: dict[ModelName, tuple[VersionId, ...]] = {}
        self._models_in: dict[str, tuple[ModelName, ...]] = {}
        self._contents: dict[str, bytes] = {}
        self._models: dict[ModelName, Parsed[Model] | None] = {}
        self._promotions: dict[str, Parsed[Promotion] | None] = {}
        self._mentions: dict[VersionId, tuple[VersionId, ...] | None] = {}

    @property
    def exists(self) -> bool:
        """Whether the tree holds a registry at all."""
        return bool(self._root)

    @cached_property
    def version_ids(self) -> tuple[VersionId, ...]:
        """Every version whose directory has a well-formed name, sorted."""
        found = map(VersionId.from_directory, chain.from_iterable(self._directories.values()))
        return tuple(sorted(found, key=lambda version_id: version_id.sort_key))

    @cached_property
    def marked_version_ids(self) -> tuple[VersionId, ...]:
        """Every version with a pre-release or build metadata, sorted; plain releases are not even parsed."""
        marked = (
            name
            for model, names in self._directories.items()
            for name in names
            if "+" in name or name.find("-", len(model) + 1) > 0
        )
        return tuple(sorted(map(VersionId.from_directory, marked), key=lambda version_id: version_id.sort_key))

    @cached_property
    def strays(self) -> tuple[Entry, ...]:
        """Entries of the registry's root that are neither versions nor its own files and folders."""
        versions = set(chain.from_iterable(self._directories.values()))
        return sorted_entries(
            Entry(name, self._root[name]) for name in self._root.keys() - versions if self.is_stray(name)
        )

    def is_stray(self, name: str) -> bool:
        """Whether a name at the registry's root is there, and neither a version nor its own file or folder."""
        kind = self._root.get(name)
        if kind is None or (kind is Kind.DIRECTORY and model_of_directory(name)):
            return False
        return _OWN_ENTRIES.get(name) != kind

    @cached_property
    def model_names(self) -> tuple[ModelName, ...]:
        """Names of all models that have a version or a document of their own, sorted."""
        documented = _documented(self.tree.entries(MODELS))
        return tuple(sorted({*documented, *self._directories}))

    @cached_property
    def stage_names(self) -> tuple[str, ...]:
        """Names of all stages that hold a document, sorted."""
        return tuple(entry.name for entry in self.tree.entries(STAGES) if entry.kind == "directory")

    @cached_property
    def parsed_policy(self) -> Parsed[Policy] | None:
        """The policy's document, or None where the registry has none."""
        return self._read(POLICY, policy_document.SCHEMA, Policy)

    @cached_property
    def policy(self) -> Policy:
        """The policy that judges this snapshot: another's where one was given, else its own.

        :raises UsageError: its own policy has faults. A gate must not fall back to a weaker one.
        """
        if self._judging_policy:
            return self._judging_policy
        parsed = self.parsed_policy
        if parsed is None:
            return Policy()
        if parsed.value is None:
            raise UsageError(f"the policy is broken: {parsed.first_fault()}", hint=parsed.all_faults[0].hint)
        return parsed.value

    def judged_by(self, policy: Policy) -> Snapshot:
        """Return the same registry under another policy."""
        return Snapshot(self.tree, policy=policy)

    def beside(self, tree: Tree, *, policy: Policy) -> Snapshot:
        """Return what another tree says; a document that both hold with the same bytes is parsed once."""
        return Snapshot(tree, policy=policy, parsed=self._parsed)

    def has(self, version_id: VersionId) -> bool:
        """Whether the version has a directory."""
        return self._root.get(version_id.directory) is Kind.DIRECTORY

    def versions_of(self, name: ModelName) -> tuple[VersionId, ...]:
        """Return the versions of one model, oldest first."""
        if name not in self._versions_of:
            found = map(VersionId.from_directory, self._directories.get(name, ()))
            self._versions_of[name] = tuple(sorted(found, key=lambda version_id: version_id.sort_key))
        return self._versions_of[name]

    def version(self, version_id: VersionId) -> VersionDirectory:
        """Return the directory of a version; of one that does not exist, an empty directory."""
        if version_id not in self._versions:
            # Whoever asks what a stage means reads no version, and does without what reads one.
            from modelyard.version_directory import VersionDirectory

            self._versions[version_id] = VersionDirectory(self.tree, version_path(version_id), version_id)
        return self._versions[version_id]

    def prefetch(self, version_ids: Iterable[VersionId]) -> None:
        """Read what many versions hold in three batches: their trees, which files are small, and those."""
        directories = [self.version(version_id) for version_id in version_ids]
        # Asking for a file of each, even for one without a name, makes the tree read all directories at once.
        self.tree.read_many([each.full_path("") for each in directories])
        paths = [each.full_path(name) for each in directories for name in each.entries]
        contents = self.tree.read_many(paths, limit=_SMALL)
        for directory in directories:
            directory.adopt(contents)

    def mentions(self, version_ids: Iterable[VersionId]) -> Mapping[VersionId, tuple[VersionId, ...] | None]:
        """Return for versions the ids that stand anywhere in their metadata, which is not parsed; one batch at most.

        None where that cannot be told from the bytes: they are too many, or hold an escape.
        """
        from modelyard.documents.mentions import mentioned

        unread = [each for each in version_ids if each not in self._mentions]
        strange = [each for each in unread if each not in self._versions]
        paths = [path for each in strange for path in self.version(each).metadata_paths]
        contents = self.tree.read_many(paths, limit=_SMALL) if paths else {}
        for version_id in unread:
            directory = self.version(version_id)
            if version_id in strange:
                del self._versions[version_id]
                texts = [contents[path] for path in directory.metadata_paths if path in contents]
            else:
                texts = directory.metadata_texts
            self._mentions[version_id] = mentioned(texts)
        return self._mentions

    def each(self, version_ids: Sequence[VersionId]) -> Iterator[VersionDirectory]:
        """Yield the directories of many versions, read in batches; no more than one batch stays in memory."""
        for start in range(0, len(version_ids), BATCH):
            batch = version_ids[start : start + BATCH]
            self.prefetch(batch)
            yield from map(self.version, batch)
            if len(version_ids) > BATCH:
                for version_id in batch:
                    self._versions.pop(version_id, None)

    def model(self, name: ModelName) -> Parsed[Model] | None:
        """Return a model's own document, or None where it has none."""
        if name not in self._models:
            self._models[name] = self._read(model_path(name), model_document.SCHEMA, Model)
        return self._models[name]

    def promotion(self, stage: str, name: ModelName) -> Parsed[Promotion] | None:
        """Return the document of a model in a stage, or None where it is not in it."""
        path = stage_path(stage, name)
        if path not in self._promotions:
            self._promotions[path] = self._read(path, stage_document.SCHEMA, Promotion)
        return self._promotions[path]

    def models_in(self, stage: str) -> tuple[ModelName, ...]:
        """Return the names of the models that have a document in a stage, sorted."""
        if stage not in self._models_in:
            self._models_in[stage] = tuple(_documented(self.tree.entries(f"{STAGES}/{stage}")))
        return self._models_in[stage]

    def prefetch_documents(self) -> None:
        """Read every document that belongs to no version, in one batch."""
        paths = [POLICY, *map(model_path, self.model_names)]
        paths += [stage_path(stage, name) for stage in self.stage_names for name in self.models_in(stage)]
        self._contents.update(self.tree.read_many(paths))

    def registry_documents(self) -> Iterator[Parsed[Any]]:
        """Yield every document that belongs to no version: policy, models, stages."""
        parsed: list[Parsed[Any] | None] = [self.parsed_policy]
        parsed += [self.model(name) for name in self.model_names]
        parsed += [self.promotion(stage, name) for stage in self.stage_names for name in self.models_in(stage)]
        yield from (each for each in parsed if each)

    @cached_property
    def _root(self) -> Mapping[str, Kind]:
        return self.tree.kinds(ROOT)

    @cached_property
    def _directories(self) -> dict[ModelName, list[str]]:
        # Names of version directories by model. A version is parsed when somebody asks for it: a hook
        # on one version does not ask for the thousands beside it.
        found: dict[ModelName, list[str]] = {}
        names = [name for name, kind in self._root.items() if kind is Kind.DIRECTORY]
        for name, model in zip(names, models_of_directories(names), strict=True):
            if model:
                found.setdefault(model, []).append(name)
        return found

    def _read(self, path: str, schema: str, kind: type[DocumentType[T]]) -> Parsed[T] | None:
        data = self._contents.pop(path, None) or content_of(self.tree, path)
        if data is None:
            return None
        if (path, data) not in self._parsed:
            self._parsed[path, data] = parse(path, data, schema, kind)
        return self._parsed[path, data]


def _documented(entries: Iterable[Entry]) -> Iterator[ModelName]:
    """Yield the names of models that have a document ``<name>.yaml`` among the entries of a folder."""
    for entry in entries:
        name, dot, suffix = entry.name.partition(".")
        if entry.kind.is_file and dot + suffix == ".yaml" and looks_like_model_name(name):
            yield ModelName(name)
