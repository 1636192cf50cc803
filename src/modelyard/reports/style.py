"""Colour and weight of text on a terminal; plain text elsewhere."""

from __future__ import annotations

from modelyard.values import dataclass

__all__ = ["COLOURED", "PLAIN", "Style"]


@dataclass(frozen=True)
class Style:
    """Marks up text with ANSI codes, or leaves it as it is."""

    coloured: bool

    def bold(self, text: str) -> str:
        """Return the text in bold."""
        return self._marked(text, "1")

    def dim(self, text: str) -> str:
        """Return the text in a fainter tone."""
        return self._marked(text, "2")

    def red(self, text: str) -> str:
        """Return the text in red."""
        return self._marked(text, "31")

    def green(self, text: str) -> str:
        """Return the text in green."""
        return self._marked(text, "32")

    def yellow(self, text: str) -> str:
        """Return the text in yellow."""
        return self._marked(text, "33")

    def cyan(self, text: str) -> str:
        """Return the text in cyan."""
        return self._marked(text, "36")

    def _marked(self, text: str, code: str) -> str:
        return f"\x1b[{code}m{text}\x1b[0m" if self.coloured else text


PLAIN = Style(coloured=False)
COLOURED = Style(coloured=True)
