"""The token that a forge is asked with: from the environment alone, and shown to nobody."""

from __future__ import annotations

from typing import TYPE_CHECKING

from modelyard.errors import UsageError
from modelyard.values import dataclass, field

if TYPE_CHECKING:
    from collections.abc import Mapping

    from modelyard.forges.address import ForgeAddress
    from modelyard.forges.purpose import Purpose

__all__ = ["Token", "find_token"]


@dataclass(frozen=True)
class Token:
    """A token, and the name of the variable that holds it."""

    name: str
    value: str = field(repr=False)

    def hidden(self, text: str) -> str:
        """Return a text of the forge without the token, should the forge repeat it."""
        return text.replace(self.value, "***")


def find_token(address: ForgeAddress, environment: Mapping[str, str], purpose: Purpose) -> Token:
    """Return the token for a forge.

    :param purpose: what it is for, as messages say it.

    :raises UsageError: there is none, or it holds what cannot stand in a header.
    """
    names = address.kind.tokens
    for name in names:
        value = environment.get(name, "").strip()
        if value:
            if not (value.isascii() and value.isprintable() and " " not in value):
                raise UsageError(f"{name} holds characters that no token has", hint=f"export {name}=…")
            return Token(name, value)
    raise UsageError(
        f"{purpose.needs_token(address)}, and {' and '.join(names)} {'is' if len(names) == 1 else 'are'} not set",
        hint=f"export {names[0]}=… with a token for {address.project}{purpose.otherwise}",
    )
