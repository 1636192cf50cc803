from __future__ import annotations

import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st

from modelyard.documents.application import TABLE, Application, Dependency, has_table, parse
from modelyard.documents.plain_json import Unfit
from modelyard.documents.schema_engine import engine_for
from modelyard.refs import Ref

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib

REGISTRY = "https://git.example.org/models.git"
RISK = "https://git.example.org/risk-models.git"
EXAMPLE = 'for example fraud = "production", or fraud = { version = "^1.2", registry = "risk" }'
TEXT = f"""\
registry = "{REGISTRY}"

[models]
fraud = "production"
embed = "^2.1"
limits = {{ version = "1.4.0", registry = "risk", remote = "eu" }}

[models.shadow]
model = "fraud"
version = "challenger"

[registries]
risk = "{RISK}"
"""
WANTED = Application(
    {
        "fraud": Dependency("fraud", Ref.parse("fraud@production"), REGISTRY),
        "embed": Dependency("embed", Ref.parse("embed@^2.1"), REGISTRY),
        "limits": Dependency("limits", Ref.parse("limits@1.4.0"), RISK, "eu"),
        "shadow": Dependency("shadow", Ref.parse("fraud@challenger"), REGISTRY),
    }
)


def refusal(text: str, **options: tuple[str, ...]) -> tuple[str, str | None]:
    with pytest.raises(Unfit) as caught:
        parse(text.encode(), name="modelyard.toml", **options)
    return caught.value.message, caught.value.hint


def test_a_file_of_its_own() -> None:
    assert parse(TEXT.encode(), name="modelyard.toml") == WANTED


def test_a_table_of_a_project() -> None:
    text = "\n".join(
        f"[tool.modelyard.{line[1:]}" if line.startswith("[") else line for line in TEXT.splitlines()
    ).replace("registry =", "[tool.modelyard]\nregistry =", 1)
    data = b'[project]\nname = "x"\n' + text.encode()
    assert parse(data, name="pyproject.toml", table=TABLE) == WANTED
    assert has_table(data)


@pytest.mark.parametrize(
    "text", ["", "[tool.ruff]\n", '[project]\nname = "modelyard"\n', "[tool.modelyard\n", "tool = 1 # modelyard"]
)
def test_a_project_without_the_table(text: str) -> None:
    assert not has_table(text.encode())


