"""``modelyard.toml``, or ``[tool.modelyard]`` of ``pyproject.toml``: which models an application needs, and from where.

.. code-block:: toml

    registry = "https://git.example.org/models.git"

    [models]
    fraud = "production"
    embed = "^2.1"
    limits = { version = "1.4.0", registry = "risk", remote = "eu" }

    [registries]
    risk = "https://git.example.org/risk-models.git"
"""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any

from modelyard.documents.delivery import is_repository, is_word
from modelyard.documents.plain_json import Misfit, Unfit, mapping_at, only_keys, shown, text_at
from modelyard.names import InvalidName, parse_model_name
from modelyard.refs import Ref
from modelyard.values import dataclass

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib

if TYPE_CHECKING:
    from collections.abc import Mapping

    from modelyard.documents.document import Path

__all__ = ["FILE", "PROJECT_FILE", "TABLE", "Application", "Dependency", "has_table", "parse"]

FILE = "modelyard.toml"
PROJECT_FILE = "pyproject.toml"
TABLE = ("tool", "modelyard")

_KEYS = ("models", "registries", "registry")
_MODEL_KEYS = ("model", "registry", "remote", "version")
_MAX_BYTES = 1 << 20
_EXAMPLE = 'for example fraud = "production", or fraud = { version = "^1.2", registry = "risk" }'
_KNOWN = f"known are {', '.join(_KEYS)}"


@dataclass(frozen=True)
class Dependency:
    """One model that an application needs.

    :param name: what the application calls it, and the name of its directory.
    :param reference: the model and which version of it.
    :param registry: address or path of its registry, as it is written.
    :param remote: the DVC remote to take it from; None for the one that the registry says.
    """

    name: str
    reference: Ref
    registry: str
    remote: str | None = None


@dataclass(frozen=True)
class Application:
    """What an application needs, by the name that it has for each model."""

    models: Mapping[str, Dependency]


def has_table(data: bytes) -> bool:
    """Whether a ``pyproject.toml`` has the table ``[tool.modelyard]``; False where it cannot be read."""
    # Nearly all have none, and parsing is what costs.
    if b"modelyard" not in data:
        return False
    try:
        tool = tomllib.loads(data.decode()).get("tool")
    except (ValueError, RecursionError):
        return False
    return isinstance(tool, dict) and "modelyard" in tool


def parse(data: bytes, *, name: str, table: tuple[str, ...] = ()) -> Application:
    """Return what the file asks for.

    :param name: of the file, for messages.
    :param table: the keys that lead to our table; none of them where the whole file is ours.
    :raises Unfit: it is no TOML, or holds what does not belong; the message says at which line and names the key.
    """
    if len(data) > _MAX_BYTES:
        message = f"the file has {len(data):,} bytes, at most {_MAX_BYTES:,} are read"
        raise Unfit(name, None, message, hint="a list of models is short: take out what is not one")
    value: Any = _loaded(data, name)
    try:
        for index, key in enumerate(table):
            value = mapping_at(value, key, table[:index], _EXAMPLE)
        return _application(value, table)
    except Misfit as misfit:
        raise _told(misfit, data.decode(), name) from None


def _loaded(data: bytes, name: str) -> dict[str, Any]:
    try:
        loaded: dict[str, Any] = tomllib.loads(data.decode())
    except UnicodeDecodeError as error:
        message = f"the byte 0x{data[error.start]:02x} is not UTF-8"
        raise Unfit(name, _position(data[: error.start]), message, hint="save the file as UTF-8") from None
    except RecursionError:
        raise Unfit(name, None, "the nesting is deeper than anybody can read", hint=_EXAMPLE) from None
    except tomllib.TOMLDecodeError as error:
        raise _no_toml(str(error), data, name) from None
    return loaded


def _no_toml(message: str, data: bytes, name: str) -> Unfit:
    import re

    from modelyard.problems import Position

    place = re.search(r" \(at (?:line ([0-9]+), column ([0-9]+)|end of document)\)$", message)
    what = message[: place.start()] if place else message
    position = Position(int(place[1]), int(place[2])) if place and place[1] else _position(data)
    return Unfit(name, position, f"this is no TOML: {what[:1].lower()}{what[1:]}", hint=_EXAMPLE)


