"""``models.lock``: for each model of an application, the version, the commit and the bytes that it gets."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from modelyard.documents import plain_json
from modelyard.documents.delivery import Delivery
from modelyard.documents.plain_json import Misfit, Unfit, mapping_at, only_keys, required, shown, text_at
from modelyard.names import InvalidName, parse_model_name
from modelyard.refs import Ref
from modelyard.values import dataclass

if TYPE_CHECKING:
    from collections.abc import Mapping

    from modelyard.documents.document import Path

__all__ = ["FILE", "LOCK_VERSION", "Lock", "Locked", "parse"]

FILE = "models.lock"
LOCK_VERSION = 1

_HINT = "it is written by modelyard alone: take it from Git as it was, or write it anew with `modelyard lock`"
_UNMERGED = "keep either side as a whole (git checkout --ours {name}), then: modelyard lock && git add {name}"


@dataclass(frozen=True)
class Locked:
    """One model of an application: what was asked for, and what that is.

    :param remote: the DVC remote that the application asked for; None where it left that to the registry.
    """

    reference: Ref
    delivery: Delivery
    remote: str | None = None

    def to_value(self) -> dict[str, Any]:
        """Return the mapping to write."""
        asked = {"asked_remote": self.remote} if self.remote else {}
        return {**self.delivery.to_value(), **asked, "reference": str(self.reference)}


@dataclass(frozen=True)
class Lock:
    """All models of an application, by the name that it has for each."""

    models: Mapping[str, Locked]

    def render(self) -> bytes:
        """Return the file: the same bytes for the same content, a file of a model a line."""
        models = {name: locked.to_value() for name, locked in self.models.items()}
        return plain_json.render({"lock_version": LOCK_VERSION, "models": models})


def parse(data: bytes, *, name: str = FILE) -> Lock:
    """Return what a lock file says; each delivery in it is as sound as :func:`modelyard.documents.delivery.parse` says.

    :param name: of the file, for messages.
    :raises Unfit: it holds anything else, two sides of a merge among them; the message says where and what to do.
    """
    try:
        return plain_json.read(data, _lock, name=name)
    except Unfit:
        conflict = _unmerged(data, name)
        if conflict:
            raise conflict from None
        raise


def _lock(value: dict[str, Any]) -> Lock:
    version = required(value, "lock_version", (), _HINT)
    if type(version) is not int or version != LOCK_VERSION:
        message = f"'lock_version' is {shown(str(version))}, and this modelyard reads {LOCK_VERSION}"
        raise Misfit(("lock_version",), message, "install the modelyard that wrote it, or: modelyard lock")
    only_keys(value, ("lock_version", "models"), (), _HINT)
    models = mapping_at(value, "models", (), _HINT)
    return Lock({name: _locked(name, each, ("models", name)) for name, each in models.items()})


def _locked(name: str, value: object, path: Path) -> Locked:
    if not isinstance(value, dict):
        raise Misfit(path, "a model must be a mapping", _HINT)
    try:
        parse_model_name(name)
    except InvalidName as invalid:
        raise Misfit(path, invalid.message, _HINT, at_key=True) from None
    rest = {key: each for key, each in value.items() if key not in ("reference", "asked_remote")}
    delivery = Delivery.from_value(rest, path)
    return Locked(_reference(value, delivery, path), delivery, _remote(value, delivery, path))


def _reference(value: dict[str, Any], delivery: Delivery, path: Path) -> Ref:
    try:
        reference = Ref.parse(text_at(value, "reference", path, _HINT))
    except InvalidName as invalid:
        raise Misfit((*path, "reference"), invalid.message, _HINT) from None
    if reference.name != delivery.version.name:
        message = f"{shown(str(reference))} is not about {shown(str(delivery.version))}"
        raise Misfit((*path, "reference"), message, _HINT)
    return reference


def _remote(value: dict[str, Any], delivery: Delivery, path: Path) -> str | None:
    if "asked_remote" not in value:
        return None
    if value["asked_remote"] != delivery.remote:
        raise Misfit((*path, "asked_remote"), "'asked_remote' and 'remote' are not the same", _HINT)
    return delivery.remote


def _unmerged(data: bytes, name: str) -> Unfit | None:
    """Return the refusal of a file that two sides of a merge stand in, None of any other."""
    import re

    from modelyard.problems import Position

    mark = re.search(rb"^(?:<{7}|={7}|>{7}|\|{7})(?: |$|\r)", data, re.MULTILINE)
    if mark is None:
        return None
    position = Position(data.count(b"\n", 0, mark.start()) + 1, 1)
    message = "two changes meet here, and the merge of them is not finished"
    return Unfit(name, position, message, hint=_UNMERGED.format(name=name))
