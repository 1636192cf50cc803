"""Attempts to change a version that is merged, each beside a registration that is fine: all are caught.

Every attempt is made with Git's own commands in a real repository; what the gate says of each
in full is in the golden cases MY601-case-15-…, MY602-case-15-… and MY622-case-16-….
"""

from __future__ import annotations

import os
import re
from typing import TYPE_CHECKING

import pytest

from support.cases import valid_files
from support.registry import modelyard
from support.repositories import new_repository

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from support.repositories import Repository

ROOT = "model_registry"
OLD = f"{ROOT}/fraud-1.1.0"
FINE = f"{ROOT}/fraud-1.2.0"


def _append(repository: Repository, path: str, data: bytes) -> None:
    place = repository.path / path
    place.write_bytes(place.read_bytes() + data)


def _byte_in_the_card(repository: Repository) -> None:
    _append(repository, f"{OLD}/MODEL_CARD.md", b" ")


def _made_executable(repository: Repository) -> None:
    (repository.path / OLD / "metrics.json").chmod(0o755)


def _file_to_symlink(repository: Repository) -> None:
    card = repository.path / OLD / "MODEL_CARD.md"
    card.unlink()
    card.symlink_to("../fraud-1.0.0/MODEL_CARD.md")


def _file_deleted(repository: Repository) -> None:
    (repository.path / OLD / "metrics.json").unlink()


def _file_renamed_out(repository: Repository) -> None:
    repository.git("mv", f"{OLD}/metrics.json", "metrics.json")


def _file_moved_to_the_new_version(repository: Repository) -> None:
    (repository.path / OLD / "metrics.json").replace(repository.path / FINE / "metrics.json")


def _file_added(repository: Repository) -> None:
    repository.write({f"{OLD}/notes.txt": b""})


def _nested_file_added(repository: Repository) -> None:
    repository.write({f"{OLD}/a/b/c.txt": b""})


def _name_with_a_space(repository: Repository) -> None:
    repository.write({f"{OLD}/ -x $(touch y)\n.txt": b""})


def _name_not_ascii(repository: Repository) -> None:
    repository.write({f"{OLD}/Grüße.txt": b"", f"{OLD}/" + os.fsdecode(b"\xff.txt"): b""})


def _directory_renamed(repository: Repository) -> None:
    repository.git("mv", OLD, f"{ROOT}/fraud-1.1.1")


def _directory_in_capitals(repository: Repository) -> None:
    repository.git("mv", OLD, f"{ROOT}/Fraud-1.1.0")


def _version_deleted(repository: Repository) -> None:
    repository.git("rm", "-r", "--quiet", OLD)


def _replaced_by_a_submodule(repository: Repository) -> None:
    repository.git("rm", "-r", "--quiet", OLD)
    repository.git("update-index", "--add", "--cacheinfo", f"160000,{repository.head},{OLD}")


def _replaced_by_a_symlink(repository: Repository) -> None:
    repository.git("rm", "-r", "--quiet", OLD)
    (repository.path / OLD).symlink_to("fraud-1.0.0")


def _replaced_by_a_file(repository: Repository) -> None:
    repository.git("rm", "-r", "--quiet", OLD)
    repository.write({OLD: b""})


ATTEMPTS: list[tuple[Callable[[Repository], None], str]] = [
    (_byte_in_the_card, "MY601"),
    (_made_executable, "MY601"),
    (_file_to_symlink, "MY601"),
    (_file_deleted, "MY601"),
    (_file_renamed_out, "MY601"),
    (_file_moved_to_the_new_version, "MY601"),
    (_file_added, "MY601"),
    (_nested_file_added, "MY601"),
    (_name_with_a_space, "MY601"),
    (_name_not_ascii, "MY601"),
    (_directory_renamed, "MY602"),
    (_directory_in_capitals, "MY602"),
    (_version_deleted, "MY602"),
    (_replaced_by_a_submodule, "MY602"),
    (_replaced_by_a_symlink, "MY602"),
    (_replaced_by_a_file, "MY602"),
]


