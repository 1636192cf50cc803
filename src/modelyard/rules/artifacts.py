"""MY4xx, files: does each file that the metadata lists lie where it belongs, in a form that is allowed?"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from modelyard.rules.finding import Finding
from modelyard.rules.stated import files_of, metadata_of, metadata_path, place_of, pointer_for, pointers_of
from modelyard.tree import MAX_READ

if TYPE_CHECKING:
    from modelyard.documents.policy import Policy
    from modelyard.rules.finding import Findings
    from modelyard.version_directory import VersionDirectory

__all__ = [
    "artifact_not_listed",
    "empty_file",
    "forbidden_format",
    "lfs_pointer",
    "missing_file",
    "too_large_for_git",
]

# MD5 of no bytes, and of DVC's manifest of a directory without files.
_NOTHING = frozenset({"d41d8cd98f00b204e9800998ecf8427e", "d751713988987e9331980363e24189ce"})
_LFS_LARGEST = 1024  # Git LFS takes nothing longer for a pointer
_LFS_START = b"version https://git-lfs.github.com/spec/"
_LFS_SIZE = re.compile(rb"^size ([0-9]{1,18})$", re.MULTILINE)


def missing_file(version: VersionDirectory, _policy: Policy) -> Findings:
    """Each file that the metadata lists lies in Git, or has a DVC pointer.

    Bad:
        metadata.yaml       # files: model.joblib
        MODEL_CARD.md
    Good:
        metadata.yaml       # files: model.joblib
        MODEL_CARD.md
        model.joblib.dvc
    """
    for path, _record in files_of(version):
        if path not in version and not pointer_for(version, path):
            yield Finding(
                metadata_path(version),
                f"{path!r} is neither in Git nor behind a DVC pointer",
                f"dvc add {version.full_path(path)}",
                place_of(version, path),
            )


def artifact_not_listed(version: VersionDirectory, _policy: Policy) -> Findings:
    """``artifact`` names one of ``files``, or a directory that some of them lie in.

    Bad:
        artifact: model.onnx
        files:
          model.joblib: {...}
    Good:
        artifact: model.joblib
        files:
          model.joblib: {...}
    """
    metadata = metadata_of(version)
    if not metadata or metadata.artifact in metadata.files:
        return
    if not any(path.startswith(f"{metadata.artifact}/") for path in metadata.files):
        message = f"`artifact` names {metadata.artifact!r}, which is not in `files`"
        hint = f"list it in `files`, or name one of: {', '.join(sorted(metadata.files))}"
        parsed = version.metadata
        yield Finding(metadata_path(version), message, hint, parsed.locate(("artifact",)) if parsed else None)


def too_large_for_git(version: VersionDirectory, policy: Policy) -> Findings:
    """An artifact in Git is no larger than the policy allows (1 MB by default), and a text no larger than is read.

    What Git once holds, every clone carries for ever; and what lies behind the first mebibyte of a licence, nobody
    looks at. Documents have the same limit, and a rule of their own.

    Bad:
        model.joblib        # 40 MB, in Git
    Good:
        model.joblib.dvc    # the 40 MB lie in DVC's remote
    """
    listed = dict(files_of(version))
    documents = {parsed.path for parsed in version.documents()}
    for path, entry in version.entries.items():
        full = version.full_path(path)
        if not entry.kind.is_file or full in documents:
            continue
        limit = policy.max_git_bytes if path in listed else MAX_READ
        size = version.size(path)
        if size > limit:
            message = f"{path!r} has {size} bytes in Git, at most {limit} are allowed"
            behind = f"git rm --cached {full} && dvc add {full}"
            yield Finding(
                full, message, behind if path in listed else f"shorten it, or list it under `files`: {behind}"
            )


def forbidden_format(version: VersionDirectory, policy: Policy) -> Findings:
    """No file has a format that the policy forbids.

    Bad:
        # registry.yaml: formats: {forbid: [pickle]}
        format: pickle
    Good:
        format: skops
    """
    for path, record in files_of(version):
        if record.format in policy.forbidden_formats:
            message = f"format {record.format!r} of {path!r} is forbidden by the policy"
            yield Finding(metadata_path(version), message, "register it in another format", place_of(version, path))


def lfs_pointer(version: VersionDirectory, _policy: Policy) -> Findings:
    """A file in Git is the file itself, and no pointer of Git LFS.

    Git LFS puts its pointer in the place of a file wherever a line of ``.gitattributes`` says so. A
    registry keeps large files by DVC, whose digests are reviewed; who pulls a version would get the
    pointer for the model.

    Bad:
        # model.joblib, as Git holds it
        version https://git-lfs.github.com/spec/v1
        oid sha256:bc37163fdad158abddde94da7d4a81278dd335e30835584bef83f734ee5dbefe
        size 25
    Good:
        # model.joblib.dvc
        outs:
        - md5: a2d5d04c767f0300f5a849af0517910c
    """
    for name, content in version.small_files.items():
        if len(content) <= _LFS_LARGEST and content.startswith(_LFS_START):
            path = version.full_path(name)
            size = _LFS_SIZE.search(content)
            of = f" of a file of {size[1].decode()} bytes" if size else ""
            hint = f"git lfs pull && git lfs untrack {path} && git rm --cached {path} && dvc add {path}"
            yield Finding(path, f"{name!r} is a Git LFS pointer{of}, and not the file itself", hint)


def empty_file(version: VersionDirectory, _policy: Policy) -> Findings:
    """No file of the artifact is empty, nor is a licence: neither in Git nor behind a pointer.

    An empty file is what a failed download, a full disk or an interrupted training leaves behind.

    Bad:
        # model.joblib.dvc
        outs:
        - md5: d41d8cd98f00b204e9800998ecf8427e
          size: 0
    Good:
        # model.joblib.dvc
        outs:
        - md5: a2d5d04c767f0300f5a849af0517910c
          size: 25
    """
    listed = dict(files_of(version))
    for name, content in version.small_files.items():
        if not content and (name in listed or name.startswith("LICENSE")):
            path = version.full_path(name)
            hint = f"write it again, or remove it: git rm --cached {path}"
            yield Finding(path, f"{name!r} is empty", hint)
    for _name, parsed, pointer in pointers_of(version):
        if pointer.size == 0 or pointer.md5.partition(".")[0] in _NOTHING:
            hint = f"write it again, and then `dvc add {version.full_path(pointer.path)}`"
            place = parsed.locate(("outs", 0, "size" if pointer.size == 0 else "md5"))
            yield Finding(parsed.path, f"{pointer.path!r} is empty", hint, place)
