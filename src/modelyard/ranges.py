"""Version ranges: ``^1.2``, ``~1.2.3``, ``>=1,<2``."""

from __future__ import annotations

from modelyard.names import InvalidName, Version
from modelyard.values import dataclass

__all__ = ["VersionRange"]

_OPERATORS = (">=", "<=", ">", "<", "=")


@dataclass(frozen=True)
class _Bound:
    operator: str
    version: Version

    def admits(self, version: Version) -> bool:
        match self.operator:
            case ">=":
                return version >= self.version
            case "<=":
                return version <= self.version
            case ">":
                return version > self.version
            case "<":
                return version < self.version
            case _:
                return version == self.version


@dataclass(frozen=True)
class VersionRange:
    """A set of versions, as a conjunction of bounds.

    ``^1.2`` is what may follow 1.2.0 without a breaking change (below 2.0.0; ``^0.3`` below 0.4.0),
    ``~1.2`` the patches of 1.2, and ``>=1,<2`` both bounds at once; a part left out counts as 0.
    A pre-release belongs to a range only where a bound names a pre-release of the same
    MAJOR.MINOR.PATCH, as npm and Cargo have it.
    """

    text: str
    bounds: tuple[_Bound, ...]

    @classmethod
    def parse(cls, text: str) -> VersionRange:
        """Return the range that the text spells.

        :raises InvalidName: an operator or a version in it is malformed.
        """
        if text.startswith("^"):
            return cls(text, _caret(text[1:]))
        if text.startswith("~"):
            return cls(text, _tilde(text[1:]))
        return cls(text, tuple(_bound(part.strip()) for part in text.split(",")))

    @staticmethod
    def looks_like(text: str) -> bool:
        """Whether the text starts as a range does."""
        return text.startswith(("^", "~", *_OPERATORS))

    def __contains__(self, version: Version) -> bool:
        if not all(bound.admits(version) for bound in self.bounds):
            return False
        return version.released or any(_same_core(bound.version, version) for bound in self.bounds)

    def __str__(self) -> str:
        return self.text


def _same_core(bound: Version, version: Version) -> bool:
    core = (version.major, version.minor, version.patch)
    return bool(bound.prerelease) and (bound.major, bound.minor, bound.patch) == core


def _caret(text: str) -> tuple[_Bound, ...]:
    low = _filled(text)
    given = text.count(".") + 1
    if low.major or given == 1:
        high = Version(low.major + 1, 0, 0)
    elif low.minor or given == 2:
        high = Version(0, low.minor + 1, 0)
    else:
        high = Version(0, 0, low.patch + 1)
    return (_Bound(">=", low), _Bound("<", high))


def _tilde(text: str) -> tuple[_Bound, ...]:
    low = _filled(text)
    high = Version(low.major + 1, 0, 0) if "." not in text else Version(low.major, low.minor + 1, 0)
    return (_Bound(">=", low), _Bound("<", high))


def _bound(text: str) -> _Bound:
    for operator in _OPERATORS:
        if text.startswith(operator):
            return _Bound(operator, _filled(text[len(operator) :].strip()))
    raise InvalidName(f"range part {text!r} must start with one of ^ ~ {' '.join(_OPERATORS)}")


def _filled(text: str) -> Version:
    core = text.split("-", maxsplit=1)[0].split("+", maxsplit=1)[0]
    missing = 2 - core.count(".")
    if missing <= 0 or core != text:
        return Version.parse(text)
    try:
        return Version.parse(text + ".0" * missing)
    except InvalidName:
        raise InvalidName(f"range bound {text!r} is not MAJOR, MAJOR.MINOR or a version") from None
