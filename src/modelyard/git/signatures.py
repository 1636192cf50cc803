"""Signatures of commits, by SSH and OpenPGP keys: whose key made one, among keys that the caller trusts."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path
from typing import TYPE_CHECKING

from modelyard.errors import NotFinished
from modelyard.git.openpgp import ARMOUR, openpgp_signer

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

__all__ = ["signer", "split_signature"]

_HEADERS = {"sha1": b"gpgsig", "sha256": b"gpgsig-sha256"}
_NAMESPACE = "git"
_SSH_ARMOUR = b"-----BEGIN SSH SIGNATURE-----"


def split_signature(raw: bytes, algorithm: str = "sha1") -> tuple[bytes, bytes] | None:
    """Return what a raw commit object says without its signature, and the signature; None where it has none."""
    head, blank, message = raw.partition(b"\n\n")
    kept: list[bytes] = []
    signature: list[bytes] = []
    current: list[bytes] = kept
    for line in head.split(b"\n"):
        key, _, value = line.partition(b" ")
        if key in _HEADERS.values():
            # Git signs a commit without the signatures of either algorithm.
            current = signature if key == _HEADERS[algorithm] else []
            current.append(value)
        elif line.startswith(b" ") and current is not kept:
            current.append(line[1:])
        else:
            current = kept
            kept.append(line)
    return (b"\n".join(kept) + blank + message, b"\n".join(signature) + b"\n") if signature else None


def signer(
    raw: bytes,
    ssh: Mapping[str, Iterable[str]],
    openpgp: Mapping[str, Iterable[str]] | None = None,
    *,
    algorithm: str = "sha1",
) -> str | None:
    """Return the name whose key signed a raw commit object; None where nobody's did.

    Neither Git's configuration nor the user's own list of signers or keyring takes part.

    :param ssh: SSH public keys by the name of their owner.
    :param openpgp: armoured OpenPGP public keys by the name of their owner.
    :raises NotFinished: ``ssh-keygen`` or ``gpg``, whichever the signature takes, is not installed.
    """
    parts = split_signature(raw, algorithm)
    if parts is None:
        return None
    payload, signature = parts
    if signature.startswith(ARMOUR):
        return openpgp_signer(payload, signature, openpgp) if openpgp else None
    return _ssh_signer(payload, signature, ssh) if signature.startswith(_SSH_ARMOUR) else None


def _ssh_signer(payload: bytes, signature: bytes, keys: Mapping[str, Iterable[str]]) -> str | None:
    from tempfile import TemporaryDirectory

    with TemporaryDirectory(prefix="modelyard-") as directory:
        sealed, allowed = Path(directory, "signature"), Path(directory, "allowed")
        sealed.write_bytes(signature)
        for name, lines in keys.items():
            # A name of ours stands for the owner's, which may hold what the format gives a meaning to.
            allowed.write_text("".join(f'signer namespaces="{_NAMESPACE}" {line}\n' for line in lines), "utf-8")
            if _verifies(payload, sealed, allowed):
                return name
    return None


def _verifies(payload: bytes, signature: Path, allowed: Path) -> bool:
    arguments = ["-Y", "verify", "-n", _NAMESPACE, "-I", "signer", "-f", str(allowed), "-s", str(signature)]
    environment = {name: os.environ[name] for name in ("PATH",) if name in os.environ}
    try:
        ran = subprocess.run(
            ["ssh-keygen", *arguments],
            input=payload,
            env={**environment, "LC_ALL": "C"},
            capture_output=True,
            check=False,
        )
    except FileNotFoundError as error:
        raise NotFinished("ssh-keygen is not installed", hint="install OpenSSH, or name the actor: --actor") from error
    return ran.returncode == 0
