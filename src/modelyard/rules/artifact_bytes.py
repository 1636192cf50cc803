"""MY4xx, bytes: where they lie at hand, are they what metadata and pointer state?"""

from __future__ import annotations

from typing import TYPE_CHECKING

from modelyard.rules.finding import Finding
from modelyard.rules.stated import files_of, metadata_path, place_of, pointer_for

if TYPE_CHECKING:
    from modelyard.rules.finding import Findings
    from modelyard.rules.found import ArtifactBytes
    from modelyard.version_directory import VersionDirectory

__all__ = ["wrong_bytes"]


def wrong_bytes(version: VersionDirectory, artifacts: ArtifactBytes) -> Findings:
    """Bytes that lie at hand are the bytes that metadata and pointer state: SHA-256, size and MD5.

    Bad:
        model.joblib:       # 26 bytes on the disk
          size: 25
    Good:
        model.joblib:       # 25 bytes on the disk
          size: 25
    """
    for path, record in files_of(version):
        found = artifacts.find(version, path)
        if found is None:
            continue
        stated = {"sha256": record.sha256, "size": record.size}
        for key, value in stated.items():
            actual = getattr(found, key)
            if actual != value:
                message = f"`{key}` of {path!r} is {value}, but its bytes have {actual}"
                place = place_of(version, path, key)
                hint = f"modelyard pull {version.id}; where the new bytes are right, modelyard fix {version.path}"
                yield Finding(metadata_path(version), message, hint, place)
        pointer = pointer_for(version, path)
        if pointer and pointer.value and not pointer.value.is_directory and pointer.value.md5 != found.md5:
            message = f"`md5` is {pointer.value.md5}, but the bytes of {path!r} have {found.md5}"
            hint = f"dvc add {version.full_path(path)}"
            yield Finding(pointer.path, message, hint, pointer.locate(("outs", 0, "md5")))
