"""Sealed files: what is stored is compressed, encrypted, or both; what is inside is recorded beside it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from modelyard.values import dataclass, field

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

__all__ = ["Sealed", "Steps", "opened_faults"]


@dataclass(frozen=True)
class Steps:
    """What is done to a file before it is stored, in this order.

    :param compression: ``zstd``, or None.
    :param recipients: whose identities open the file, as age's public keys, sorted; none where it is not encrypted.
    """

    compression: str | None = None
    recipients: tuple[str, ...] = ()

    @classmethod
    def from_value(cls, value: Mapping[str, Any]) -> Steps:
        """Return the steps that a mapping states which a schema has accepted."""
        return cls(value.get("compression"), tuple(sorted(value.get("recipients", ()))))

    def __bool__(self) -> bool:
        return bool(self.compression or self.recipients)

    def __str__(self) -> str:
        done = ["compressed with zstd"] if self.compression else []
        if self.recipients:
            done.append(f"encrypted with age for {', '.join(self.recipients)}")
        return " and ".join(done) or "as it is"

    @property
    def suffix(self) -> str:
        """What the steps put behind the name of a file."""
        return (".zst" if self.compression else "") + (".age" if self.recipients else "")

    def to_value(self) -> dict[str, Any]:
        """Return the mapping to write."""
        value = {"compression": self.compression, "recipients": list(self.recipients) or None}
        return {key: each for key, each in value.items() if each is not None}


@dataclass(frozen=True)
class Sealed:
    """What a sealed file holds: sha256 and size of the bytes inside, and the steps that sealed them."""

    sha256: str
    size: int
    steps: Steps = field(default_factory=Steps)

    @classmethod
    def from_value(cls, value: Mapping[str, Any]) -> Sealed:
        """Return what a mapping states which a schema has accepted."""
        return cls(value["sha256"], value["size"], Steps.from_value(value))

    def to_value(self) -> dict[str, Any]:
        """Return the mapping to write."""
        return {"sha256": self.sha256, "size": self.size, **self.steps.to_value()}

    def opened(self, path: str) -> str:
        """Return the path of the file once it is opened."""
        return path.removesuffix(self.steps.suffix)


def opened_faults(files: Mapping[str, Sealed | None]) -> Iterator[tuple[str, str]]:
    """Yield each sealed file that cannot be opened into a place of its own, and why, as the end of a sentence.

    :param files: all files of a version by path, with what is inside the sealed ones.
    """
    from modelyard.portable import folded

    taken = {folded(path) for path, sealed in files.items() if sealed is None}
    if len(taken) < len(files):
        parts = [folded(path).split("/") for path in files]
        taken |= {"/".join(each[:count]) for each in parts for count in range(1, len(each))}
    for path, sealed in files.items():
        if sealed is None:
            continue
        reason = _fault(path, sealed)
        opened = sealed.opened(path)
        if reason is None and folded(opened) in taken:
            reason = f"is opened as {opened!r}, which is the name of something else"
        taken.add(folded(opened))
        if reason:
            yield path, reason


def _fault(path: str, sealed: Sealed) -> str | None:
    from modelyard.documents.paths import parse_path
    from modelyard.documents.scalars import InvalidScalar

    if not sealed.steps:
        return "is said to be sealed, and neither compressed nor encrypted"
    if not path.endswith(sealed.steps.suffix):
        done = "encrypted" if sealed.steps.recipients else "compressed"
        return f"is {done}, so its name must end in {sealed.steps.suffix}"
    try:
        parse_path(sealed.opened(path))
    except InvalidScalar as invalid:
        return f"has no name once it is opened: {invalid.message}"
    return None
