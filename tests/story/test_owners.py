"""Owners: who may change what, where the actor is named, told by CI, or proved by a key."""

from __future__ import annotations

import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from support.cases import valid_files
from support.keys import new_key, pgp_key
from support.registry import modelyard
from support.repositories import bare_repository, new_repository
from support.told import NO_OWNERS

if TYPE_CHECKING:
    from pathlib import Path

    from support.repositories import Repository

POLICY = "model_registry/registry.yaml"
MODEL = "model_registry/models/fraud.yaml"
WORDS = ("validate", "--base", "HEAD~1")


HINT = f"let one of them make this change, or add eve to `owners` in {MODEL} first"


def judged(repository: Repository) -> str:
    """Return the line that says what of a repository was judged: its last commit, against the one before."""
    base = repository.git("rev-parse", "HEAD~1")
    return f"judged: commit {repository.head[:12]} against {base[:12]}, as asked for\n"


def passed(repository: Repository) -> str:
    return f"{judged(repository)}passed: no problems\n"


def refused(actor: str, hint: str, told: str) -> str:
    return (
        f"{MODEL}: error MY623 {actor} is no owner of model fraud; its owners are ada\n"
        f"    hint: {hint}\n{told}refused: 1 problem\n"
    )


def refused_eve(repository: Repository) -> str:
    return refused("eve", HINT, judged(repository))


def refused_unknown(repository: Repository) -> str:
    hint = f"git commit --amend --gpg-sign with a key that stands under `owners.signers` in {POLICY}"
    return refused("an unknown signer", hint, judged(repository))


def owned(path: Path, monkeypatch: pytest.MonkeyPatch, owners: str = "") -> Repository:
    """Make a registry whose model belongs to ada, with that much more in its policy."""
    repository = new_repository(path / "registry")
    model = b"schema_version: 1\nname: fraud\nowners: [ada]\n"
    files = {**valid_files(), MODEL: model}
    repository.commit({**files, POLICY: files[POLICY] + owners.encode()}, "Found")
    monkeypatch.chdir(repository.path)
    repository.write({MODEL: model.replace(b"[ada]", b"[ada, eve]")})
    repository.git("add", "--all")
    return repository


