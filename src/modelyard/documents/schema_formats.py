"""The formats that schemas name: each is a parser of ours, the same for every engine and editor.

A schema carries a ``pattern`` beside each of these formats, for editors. The pattern never
decides anything here: the parser does.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from modelyard.documents import licenses, locations, paths, recipients, scalars
from modelyard.documents.model_patterns import ModelPattern
from modelyard.documents.scalars import InvalidScalar
from modelyard.names import InvalidName, Version, VersionId, parse_model_name, parse_stage_name

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

__all__ = ["FORMATS", "PREFIX", "follows", "reason"]

PREFIX = "modelyard-"
_LONGEST_REPAIRED = 200
_NOT_OF_A_NAME = re.compile(r"[^a-z0-9_]+")
_LEADING_ZEROS = re.compile(r"(?<![0-9A-Za-z-])0+(?=[0-9])", re.ASCII)
_NAMES = (f"{PREFIX}model-name", f"{PREFIX}stage-name", f"{PREFIX}word")

FORMATS: Mapping[str, Callable[[str], object]] = {
    f"{PREFIX}age-recipient": recipients.parse_recipient,
    f"{PREFIX}dataset": locations.parse_dataset,
    f"{PREFIX}date": scalars.parse_date,
    f"{PREFIX}digest": scalars.parse_digest,
    f"{PREFIX}duration": scalars.parse_duration,
    f"{PREFIX}file-name": paths.parse_file_name,
    f"{PREFIX}license": licenses.parse_license,
    f"{PREFIX}md5": scalars.parse_md5,
    f"{PREFIX}model-name": parse_model_name,
    f"{PREFIX}model-pattern": ModelPattern.parse,
    f"{PREFIX}object-id": scalars.parse_object_id,
    f"{PREFIX}path": paths.parse_path,
    f"{PREFIX}repository": locations.parse_repository,
    f"{PREFIX}rule-code": scalars.parse_rule_code,
    f"{PREFIX}run-id": scalars.parse_run_id,
    f"{PREFIX}sha256": scalars.parse_sha256,
    f"{PREFIX}openpgp-key": scalars.parse_openpgp_key,
    f"{PREFIX}ssh-key": scalars.parse_ssh_key,
    f"{PREFIX}stage-name": parse_stage_name,
    f"{PREFIX}timestamp": scalars.parse_timestamp,
    f"{PREFIX}training-hash": scalars.parse_training_hash,
    f"{PREFIX}uri": locations.parse_uri,
    f"{PREFIX}url": locations.parse_url,
    f"{PREFIX}variable": scalars.parse_variable,
    f"{PREFIX}version": Version.parse,
    f"{PREFIX}version-id": VersionId.parse,
    f"{PREFIX}word": scalars.parse_word,
}


def follows(name: str, value: object) -> bool:
    """Whether a value follows a format; a value that is not a string follows each of them."""
    return not isinstance(value, str) or reason(name, value) is None


def reason(name: str, text: str) -> InvalidScalar | None:
    """Return why a text does not follow a format, or None where it does."""
    invalid = _refusal(name, text)
    if invalid is None or invalid.hint or len(text) > _LONGEST_REPAIRED:
        return invalid
    fine = [repaired for repaired in _repaired(name, text) if _refusal(name, repaired) is None]
    return InvalidScalar(invalid.message, f"write it as {fine[0]}") if fine else invalid


def _refusal(name: str, text: str) -> InvalidScalar | None:
    try:
        FORMATS[name](text)
    except InvalidScalar as invalid:
        return invalid
    except InvalidName as invalid:
        return InvalidScalar(str(invalid))
    return None


def _repaired(name: str, text: str) -> tuple[str, ...]:
    """Return what somebody may have meant; only what then follows the format is ever suggested."""
    bare = text.strip()
    low = bare.lower()
    # Of a letter that is no ASCII nobody can tell which one was meant.
    as_name = _NOT_OF_A_NAME.sub("-", low).strip("-_") if name in _NAMES and low.isascii() else bare
    release = low.lstrip("v^~=")
    return (
        *(bare, low, bare.upper(), as_name, low.replace("-", ""), low.removeprefix("sha256:")),
        *(release, f"{release}.0", _LEADING_ZEROS.sub("", release), f"git:{low}", f"sha256:{low}"),
    )
