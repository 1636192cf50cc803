"""Objects of caches and remotes: what is wanted of them, and ways to spoil them."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from modelyard.storage.cache import DirectoryDigests
from modelyard.storage.digests import Digests
from modelyard.storage.layout import object_path
from modelyard.storage.wanted import Content, Wanted, WantedDirectory

__all__ = ["SPOILERS", "Counter", "files_below", "spoil", "wanted_directory", "wanted_file"]

SPOILERS: dict[str, Callable[[bytes], bytes]] = {
    "flipped": lambda data: bytes([data[0] ^ 1]) + data[1:],
    "truncated": lambda data: data[:-1],
    "longer": lambda data: data + b"x",
    "empty": lambda data: data[:0],
}


class Counter:
    """Progress that counts."""

    def __init__(self) -> None:
        self.bytes = 0
        self.ended = 0

    def advance(self, count: int) -> None:
        self.bytes += count

    def done(self) -> None:
        self.ended += 1


def wanted_file(digests: Digests) -> Wanted:
    """Return what a registry would say of the file."""
    return Wanted(digests.md5, digests.sha256, digests.size)


def wanted_directory(digests: DirectoryDigests) -> WantedDirectory:
    """Return what a registry would say of the directory."""
    files = {relpath: Content(item.sha256, item.size) for relpath, item in digests.files.items()}
    return WantedDirectory(digests.oid, files)


def spoil(root: Path, oid: str, how: str) -> bytes:
    """Change an object below the root of a cache or remote, and return what is in it now."""
    path = root / object_path(oid)
    data = SPOILERS[how](path.read_bytes())
    path.chmod(0o644)
    path.write_bytes(data)
    return data


def files_below(root: Path) -> set[str]:
    """Return the relative paths of everything below a directory that is no directory itself."""
    return {path.relative_to(root).as_posix() for path in root.rglob("*") if path.is_symlink() or not path.is_dir()}
