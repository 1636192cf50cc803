"""Certificates of servers: those that a remote's settings trust, and what is said of one that does not hold."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from modelyard.errors import NotFinished, UsageError

if TYPE_CHECKING:
    import ssl

__all__ = ["certificate_fault", "context_of", "refused_certificate", "trusted_authorities"]

_FAULTS = {
    "expired": (
        "its certificate is out of date",
        "renew it on the server; if it is not, this machine's clock is wrong: set it",
    ),
    "host": (
        "its certificate is that of another host",
        "look at its address: `dvc remote list`",
    ),
    "issuer": (
        "its certificate is signed by nobody whom this machine trusts",
        "trust who signed it: `dvc remote modify {remote} ssl_verify <path of its certificate>`",
    ),
}
# What OpenSSL says of a certificate, as Python hands it on, and what rustls does, the library of obstore.
_WORDS = {
    "expired": ("has expired", "is not yet valid", "Expired", "NotValidYet"),
    "host": ("mismatch", "NotValidForName"),
    "issuer": ("self-signed certificate", "self signed certificate", "issuer certificate", "UnknownIssuer"),
}


def certificate_fault(text: str) -> str:
    """Return what a library says is wrong with a certificate, in one word of ours; "issuer" where that is unclear."""
    return next((fault for fault, words in _WORDS.items() if any(word in text for word in words)), "issuer")


def refused_certificate(fault: str, *, describe: str, remote: str) -> NotFinished:
    """Return what to raise for a server whose certificate does not hold. To ask again is no use."""
    reason, hint = _FAULTS[fault]
    return NotFinished(f"{describe} cannot be used: {reason}", hint=hint.format(remote=remote))


def trusted_authorities(path: str, *, remote: str) -> bytes:
    """Return the certificates that a setting names.

    :raises UsageError: they cannot be read, or there are none.
    """
    try:
        data = Path(path).read_bytes()
    except OSError as error:
        raise _no_certificates(remote, f"cannot be read: {path}: {error.strerror}") from error
    if b"-----BEGIN CERTIFICATE-----" not in data:
        raise _no_certificates(remote, f"are none: {path}")
    return data


def context_of(verify: bool | str, *, remote: str) -> ssl.SSLContext:  # noqa: FBT001 - as DVC has it
    """Return how a server is judged whose remote has that setting: always, never, or by certificates of its own too.

    :raises UsageError: there are no certificates at that path.
    """
    import ssl

    context = ssl.create_default_context()
    if verify is False:
        context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    elif verify is not True:
        data = trusted_authorities(verify, remote=remote).decode("ascii", "replace")
        try:
            context.load_verify_locations(cadata=data)
        except (ssl.SSLError, ValueError) as error:
            raise _no_certificates(remote, f"are none: {verify}") from error
    return context


def _no_certificates(remote: str, what: str) -> UsageError:
    hint = f"name a file of them in PEM: `dvc remote modify {remote} ssl_verify <path>`"
    return UsageError(f"the certificates of remote {remote!r} {what}", hint=hint)
