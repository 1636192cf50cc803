"""SSH keys that sign commits, made by ``ssh-keygen``."""

from __future__ import annotations

import subprocess
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

    from support.repositories import Repository

__all__ = ["Key", "new_key"]


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
