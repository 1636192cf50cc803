"""Encryption with age, by its Rust implementation: for recipients whose identities open the file."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any

from modelyard.errors import DigestMismatch, NotFinished, UsageError

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from typing import BinaryIO

    from modelyard.storage.compression import Sink

__all__ = ["VARIABLE", "count_recipients", "decrypt", "encrypt", "identities"]

VARIABLE = "MODELYARD_AGE_IDENTITY"
_SECRET = "AGE-SECRET-KEY-1"  # noqa: S105 - what an identity begins with
_HINT = f"export {VARIABLE}=<file that age-keygen wrote>"


def encrypt(source: Any, sink: Sink, recipients: Sequence[str]) -> None:
    """Write what a reader gives to the sink, encrypted for each of the recipients.

    :raises UsageError: the library is not installed, or a recipient is none.
    """
    pyrage = _library()
    try:
        keys = [pyrage.x25519.Recipient.from_str(each) for each in recipients]
    except pyrage.RecipientError as error:
        raise UsageError(f"a recipient is no public key of age: {error}", hint="age-keygen -y <file>") from error
    pyrage.encrypt_io(source, sink, keys)


def identities(environment: Mapping[str, str] = os.environ) -> list[Any]:
    """Return the identities that ``MODELYARD_AGE_IDENTITY`` names: a file with one on each line, or one itself.

    :raises NotFinished: it names none, or the file cannot be read.
    :raises UsageError: the library is not installed, or what it names is no identity.
    """
    named = environment.get(VARIABLE, "")
    if not named:
        raise NotFinished(f"the artifact is encrypted, and {VARIABLE} names no identity that opens it", hint=_HINT)
    text = named if named.startswith(_SECRET) else _read(named)
    lines = [line.strip() for line in text.splitlines()]
    pyrage = _library()
    try:
        found = [pyrage.x25519.Identity.from_str(line) for line in lines if line and line[0] != "#"]
    except pyrage.IdentityError:
        # What stands there may be a secret all the same, so it is not repeated.
        found = []
    if not found:
        message = f"what {VARIABLE} names is no file of identities of age, with an {_SECRET}… on each line"
        raise UsageError(message, hint=_HINT)
    return found


def decrypt(source: BinaryIO, sink: Sink, keys: Sequence[Any]) -> None:
    """Write what is inside to the sink; each piece of 64 KiB is authenticated before it is written.

    :raises NotFinished: none of the identities opens it.
    :raises DigestMismatch: it is nothing that age has written, or was changed since.
    """
    pyrage = _library()
    try:
        pyrage.decrypt_io(source, sink, keys)
    except pyrage.DecryptError as error:
        if "No matching keys" in str(error):
            message = f"the artifact is encrypted, and no identity in {VARIABLE} opens it"
            raise NotFinished(message, hint="ask its owners to seal the next version for you") from error
        raise _broken(str(error)) from error
    except OSError as error:
        # Those of the disk have a number.
        if error.errno is not None:
            raise
        raise _broken(str(error)) from error


def count_recipients(head: bytes) -> int | None:
    """Return for how many recipients a file is encrypted that begins like this; None where age has not written it.

    Source: the age format, version 1: a line for its name, stanzas that begin with ``->``, and the line of ``---``.
    Stanzas of the kind ``…-grease`` are for nobody, and keep readers from relying on there being none.
    """
    name, *lines = head.split(b"\n")
    end = next((number for number, line in enumerate(lines) if line.startswith(b"---")), None)
    if name != b"age-encryption.org/v1" or end is None:
        return None
    kinds = [line.split()[1:2] for line in lines[:end] if line.startswith(b"-> ")]
    return sum(not kind[0].endswith(b"-grease") for kind in kinds if kind)


def _read(path: str) -> str:
    from pathlib import Path

    try:
        return Path(path).expanduser().read_text(encoding="utf-8", errors="replace")
    except OSError as error:
        message = f"the identity that {VARIABLE} names cannot be read: {path}: {error.strerror}"
        raise NotFinished(message, hint=_HINT) from error


def _library() -> Any:
    try:
        import pyrage
    except ModuleNotFoundError as error:
        message = "pyrage is not installed, and the artifact is encrypted with age"
        raise UsageError(message, hint="pip install 'modelyard[seal]'") from error
    return pyrage


def _broken(reason: str) -> DigestMismatch:
    return DigestMismatch(
        f"what is inside cannot be decrypted: {reason}",
        hint="the version was sealed wrongly: do not use it, and tell its owner",
    )
