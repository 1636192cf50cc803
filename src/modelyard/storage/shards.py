"""Shards: one of n parts of all objects, for as many jobs that share the work."""

from __future__ import annotations

from modelyard.errors import UsageError
from modelyard.values import dataclass

__all__ = ["WHOLE", "Shard"]

_MOST = 10_000


@dataclass(frozen=True)
class Shard:
    """The part number ``index`` of ``count``, from 1 on.

    Which part an object is in depends on its id and the count alone: the same on every machine, whatever
    other objects there are. Each object is in exactly one part.
    """

    index: int
    count: int

    def __str__(self) -> str:
        return f"{self.index}/{self.count}"

    def __contains__(self, oid: str) -> bool:
        return int(oid[:15], 16) % self.count == self.index - 1

    @classmethod
    def parse(cls, text: str) -> Shard:
        """Return the shard that a text such as ``2/5`` means.

        :raises UsageError: it means none.
        """
        index, slash, count = text.partition("/")
        numbers = [
            int(part) if part.isascii() and part.isdigit() and len(part) < len(str(_MOST)) else 0
            for part in (index, count)
        ]
        if not slash or not 1 <= numbers[0] <= numbers[1]:
            raise UsageError(f"--shard {text!r} is no part of a whole", hint="--shard 1/4, up to --shard 4/4")
        return cls(*numbers)


WHOLE = Shard(1, 1)
