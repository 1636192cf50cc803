from __future__ import annotations

from modelyard.lifecycle.found import found
from modelyard.lifecycle.hooks import INSTALLED
from modelyard.rules.engine import judge
from support.snapshots import snapshot_of


def founded(existing: dict[str, bytes]) -> dict[str, bytes]:
    made = found(existing.get, remote_url="../storage", source=INSTALLED)
    return dict(made.edits.files)


def test_an_empty_repository_becomes_a_registry_without_problems() -> None:
    files = founded({})
    assert {path for path in files if not path.startswith("schemas/")} == {
        ".dvc/.gitignore",
        ".dvc/config",
        ".dvcignore",
        ".github/CODEOWNERS",
        ".github/workflows/model-registry.yml",
        ".pre-commit-config.yaml",
        ".vscode/settings.json",
        "docs/model_card_template.md",
        "model_registry/registry.yaml",
    }
    snapshot = snapshot_of(files)
    assert judge(snapshot, ()).problems == ()
    assert b"verify = true" in files[".dvc/config"]


def test_founding_twice_changes_nothing() -> None:
    assert founded(founded({})) == {}


def test_what_the_user_wrote_stays() -> None:
    files = founded(dict.fromkeys([".dvc/config", ".dvcignore", "model_registry/registry.yaml"], b"mine\n"))
    assert {".dvc/config", ".dvcignore", "model_registry/registry.yaml"}.isdisjoint(files)


def test_owners_are_kept_wherever_they_stand_and_whatever_their_encoding() -> None:
    files = founded({"docs/CODEOWNERS": b"* @caf\xe9"})
    assert files["docs/CODEOWNERS"].startswith(b"* @caf\xe9\n\n# >>> modelyard")
    assert ".github/CODEOWNERS" not in files


def test_hooks_that_cannot_be_added_are_left_to_the_user() -> None:
    made = found({".pre-commit-config.yaml": b"repos: []\n"}.get, remote_url="../storage", source=INSTALLED)
    assert ".pre-commit-config.yaml" not in made.edits.files
    (remark,) = made.remarks
    assert remark.startswith("add these hooks to .pre-commit-config.yaml by hand:\n  - repo: local\n")
