"""What is delivered: one model version of one registry, pinned to a commit, and each of its files.

A delivery is an entry of ``models.lock``, and what our cache keeps of a commit that was read once. So it holds all that
getting the bytes takes, and reading it takes neither Git nor YAML.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from modelyard.documents import plain_json
from modelyard.documents.plain_json import Misfit, mapping_at, only_keys, required, shown, text_at
from modelyard.documents.sealed import Sealed, Steps, opened_faults
from modelyard.names import InvalidName, VersionId
from modelyard.values import dataclass, field, replace

if TYPE_CHECKING:
    from collections.abc import Mapping

    from modelyard.documents.document import Path

__all__ = ["DeliveredFile", "Delivery", "is_commit_id", "is_repository", "is_word", "parse"]

_KEYS = ("artifact", "commit", "directories", "files", "registry", "remote", "version")
_FILE_KEYS = ("format", "in_git", "md5", "role", "sealed", "sha256", "size")
_SEALED_KEYS = ("compression", "recipients", "sha256", "size")
_HINT = "it is written by modelyard alone: take it from Git as it was, or write it anew with `modelyard lock`"
_LARGEST = 2**63 - 1
_LONGEST_ADDRESS = 2000
_LONGEST_PATH = 500

# Patterns would cost a millisecond to compile, in every process that reads a delivery.
_HEX = "0123456789abcdef"
_LETTERS = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"


@dataclass(frozen=True)
class DeliveredFile:
    """One file: sha256 and size are what its bytes must be, in lower-case hexadecimal and in bytes.

    :param md5: DVC's name for the object; None where only the manifest of its directory says it.
    :param in_git: whether the bytes lie in Git itself, and in no remote.
    :param sealed: what is inside, where the file is opened before it is put in place.
    """

    sha256: str
    size: int
    role: str
    format: str
    md5: str | None = None
    in_git: bool = False
    sealed: Sealed | None = None

    @property
    def opened(self) -> DeliveredFile:
        """The file as it stands in its place."""
        return replace(self, sha256=self.sealed.sha256, size=self.sealed.size, sealed=None) if self.sealed else self

    def to_value(self) -> dict[str, Any]:
        """Return the mapping to write."""
        value: dict[str, Any] = {
            "format": self.format,
            "in_git": self.in_git or None,
            "md5": self.md5,
            "role": self.role,
            "sealed": self.sealed.to_value() if self.sealed else None,
            "sha256": self.sha256,
            "size": self.size,
        }
        return {key: each for key, each in value.items() if each is not None}


@dataclass(frozen=True)
class Delivery:
    """One model version, as a commit of its registry holds it.

    :param registry: address or path of the repository, without credentials.
    :param commit: full id of the commit that was read.
    :param artifact: a key of ``files``, or a directory that holds some of them.
    :param files: by path relative to the version's own directory.
    :param directories: by path, the object id of the manifest of each directory behind a pointer (``….dir``).
    :param remote: name of the DVC remote that the version asks for; None for the registry's default one.
    """

    registry: str
    commit: str
    version: VersionId
    artifact: str
    files: Mapping[str, DeliveredFile]
    directories: Mapping[str, str] = field(default_factory=dict)
    remote: str | None = None

    @property
    def size(self) -> int:
        """Bytes of all files together."""
        return sum(file.size for file in self.files.values())

    @property
    def opened(self) -> Delivery:
        """The delivery as it stands in its place, where sealed files are opened."""
        names = {path: file.sealed.opened(path) for path, file in self.files.items() if file.sealed}
        if not names:
            return self
        files = {names.get(path, path): file.opened for path, file in self.files.items()}
        return replace(self, artifact=names.get(self.artifact, self.artifact), files=files)

    @classmethod
    def from_value(cls, value: dict[str, Any], path: Path = ()) -> Delivery:
        """Return the delivery that a mapping holds.

        :param path: the keys that lead to the mapping in its file.
        :raises Misfit: it holds anything else.
        """
        only_keys(value, _KEYS, path, _HINT)
        delivery = cls(
            registry=_registry(text_at(value, "registry", path, _HINT), path),
            commit=_object_id(text_at(value, "commit", path, _HINT), path),
            version=_version(text_at(value, "version", path, _HINT), path),
            artifact=_path(text_at(value, "artifact", path, _HINT), (*path, "artifact")),
            files=_files(mapping_at(value, "files", path, _HINT), (*path, "files")),
            directories=_directories(value.get("directories", {}), (*path, "directories")),
            remote=_remote(value["remote"], path) if "remote" in value else None,
        )
        _require_whole(delivery, path)
        return delivery

    def to_value(self) -> dict[str, Any]:
        """Return the mapping to write."""
        value: dict[str, Any] = {
            "artifact": self.artifact,
            "commit": self.commit,
            "directories": dict(self.directories) or None,
            "files": {path: file.to_value() for path, file in self.files.items()},
            "registry": self.registry,
            "remote": self.remote,
            "version": str(self.version),
        }
        return {key: each for key, each in value.items() if each is not None}

    def render(self) -> bytes:
        """Return the delivery as a file of its own: the same bytes for the same delivery."""
        return plain_json.render(self.to_value())


def parse(data: bytes, *, name: str = "delivery") -> Delivery:
    """Return the delivery that a file holds.

    Guaranteed: no path leads out of its directory or to two files on some system, every digest is one, every file
    can be found in Git or in the remote, and git takes the registry's address for nothing that it would run.

    :param name: of the file, for messages.
    :raises Unfit: it holds anything else, unknown keys among them; the message says where.
    """
    return plain_json.read(data, Delivery.from_value, name=name)


def is_repository(text: str) -> bool:
    """Whether git takes the text for an address or a path, and for nothing that it would run.

    As :func:`modelyard.git.urls.require_url` has it: no option, and no helper such as ``ext::``.
    """
    if not text or len(text) > _LONGEST_ADDRESS or text[0] == "-" or not text.isprintable():
        return False
    head, helper, _ = text.partition("::")
    return not helper or not head or bool(head.strip(f"{_LETTERS}+.-"))


def is_commit_id(text: str) -> bool:
    """Whether the text is the full id of a commit, by either hash: 40 or 64 lower-case hexadecimal digits."""
    return len(text) in (40, 64) and not text.strip(_HEX)


def is_word(text: str) -> bool:
    """Whether the text is letters, digits, ``.``, ``_`` and ``-``, at most a hundred, and a letter or digit first."""
    return 0 < len(text) <= 100 and text[0] in f"{_LETTERS}_" and not text.strip(f"{_LETTERS}._-")


def _registry(text: str, path: Path) -> str:
    if not is_repository(text):
        raise Misfit((*path, "registry"), f"{shown(text)} is no address of a repository", _HINT)
    return text


def _object_id(text: str, path: Path) -> str:
    if not is_commit_id(text):
        message = f"{shown(text)} is not a full Git id of 40 or 64 lower-case hexadecimal digits"
        raise Misfit((*path, "commit"), message, _HINT)
    return text


def _version(text: str, path: Path) -> VersionId:
    try:
        return VersionId.parse(text)
    except InvalidName as invalid:
        raise Misfit((*path, "version"), invalid.message, _HINT) from None


def _remote(text: object, path: Path) -> str:
    if not isinstance(text, str) or not is_word(text):
        raise Misfit((*path, "remote"), f"{shown(str(text))} is not the name of a remote", _HINT)
    return text


def _path(text: str, path: Path, *, at_key: bool = False) -> str:
    # Most are of this kind, and need no closer look: no part of it starts with a dot.
    if len(text) <= _LONGEST_PATH and all(map(is_word, text.split("/"))):
        return text
    from modelyard.documents.paths import parse_path
    from modelyard.documents.scalars import InvalidScalar

    try:
        return parse_path(text)
    except InvalidScalar as invalid:
        raise Misfit(path, invalid.message, _HINT, at_key=at_key) from None


def _files(value: dict[str, Any], path: Path) -> dict[str, DeliveredFile]:
    if not value:
        raise Misfit(path, "no file is listed", _HINT)
    return {_path(name, (*path, name), at_key=True): _file(each, (*path, name)) for name, each in value.items()}


def _file(value: object, path: Path) -> DeliveredFile:
    if not isinstance(value, dict):
        raise Misfit(path, "a file must be a mapping", _HINT)
    only_keys(value, _FILE_KEYS, path, _HINT)
    if value.get("in_git", True) is not True:
        raise Misfit((*path, "in_git"), "'in_git' must be true, or be left out", _HINT)
    return DeliveredFile(
        sha256=_digest(text_at(value, "sha256", path, _HINT), 64, (*path, "sha256")),
        size=_size(value, path),
        role=_word(value, "role", path),
        format=_word(value, "format", path),
        md5=_digest(text_at(value, "md5", path, _HINT), 32, (*path, "md5")) if "md5" in value else None,
        in_git="in_git" in value,
        sealed=_sealed(mapping_at(value, "sealed", path, _HINT), (*path, "sealed")) if "sealed" in value else None,
    )


def _size(value: dict[str, Any], path: Path) -> int:
    size = required(value, "size", path, _HINT)
    if type(size) is not int or not 0 <= size <= _LARGEST:
        raise Misfit((*path, "size"), "'size' must be a whole number, zero or more", _HINT)
    return size


def _sealed(value: dict[str, Any], path: Path) -> Sealed:
    only_keys(value, _SEALED_KEYS, path, _HINT)
    recipients = value.get("recipients", [])
    if not isinstance(recipients, list) or not all(isinstance(each, str) and is_word(each) for each in recipients):
        raise Misfit((*path, "recipients"), "'recipients' must be a list of words", _HINT)
    if value.get("compression", "zstd") != "zstd":
        raise Misfit((*path, "compression"), "'compression' must be zstd, or be left out", _HINT)
    return Sealed(
        _digest(text_at(value, "sha256", path, _HINT), 64, (*path, "sha256")),
        _size(value, path),
        Steps.from_value(value),
    )


def _digest(text: str, length: int, path: Path) -> str:
    if len(text) != length or text.strip(_HEX):
        message = f"{shown(text)} is not a digest of {length} lower-case hexadecimal digits"
        raise Misfit(path, message, _HINT)
    return text


def _word(value: dict[str, Any], key: str, path: Path) -> str:
    text = text_at(value, key, path, _HINT)
    if not is_word(text):
        raise Misfit((*path, key), f"{shown(text)} is not one word", _HINT)
    return text


def _directories(value: object, path: Path) -> dict[str, str]:
    if not isinstance(value, dict):
        raise Misfit(path, "'directories' must be a mapping", _HINT)
    return {_path(name, (*path, name), at_key=True): _manifest(oid, (*path, name)) for name, oid in value.items()}


def _manifest(oid: object, path: Path) -> str:
    if not isinstance(oid, str) or not oid.endswith(".dir"):
        raise Misfit(path, f"{shown(str(oid))} is not the id of a directory's manifest", _HINT)
    _digest(oid.removesuffix(".dir"), 32, path)
    return oid


def _require_whole(delivery: Delivery, path: Path) -> None:
    """Do nothing where all files can stand beside one another, and each can be found."""
    from modelyard.portable import folded

    for name, reason in opened_faults({name: file.sealed for name, file in delivery.files.items()}):
        raise Misfit((*path, "files", name), f"{shown(name)} {reason}", _HINT, at_key=True)
    seen: dict[str, str] = {}
    for name in delivery.files:
        twin = seen.setdefault(folded(name), name)
        if twin != name:
            message = f"{shown(name)} and {shown(twin)} are one file on some systems"
            raise Misfit((*path, "files", name), message, _HINT, at_key=True)
    parents = {parent for name in seen for parent in _parents(name)}
    for folded_name, name in seen.items():
        if folded_name in parents:
            raise Misfit((*path, "files", name), f"{shown(name)} is a file and a directory", _HINT, at_key=True)
        _require_found(name, delivery, path)
    if delivery.artifact not in delivery.files and folded(delivery.artifact) not in parents:
        message = f"the artifact {shown(delivery.artifact)} is none of the files"
        raise Misfit((*path, "artifact"), message, _HINT)


def _require_found(name: str, delivery: Delivery, path: Path) -> None:
    file = delivery.files[name]
    listed = any(parent in delivery.directories for parent in _parents(name))
    if file.in_git and listed:
        message = f"{shown(name)} lies in Git, and its directory behind a pointer"
        raise Misfit((*path, "files", name), message, _HINT)
    if file.md5 is None and not listed:
        raise Misfit((*path, "files", name), f"nothing says where {shown(name)} lies: it has no 'md5'", _HINT)


def _parents(name: str) -> list[str]:
    parts = name.split("/")[:-1]
    return ["/".join(parts[:length]) for length in range(1, len(parts) + 1)]