@pytest.fixture
def merged(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Repository:
    """Make a registry with two merged versions, and register a third in the work tree."""
    repository = new_repository(tmp_path / "registry")
    repository.commit(valid_files(), "Merge fraud@1.1.0")
    copied = {path: data for path, data in valid_files().items() if path.startswith(f"{OLD}/")}
    new = {path.replace(OLD, FINE): data.replace(b"version: 1.1.0", b"version: 1.2.0") for path, data in copied.items()}
    repository.write(new)
    repository.git("add", "--all", "--force")
    monkeypatch.chdir(repository.path)
    return repository


def _committed(repository: Repository, *, everything: bool = True) -> str:
    if everything:
        repository.git("add", "--all", "--force")
    repository.git("commit", "--quiet", "--no-verify", "--message", "Register fraud@1.2.0")
    return repository.head


def test_the_registration_alone_is_fine(merged: Repository) -> None:
    _committed(merged)
    assert modelyard("validate", "--base", "HEAD~1").code == 0


@pytest.mark.parametrize(("attempt", "code"), ATTEMPTS, ids=lambda value: getattr(value, "__name__", value))
def test_case_15_an_attempt_is_caught(merged: Repository, attempt: Callable[[Repository], None], code: str) -> None:
    attempt(merged)
    _committed(merged, everything=attempt is not _replaced_by_a_submodule)
    ran = modelyard("validate", "--base", "HEAD~1")
    assert ran.code == 1
    assert re.search(rf"^{OLD}.*: error {code} fraud@1\.1\.0 ", ran.out, re.MULTILINE), ran.out


@pytest.mark.parametrize(("attempt", "code"), ATTEMPTS, ids=lambda value: getattr(value, "__name__", value))
def test_case_15_the_hint_undoes_an_attempt(
    merged: Repository, attempt: Callable[[Repository], None], code: str
) -> None:
    before = merged.git("rev-parse", f"HEAD:{OLD}")
    attempt(merged)
    _committed(merged, everything=attempt is not _replaced_by_a_submodule)
    told = modelyard("validate", "--base", "HEAD~1").out
    found = re.search(rf" {code} .*\n    hint: git (restore [^;]*);", told)
    assert found
    merged.git(*found[1].split())
    merged.git("commit", "--quiet", "--no-verify", "--message", "Undo")
    assert merged.git("rev-parse", f"HEAD:{OLD}") == before


def test_case_16_a_version_that_was_deleted_earlier_is_not_added_again(merged: Repository) -> None:
    merged.git("commit", "--quiet", "--no-verify", "--message", "Register fraud@1.2.0")
    tree = merged.git("rev-parse", f"HEAD:{FINE}")
    model = f"{ROOT}/models/fraud.yaml"
    _append(merged, model, f"retired:\n  1.2.0:\n    reason: Withdrawn.\n    tree: {tree}\n".encode())
    merged.git("rm", "-r", "--quiet", FINE)
    merged.commit({}, "Retire fraud@1.2.0")
    assert modelyard("validate", "--base", "HEAD~1").code == 0
    retired = merged.head
    merged.git("checkout", "--quiet", "HEAD~1", "--", FINE)
    merged.commit({}, "Bring it back")
    again = modelyard("validate", "--base", "HEAD~1")
    assert (again.code, again.out.splitlines()[0]) == (1, f"{FINE}: error MY603 fraud@1.2.0 was retired")
    merged.git("reset", "--quiet", "--hard", retired)
    merged.commit({model: valid_files()[model]}, "Forget that it was retired")
    forgotten = modelyard("validate", "--base", "HEAD~1")
    assert (forgotten.code, forgotten.out.splitlines()[0]) == (
        1,
        f"{model}: error MY622 the tombstone of fraud@1.2.0 is gone",
    )
