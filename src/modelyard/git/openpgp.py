"""OpenPGP signatures of commits, verified by GnuPG with a keyring of its own that holds nothing but what is given.

The lines that GnuPG states its findings in: https://github.com/gpg/gnupg/blob/master/doc/DETAILS.
"""

from __future__ import annotations

import os
import subprocess
from pathlib import Path
from typing import TYPE_CHECKING

from modelyard.errors import NotFinished

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

__all__ = ["ARMOUR", "openpgp_signer"]

ARMOUR = b"-----BEGIN PGP SIGNATURE-----"

# Nothing is fetched, no daemon is started, and no file of the user's is read.
_ALONE = (
    "--no-options",
    "--batch",
    "--no-tty",
    "--no-autostart",
    "--no-auto-key-retrieve",
    "--disable-dirmngr",
    "--trust-model=always",
    "--status-fd=1",
)
_STATUS = "[GNUPG:] "
_OTHERS = frozenset({"BADSIG", "ERRSIG", "EXPSIG", "EXPKEYSIG", "REVKEYSIG"})
_BINARY = "00"
_BROKEN_DIGESTS = frozenset({"1", "2", "3"})  # MD5, SHA-1, RIPEMD-160
_DIGEST, _CLASS, _PRIMARY = 7, 8, 9  # places after VALIDSIG


def openpgp_signer(payload: bytes, signature: bytes, keys: Mapping[str, Iterable[str]]) -> str | None:
    """Return the name whose key made a detached signature; None where nobody's did.

    A signature counts if it is the only one, of a key that is neither expired nor revoked now, and over a digest
    that nobody can forge. A subkey counts for its primary key.

    :param keys: armoured public keys by the name of their owner.
    :raises NotFinished: ``gpg`` is not installed.
    """
    from tempfile import TemporaryDirectory

    with TemporaryDirectory(prefix="modelyard-") as directory:
        home = Path(directory)
        owners: dict[str, str] = {}
        for name, blocks in keys.items():
            for block in blocks:
                for fingerprint in _imported(home, block):
                    owners.setdefault(fingerprint, name)
        sealed = home / "signature"
        sealed.write_bytes(signature)
        found = _status(home, payload, "--verify", "--", str(sealed), "-")
    return owners.get(_primary(found) or "")


def _imported(home: Path, block: str) -> list[str]:
    found = _status(home, block.encode(), "--import")
    return [words[2] for words in found if words[0] == "IMPORT_OK" and len(words) == 3]


def _primary(found: list[list[str]]) -> str | None:
    """Return the fingerprint of the primary key of the one good signature that was found."""
    said = [words[0] for words in found]
    valid = [words[1:] for words in found if words[0] == "VALIDSIG"]
    if said.count("NEWSIG") != 1 or said.count("GOODSIG") != 1 or len(valid) != 1 or _OTHERS & set(said):
        return None
    fields = valid[0]
    if len(fields) <= _PRIMARY or fields[_DIGEST] in _BROKEN_DIGESTS or fields[_CLASS] != _BINARY:
        return None
    return fields[_PRIMARY]


def _status(home: Path, data: bytes, *arguments: str) -> list[list[str]]:
    environment = {name: os.environ[name] for name in ("PATH",) if name in os.environ}
    try:
        ran = subprocess.run(
            ["gpg", f"--homedir={home}", *_ALONE, *arguments],
            input=data,
            env={**environment, "LC_ALL": "C"},
            capture_output=True,
            check=False,
        )
    except FileNotFoundError as error:
        raise NotFinished("gpg is not installed", hint="install GnuPG, or name the actor: --actor") from error
    lines = ran.stdout.decode("utf-8", "replace").split("\n")
    return [line.removeprefix(_STATUS).split() for line in lines if line.startswith(_STATUS) and line.split()[1:]]
