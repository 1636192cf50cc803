"""How large a document may be, and the words for one that is larger.

Every limit holds for YAML and JSON alike. They are far above what a registry needs, and far below
what would make a reader slow.
"""

from __future__ import annotations

__all__ = [
    "MAX_BYTES",
    "MAX_DEPTH",
    "MAX_DIGITS",
    "MAX_LINES",
    "MAX_NODES",
    "TOO_DEEP",
    "TOO_LONG",
    "TOO_MANY",
    "TOO_MARKED",
    "too_large",
]

MAX_BYTES = 1 << 20
"""Size of a document in bytes."""

MAX_DEPTH = 32
"""Mappings and lists inside one another."""

MAX_NODES = 50_000
"""Keys, values, mappings and lists together."""

MAX_DIGITS = 18
"""Digits of an integer: what every reader holds exactly in 64 bits."""

MAX_LINES = 10_000
"""Lines of a model card below its front matter."""

TOO_DEEP = (f"the nesting is deeper than {MAX_DEPTH} levels", "flatten the document")
TOO_MANY = (f"the document has more than {MAX_NODES:,} keys and values", "move large tables into a file of their own")
TOO_LONG = (f"the card has more than {MAX_LINES:,} lines", "move large tables into a file of their own")
TOO_MARKED = (
    f"the card has more than {MAX_NODES:,} brackets, bars and backticks",
    "move large tables into a file of their own",
)


def too_large(size: int) -> tuple[str, str]:
    """Return message and hint for a document of so many bytes."""
    return (
        f"the document has {size:,} bytes, at most {MAX_BYTES:,} are read",
        "move large tables into a file of their own",
    )
