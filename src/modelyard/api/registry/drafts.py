"""What lies in the work tree and was made by hand: completed, and judged."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from modelyard.api.registry.opened import Opened

if TYPE_CHECKING:
    import os

    from modelyard.api.mending import Repair
    from modelyard.rules.judgement import Judgement

__all__ = ["Drafts"]


class Drafts(Opened):
    """A registry in whose work tree somebody writes."""

    def fix(self, directory: str | os.PathLike[str], *, write: bool = False) -> Repair:
        """Return what can be computed for a version directory made by hand, and write it if asked to."""
        from modelyard.api.mending import plan_repair, write_repair

        checkout = self._checkout()
        repair = plan_repair(checkout, Path(directory))
        if write:
            write_repair(checkout, repair)
        return repair

    def validate(self, *paths: str | os.PathLike[str]) -> Judgement:
        """Judge what lies in the work tree: everything, or what the paths name."""
        from modelyard.api.validating import validate_paths

        return validate_paths([Path(path) for path in paths], start=self._checkout().root)
