"""What changes about a model as a whole: yanked versions, deprecation, owners."""

from __future__ import annotations

import json

import pytest

import modelyard
from support.registry import Ran, Scene, unchanged

DOCUMENT = "model_registry/models/fraud.yaml"


def test_a_yanked_version_is_chosen_by_nobody_until_it_is_given_back(merged: Scene) -> None:
    before = (merged.registry.path / DOCUMENT).read_text()

    ran = merged.run("yank", "fraud@1.1.0", "--reason", "leaked labels", "--branch")

    branch = "yank/fraud-1.1.0"
    assert ran == Ran(
        0,
        "yanked fraud@1.1.0\n"
        f"  committed on branch {branch} as {merged.registry.git('rev-parse', branch)[:12]}\n"
        f"  holds     {DOCUMENT}\n"
        "\n"
        "next:\n"
        f"  git push -u origin {branch}\n"
        "  open a pull request from that branch\n",
        "",
    )
    merged.merge(branch)
    assert merged.run("validate", "--base", "HEAD~1").code == 0
    assert merged.run("resolve", "fraud@1.1.0").err.startswith("modelyard: fraud@1.1.0 was yanked: leaked labels\n")
    assert merged.run("resolve", "fraud@latest").out == "fraud@1.0.0\n"
    assert merged.run("resolve", "fraud@1.1.0", "--allow-yanked") == Ran(0, "fraud@1.1.0\n", "")
    assert merged.run("resolve", "fraud@^1.1", "--allow-yanked").code == 2
    for command in ("show", "pull"):
        assert merged.run(command, "fraud@1.1.0").code == 2
        assert merged.run(command, "fraud@1.1.0", "--allow-yanked").code == 0
    assert modelyard.Registry().version("fraud@1.1.0", allow_yanked=True).version == "1.1.0"
    assert str(modelyard.Registry().resolve("fraud@1.1.0", allow_yanked=True)) == "fraud@1.1.0"
    with unchanged(merged.registry):
        assert "MY606 fraud@1.1.0 was yanked" in merged.run("promote", "fraud@1.1.0", "--to", "staging").out

    back = merged.run("yank", "fraud@1.1.0", "--undo")
    assert back.out.startswith(f"un-yanked fraud@1.1.0\n  wrote     {DOCUMENT}\n")
    assert (merged.registry.path / DOCUMENT).read_text() == before
    merged.commit()
    assert merged.run("resolve", "fraud@latest").out == "fraud@1.1.0\n"


def test_a_version_that_serves_is_not_yanked(merged: Scene) -> None:
    with unchanged(merged.registry):
        assert merged.run("yank", "fraud@1.0.0", "--reason", "leaks") == Ran(
            1,
            "",
            "modelyard: fraud@1.0.0 serves in production, and no stage may name a yanked version\n"
            "    hint: modelyard rollback fraud --stage production --reason TEXT; "
            "or modelyard demote fraud --from production\n",
        )


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (
            ("yank", "fraud@1.1.0"),
            "a version is yanked for a reason\n    hint: modelyard yank fraud@1.1.0 --reason TEXT\n",
        ),
        (
            ("deprecate", "fraud"),
            "a model is deprecated for a reason\n    hint: modelyard deprecate fraud --reason TEXT\n",
        ),
    ],
)
def test_wrong_usage(merged: Scene, words: tuple[str, ...], message: str) -> None:
    assert merged.run(*words) == Ran(2, "", f"modelyard: {message}")


def test_a_deprecated_model_is_shown_as_such(merged: Scene) -> None:
    merged.register("--version", "1.0.0", "--branch", name="graph")
    merged.merge("register/graph-1.0.0")

    ran = merged.run("deprecate", "fraud", "--reason", "sees less", "--replacement", "graph")

    assert ran.out.startswith(f"deprecated fraud in favour of graph\n  wrote     {DOCUMENT}\n")
    merged.commit()
    assert merged.run("validate", "--base", "HEAD~1").code == 0
    assert "deprecated sees less; use graph\n" in merged.run("show", "fraud@1.0.0").out
    shown = json.loads(merged.run("show", "fraud@1.0.0", "--format", "json").out)
    assert shown["deprecation"] == {"reason": "sees less", "replacement": "graph"}

    warning = "warning: model 'fraud' is deprecated: sees less\n    hint: use graph\n"
    assert merged.run("resolve", "fraud@1.0.0") == Ran(0, "fraud@1.0.0\n", warning)
    told = merged.run("resolve", "fraud@1.0.0", "--format", "json")
    assert (json.loads(told.out)["version"], told.err) == ("1.0.0", warning)

    assert merged.run("deprecate", "fraud", "--undo").out.startswith("un-deprecated fraud\n")
    merged.commit()
    shown = json.loads(merged.run("show", "fraud@1.0.0", "--format", "json").out)
    assert shown["deprecation"] is None


