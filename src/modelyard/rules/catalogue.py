"""The table of all rules. A code, once given, is never used for anything else."""

from __future__ import annotations

from modelyard.problems import Severity
from modelyard.rules import (
    artifact_bytes,
    artifacts,
    cards,
    contents,
    documents,
    layout,
    manifests,
    pipelines,
    pointers,
    provenance,
    remote,
    remotes_moved,
    safety,
    stages,
    versions,
)
from modelyard.rules.rule import (
    BytesRule,
    ChangeRule,
    DocumentRule,
    LinkRule,
    RegistryRule,
    RemoteRule,
    Rule,
    VersionRule,
)
from modelyard.snapshot import ARCHIVE, MODELS, POLICY, STAGES

__all__ = ["RULES", "rule_by_code"]

_ERROR = Severity.ERROR
_NOTE = Severity.NOTE
_REVIEW = Severity.REVIEW
_WARNING = Severity.WARNING

RULES: tuple[Rule, ...] = (
    RegistryRule("MY101", _ERROR, "a directory is not <name>-<version>", layout.directory_name),
    VersionRule("MY102", _ERROR, "metadata and directory disagree on name or version", layout.identity),
    VersionRule("MY103", _ERROR, "metadata or model card is missing", layout.required_files),
    VersionRule("MY104", _ERROR, "there are two metadata files", layout.two_metadata_files),
    VersionRule("MY105", _ERROR, "a file is not named by the metadata", layout.unnamed_file),
    VersionRule("MY106", _ERROR, "an entry is no plain file", layout.entry_kind),
    RegistryRule("MY107", _ERROR, "two model names clash", layout.clashing_names),
    RegistryRule("MY108", _ERROR, "a model's document has another name", layout.model_document_name, MODELS),
    RegistryRule("MY109", _ERROR, "an entry of stages/ is no stage's document", layout.stage_document_name, STAGES),
    RegistryRule("MY110", _ERROR, "an entry of archive/ is no model's archive", layout.archive_name, ARCHIVE),
    DocumentRule("MY201", _ERROR, "a document is not valid YAML or JSON", documents.syntax),
    DocumentRule("MY202", _ERROR, "a key stands twice", documents.duplicate_key),
    DocumentRule("MY203", _ERROR, "a document uses a YAML feature that hides values", documents.feature),
    DocumentRule("MY204", _ERROR, "a scalar reads differently in YAML 1.1 and 1.2", documents.ambiguous_scalar),
    DocumentRule("MY205", _ERROR, "a document is too large, too deep or has too many values", documents.limit),
    DocumentRule("MY206", _ERROR, "a document holds a character that deceives", documents.character),
    DocumentRule("MY207", _ERROR, "a field is missing or has a wrong value", documents.schema),
    DocumentRule("MY208", _ERROR, "a key is unknown", documents.unknown_key),
    VersionRule("MY209", _ERROR, "a licence is not allowed, or its text is missing", documents.license_not_allowed),
    VersionRule("MY210", _ERROR, "a metric stands twice", documents.same_metric_twice),
    VersionRule("MY211", _ERROR, "a proportion is not between 0 and 1", documents.impossible_share),
    VersionRule("MY301", _ERROR, "a section of the card is missing", cards.missing_section),
    VersionRule("MY302", _ERROR, "a section of the card is empty", cards.empty_section),
    VersionRule("MY303", _ERROR, "a section of the card is still a placeholder", cards.placeholder),
    VersionRule("MY304", _ERROR, "card and metadata disagree", cards.disagreement),
    DocumentRule("MY401", _ERROR, "a DVC pointer is not plain", pointers.pointer_shape),
    VersionRule("MY402", _ERROR, "a file of the artifact is missing", artifacts.missing_file),
    VersionRule("MY403", _ERROR, "pointer and metadata disagree on the size", pointers.pointer_size),
    BytesRule("MY404", _ERROR, "bytes are not what metadata and pointer state", artifact_bytes.wrong_bytes),
    VersionRule("MY405", _ERROR, "a file is in Git and in DVC at once", pointers.in_git_and_dvc),
    VersionRule("MY406", _ERROR, "a file is too large for Git", artifacts.too_large_for_git),
    VersionRule("MY407", _ERROR, "a format is forbidden by the policy", artifacts.forbidden_format),
    VersionRule("MY408", _ERROR, ".gitignore is not the one of the pointers", pointers.gitignore),
    VersionRule("MY409", _ERROR, "a pointer is not named after its target", pointers.pointer_target),
    VersionRule("MY410", _ERROR, "`artifact` names none of the files", artifacts.artifact_not_listed),
    VersionRule("MY411", _ERROR, "a file is a Git LFS pointer", artifacts.lfs_pointer),
    VersionRule("MY412", _ERROR, "a file of the artifact is empty", artifacts.empty_file),
    VersionRule("MY413", _ERROR, "dvc.lock disagrees with pointer or metadata", pipelines.lock_disagrees),
    BytesRule("MY414", _ERROR, "a directory's manifest is not what the metadata lists", manifests.wrong_manifest),
    BytesRule("MY415", _ERROR, "bytes are of another format than declared", contents.other_format),
    RemoteRule("MY421", _ERROR, "an object is not in the remote", remote.missing_object),
    RemoteRule("MY422", _ERROR, "an object in the remote is not what is stated", remote.other_object),
    RemoteRule("MY423", _WARNING, "the remote could not be asked", remote.not_asked),
    VersionRule("MY501", _ERROR, "the data set manifest is missing", provenance.dataset_manifest),
    VersionRule("MY502", _ERROR, "the training hash is not the source commit", provenance.training_hash),
    LinkRule("MY503", _ERROR, "a parent is not registered", provenance.parents),
    ChangeRule("MY601", _ERROR, "a merged version was changed", versions.edited),
    ChangeRule("MY602", _ERROR, "a version was removed without a tombstone", versions.removed),
    ChangeRule("MY603", _ERROR, "a retired version is registered again", versions.registered_again),
    RegistryRule("MY604", _ERROR, "a stage names an unknown version", stages.unknown_version, STAGES),
    RegistryRule("MY605", _ERROR, "a stage is unknown to the policy", stages.unknown_stage, STAGES),
    RegistryRule("MY606", _ERROR, "a stage names a yanked version", stages.yanked, STAGES),
    RegistryRule("MY607", _ERROR, "a stage names a version that it holds back", stages.held, STAGES),
    RegistryRule("MY608", _ERROR, "traffic does not sum to 100 percent", stages.traffic, STAGES),
    ChangeRule("MY609", _ERROR, "a version skips a stage", stages.skipped_stage),
    ChangeRule("MY610", _ERROR, "a gate is not kept", stages.gate_broken),
    ChangeRule("MY611", _WARNING, "a gate is kept by the point estimate alone", stages.gate_unsure),
    RegistryRule("MY612", _ERROR, "the policy's stages do not follow from each other", stages.stage_order, POLICY),
    VersionRule("MY701", _ERROR, "a file of a version holds a secret", safety.secret_in_version),
    ChangeRule("MY702", _ERROR, "a document of the registry holds a secret", safety.secret_in_registry),
    VersionRule("MY703", _ERROR, "a text file holds characters that deceive", safety.hidden_characters),
    ChangeRule("MY704", _ERROR, "DVC is pointed elsewhere together with content", remotes_moved.remote_moved),
    VersionRule("MY706", _REVIEW, "a version directory holds a pipeline of DVC", pipelines.pipeline),
    VersionRule("MY707", _ERROR, "a pipeline is not plain", pipelines.pipeline_shape),
    VersionRule("MY708", _NOTE, "a pipeline runs a command", pipelines.commands),
    BytesRule("MY709", _REVIEW, "a pickle names what is not known to build data alone", contents.pickled_imports),
    BytesRule("MY710", _REVIEW, "a pickle cannot be read to its end", contents.unread_pickle),
)


def rule_by_code(code: str) -> Rule | None:
    """Return the rule with that code, or None."""
    return next((rule for rule in RULES if rule.code == code), None)
