from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest
import yaml

from modelyard.storage.digests import digest_file
from support.dvc import DvcRepository
from support.registry import CARD, Ran, Scene, copied, unchanged

METADATA = """\
# Written by hand, on a Friday.
description: Finds fraud.  # one line
source: {repo: https://git.example.org/training.git, commit: 0123456789abcdef0123456789abcdef01234567}
dataset_manifest: https://data.example.org/payments
training_hash: git:0123456789abcdef0123456789abcdef01234567
license: MIT
"""
DIRECTORY = "model_registry/fraud-1.0.0"
LEFT = f"""\
left to do by hand:
{DIRECTORY}/MODEL_CARD.md:37:1: error MY303 section 'Contact' still holds 'TODO'
    hint: replace it by what a reader must know
"""


@pytest.fixture(scope="module")
def by_hand_once(founded_once: Scene, tmp_path_factory: pytest.TempPathFactory) -> Scene:
    scene = copied(founded_once, tmp_path_factory.mktemp("by-hand") / "scene")
    version = scene.version("fraud-1.0.0")
    version.mkdir()
    (version / "metadata.yaml").write_text(METADATA)
    (version / "MODEL_CARD.md").write_text(CARD.replace("## Contact\n\nmodel-owners@example.org\n", ""))
    shutil.copy(scene.training.path / "model.joblib", version / "model.joblib")
    DvcRepository(scene.registry.path).dvc("add", "--quiet", f"{DIRECTORY}/model.joblib")
    return scene


