"""``modelyard codeowners``."""

from __future__ import annotations

from typing import TYPE_CHECKING

from modelyard.cli import changing, console

if TYPE_CHECKING:
    import argparse

    from modelyard.codeowners import CodeOwners

__all__ = ["EXAMPLE", "add_arguments", "run"]

EXAMPLE = """\
  modelyard codeowners --branch
  modelyard codeowners --check
"""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the command's arguments."""
    parser.add_argument("--check", action="store_true", help="write nothing; exit with 1 where the file is stale")
    parser.add_argument(
        "--file", metavar="PATH", help="which file (default: the one that is there, else .github/CODEOWNERS)"
    )
    changing.add_arguments(parser, usual="codeowners")


def run(arguments: argparse.Namespace) -> int:
    """Write the block, or say whether it is stale."""
    from modelyard.api.checkout import Checkout
    from modelyard.api.owning import code_owners_of, write_code_owners

    owners = code_owners_of(Checkout.at(arguments.registry), arguments.file)
    _warn(owners)
    if arguments.check or not owners.stale:
        return _answer(owners, arguments)
    return changing.carry_out(
        arguments,
        lambda checkout: write_code_owners(checkout, owners, branch=arguments.branch, dry_run=arguments.dry_run),
    )


def _warn(owners: CodeOwners) -> None:
    for sentence in owners.unnamed:
        console.warn(sentence, "write it as @login, @organisation/team or a mail address")
    for line in owners.overruling:
        console.warn(
            f"{owners.path}:{line} comes after the block, and may hold instead of it",
            "move it above the block, since the last line that matches a path holds",
        )


def _answer(owners: CodeOwners, arguments: argparse.Namespace) -> int:
    if arguments.format == "json":
        console.write(_as_json(owners))
    elif not owners.stale:
        console.say(f"{owners.path} is up to date")
    else:
        console.write(_diff(owners))
        git = "" if arguments.registry == type(arguments.registry)() else f" --registry {arguments.registry}"
        console.complain(
            f"{owners.path} does not say what owners and reviewers in the registry say",
            f"modelyard codeowners{git} --branch",
        )
    return 1 if owners.stale else 0


def _diff(owners: CodeOwners) -> str:
    from difflib import unified_diff

    from modelyard.reports.visible import visible

    before, after = ((text or "").removesuffix("\n").split("\n") for text in (owners.current, owners.wanted))
    lines = unified_diff(before if owners.current else [], after, owners.path, owners.path, lineterm="", n=1)
    return "".join(f"{visible(line)}\n" for line in lines)


def _as_json(owners: CodeOwners) -> str:
    import json

    value = {
        "path": owners.path,
        "stale": owners.stale,
        "wanted": owners.wanted,
        "unnamed": list(owners.unnamed),
        "overruling": list(owners.overruling),
    }
    return json.dumps(value, indent=2) + "\n"
