"""What a newcomer does next: each command says so, and what it says can be pasted."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

import pytest

from modelyard.api.origin import MirrorOrigin, open_origin
from support.registry import Ran, Scene, modelyard
from support.repositories import Repository

WAITS = (
    "modelyard: fraud@1.0.0 lies in the work tree, but in no commit yet\n"
    '    hint: git add model_registry && git commit -m "Register fraud@1.0.0"\n'
)


def pasted(ran: Ran, directory: Path) -> None:
    """Do what comes after ``next:``, all but the last line, which is for a browser."""
    assert (ran.code, ran.err) == (0, "")
    *commands, last = [line.strip() for line in ran.out.partition("\nnext:\n")[2].splitlines()]
    assert last == "open a pull request from that branch"
    result = subprocess.run(
        ["bash", "-e", "-c", "\n".join(commands)], cwd=directory, capture_output=True, text=True, check=False
    )
    assert result.returncode == 0, result.stderr


@pytest.mark.parametrize("options", [(), ("--branch",)])
def test_a_registration_from_elsewhere_is_pushed_by_what_it_says(
    founded: Scene, monkeypatch: pytest.MonkeyPatch, options: tuple[str, ...]
) -> None:
    odd = shutil.move(founded.registry.path, founded.path / "our models")
    monkeypatch.chdir(founded.training.path)
    ran = modelyard(
        *("register", "fraud", "--registry", "../our models", "--artifact", "model.joblib"),
        *("--dataset", "data.csv", "--license", "MIT", *options),
    )
    pasted(ran, founded.training.path)
    branches = founded.origin.git("for-each-ref", "--format=%(refname:short) %(subject)", "refs/heads/register")
    assert branches == "register/fraud-1.0.0 Register fraud@1.0.0"
    assert Repository(Path(odd)).git("status", "--porcelain") == ""


@pytest.mark.parametrize("options", [(), ("--branch",)])
def test_a_promotion_from_elsewhere_is_pushed_by_what_it_says(
    merged: Scene, monkeypatch: pytest.MonkeyPatch, options: tuple[str, ...]
) -> None:
    monkeypatch.chdir(merged.training.path)
    ran = modelyard("promote", "fraud@1.1.0", "--to", "staging", "--registry", "../models", *options)
    pasted(ran, merged.training.path)
    branches = merged.origin.git("for-each-ref", "--format=%(refname:short) %(subject)", "refs/heads/promote")
    assert branches == "promote/fraud-1.1.0-to-staging Promote fraud@1.1.0 to staging"


@pytest.mark.parametrize(
    "words",
    [
        ("show", "fraud@1.0.0"),
        ("show", "fraud@latest"),
        ("resolve", "fraud@1.0.0"),
        ("pull", "fraud@1.0.0"),
        ("promote", "fraud@1.0.0", "--to", "staging"),
    ],
)
def test_a_version_that_waits_for_its_commit_is_not_called_unknown(founded: Scene, words: tuple[str, ...]) -> None:
    assert founded.register().code == 0
    assert founded.run(*words) == Ran(2, "", WAITS)


def test_a_version_that_nobody_has_made_is_unknown_even_while_another_waits(founded: Scene) -> None:
    assert founded.register().code == 0
    assert founded.run("show", "fraud@2.0.0") == Ran(
        2,
        "",
        "modelyard: fraud@2.0.0 resolves to nothing: there is no model 'fraud'\n    hint: models here: none\n",
    )


def test_a_list_tells_what_waits_for_its_commit(founded: Scene) -> None:
    nothing = "no versions are registered yet; modelyard register --help says how\n"
    assert founded.run("list") == Ran(0, nothing, "")
    assert founded.register().code == 0
    assert founded.run("list") == Ran(0, nothing, "not committed yet, so not listed: fraud@1.0.0\n")


@pytest.mark.parametrize(
    ("words", "hint"),
    [
        (("list",), "cd into a clone of the registry, or name it: --repo PATH|URL"),
        (("pull", "fraud@production"), "cd into a clone of the registry, or name it: --repo PATH|URL"),
        (
            ("promote", "fraud@1.0.0", "--to", "staging"),
            "cd into a clone of the registry, or found a new one: modelyard init DIR",
        ),
        (("validate",), "cd into a clone of the registry, or found a new one: modelyard init DIR"),
    ],
)
def test_outside_of_any_repository_the_way_into_one_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, words: tuple[str, ...], hint: str
) -> None:
    monkeypatch.chdir(tmp_path)
    ran = modelyard(*words)
    place = "." if words[0] != "validate" else str(tmp_path)
    assert ran == Ran(2, "", f"modelyard: {place!r} is not in a Git repository\n    hint: {hint}\n")


def test_pulled_files_are_told_from_where_one_stands(merged: Scene) -> None:
    ran = merged.run("pull", "fraud@production")
    assert (ran.code, ran.err) == (0, "")
    assert ran.out.splitlines()[1:] == [
        "  model_registry/fraud-1.0.0/model.joblib",
        "  model_registry/fraud-1.0.0/scaler.joblib",
    ]


def test_a_new_registry_is_on_the_branch_that_its_workflow_names(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "gitconfig").write_text("[init]\n\tdefaultBranch = trunk\n", encoding="utf-8")
    monkeypatch.setenv("GIT_CONFIG_GLOBAL", str(tmp_path / "gitconfig"))
    assert modelyard("init", tmp_path / "models").code == 0
    assert Repository(tmp_path / "models").git("symbolic-ref", "--short", "HEAD") == "main"
    workflow = (tmp_path / "models/.github/workflows/model-registry.yml").read_text(encoding="utf-8")
    assert "branches: [main]" in workflow


@pytest.mark.parametrize(
    "words",
    [
        ("list",),
        ("show", "fraud@latest"),
        ("resolve", "fraud@latest"),
        ("pull", "fraud@latest"),
        ("promote", "fraud@1.0.0", "--to", "staging"),
        (*("register", "fraud", "--artifact", "m", "--dataset", "d", "--license", "MIT"), "--branch"),
    ],
    ids=lambda words: words[0],
)
def test_a_registry_that_waits_for_its_first_commit_is_told_as_such(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, words: tuple[str, ...]
) -> None:
    assert modelyard("init", tmp_path / "models").code == 0
    monkeypatch.chdir(tmp_path / "models")
    assert modelyard(*words) == Ran(
        2,
        "",
        "modelyard: the registry is not committed yet\n"
        '    hint: git add -A && git commit -m "Found the model registry"\n',
    )


def test_the_first_commit_can_be_made_from_elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    models = tmp_path / "our models"
    assert modelyard("init", models).code == 0
    monkeypatch.chdir(tmp_path)
    ran = modelyard("list", "--repo", "our models")
    hint = ran.err.partition("\n    hint: ")[2].strip()
    assert hint == f"git -C '{models}' add -A && git -C '{models}' commit -m \"Found the model registry\""
    subprocess.run(["bash", "-e", "-c", hint], check=True, capture_output=True)
    assert modelyard("list", "--repo", "our models").code == 0


@pytest.mark.parametrize(("words", "option"), [(("list",), "--repo"), (("register",), "--registry")])
def test_where_there_is_no_registry_it_can_be_named_or_made(
    founded: Scene, monkeypatch: pytest.MonkeyPatch, words: tuple[str, ...], option: str
) -> None:
    monkeypatch.chdir(founded.training.path)
    needed = ("fraud", "--artifact", "model.joblib", "--dataset", "data.csv", "--license", "MIT")
    assert founded.run(*words, *(needed if option == "--registry" else ())) == Ran(
        2,
        "",
        "modelyard: there is no registry in SCENE/training\n"
        "    hint: name it with --registry DIR (or --repo), or make one: modelyard init SCENE/training\n",
    )


@pytest.mark.parametrize("path", ["/nope", "nope", "./no:pe", "nope/models.git"])
def test_a_path_to_nothing_is_no_address(path: str) -> None:
    assert modelyard("list", "--repo", path) == Ran(
        2,
        "",
        f"modelyard: there is no directory {path}\n    hint: check the path, or give the URL of a Git repository\n",
    )


@pytest.mark.parametrize("address", ["https://git.example.invalid/models.git", "host:models.git", "me@host:/models"])
def test_what_looks_like_an_address_is_one(address: str) -> None:
    assert isinstance(open_origin(address), MirrorOrigin)


@pytest.mark.parametrize("options", [(), ("--branch",)], ids=["work tree", "branch"])
@pytest.mark.parametrize("head", ["main", "--detach"])
def test_without_a_remote_the_way_is_a_merge(merged: Scene, head: str, options: tuple[str, ...]) -> None:
    merged.registry.git("remote", "remove", "origin")
    merged.registry.git("checkout", "--quiet", head)
    ran = merged.run("promote", "fraud@1.1.0", "--to", "staging", *options)
    commands = [line.strip() for line in ran.out.partition("\nnext:\n")[2].splitlines()]
    branch = "promote/fraud-1.1.0-to-staging"
    assert commands[-1] == f"git merge --no-ff {branch}"
    result = subprocess.run(
        ["bash", "-e", "-c", "\n".join(commands)],
        cwd=merged.registry.path,
        env={**os.environ, "GIT_EDITOR": "true"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert result.returncode == 0, result.stderr
    assert merged.run("resolve", "fraud@staging").out == "fraud@1.1.0\n"
    assert merged.registry.git("branch", "--show-current") == "main"
    subjects = merged.registry.git("log", "-2", "--format=%s", "--first-parent").split("\n")
    assert subjects[0] == f"Merge branch '{branch}'"


def test_without_a_branch_to_merge_into_the_way_ends_with_a_commit(merged: Scene) -> None:
    merged.registry.git("remote", "remove", "origin")
    merged.registry.git("checkout", "--quiet", "--detach")
    merged.registry.git("branch", "--move", "main", "trunk")
    ran = merged.run("promote", "fraud@1.1.0", "--to", "staging")
    assert ran.out.partition("\nnext:\n")[2] == (
        "  git switch -c promote/fraud-1.1.0-to-staging\n"
        "  git add model_registry/stages/staging/fraud.yaml\n"
        '  git commit -m "Promote fraud@1.1.0 to staging"\n'
    )


def test_a_remote_of_another_name_is_pushed_to(founded: Scene) -> None:
    founded.registry.git("remote", "rename", "origin", "upstream")
    for options in (("--version", "1.0.0"), ("--version", "1.0.1", "--branch")):
        assert "push -u upstream " in founded.register(*options).out


@pytest.mark.parametrize("command", ["resolve", "show", "pull"])
def test_a_promotion_that_waits_for_its_commit_is_named(merged: Scene, command: str) -> None:
    for stage in ("staging", "production"):
        document = merged.registry.path / "model_registry" / "stages" / stage / "fraud.yaml"
        merged.registry.git("rm", "--quiet", str(document))
    merged.commit("Take fraud out of its stages")
    assert merged.run("promote", "fraud@1.1.0", "--to", "staging").code == 0

    assert modelyard(command, "fraud@staging") == Ran(
        2,
        "",
        "modelyard: fraud@1.1.0 is put into staging by the work tree, but by no commit yet\n"
        '    hint: git add model_registry && git commit -m "Promote fraud@1.1.0 to staging"\n',
    )
    # Nothing in the work tree says so of another stage.
    assert "resolves to nothing" in modelyard(command, "fraud@production").err
