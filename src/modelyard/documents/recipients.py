"""Recipients of age: public keys in Bech32, whose checksum tells a slip of the hand from a key."""

from __future__ import annotations

from modelyard.documents.scalars import InvalidScalar, quoted

__all__ = ["parse_recipient"]

_PREFIX = "age"
_ALPHABET = "qpzry9x8gf2tvdw0s3jn54khce6mua7l"
_LENGTH = 62  # the prefix, `1`, 32 bytes in groups of five bits, and six groups of checksum
_GENERATORS = (0x3B6A57B2, 0x26508E6D, 0x1EA119FA, 0x3D4233DD, 0x2A1462B3)
_HINT = "print it with `age-keygen -y <identity file>`"


def parse_recipient(text: str) -> str:
    """Return the text, the public key of an X25519 identity of age.

    :raises InvalidScalar: it is another kind of key, or its checksum is wrong.
    """
    if text.upper().startswith("AGE-SECRET-KEY-"):
        raise InvalidScalar("this is an identity, which is secret, and not the recipient that belongs to it", _HINT)
    groups = text.removeprefix(f"{_PREFIX}1")
    if len(text) != _LENGTH or groups == text or groups.strip(_ALPHABET):
        raise InvalidScalar(f"{quoted(text)} is not a recipient of age such as 'age1…', with 62 characters", _HINT)
    if _checksum(groups) != 1:
        raise InvalidScalar(f"{quoted(text)} has a wrong checksum, so a character of it is another one", _HINT)
    return text


def _checksum(groups: str) -> int:
    """Source: BIP 173, ``bech32_polymod``."""
    high, low = [ord(letter) >> 5 for letter in _PREFIX], [ord(letter) & 31 for letter in _PREFIX]
    found = 1
    for value in (*high, 0, *low, *map(_ALPHABET.index, groups)):
        top = found >> 25
        found = (found & 0x1FFFFFF) << 5 ^ value
        for bit, generator in enumerate(_GENERATORS):
            found ^= generator if top >> bit & 1 else 0
    return found
