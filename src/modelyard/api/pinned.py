"""What a reference means in a commit, kept in our cache: asked again, it takes neither Git nor YAML.

The full id of a commit means the same for ever, and so does a reference in it. What is kept says what the bytes must
be; whether they are, nobody but the bytes can say.
"""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING, Any

from modelyard import __version__
from modelyard.addresses import is_address, shareable
from modelyard.api.cache_place import cache_directory
from modelyard.documents import plain_json
from modelyard.documents.delivery import Delivery, is_commit_id
from modelyard.documents.plain_json import Misfit, Unfit, mapping_at, only_keys, required
from modelyard.values import dataclass

if TYPE_CHECKING:
    from pathlib import Path

__all__ = ["Pinned", "pinned"]

_FOLDER = "deliveries"
_HINT = "delete it: it is a copy"


@dataclass(frozen=True)
class Pinned:
    """A question that has one answer for ever.

    :param registry: address of the repository, without credentials.
    :param commit: full id of the commit that is asked.
    :param reference: as it was written.
    :param allow_yanked: whether a version that was yanked may be meant.
    """

    registry: str
    commit: str
    reference: str
    allow_yanked: bool = False

    def answer(self) -> Delivery | None:
        """Return what was kept; None where nothing was, or it is damaged, or is the answer to something else."""
        try:
            checksum, _, body = self._file.read_bytes().partition(b"\n")
        except OSError:
            return None
        if checksum != _checksum(body):
            return None
        try:
            return plain_json.read(body, self._delivery, name=_FOLDER)
        except Unfit:
            return None

    def keep(self, delivery: Delivery) -> None:
        """Keep the answer, whole or not at all; a disk that refuses is no matter, since it can be found out again."""
        from modelyard.storage.writing import new_file, open_directory

        body = plain_json.render({"asked": self._asked, "delivery": delivery.to_value()})
        place = self._file
        try:
            with open_directory(place.parent) as directory, new_file(directory) as file:
                file.write(_checksum(body) + b"\n" + body)
                # Half of it would have another checksum.
                file.publish(directory, place.name, mode=0o644, lasting=False)
        except OSError:
            return

    @property
    def _asked(self) -> dict[str, Any]:
        """All that the answer depends on: the code that finds it too, since another release may rank otherwise."""
        return {
            "allow_yanked": self.allow_yanked,
            "commit": self.commit,
            "modelyard": __version__,
            "reference": self.reference,
            "registry": self.registry,
        }

    @property
    def _file(self) -> Path:
        name = hashlib.sha256(plain_json.render(self._asked)).hexdigest()
        return cache_directory() / _FOLDER / f"{name}.json"

    def _delivery(self, value: dict[str, Any]) -> Delivery:
        only_keys(value, ("asked", "delivery"), (), _HINT)
        if required(value, "asked", (), _HINT) != self._asked:
            raise Misfit(("asked",), "this is the answer to something else", _HINT)
        delivery = Delivery.from_value(mapping_at(value, "delivery", (), _HINT), ("delivery",))
        about = (delivery.registry, delivery.commit, delivery.version.name)
        if about != (self.registry, self.commit, self.reference.partition("@")[0]):
            raise Misfit(("delivery",), "this is about something else", _HINT)
        return delivery


def pinned(repository: str, as_of: str | None, reference: str, *, allow_yanked: bool = False) -> Pinned | None:
    """Return the question where it has one answer for ever: of a commit by its full id, in a repository at an address.

    A directory on this machine is none: a clone is asked what it is each time.
    """
    from pathlib import Path

    if as_of is None or not is_commit_id(as_of):
        return None
    if not is_address(repository) or Path(repository).is_dir():
        return None
    return Pinned(shareable(repository), as_of, reference, allow_yanked)


def _checksum(body: bytes) -> bytes:
    return hashlib.sha256(body).hexdigest().encode()
