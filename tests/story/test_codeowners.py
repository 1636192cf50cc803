"""``modelyard codeowners``: owners and reviewers in the registry become what the forge asks for approval."""

from __future__ import annotations

import json

from modelyard import Registry
from support.registry import Scene

FILE = ".github/CODEOWNERS"
FIRST = (
    "# >>> modelyard codeowners: from owners and reviewers in the registry; edit those, and run the command again.\n"
)
BLOCK = (
    f"{FIRST}"
    "/model_registry/fraud-*/            @ada\n"
    "/model_registry/archive/fraud.jsonl @ada\n"
    "/model_registry/models/fraud.yaml   @ada\n"
    "/model_registry/stages/*/fraud.yaml @ada\n"
    "# <<< modelyard codeowners\n"
)


def owned(scene: Scene, owners: str) -> str:
    """Give the model other owners, by hand, commit that and return the commit's id."""
    document = scene.registry.path / "model_registry/models/fraud.yaml"
    document.write_text(f"schema_version: 1\nname: fraud\nowners: {owners}\n")
    return scene.commit("Give fraud other owners")


def test_the_file_follows_the_owners_and_check_says_when_it_does_not(merged: Scene) -> None:
    (merged.registry.path / FILE).write_text("* @example/everybody\n")
    owned(merged, "[ada]")
    ran = merged.run("codeowners", "--check")
    assert (ran.code, ran.err) == (
        1,
        (
            "modelyard: .github/CODEOWNERS does not say what owners and reviewers in the registry say\n"
            "    hint: modelyard codeowners --branch\n"
        ),
    )
    added = "".join(f"+{line}\n" for line in BLOCK.splitlines())
    assert ran.out == f"--- {FILE}\n+++ {FILE}\n@@ -1 +1,8 @@\n * @example/everybody\n+\n{added}"

    written = merged.run("codeowners")
    assert (written.code, written.err) == (0, "")
    assert written.out == (
        "updated .github/CODEOWNERS from the owners and reviewers in the registry\n"
        "  wrote     .github/CODEOWNERS\n"
        "\n"
        "next:\n"
        "  git switch -c codeowners\n"
        "  git add .github/CODEOWNERS\n"
        '  git commit -m "Bring code owners up to date with the registry"\n'
        "  git push -u origin HEAD\n"
        "  open a pull request from that branch\n"
    )
    assert (merged.registry.path / FILE).read_text() == f"* @example/everybody\n\n{BLOCK}"
    merged.commit("Bring code owners up to date")
    assert merged.run("codeowners", "--check") == type(written)(0, f"{FILE} is up to date\n", "")
    assert merged.run("codeowners") == type(written)(0, f"{FILE} is up to date\n", "")

    owned(merged, "[grace]")
    value = json.loads(merged.run("codeowners", "--check", "--format", "json").out)
    assert (value["path"], value["stale"]) == (FILE, True)
    assert value["wanted"] == f"* @example/everybody\n\n{BLOCK.replace('@ada', '@grace')}"


def test_a_change_of_owners_is_told_that_the_block_is_stale(merged: Scene) -> None:
    owned(merged, "[ada]")
    assert merged.run("codeowners", "--branch").code == 0
    merged.merge("codeowners")
    before, after = merged.registry.head, owned(merged, "[grace]")
    ran = merged.run("validate", "--base", "HEAD~1")
    assert (ran.code, ran.out) == (
        0,
        (
            f"{FILE}:1:1: warning MY650 the block of code owners does not say what owners and reviewers in the "
            "registry say\n"
            "    hint: modelyard codeowners, in a change of its own\n"
            "owners were not judged: nobody said who makes this change (--actor NAME)\n"
            f"judged: commit {after[:12]} against {before[:12]}, as asked for\n"
            "passed: no problems, 1 warning\n"
        ),
    )


def test_what_cannot_be_named_and_what_comes_below_is_told(merged: Scene) -> None:
    owned(merged, "[ada, Ada Lovelace]")
    merged.run("codeowners", "--branch")
    merged.merge("codeowners")
    with (merged.registry.path / FILE).open("a") as file:
        file.write("* @example/everybody\n")
    merged.commit("Make everybody an owner")
    ran = merged.run("codeowners", "--check")
    assert (ran.code, ran.out) == (0, f"{FILE} is up to date\n")
    assert ran.err == (
        "warning: 'Ada Lovelace', an owner of model fraud, is no name of a forge\n"
        "    hint: write it as @login, @organisation/team or a mail address\n"
        "warning: .github/CODEOWNERS:7 comes after the block, and may hold instead of it\n"
        "    hint: move it above the block, since the last line that matches a path holds\n"
    )


def test_another_place_is_one_that_a_forge_looks_in(merged: Scene) -> None:
    ran = merged.run("codeowners", "--file", "OWNERS")
    assert (ran.code, ran.err) == (
        2,
        "modelyard: no forge looks for code owners in 'OWNERS'\n    hint: --file .github/CODEOWNERS\n",
    )
    owned(merged, "[ada]")
    assert merged.run("codeowners", "--file", "CODEOWNERS", "--branch").code == 0
    assert merged.registry.git("show", "codeowners:CODEOWNERS") == BLOCK.strip()


def test_a_link_is_never_written_over(merged: Scene) -> None:
    (merged.registry.path / FILE).unlink()
    (merged.registry.path / FILE).symlink_to("../docs/OWNERS")
    merged.commit("Link code owners")
    ran = merged.run("codeowners", "--branch")
    assert (ran.code, ran.err) == (
        1,
        "modelyard: .github/CODEOWNERS is no regular file\n    hint: git rm .github/CODEOWNERS\n",
    )


def test_the_same_from_python(merged: Scene) -> None:
    owned(merged, "[ada]")
    registry = Registry(merged.registry.path)
    assert registry.code_owners().wanted == BLOCK
    written = registry.write_code_owners(branch="")
    assert written
    assert (written.branch, merged.registry.git("show", f"codeowners:{FILE}")) == ("codeowners", BLOCK.strip())
    merged.merge("codeowners")
    assert Registry(merged.registry.path).write_code_owners() is None
