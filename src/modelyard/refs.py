"""References: what a person or a program writes to name a model version."""

from __future__ import annotations

import re
from typing import Literal

from modelyard.names import (
    BEST,
    CHALLENGER,
    LATEST,
    InvalidName,
    ModelName,
    StageName,
    Version,
    VersionId,
    looks_like_model_name,
    parse_model_name,
    parse_stage_name,
)
from modelyard.ranges import VersionRange
from modelyard.values import dataclass

__all__ = ["InStage", "Ref", "Selector"]

# How other tools join a name and a version.
_OTHER_JOINTS = re.compile(r"==|[=:/#]")


@dataclass(frozen=True)
class InStage:
    """The version that a stage names."""

    stage: StageName

    def __str__(self) -> str:
        return self.stage


Selector = Version | VersionRange | InStage | Literal["latest", "best", "challenger"]


@dataclass(frozen=True)
class Ref:
    """A reference ``<name>@<selector>``.

    The selector is a version (``fraud@1.2.0``), a range (``fraud@^1.2``), a stage
    (``fraud@production``), ``latest``, ``best`` or ``challenger``. A directory's name (``fraud-1.2.0``) is read as
    the version it holds.
    """

    name: ModelName
    selector: Selector

    @classmethod
    def parse(cls, text: str) -> Ref:
        """Return the reference that the text spells.

        :raises InvalidName: the text is none of the forms above.
        """
        name, at, selector = text.partition("@")
        if at:
            return cls(parse_model_name(name), _selector(selector))
        try:
            version_id = VersionId.from_directory(text)
        except InvalidName:
            raise _unlike_a_reference(text) from None
        return cls(version_id.name, version_id.version)

    def __str__(self) -> str:
        return f"{self.name}@{self.selector}"


def _unlike_a_reference(text: str) -> InvalidName:
    name, *rest = _OTHER_JOINTS.split(text, maxsplit=1)
    if not looks_like_model_name(name):
        return InvalidName(f"{text!r} is no reference")
    if rest and rest[0]:
        return InvalidName(f"{text!r} is no reference", hint=f"did you mean {name}@{rest[0]}?")
    return InvalidName(f"{text!r} does not say which version: write {text}@latest, a stage or a version")


def _selector(text: str) -> Selector:
    if text == LATEST:
        return "latest"
    if text == BEST:
        return "best"
    if text == CHALLENGER:
        return "challenger"
    if VersionRange.looks_like(text):
        return VersionRange.parse(text)
    if text[:1].isdigit() or (text[:1] in ("v", "V") and text[1:2].isdigit()):
        return Version.parse(text)
    return InStage(parse_stage_name(text))
