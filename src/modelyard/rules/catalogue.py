"""The table of all rules. A code, once given, is never used for anything else."""

from __future__ import annotations

from modelyard.problems import Severity
from modelyard.rules import (
    archives,
    artifacts,
    cards,
    claims,
    documents,
    exemptions,
    gates,
    layout,
    lineage,
    mixing,
    numbering,
    owners,
    provenance,
    retiring,
    stages,
    versions,
)
from modelyard.rules.rule import (
    BytesRule,
    ChangeRule,
    DocumentRule,
    ExemptionRule,
    LinkRule,
    RegistryRule,
    Rule,
    VersionRule,
)
from modelyard.snapshot import ARCHIVE, MODELS, POLICY, STAGES

__all__ = ["RULES", "rule_by_code"]

_ERROR = Severity.ERROR
_REVIEW = Severity.REVIEW
_WARNING = Severity.WARNING
_NOTE = Severity.NOTE

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
    DocumentRule("MY401", _ERROR, "a DVC pointer is not plain", artifacts.pointer_shape),
    VersionRule("MY402", _ERROR, "a file of the artifact is missing", artifacts.missing_file),
    VersionRule("MY403", _ERROR, "pointer and metadata disagree on the size", artifacts.pointer_size),
    BytesRule("MY404", _ERROR, "bytes are not what metadata and pointer state", artifacts.wrong_bytes),
    VersionRule("MY405", _ERROR, "a file is in Git and in DVC at once", artifacts.in_git_and_dvc),
    VersionRule("MY406", _ERROR, "a file is too large for Git", artifacts.too_large_for_git),
    VersionRule("MY407", _ERROR, "a format is forbidden by the policy", artifacts.forbidden_format),
    VersionRule("MY408", _ERROR, ".gitignore is not the one of the pointers", artifacts.gitignore),
    VersionRule("MY409", _ERROR, "a pointer is not named after its target", artifacts.pointer_target),
    VersionRule("MY410", _ERROR, "`artifact` names none of the files", artifacts.artifact_not_listed),
    VersionRule("MY501", _ERROR, "the data set manifest is missing", provenance.dataset_manifest),
    VersionRule("MY502", _ERROR, "the training hash is not the source commit", provenance.training_hash),
    LinkRule("MY503", _ERROR, "a parent is not registered", lineage.parents),
    VersionRule("MY504", _ERROR, "the source repository is not allowed by the policy", provenance.source_not_allowed),
    VersionRule("MY505", _ERROR, "the training hash is not the artifact's digest", provenance.artifact_hash),
    VersionRule("MY506", _ERROR, "a data set manifest contradicts itself", provenance.contradictory_manifest),
    LinkRule("MY507", _ERROR, "a version is made from itself", lineage.cycle),
    ChangeRule("MY601", _ERROR, "a merged version was changed", versions.edited),
    ChangeRule("MY602", _ERROR, "a version was removed without a tombstone", retiring.removed),
    ChangeRule("MY603", _ERROR, "a retired version is registered again", retiring.registered_again),
    RegistryRule("MY604", _ERROR, "a stage names an unknown version", stages.unknown_version, STAGES),
    RegistryRule("MY605", _ERROR, "a stage is unknown to the policy", stages.unknown_stage, STAGES),
    RegistryRule("MY606", _ERROR, "a stage names a yanked version", stages.yanked, STAGES),
    RegistryRule("MY607", _ERROR, "a stage names a version that it holds back", stages.held, STAGES),
    RegistryRule("MY608", _ERROR, "traffic does not sum to 100 percent", stages.traffic, STAGES),
    ChangeRule("MY609", _ERROR, "a version skips a stage", stages.skipped_stage),
    ChangeRule("MY610", _ERROR, "a gate is not kept", gates.gate_broken),
    ChangeRule("MY611", _WARNING, "a gate is kept by the point estimate alone", gates.gate_unsure),
    RegistryRule("MY612", _ERROR, "the policy's stages do not follow from each other", stages.stage_order, POLICY),
    ChangeRule("MY613", _ERROR, "a new version is not above its MAJOR.MINOR line", numbering.not_above),
    ChangeRule("MY614", _ERROR, "a version is removed while it is needed", retiring.needed),
    ChangeRule("MY615", _ERROR, "a signature breaks callers without a new MAJOR number", numbering.breaking_signature),
    ChangeRule("MY616", _ERROR, "policy and content change together", mixing.policy_and_content),
    ChangeRule("MY617", _ERROR, "delivery or judges and content change together", mixing.surroundings_and_content),
    ChangeRule("MY618", _REVIEW, "what decides on delivered bytes is changed", mixing.delivery_alone),
    ChangeRule("MY619", _ERROR, "a path that no rule judges is changed", claims.unclaimed),
    ChangeRule("MY620", _ERROR, "an archive lost or changed a line", archives.append_only),
    ChangeRule("MY621", _ERROR, "a stage is dropped while models are in it", retiring.stage_dropped),
    ChangeRule("MY622", _ERROR, "a tombstone is gone or changed", retiring.tombstone_gone),
    ChangeRule("MY623", _ERROR, "a change is made by nobody who owns what it touches", owners.not_covered),
    ExemptionRule("MY624", _ERROR, "an exemption has ended", exemptions.expired),
    RegistryRule("MY625", _ERROR, "the policy names a rule that it cannot set", exemptions.unknown_rule, POLICY),
    ExemptionRule("MY626", _WARNING, "an exemption covers nothing any more", exemptions.unused),
    ExemptionRule("MY627", _NOTE, "an exemption waits for what it covers", exemptions.awaited),
    ChangeRule("MY628", _ERROR, "a broken policy is not mended by a change of its own", mixing.broken_policy),
    ChangeRule("MY629", _WARNING, "a broken policy is mended", mixing.mended_policy),
)


def rule_by_code(code: str) -> Rule | None:
    """Return the rule with that code, or None."""
    return next((rule for rule in RULES if rule.code == code), None)
