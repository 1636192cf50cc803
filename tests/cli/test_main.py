"""The command line as a whole: help, examples, and what is wrong usage."""

from __future__ import annotations

import argparse
import re
import shlex
from collections.abc import Iterator

import pytest

from modelyard.cli.main import COMMANDS, build_parser, load
from support.registry import Ran, modelyard

PARSERS: dict[str, argparse.ArgumentParser] = next(
    action.choices for action in build_parser(list(COMMANDS))._actions if isinstance(action, argparse._SubParsersAction)
)

BESIDE = "PATH cannot stand beside --staged, --hook, --base, --head or --all"


def options() -> Iterator[tuple[str, argparse.Action]]:
    for name, parser in PARSERS.items():
        yield from ((f"{name} {action.dest}", action) for action in parser._actions)


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_has_help_with_an_example(name: str) -> None:
    ran = modelyard(name, "--help")

    assert (ran.code, ran.err) == (0, "")
    assert ran.out.startswith(f"usage: modelyard {name} [-h]")
    assert f"\n{COMMANDS[name][:1].upper()}{COMMANDS[name][1:]}.\n" in ran.out
    assert ran.out.endswith(f"example:\n{load(name).EXAMPLE}")


@pytest.mark.parametrize(("name", "action"), [pytest.param(*option, id=option[0]) for option in options()])
def test_every_option_says_what_it_is(name: str, action: argparse.Action) -> None:
    assert action.help
    assert not action.help.endswith(".")


@pytest.mark.parametrize("name", COMMANDS)
def test_every_example_is_a_command_line_that_parses(name: str) -> None:
    for line in re.sub(r"\\\n +", " ", load(name).EXAMPLE).splitlines():
        # What stands behind a wide gap explains the line.
        words = shlex.split(re.split(r" {3,}", line.strip())[0])
        assert words[:2] == ["modelyard", name]
        PARSERS[name].parse_args(words[2:])


def test_help_lists_every_command_and_the_exit_codes() -> None:
    ran = modelyard("--help")
    assert ran.code == 0
    listed = re.findall(r"^    ([a-z]+)(?: |$)", ran.out, re.MULTILINE)
    assert listed == list(COMMANDS)
    assert (
        "exit codes: 0 fine, 1 refused, 2 wrong usage or nothing matched, 3 could not finish, 130 interrupted"
        in ran.out
    )


def test_the_version_is_told() -> None:
    assert re.fullmatch(r"modelyard \d+\.\d+\.\d+\n", modelyard("--version").out)


@pytest.mark.parametrize(
    ("words", "message", "hint"),
    [
        ([], "a command must be given", "modelyard --help"),
        (["frobnicate"], "there is no command 'frobnicate'", "modelyard --help"),
        (["regsiter", "iris"], "there is no command 'regsiter'", "did you mean modelyard register?"),
        (["validate", "--fromat", "json"], "modelyard validate takes no '--fromat'", "did you mean --format?"),
        (["validate", "--stag"], "modelyard validate takes no '--stag'", "did you mean --staged?"),
        (["--unknown", "validate"], "modelyard takes no '--unknown'", "modelyard --help"),
        (["list", "--zzz"], "modelyard list takes no '--zzz'", "modelyard list --help"),
        (
            ["validate", "--format", "yaml"],
            "--format cannot be 'yaml'",
            "it can be text, json, github, gitlab, sarif, junit, markdown",
        ),
        (
            ["promote", "fraud@1.0.0"],
            "--to must be given",
            'for example: modelyard promote fraud@1.2.0 --to staging --reason "better on new customers" --branch',
        ),
        (
            ["register", "fraud", "--artifact", "x"],
            "--dataset and --license must be given",
            "modelyard register --help",
        ),
        (["resolve"], "REF must be given", "for example: LINE"),
        (["validate", "--base"], "--base: expected one argument", "modelyard validate --help"),
        (
            ["validate", "--staged", "--hook"],
            "--hook: not allowed with argument --staged",
            "modelyard validate --help",
        ),
    ],
)
def test_wrong_usage_is_one_sentence_and_a_next_step(words: list[str], message: str, hint: str) -> None:
    hint = hint.replace("LINE", load("resolve").EXAMPLE.splitlines()[0].strip())
    assert modelyard(*words) == Ran(2, "", f"modelyard: {message}\n    hint: {hint}\n")


@pytest.mark.parametrize(
    ("words", "err"),
    [
        (["--base", "HEAD", "model_registry"], BESIDE),
        (["--head", "HEAD", "model_registry"], BESIDE),
    ],
)
def test_options_that_contradict_each_other_are_wrong_usage(words: list[str], err: str) -> None:
    ran = modelyard("validate", *words)
    assert ran.code == 2
    assert ran.err.startswith(f"modelyard: {err}\n    hint: modelyard validate ")


@pytest.mark.parametrize("codes", ["", ",", "MY3,", "XX", "my3"])
def test_a_selection_that_selects_nothing_is_no_way_to_pass(
    codes: str, tmp_path: object, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(str(tmp_path))
    assert modelyard("init", ".").code == 0
    wrong = next(code for code in codes.split(",") if code.strip() != "MY3")
    assert modelyard("validate", "--select", codes) == Ran(
        2, "", f"modelyard: no rule's code starts with {wrong!r}\n    hint: modelyard rules\n"
    )