@pytest.fixture
def by_hand(by_hand_once: Scene, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Scene:
    """A version directory as somebody makes it, with metadata, a card and ``dvc add``; we stand in the registry."""
    scene = copied(by_hand_once, tmp_path / "scene")
    monkeypatch.chdir(scene.registry.path)
    return scene


def test_a_version_made_by_hand_is_shown_first_and_then_completed(by_hand: Scene) -> None:
    with unchanged(by_hand.registry):
        shown = by_hand.run("fix", DIRECTORY)
    assert shown.code == 1
    assert shown.err == f"nothing was written; modelyard fix {DIRECTORY} --yes writes this\n"
    assert shown.out.startswith(f"--- a/{DIRECTORY}/MODEL_CARD.md\n+++ b/{DIRECTORY}/MODEL_CARD.md\n")
    assert "+## Contact\n" in shown.out
    assert "+name: fraud\n" in shown.out

    ran = by_hand.run("fix", DIRECTORY, "--yes")

    assert (ran.code, ran.err) == (0, "")
    assert ran.out.endswith(f"\nfixed fraud@1.0.0\n{LEFT}next:\n  modelyard validate {DIRECTORY}\n")
    version = by_hand.version("fraud-1.0.0")
    text = (version / "metadata.yaml").read_text()
    found = yaml.safe_load(text)
    digests = digest_file(by_hand.training.path / "model.joblib")
    assert "# Written by hand, on a Friday.\n" in text
    assert "description: Finds fraud.  # one line\n" in text
    assert (found["name"], found["version"], found["artifact"]) == ("fraud", "1.0.0", "model.joblib")
    assert found["files"] == {
        "model.joblib": {"sha256": digests.sha256, "size": digests.size, "role": "model", "format": "joblib"}
    }
    assert (version / "MODEL_CARD.md").read_text().endswith("\n## Contact\n\nTODO: write this section.\n")


def test_a_directory_that_dvc_holds_is_recorded_file_by_file(founded: Scene, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(founded.registry.path)
    version = founded.version("fraud-1.0.0")
    (version / "model" / "deep").mkdir(parents=True)
    (version / "metadata.yaml").write_text(METADATA)
    (version / "MODEL_CARD.md").write_text(CARD)
    shutil.copy(founded.training.path / "model.joblib", version / "model" / "model.joblib")
    (version / "model" / "deep" / "labels.txt").write_text("no fraud\nfraud\n")
    DvcRepository(founded.registry.path).dvc("add", "--quiet", f"{DIRECTORY}/model")

    assert founded.run("fix", DIRECTORY, "--yes").code == 0

    found = yaml.safe_load((version / "metadata.yaml").read_text())
    assert found["artifact"] == "model"
    assert {path: (each["size"], each["format"]) for path, each in found["files"].items()} == {
        "model/deep/labels.txt": (15, "text"),
        "model/model.joblib": ((version / "model" / "model.joblib").stat().st_size, "joblib"),
    }
    judged = founded.run("validate", DIRECTORY)
    assert "MY4" not in judged.out


def test_a_second_time_there_is_nothing_to_fix(by_hand: Scene) -> None:
    by_hand.run("fix", DIRECTORY, "--yes")

    with unchanged(by_hand.registry):
        assert by_hand.run("fix", DIRECTORY, "--yes") == Ran(
            0,
            f"nothing to fix in {DIRECTORY}: all that can be computed is there\n"
            f"{LEFT}next:\n  modelyard validate {DIRECTORY}\n",
            "",
        )


def test_what_is_completed_and_written_to_its_end_is_valid(by_hand: Scene) -> None:
    by_hand.run("fix", DIRECTORY, "--yes")
    assert by_hand.run("validate", DIRECTORY).code == 1
    card = by_hand.version("fraud-1.0.0") / "MODEL_CARD.md"
    card.write_text(card.read_text().replace("TODO: write this section.", "model-owners@example.org"))

    assert by_hand.run("validate", DIRECTORY) == Ran(0, "passed: no problems, 1 model version judged\n", "")


def test_an_artifact_that_was_changed_by_hand_is_described_anew(by_hand: Scene) -> None:
    by_hand.run("fix", DIRECTORY, "--yes")
    before = yaml.safe_load((by_hand.version("fraud-1.0.0") / "metadata.yaml").read_bytes())
    shutil.copy(by_hand.training.path / "compressed.joblib", by_hand.version("fraud-1.0.0") / "model.joblib")
    DvcRepository(by_hand.registry.path).dvc("add", "--quiet", f"{DIRECTORY}/model.joblib")

    assert by_hand.run("fix", DIRECTORY, "--yes").code == 0

    after = yaml.safe_load((by_hand.version("fraud-1.0.0") / "metadata.yaml").read_bytes())
    digests = digest_file(by_hand.training.path / "compressed.joblib")
    assert after["files"]["model.joblib"]["sha256"] == digests.sha256 != before["files"]["model.joblib"]["sha256"]
    assert after["created_at"] == before["created_at"]


def test_a_merged_version_is_not_fixed(merged: Scene) -> None:
    with unchanged(merged.registry):
        assert merged.run("fix", "model_registry/fraud-1.0.0", "--yes") == Ran(
            1,
            "",
            "modelyard: fraud@1.0.0 is merged into main, and a merged version never changes\n"
            "    hint: modelyard register fraud --bump patch … for a version without it, "
            "then modelyard yank fraud@1.0.0 --reason TEXT\n",
        )


def test_a_merged_version_that_was_broken_here_is_restored_and_not_fixed(merged: Scene) -> None:
    (merged.version("fraud-1.0.0") / "MODEL_CARD.md").unlink()
    told = merged.run("fix", DIRECTORY).err
    restoring = f"git restore --source main --staged --worktree {DIRECTORY}"
    assert told == (
        f"modelyard: fraud@1.0.0 is merged into main, and a merged version never changes\n    hint: {restoring}\n"
    )
    merged.registry.git(*restoring.split()[1:])
    assert merged.registry.git("status", "--porcelain") == ""


def test_the_gate_names_no_repair_for_a_version_that_is_merged(merged: Scene) -> None:
    git = merged.registry.git
    base = git("rev-parse", "HEAD")
    git("rm", "--quiet", f"{DIRECTORY}/MODEL_CARD.md")
    git("commit", "--quiet", "--no-verify", "--message", "Lose a card")
    ran = merged.run("validate", "--base", base)
    assert (ran.code, "modelyard fix" in ran.out) == (1, False)
    assert ran.out.count(f"    hint: git restore --source {base[:12]} --staged --worktree {DIRECTORY}") >= 1


@pytest.mark.parametrize("text", ["name: [\n", "a: 1\na: 2\n"])
def test_metadata_that_cannot_be_read_is_left_to_its_owner(by_hand: Scene, text: str) -> None:
    (by_hand.version("fraud-1.0.0") / "metadata.yaml").write_text(text)

    with unchanged(by_hand.registry):
        ran = by_hand.run("fix", DIRECTORY, "--yes")

    assert (ran.code, ran.out) == (1, "")
    assert ran.err.startswith(f"modelyard: {DIRECTORY}/metadata.yaml:2:1: ")


@pytest.mark.parametrize(
    ("path", "message", "hint"),
    [
        ("model_registry/fraud-2.0.0", "model_registry/fraud-2.0.0 is no version directory", None),
        ("fraud-1.0.0", "fraud-1.0.0 is no version directory", "modelyard fix model_registry/fraud-1.0.0"),
    ],
)
def test_a_path_that_is_no_version(by_hand: Scene, path: str, message: str, hint: str | None) -> None:
    assert by_hand.run("fix", path) == Ran(
        2, "", f"modelyard: {message}\n    hint: {hint or f'modelyard fix {path}'}\n"
    )


def test_nothing_but_the_directory_itself_is_needed(founded: Scene) -> None:
    version = founded.version("fraud-1.0.0")
    version.mkdir()
    shutil.copy(founded.training.path / "model.onnx", version / "model.onnx")

    assert founded.run("fix", Path(DIRECTORY), "--yes").code == 0

    found = yaml.safe_load((version / "metadata.yaml").read_bytes())
    assert found["files"]["model.onnx"]["format"] == "onnx"
    assert (version / "MODEL_CARD.md").read_text().startswith("---\nlicense: TODO\n")
    assert founded.run("validate", DIRECTORY).code == 1


def test_a_check_writes_nothing_and_says_so(by_hand: Scene) -> None:
    with unchanged(by_hand.registry):
        before = by_hand.run("fix", DIRECTORY, "--check")
    assert (before.code, before.err) == (1, f"nothing was written; modelyard fix {DIRECTORY} --yes writes this\n")
    by_hand.run("fix", DIRECTORY, "--yes")
    with unchanged(by_hand.registry):
        assert by_hand.run("fix", DIRECTORY, "--check").code == 0


def test_programs_get_one_object(by_hand: Scene) -> None:
    with unchanged(by_hand.registry):
        shown = by_hand.run("fix", DIRECTORY, "--format", "json")
    planned = json.loads(shown.out)
    assert (shown.code, shown.err, planned["written"]) == (1, "", False)

    ran = by_hand.run("fix", DIRECTORY, "--yes", "--format", "json")

    told = json.loads(ran.out)
    assert (ran.code, ran.err) == (0, "")
    assert told == {**planned, "written": True}
    assert told["version"] == "fraud@1.0.0"
    assert told["files"] == [f"{DIRECTORY}/MODEL_CARD.md", f"{DIRECTORY}/metadata.yaml"]
    assert told["diff"].startswith(f"--- a/{DIRECTORY}/MODEL_CARD.md\n")
    assert [(each["code"], each["line"]) for each in told["left"]["problems"]] == [("MY303", 37)]


def test_an_executable_bit_is_taken_off(by_hand: Scene) -> None:
    by_hand.run("fix", DIRECTORY, "--yes")
    artifact, metadata = (by_hand.version("fraud-1.0.0") / name for name in (".gitignore", "metadata.yaml"))
    artifact.chmod(0o755)
    metadata.chmod(0o755)

    ran = by_hand.run("fix", DIRECTORY, "--yes")

    assert ran.code == 0
    assert f"--- a/{DIRECTORY}/.gitignore\n+++ b/{DIRECTORY}/.gitignore\nold mode 100755\nnew mode 100644\n" in ran.out
    assert [file.stat().st_mode & 0o777 for file in (artifact, metadata)] == [0o644, 0o644]
    assert "MY106" not in by_hand.run("validate", DIRECTORY).out


def test_new_bytes_behind_a_pointer_are_described_stored_and_pulled(by_hand: Scene) -> None:
    by_hand.run("fix", DIRECTORY, "--yes")
    version = by_hand.version("fraud-1.0.0")
    replaced = (by_hand.training.path / "compressed.joblib").read_bytes()
    (version / "model.joblib").unlink()
    (version / "model.joblib").write_bytes(replaced)

    assert by_hand.run("fix", DIRECTORY, "--yes").code == 0

    dvc = DvcRepository(by_hand.registry.path)
    assert dvc.dvc("status", f"{DIRECTORY}/model.joblib.dvc").strip() == "Data and pipelines are up to date."
    (version / "model.joblib").unlink()
    dvc.dvc("checkout", f"{DIRECTORY}/model.joblib.dvc")
    assert (version / "model.joblib").read_bytes() == replaced
    assert "MY4" not in by_hand.run("validate", DIRECTORY).out


def test_line_ends_and_quotes_are_shown_in_the_diff(by_hand: Scene) -> None:
    by_hand.run("fix", DIRECTORY, "--yes")
    metadata = by_hand.version("fraud-1.0.0") / "metadata.yaml"
    tidy = metadata.read_bytes()
    metadata.write_bytes(
        b"\xef\xbb\xbf" + tidy.replace(b"license: MIT", b"license: mit  ").replace(b"\n", b"\r\n").rstrip()
    )

    shown = by_hand.run("fix", DIRECTORY, "--check")
    assert "\\ No newline at end of file" in shown.out
    assert by_hand.run("fix", DIRECTORY, "--yes").code == 0
    assert metadata.read_bytes() == tidy.replace(b"license: MIT", b"license: mit")
