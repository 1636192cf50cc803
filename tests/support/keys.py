"""Keys that sign commits: of SSH, made by ``ssh-keygen``, and of OpenPGP, made by ``gpg``."""

from __future__ import annotations

import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from support.repositories import Repository

__all__ = ["Key", "PgpKey", "new_key", "pgp_key"]


@dataclass(frozen=True)
class Key:
    """A private key in a file, and its public half as a policy states it."""

    path: Path
    public: str

    def sign(self, repository: Repository, message: str = "Change") -> str:
        """Commit what is staged, or nothing, with a signature, and return the commit's id."""
        signing = ("-c", "gpg.format=ssh", "-c", f"user.signingKey={self.path}")
        repository.git(*signing, "commit", "--quiet", "--no-verify", "--allow-empty", "--gpg-sign", "-m", message)
        return repository.head


def new_key(path: Path) -> Key:
    """Make a key without a passphrase."""
    subprocess.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-C", "", "-f", path], check=True)
    return Key(path, path.with_suffix(".pub").read_text(encoding="utf-8").strip())


@dataclass(frozen=True)
class PgpKey:
    """A private key in a keyring of its own, made by GnuPG, and its public half as a policy states it."""

    home: Path
    user: str
    public: str = ""
    moment: str | None = None

    def sign(self, repository: Repository, message: str = "Change") -> str:
        """Commit what is staged, or nothing, with a signature, and return the commit's id."""
        # Git hands its own environment on, so the keyring is named to the program itself.
        program = self.home / "gpg"
        program.write_text(f'#!/bin/sh\nexec gpg {" ".join(self._words)} "$@"\n')
        program.chmod(0o755)
        signing = ("-c", "gpg.format=openpgp", "-c", f"gpg.program={program}", "-c", f"user.signingKey={self.user}")
        repository.git(*signing, "commit", "--quiet", "--no-verify", "--allow-empty", "--gpg-sign", "-m", message)
        return repository.head

    def gpg(self, *words: str | Path, data: bytes = b"") -> bytes:
        """Run GnuPG with this keyring, and return what it prints."""
        command = ["gpg", *self._words, "--quiet", *words]
        return subprocess.run(command, input=data, capture_output=True, check=True).stdout

    @property
    def _words(self) -> tuple[str, ...]:
        clock = ("--faked-system-time", self.moment) if self.moment else ()
        return ("--homedir", str(self.home), "--batch", "--pinentry-mode", "loopback", *clock)


@contextmanager
def pgp_key(
    name: str, *, algorithm: str = "ed25519", expires: str = "never", moment: str | None = None
) -> Iterator[PgpKey]:
    """Make a key without a passphrase, whose agent ends with the block.

    The keyring lies directly below the system's temporary directory: the path of its agent's socket must be short.

    :param moment: when the key is made, and signs; without it now.
    """
    with TemporaryDirectory(prefix="gpg-", ignore_cleanup_errors=True) as directory:
        user = f"{name} <{name}@example.org>"
        key = PgpKey(Path(directory), user, moment=moment)
        try:
            key.gpg("--passphrase", "", "--quick-generate-key", user, algorithm, "sign", expires)
            yield replace(key, public=key.gpg("--armor", "--export", user).decode())
        finally:
            subprocess.run(["gpgconf", "--homedir", directory, "--kill", "all"], check=False)