def test_a_model_gets_other_owners(merged: Scene) -> None:
    ran = merged.run("transfer", "fraud", "--to", "@example/risk", "--to", "ada@example.org", "--dry-run")
    assert ran == Ran(
        0,
        "would transfer fraud to @example/risk, ada@example.org, from carl@example.org\n"
        f"  writes    {DOCUMENT}\n"
        "nothing was written\n",
        "",
    )
    assert merged.run("transfer", "fraud", "--to", "@example/risk", "--branch").code == 0
    merged.merge("transfer/fraud")
    assert json.loads(merged.run("show", "fraud@1.0.0", "--format", "json").out)["owners"] == ["@example/risk"]


def test_the_same_from_python(merged: Scene) -> None:
    registry = modelyard.Registry()
    for proposed in (
        registry.yank("fraud@1.1.0", reason="leaks", branch="1"),
        registry.deprecate("fraud", reason="old", branch="2"),
        registry.transfer("fraud", to=["eve"], branch="3"),
    ):
        assert proposed.commit == merged.registry.git("rev-parse", str(proposed.branch))
    assert [merged.registry.git("log", "-1", "--format=%s", branch) for branch in "123"] == [
        "Yank fraud@1.1.0",
        "Deprecate fraud",
        "Transfer fraud to eve",
    ]
    merged.merge("1")
    assert registry.yank("fraud@1.1.0", reason="no leaks", undo=True, dry_run=True).edits.title == "Un-yank fraud@1.1.0"
    merged.registry.git("reset", "--quiet", "--hard", "2")
    assert registry.deprecate("fraud", reason="x", undo=True, dry_run=True).edits.title == "Un-deprecate fraud"


@pytest.mark.parametrize("owner", ["not an owner", "@", "ada@", "@example/", "-ada"])
def test_an_owner_is_one_that_a_forge_or_the_policy_knows(merged: Scene, owner: str) -> None:
    with unchanged(merged.registry):
        assert merged.run("transfer", "fraud", f"--to={owner}") == Ran(
            2,
            "",
            f"modelyard: {owner!r} is no owner\n"
            "    hint: an owner is @login, @organisation/team, a mail address, "
            "or a group in `owners.groups` of the policy\n",
        )


def test_a_group_of_the_policy_is_an_owner(merged: Scene) -> None:
    policy = merged.registry.path / "model_registry/registry.yaml"
    policy.write_text(f'{policy.read_text()}\nowners: {{groups: {{"risk desk": [ada]}}}}\n')
    merged.commit("Name a group")
    assert merged.run("transfer", "fraud", "--to", "risk desk", "--dry-run").code == 0


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        (
            b"fraud\n\nfoo bar  # no\n",
            "line 3: model name 'foo bar' may hold only a-z, 0-9 and single '-' or '_' between them",
        ),
        (b"fraud\nfraud@1.x.y!\n", "line 2: version '1.x.y!' is not MAJOR.MINOR.PATCH as SemVer 2.0.0 has it"),
        (b"fraud\n\xff\n", "line 2: it is no text in UTF-8"),
    ],
)
def test_a_list_says_which_line_is_wrong(merged: Scene, text: bytes, fault: str) -> None:
    (merged.path / "list").write_bytes(text)
    ran = merged.run("deprecate", "--from-file", str(merged.path / "list"), "--reason", "x")
    assert ran == Ran(2, "", f"modelyard: SCENE/list, {fault}\n    hint: one name a line, or NAME@VERSION\n")
