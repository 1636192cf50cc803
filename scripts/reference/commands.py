"""cli.md: each command as its own argument parser declares it."""

from __future__ import annotations

import argparse
from inspect import cleandoc
from typing import TYPE_CHECKING

from modelyard.cli.main import COMMANDS, load
from reference.markdown import sentence, table

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = ["page"]

_INTRODUCTION = """\
# Command line

`modelyard COMMAND --help` says the same. Exit codes have [a page of their own](exit-codes.md). A reference is
`fraud@1.2.0`, `fraud@^1.2`, `fraud@production` or `fraud@latest`.

Data goes to standard output; remarks, warnings and progress go to standard error. Colour appears on a terminal only;
`NO_COLOR` and `FORCE_COLOR` decide otherwise. `MODELYARD_CACHE` names the directory in which `--repo URL` keeps its
copies (default: `modelyard` in the XDG cache directory).

"""


def page() -> str:
    """Return the page."""
    overview = table(
        ("command", "what it does"), [(f"[`{name}`](#modelyard-{name})", COMMANDS[name]) for name in COMMANDS]
    )
    return _INTRODUCTION + overview + "".join(_section(name) for name in COMMANDS)


def _section(name: str) -> str:
    command = load(name)
    parser = argparse.ArgumentParser(prog=f"modelyard {name}", add_help=False)
    command.add_arguments(parser)
    rows = [(_form(action), _help(action)) for action in _actions(parser)]
    example = cleandoc(command.EXAMPLE.replace("\n    ", "\n  "))
    return f"""
## modelyard {name}

{sentence(COMMANDS[name])}.

{table(("argument", "meaning"), rows)}
```console
{example}
```
"""


def _actions(parser: argparse.ArgumentParser) -> Iterator[argparse.Action]:
    """Yield what is positional first, as a user types it."""
    yield from (action for action in parser._actions if not action.option_strings)  # noqa: SLF001
    yield from (action for action in parser._actions if action.option_strings)  # noqa: SLF001


def _form(action: argparse.Action) -> str:
    value = action.metavar or ("|".join(action.choices) if action.choices else action.dest.upper())
    value = f"{value} …" if action.nargs in ("+", "*") else str(value)
    if not action.option_strings:
        return f"`[{value}]`" if action.nargs in ("?", "*") else f"`{value}`"
    if action.nargs == 0:
        value = ""
    elif action.nargs == "?":
        value = f"[{value}]"
    names = ", ".join(name for name in action.option_strings if name.startswith("--")) or action.option_strings[-1]
    return f"`{f'{names} {value}'.strip()}`" + (" (required)" if action.required else "")


def _help(action: argparse.Action) -> str:
    # As argparse itself fills it in.
    text = (action.help or "") % vars(action)
    shown = action.choices and isinstance(action.default, str) and action.default not in text
    return f"{text} (default: {action.default})" if shown else text
