"""The block of code owners says what the registry says, and leaves alone what people wrote around it."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from modelyard.codeowners import BEGIN, END, CodeOwners, find_place, read_code_owners, split_block
from modelyard.errors import Refused
from support.cases import valid_files
from support.snapshots import snapshot_of

PATH = ".github/CODEOWNERS"
FIRST = f"{BEGIN}: from owners and reviewers in the registry; edit those, and run the command again.\n"
POLICY = """\
schema_version: 1
stages:
  - name: staging
  - name: production
    owners: [linus]
    reviewers: ["@example/risk"]
owners:
  policy: ["@example/platform"]
  registrars: [desk]
  groups:
    desk: [ada, "@grace"]
    "@example/platform": [linus]
overrides:
  - models: fraud-eu
    stages:
      - {name: production, reviewers: ["@example/risk-eu"]}
"""


def owners_of(text: str | None = None, *, path: str = PATH, **models: str) -> CodeOwners:
    """Return the code owners of a registry with the policy above, and with models that have these owners."""
    files = {
        **valid_files(),
        "model_registry/registry.yaml": POLICY.encode(),
        **({path: text.encode("utf-8", "surrogateescape")} if text is not None else {}),
    }
    for name, owners in models.items():
        model = name.replace("_", "-")
        text = f"schema_version: 1\nname: {model}\nowners: {owners}\n"
        files[f"model_registry/models/{model}.yaml"] = text.encode()
    return read_code_owners(snapshot_of(files), path)


def test_what_is_wide_comes_before_what_is_narrow() -> None:
    owners = owners_of(fraud="[ada]", fraud_eu='["@example/payments", desk]')
    assert owners.wanted == (
        f"{FIRST}"
        "/model_registry/                                @ada @grace\n"
        "/model_registry/fraud-*/                        @ada\n"
        "/model_registry/archive/fraud.jsonl             @ada\n"
        "/model_registry/models/fraud.yaml               @ada\n"
        "/model_registry/stages/*/fraud.yaml             @ada\n"
        "/model_registry/fraud-eu-*/                     @example/payments @ada @grace\n"
        "/model_registry/archive/fraud-eu.jsonl          @example/payments @ada @grace\n"
        "/model_registry/models/fraud-eu.yaml            @example/payments @ada @grace\n"
        "/model_registry/stages/*/fraud-eu.yaml          @example/payments @ada @grace\n"
        "/model_registry/stages/production/              @example/risk\n"
        "/model_registry/stages/production/fraud-eu.yaml @example/risk-eu\n"
        "/model_registry/registry.yaml                   @example/platform\n"
        "/.github/CODEOWNERS                             @example/platform\n"
        f"{END}\n"
    )
    assert (owners.current, owners.stale, owners.unnamed, owners.overruling) == (None, True, (), ())


def test_an_owner_that_no_file_can_name_is_told_and_left_out() -> None:
    owners = owners_of(fraud="['Ada Lovelace', '* @eve', ada@example.org, \"x\\n* @eve\", '#', '@']")
    assert "/model_registry/models/fraud.yaml   ada@example.org\n" in owners.wanted.replace("     ", " ")
    assert "eve" not in owners.wanted
    assert owners.unnamed == tuple(
        f"{name!r}, an owner of model fraud, is no name of a forge"
        for name in ("Ada Lovelace", "* @eve", "x\n* @eve", "#", "@")
    )


def test_what_people_wrote_stays_byte_for_byte() -> None:
    above, below = "* @caf\udce9\n\n\n# mine\n", "\n/docs/ @example/writers\n[Section]"
    stale = f"{above}{BEGIN}: old words\n/model_registry/ @nobody\n{END}\n{below}"
    owners = owners_of(stale)
    assert owners.stale
    assert owners.wanted.startswith(f"{above}{FIRST}/model_registry/ ")
    assert owners.wanted.endswith(f"{END}\n{below}")
    again = owners_of(owners.wanted)
    assert (again.stale, again.wanted, again.overruling, again.line) == (False, owners.wanted, (), 5)


def test_a_first_block_goes_below_what_is_there() -> None:
    assert owners_of("* @example/everybody").wanted.startswith(f"* @example/everybody\n\n{FIRST}")
    assert owners_of("* @example/everybody\r\n").wanted.startswith(f"* @example/everybody\r\n\r\n{FIRST[:-1]}\r\n")


def test_the_example_of_a_foundation_makes_room_unless_somebody_has_filled_it_in() -> None:
    example = "# >>> modelyard: who must review what.\n# /model_registry/  @example/ml-engineers\n# <<< modelyard\n"
    assert owners_of(example).wanted.startswith(FIRST)
    filled = example.replace("# /", "/")
    assert owners_of(filled).wanted.startswith(f"{filled}\n{FIRST}")


@pytest.mark.parametrize(
    ("line", "overrules"),
    [
        ("* @eve", True),
        ("*.md @eve", True),
        ("/model_registry/ @eve", True),
        ("/model_registry @eve", True),
        ("model_registry/fraud-*/ @eve", True),
        ("/*/models/ @eve", True),
        ("/**/fraud.yaml @eve", True),
        ("fraud.yaml", True),
        ("docs/ @eve", True),
        ("/docs/ @writers", False),
        ("/model_registry_old/ @writers", False),
        ("# * @eve", False),
        ("", False),
        ("[Section] @eve", False),
        ("^[Section]", False),
    ],
)
def test_lines_below_the_block_that_may_hold_instead_are_found(line: str, overrules: bool) -> None:
    fresh = owners_of("").wanted
    owners = owners_of(f"{fresh}\n{line}\n")
    assert owners.overruling == ((fresh.count("\n") + 2,) if overrules else ())


@pytest.mark.parametrize(
    ("text", "line"),
    [
        (f"{BEGIN}\n", 1),
        (f"\n{END}\n", 2),
        (f"{END}\n{BEGIN}\n", 1),
        (f"{BEGIN}\n{END}\n{BEGIN}\n{END}\n", 1),
        (f"{BEGIN}\n{BEGIN}\n{END}\n", 1),
    ],
)
def test_marks_that_are_no_pair_are_refused(text: str, line: int) -> None:
    with pytest.raises(Refused) as caught:
        owners_of(text)
    assert caught.value.message == f"{PATH} has marks of modelyard that are not one pair, the first in line {line}"
    assert caught.value.hint == f"delete the lines that begin with {BEGIN!r} and {END!r}, and what is between them"


@given(before=st.text(), after=st.text())
def test_a_file_is_cut_and_loses_nothing(before: str, after: str) -> None:
    before = f"{before}\n" if before and not before.endswith("\n") else before
    if BEGIN in before + after or END in before + after:
        return
    layout = split_block(f"{before}{BEGIN}\nx\n{END}\n{after}", PATH)
    assert (layout.before, layout.block, layout.after) == (before, f"{BEGIN}\nx\n{END}\n", after)


def test_the_file_with_the_block_comes_first_else_the_first_that_is_there() -> None:
    def place(**texts: str) -> str:
        files = {path: texts[name].encode() for name, path in names.items() if name in texts}
        return find_place(snapshot_of({**valid_files(), **files}))

    names = {"github": ".github/CODEOWNERS", "gitlab": ".gitlab/CODEOWNERS", "root": "CODEOWNERS"}
    assert place() == ".github/CODEOWNERS"
    assert place(root="* @a", gitlab="* @a") == ".gitlab/CODEOWNERS"
    assert place(github="* @a", root=f"{BEGIN}\n{END}\n") == "CODEOWNERS"