HEAD = f'registry = "{REGISTRY}"\n[models]\n'
CASES: dict[str, tuple[str, str, str]] = {
    "no TOML": (f"{HEAD}fraud = production\n", "3:9: this is no TOML: invalid value", EXAMPLE),
    "cut off": (f"{HEAD}fraud = ", "3:9: this is no TOML: invalid value", EXAMPLE),
    "twice": (
        f'{HEAD}fraud = "a"\nfraud = "b"\n',
        "4:12: this is no TOML: cannot overwrite a value",
        EXAMPLE,
    ),
    "unknown key": (
        f"{HEAD}\n[model]\n",
        "4:2: the key 'model' is not known here",
        "known are models, registries, registry",
    ),
    "unknown key of a model": (
        f'{HEAD}fraud = {{ version = "1.0.0", url = "x" }}\n',
        "3:30: the key 'url' is not known here",
        "known are model, registry, remote, version",
    ),
    "no models": (f'registry = "{REGISTRY}"\n', "1:1: the key 'models' is missing", EXAMPLE),
    "no model": (HEAD, "2:2: no model is listed", EXAMPLE),
    "models in a list": ("models = []\n", "1:1: 'models' must be a mapping", EXAMPLE),
    "a number": (f"{HEAD}fraud = 1.2\n", "3:1: 'fraud' must be a version, a range or a stage", EXAMPLE),
    "a number in a table": (f"{HEAD}fraud = {{ version = 1 }}\n", "3:11: 'version' must be text", EXAMPLE),
    "no version": (f'{HEAD}fraud = {{ remote = "eu" }}\n', "3:1: the key 'version' is missing", EXAMPLE),
    "v before a version": (
        f'{HEAD}fraud = "v1.2.0"\n',
        "3:1: 'fraud': version 'v1.2.0' must not start with 'v'",
        "names are like fraud-detector, versions like 1.2.0, references like fraud@1.2.0 or fraud@production",
    ),
    "a reference where only its end is asked for": (
        f'{HEAD}fraud = "fraud@latest"\n',
        "3:1: 'fraud@latest' is a whole reference",
        "write only what comes after the @: latest",
    ),
    "name that leads out": (
        f'{HEAD}"../fraud" = "production"\n',
        "3:1: model name '../fraud' may hold only a-z, 0-9 and single '-' or '_' between them",
        'call it otherwise, and say which model it is: my-name = { model = "fraud", version = "^1" }',
    ),
    "no registry": (
        '[models]\nfraud = "production"\n',
        "2:1: 'fraud' names no registry, and there is no default one",
        'write it above [models]: registry = "https://git.example.org/models.git"',
    ),
    "unknown registry": (
        f'{HEAD}fraud = {{ version = "1.0.0", registry = "rik" }}\n[registries]\nrisk = "x"\n',
        "3:30: 'fraud': there is no registry 'rik'",
        "known are risk",
    ),
    "option for a registry": (
        'registry = "--upload-pack=x"\n[models]\nfraud = "production"\n',
        "1:1: '--upload-pack=x' is no address of a repository",
        "give a path, an https or an ssh address",
    ),
    "program for a registry": (
        f'{HEAD}fraud = "1.0.0"\n[registries]\nrisk = "ext::sh -c x"\n',
        "5:1: 'ext::sh -c x' is no address of a repository",
        "give a path, an https or an ssh address",
    ),
    "remote that is no name": (
        f'{HEAD}[models.fraud]\nversion = "1.0.0"\nremote = "a/b"\n',
        "5:1: 'fraud': 'a/b' is not the name of a remote",
        "name one of the registry's DVC remotes",
    ),
}


@pytest.mark.parametrize("case", CASES)
def test_what_does_not_belong_is_named_with_its_line(case: str) -> None:
    text, message, hint = CASES[case]
    assert refusal(text) == (f"modelyard.toml:{message}", hint)


def test_the_published_schema_knows_what_belongs() -> None:
    schema = engine_for("APPLICATION_SCHEMA")
    assert schema.findings(tomllib.loads(TEXT)) == frozenset()
    # What is no TOML, and what one part says of another, no schema tells.
    told = [case for case, (text, *_) in CASES.items() if _is_toml(text) and schema.findings(tomllib.loads(text))]
    assert told == [
        "unknown key",
        "unknown key of a model",
        "no models",
        "no model",
        "models in a list",
        "a number",
        "a number in a table",
        "no version",
        "name that leads out",
    ]


def _is_toml(text: str) -> bool:
    try:
        tomllib.loads(text)
    except ValueError:
        return False
    return True


def test_a_fault_in_a_project_is_found_in_its_table() -> None:
    text = f'[tool.other]\nmodels = 1\n[tool.modelyard]\nregistry = "{REGISTRY}"\n[tool.modelyard.models]\nfraud = 1\n'
    message = "modelyard.toml:6:1: 'fraud' must be a version, a range or a stage"
    assert refusal(text, table=TABLE) == (message, EXAMPLE)


def test_what_is_not_utf_8_is_refused() -> None:
    with pytest.raises(Unfit, match=r"^x:2:6: the byte 0xff is not UTF-8\n"):
        parse(b'a = 1\nb = "\xff"', name="x")


def test_what_is_no_list_of_models_is_not_read() -> None:
    assert refusal("#" * (1 << 21))[0] == "modelyard.toml: the file has 2,097,152 bytes, at most 1,048,576 are read"
    assert refusal("a = " + "[" * 5000)[0] == "modelyard.toml: the nesting is deeper than anybody can read"


@given(st.text(st.sampled_from("ab =\"[]{}.\n,'#1") | st.characters(codec="utf-8")))
def test_whatever_is_in_it_is_refused_with_a_sentence(text: str) -> None:
    with pytest.raises(Unfit):
        parse(text.encode(), name="x")