def test_the_actor_is_whom_the_command_line_names(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    repository = owned(tmp_path, monkeypatch)
    told = f"judged: the index against {repository.head[:12]}, the last commit\n"
    assert modelyard("validate", "--staged", "--actor", "eve").out == refused("eve", HINT, told)
    repository.commit({})
    assert modelyard(*WORDS, "--actor", "eve").out == refused_eve(repository)
    assert modelyard(*WORDS, "--actor", "@Ada").out == passed(repository)
    assert modelyard(*WORDS).out == NO_OWNERS + passed(repository)


def test_the_actor_is_whom_the_variable_of_the_policy_names(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    repository = owned(tmp_path, monkeypatch, "owners: {variable: GITLAB_USER_LOGIN}\n")
    repository.commit({})
    assert modelyard(*WORDS).out == NO_OWNERS + passed(repository)
    monkeypatch.setenv("GITLAB_USER_LOGIN", "eve")
    assert modelyard(*WORDS).out == refused_eve(repository)
    assert modelyard(*WORDS, "--actor", "ada").out == passed(repository)


def test_a_variable_that_only_the_head_names_tells_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    repository = owned(tmp_path, monkeypatch)
    repository.git("reset", "--quiet", "--hard")
    monkeypatch.setenv("GITLAB_USER_LOGIN", "ada")
    repository.commit({POLICY: valid_files()[POLICY] + b"owners: {variable: GITLAB_USER_LOGIN}\n"})
    assert modelyard(*WORDS).out == NO_OWNERS + passed(repository)


def test_the_actor_is_whose_key_signed_the_commit(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    ada, eve = new_key(tmp_path / "ada"), new_key(tmp_path / "eve")
    owners = f"owners:\n  signers:\n    ada: [{ada.public}]\n    eve: [{eve.public}]\n"
    repository = owned(tmp_path, monkeypatch, owners)
    ada.sign(repository)
    assert modelyard(*WORDS).out == passed(repository)
    repository.git("reset", "--quiet", "--soft", "HEAD~1")
    eve.sign(repository)
    assert modelyard(*WORDS).out == refused_eve(repository)
    repository.git("reset", "--quiet", "--soft", "HEAD~1")
    new_key(tmp_path / "stranger").sign(repository)
    assert modelyard(*WORDS).out == refused_unknown(repository)
    repository.git("reset", "--quiet", "--soft", "HEAD~1")
    repository.commit({})
    assert modelyard(*WORDS).out == refused_unknown(repository)


def test_an_actor_without_a_change_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    owned(tmp_path, monkeypatch)
    ran = modelyard("validate", "--actor", "ada")
    assert (ran.code, ran.err) == (
        2,
        "modelyard: --actor stands beside a change\n    hint: modelyard validate --base auto --actor NAME\n",
    )


UNSIGNED = (
    "model_registry: error MY652 no key that the policy knows signed the head commit of this change\n"
    f"    hint: git commit --amend --no-edit --gpg-sign with a key that stands under `owners` in {POLICY}\n"
)


def signed_policy(ssh: str, openpgp: str) -> str:
    block = "".join(f"        {line}\n" if line else "\n" for line in openpgp.splitlines())
    return f"owners:\n  signed: true\n  signers:\n    ada: [{ssh}]\n  openpgp:\n    ada:\n      - |\n{block}"


def test_a_policy_that_wants_signatures_takes_those_of_ssh_and_of_openpgp(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    ssh = new_key(tmp_path / "ada")
    with pgp_key("ada") as openpgp, pgp_key("stranger") as stranger:
        repository = owned(tmp_path, monkeypatch, signed_policy(ssh.public, openpgp.public))
        for key in (ssh, openpgp):
            key.sign(repository)
            assert modelyard(*WORDS).out == passed(repository)
            repository.git("reset", "--quiet", "--soft", "HEAD~1")
        stranger.sign(repository)
        # Whoever may change it, an unsigned change of it is refused.
        told = f"{UNSIGNED}{judged(repository)}refused: 1 problem\n"
        assert modelyard(*WORDS, "--actor", "ada").out == told
        ran = modelyard(*WORDS)
        assert (ran.code, ran.out.count("error MY652"), ran.out.count("error MY623")) == (1, 1, 1)


def test_no_change_brings_the_key_that_it_is_signed_with(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    ada, eve = new_key(tmp_path / "ada"), new_key(tmp_path / "eve")
    policy = f"owners:\n  signed: true\n  signers:\n    ada: [{ada.public}]\n"
    repository = owned(tmp_path, monkeypatch, policy)
    repository.git("reset", "--quiet", "--hard")
    before = (repository.path / POLICY).read_text()
    repository.write({POLICY: before.replace(ada.public, eve.public).encode()})
    repository.git("add", "--all")
    eve.sign(repository)
    assert modelyard(*WORDS, "--actor", "ada").out == f"{UNSIGNED}{judged(repository)}refused: 1 problem\n"


def test_what_is_staged_is_signed_later_and_what_lies_outside_needs_no_signature(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    ada = new_key(tmp_path / "ada")
    repository = owned(tmp_path, monkeypatch, f"owners:\n  signed: true\n  signers:\n    ada: [{ada.public}]\n")
    assert modelyard("validate", "--staged", "--actor", "ada").code == 0
    repository.git("reset", "--quiet", "--hard")
    repository.commit({"README.md": b"# Models\n"})
    assert modelyard(*WORDS, "--actor", "ada").code == 0
    repository.commit({".dvc/config": b"[core]\n    remote = elsewhere\n"})
    assert "error MY652" in modelyard(*WORDS, "--actor", "ada").out


def test_a_plain_server_takes_no_unsigned_push(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with pgp_key("ada") as ada:
        block = "".join(f"        {line}\n" if line else "\n" for line in ada.public.splitlines())
        policy = f"owners:\n  signed: true\n  openpgp:\n    ada:\n      - |\n{block}"
        repository = owned(tmp_path, monkeypatch, policy)
        server = bare_repository(tmp_path / "server.git")
        repository.git("push", "--quiet", str(server.path), "HEAD:refs/heads/main")
        hook = server.path / "hooks" / "pre-receive"
        hook.parent.mkdir(exist_ok=True)
        hook.write_text(f'#!/bin/sh\nexec "{sys.executable}" -m modelyard hook pre-receive\n')
        hook.chmod(0o755)
        repository.commit({})
        pushed = subprocess.run(
            ["git", "-C", repository.path, "push", server.path, "HEAD:refs/heads/main"],
            capture_output=True,
            text=True,
            check=False,
        )
        assert pushed.returncode == 1
        assert "error MY652 no key that the policy knows signed the head commit of this change" in pushed.stderr
        repository.git("reset", "--quiet", "--soft", "HEAD~1")
        ada.sign(repository)
        repository.git("push", "--quiet", str(server.path), "HEAD:refs/heads/main")
        assert server.git("rev-parse", "main") == repository.head