def _position(before: bytes) -> Any:
    from modelyard.documents.lines import Lines

    text = before.decode("utf-8", "replace")
    return Lines(text).position(len(text))


def _told(misfit: Misfit, text: str, name: str) -> Unfit:
    from modelyard.documents.toml_places import locate

    return Unfit(name, locate(text, misfit.path), misfit.message, hint=misfit.hint)


def _application(value: dict[str, Any], path: Path) -> Application:
    only_keys(value, _KEYS, path, _KNOWN)
    named = _registries(value, path)
    default = _address(value, "registry", path) if "registry" in value else None
    models = mapping_at(value, "models", path, _EXAMPLE)
    if not models:
        raise Misfit((*path, "models"), "no model is listed", _EXAMPLE)
    return Application(
        {name: _dependency(name, each, named, default, (*path, "models", name)) for name, each in models.items()}
    )


def _registries(value: dict[str, Any], path: Path) -> dict[str, str]:
    if "registries" not in value:
        return {}
    found = mapping_at(value, "registries", path, 'for example risk = "https://git.example.org/risk-models.git"')
    return {name: _address(found, name, (*path, "registries")) for name in found}


def _address(value: dict[str, Any], key: str, path: Path) -> str:
    hint = "give a path, an https or an ssh address"
    text = text_at(value, key, path, hint)
    if not is_repository(text):
        raise Misfit((*path, key), f"{shown(text)} is no address of a repository", hint)
    return text


def _dependency(name: str, value: object, named: Mapping[str, str], default: str | None, path: Path) -> Dependency:
    table: dict[str, Any] = {"version": value} if isinstance(value, str) else value if isinstance(value, dict) else {}
    if not table:
        raise Misfit(path, f"{shown(name)} must be a version, a range or a stage", _EXAMPLE)
    only_keys(table, _MODEL_KEYS, path, f"known are {', '.join(_MODEL_KEYS)}")
    _require_name(name, path)
    model = text_at(table, "model", path, _EXAMPLE) if "model" in table else name
    version = text_at(table, "version", path, _EXAMPLE)
    if "@" in version:
        # The name stands before the sign of equality already.
        hint = f"write only what comes after the @: {version.rpartition('@')[2]}"
        raise Misfit((*path, "version"), f"{shown(version)} is a whole reference", hint)
    try:
        reference = Ref.parse(f"{model}@{version}")
    except InvalidName as invalid:
        raise Misfit((*path, "version"), f"{shown(name)}: {invalid.message}", invalid.hint or _EXAMPLE) from None
    return Dependency(name, reference, _registry(name, table, named, default, path), _remote(name, table, path))


def _require_name(name: str, path: Path) -> None:
    # It names a directory: nothing leads out of it, and no two are one on some system.
    try:
        parse_model_name(name)
    except InvalidName as invalid:
        hint = 'call it otherwise, and say which model it is: my-name = { model = "fraud", version = "^1" }'
        raise Misfit(path, invalid.message, hint, at_key=True) from None


def _registry(name: str, table: dict[str, Any], named: Mapping[str, str], default: str | None, path: Path) -> str:
    if "registry" not in table:
        if default is None:
            hint = 'write it above [models]: registry = "https://git.example.org/models.git"'
            raise Misfit(path, f"{shown(name)} names no registry, and there is no default one", hint)
        return default
    registry = text_at(table, "registry", path, _EXAMPLE)
    if registry not in named:
        known = f"known are {', '.join(sorted(named))}" if named else f"write [registries], and {registry} in it"
        raise Misfit((*path, "registry"), f"{shown(name)}: there is no registry {shown(registry)}", known)
    return named[registry]


def _remote(name: str, table: dict[str, Any], path: Path) -> str | None:
    if "remote" not in table:
        return None
    remote = text_at(table, "remote", path, _EXAMPLE)
    if not is_word(remote):
        hint = "name one of the registry's DVC remotes"
        raise Misfit((*path, "remote"), f"{shown(name)}: {shown(remote)} is not the name of a remote", hint)
    return remote
