"""What a family of formats offers: how a file is opened, and how the object is asked."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

from modelyard.errors import UsageError
from modelyard.values import dataclass

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from pathlib import Path

    Open = Callable[[Any, bytes, "Trust"], Any]
    OpenDirectory = Callable[[Any, Path], Any]
    # The object, what goes in, and the names of the outputs that are wanted: none for the usual one.
    Ask = Callable[[Any, Any, Sequence[str]], Mapping[str, Any]]

__all__ = ["DirectoryLoader", "Library", "Loader", "Trust", "named_of", "only"]


@dataclass(frozen=True)
class Trust:
    """How far whoever loads trusts the file.

    :param safe: formats that run code when they are loaded are refused.
    :param types: types that skops may make besides those that it knows, by their full names.
    """

    safe: bool = False
    types: tuple[str, ...] = ()


@dataclass(frozen=True)
class Library:
    """A library that opens files: the module to import, how people call it, and what pip installs.

    :param beside: modules that it needs for this and does not bring along.
    """

    module: str
    title: str
    requirement: str
    beside: tuple[str, ...] = ()

    def load(self) -> Any:
        """Import and return the module.

        :raises UsageError: it is not installed.
        """
        try:
            for module in self.beside:
                import_module(module)
            return import_module(self.module)
        except ModuleNotFoundError as error:
            missing = self.title if (error.name or "").split(".")[0] == self.module.split(".")[0] else error.name
            raise UsageError(f"{missing} is not installed", hint=f"pip install {self.requirement}") from error


@dataclass(frozen=True)
class Loader:
    """Opens one format.

    :param open: gives the object that some bytes hold, by the library's module.
    :param ask: gives the object's outputs, by name, for some input.
    """

    library: Library
    open: Open
    ask: Ask


@dataclass(frozen=True)
class DirectoryLoader:
    """Opens one kind of directory, which a file marks by its name; see :class:`Loader`."""

    title: str
    marker: str
    library: Library
    open: OpenDirectory
    ask: Ask


def named_of(found: Mapping[str, Any], wanted: Sequence[str]) -> Mapping[str, Any]:
    """Return the outputs that are wanted: all of them where none is named.

    :raises UsageError: there is no such output.
    """
    missing = [name for name in wanted if name not in found]
    if missing:
        raise UsageError(f"the model has no output {missing[0]!r}", hint=f"its outputs are {', '.join(found)}")
    return {name: found[name] for name in wanted} if wanted else found


def only(features: Any, title: str) -> Any:
    """Return the one input of a model that takes rows, named or not.

    :raises UsageError: several are named.
    """
    if not isinstance(features, dict):
        return features
    if len(features) == 1:
        return next(iter(features.values()))
    raise UsageError(f"{title} takes rows, not {len(features)} named arrays", hint="give a list of rows or of records")
