"""A parser whose every refusal is one sentence and a next step, like any other of our messages."""

from __future__ import annotations

import argparse
import re
from typing import TYPE_CHECKING, Any, NoReturn

from modelyard.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Iterable

__all__ = ["Parser"]

# As argparse words them; what is worded otherwise is told as it is.
_MISSING = r"the following arguments are required: (.+)"
_NO_CHOICE = r"argument (.+?): invalid choice: '?(.*?)'? \(choose from (.+)\)"
_NO_OPTION = r"unrecognized arguments: (\S+).*"
_OPTION = r"--[a-z][a-z-]*"
_COMMAND = "COMMAND"


class Parser(argparse.ArgumentParser):
    """Parses words, and raises where they are no command."""

    def parse_known_args(self, *given: Any, **options: Any) -> tuple[Any, list[str]]:
        """Parse words, and refuse what is left over here, where the command's own options are known."""
        arguments, left = super().parse_known_args(*given, **options)
        if left and left[0] != "--":
            self.error(f"unrecognized arguments: {' '.join(left)}")
        return arguments, left

    def error(self, message: str) -> NoReturn:
        """Raise what is wrong with the words.

        :raises UsageError: always.
        """
        sentence, hint = self._told(message)
        raise UsageError(sentence, hint=hint)

    def _told(self, message: str) -> tuple[str, str]:
        help_is_at = f"{self.prog} --help"
        missing = re.fullmatch(_MISSING, message)
        if missing:
            from modelyard.documents.schema_words import listed

            names = missing[1].replace(_COMMAND, "a command")
            return f"{listed(names.split(', '))} must be given", self._example() or help_is_at
        choice = re.fullmatch(_NO_CHOICE, message, re.DOTALL)
        if choice:
            choices = [each.strip("'") for each in choice[3].split(", ")]
            near = _nearest(choice[2], choices)
            if choice[1] == _COMMAND:
                return f"there is no command {choice[2]!r}", f"did you mean {self.prog} {near}?" if near else help_is_at
            return f"{choice[1]} cannot be {choice[2]!r}", f"it can be {', '.join(choices)}"
        option = re.fullmatch(_NO_OPTION, message, re.DOTALL)
        if option:
            near = _nearest(option[1], re.findall(_OPTION, self.format_usage()))
            return f"{self.prog} takes no {option[1]!r}", f"did you mean {near}?" if near else help_is_at
        return message.removeprefix("argument "), help_is_at

    def _example(self) -> str | None:
        """Return the first example of the command, where it stands on one line."""
        _, _, examples = (self.epilog or "").partition("example:\n")
        # What stands behind a wide gap explains the line.
        first = re.split(r" {3,}", examples.partition("\n")[0].strip())[0]
        return f"for example: {first}" if first and not first.endswith("\\") else None


def _nearest(word: str, choices: Iterable[str]) -> str | None:
    from difflib import get_close_matches

    return next(iter(get_close_matches(word, list(choices), n=1)), None)
