"""MY5xx: can a reader follow the model back to its code and its data?"""

from __future__ import annotations

from typing import TYPE_CHECKING

from modelyard.rules.finding import Finding

if TYPE_CHECKING:
    from collections.abc import Iterable

    from modelyard.documents.policy import Policy
    from modelyard.rules.finding import Findings
    from modelyard.version_directory import VersionDirectory

__all__ = ["artifact_hash", "contradictory_manifest", "dataset_manifest", "source_not_allowed", "training_hash"]


def dataset_manifest(version: VersionDirectory, _policy: Policy) -> Findings:
    """A data set manifest that is named as a file lies in the directory; otherwise it is a URL.

    Bad:
        dataset_manifest: data.yaml            # and no such file is there
    Good:
        dataset_manifest: dataset-manifest.yaml
    """
    parsed = version.metadata
    if not parsed or not parsed.value:
        return
    name = parsed.value.dataset_manifest
    if "://" not in name and name not in version:
        message = f"`dataset_manifest` names {name!r}, which is not in the directory"
        hint = f"add {version.full_path(name)}, or give a URL"
        yield Finding(parsed.path, message, hint, parsed.locate(("dataset_manifest",)))


def training_hash(version: VersionDirectory, _policy: Policy) -> Findings:
    """A training hash that is a Git commit is the commit of the source.

    Bad:
        source: {repo: ., commit: 3f786850e387550fdab836ed7e6dc881de23001b}
        training_hash: git:89e6c98d92887913cadf06b2adb97f26cde4849b
    Good:
        source: {repo: ., commit: 3f786850e387550fdab836ed7e6dc881de23001b}
        training_hash: git:3f786850e387550fdab836ed7e6dc881de23001b
    """
    parsed = version.metadata
    if not parsed or not parsed.value:
        return
    value = parsed.value
    kind, _, digest = value.training_hash.partition(":")
    if kind == "git" and digest != value.source.commit:
        message = f"`training_hash` names commit {digest[:12]}, but the source is at {value.source.commit[:12]}"
        hint = f"write training_hash: git:{value.source.commit}"
        yield Finding(parsed.path, message, hint, parsed.locate(("training_hash",)))


def artifact_hash(version: VersionDirectory, _policy: Policy) -> Findings:
    """A training hash that is a SHA-256 is that of the artifact; of one that is a directory, that of one of its files.

    So it can be checked by whoever has the bytes. A training run without a commit is known by what came out of it,
    before that was sealed.

    Bad:
        training_hash: sha256:9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08
        artifact: model.joblib
        files:
          model.joblib: {sha256: b494092703b97fc7c41188c1a040b7fbde2a70cec98f443b856afc2c76b58c66, …}
    Good:
        training_hash: sha256:b494092703b97fc7c41188c1a040b7fbde2a70cec98f443b856afc2c76b58c66
        artifact: model.joblib
        files:
          model.joblib: {sha256: b494092703b97fc7c41188c1a040b7fbde2a70cec98f443b856afc2c76b58c66, …}
    """
    parsed = version.metadata
    if not parsed or not parsed.value:
        return
    value = parsed.value.opened
    kind, _, digest = value.training_hash.partition(":")
    parts = [value.artifact] if value.artifact in value.files else _below(value.artifact, value.files)
    digests = [value.files[part].sha256 for part in parts]
    if kind == "sha256" and digests and digest not in digests:
        message = f"`training_hash` names SHA-256 {digest[:12]}…, which is not that of the artifact {value.artifact}"
        hint = f"write training_hash: sha256:{digests[0]}, or training_hash: git:{value.source.commit}"
        yield Finding(parsed.path, message, hint, parsed.locate(("training_hash",)))


def source_not_allowed(version: VersionDirectory, policy: Policy) -> Findings:
    """A model is trained from a repository that the policy allows; `.`, the registry's own, always is.

    A pattern in `sources.allow` is a repository, a prefix that ends in `/`, or holds `*` for anything but `/`.

    Bad:
        source:
          repo: https://git.example.org/somebody/fork.git
    Good:
        source:
          repo: https://git.example.org/team/fraud-training.git
    """
    from modelyard.documents.sources import allows

    parsed = version.metadata
    if not policy.sources or not parsed or not parsed.value:
        return
    repository = parsed.value.source.repo
    if repository != "." and not any(allows(pattern, repository) for pattern in policy.sources):
        message = f"source repository {repository} is not one that the policy allows"
        hint = f"train from one of: {', '.join(policy.sources)}; or add it to `sources.allow` in the policy first"
        yield Finding(parsed.path, message, hint, parsed.locate(("source", "repo")))


def contradictory_manifest(version: VersionDirectory, _policy: Policy) -> Findings:
    """A data set manifest names each file once, and its splits name files that it lists.

    That each file has a digest and a size, its schema demands (MY207).

    Bad:
        files:
          - {path: train.csv, sha256: 9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08, size: 4}
        splits:
          test: {rows: 200, file: test.csv}
    Good:
        files:
          - {path: test.csv, sha256: 9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08, size: 4}
        splits:
          test: {rows: 200, file: test.csv}
    """
    parsed = version.manifest
    if not parsed or not parsed.value:
        return
    names = [str(each.path or each.url) for each in parsed.value.files]
    for index, name in enumerate(names):
        if name in names[:index]:
            hint = "give each file once, with one digest"
            yield Finding(parsed.path, f"{name} stands twice", hint, parsed.locate(("files", index)))
    for split, about in parsed.value.splits.items():
        if about.file is not None and about.file not in names:
            message = f"split {split!r} lies in {about.file}, which is not one of `files`"
            hint = f"list {about.file} under `files`, with its sha256 and size"
            yield Finding(parsed.path, message, hint, parsed.locate(("splits", split, "file")))


def _below(directory: str, files: Iterable[str]) -> list[str]:
    return [file for file in files if file.startswith(f"{directory}/")]
