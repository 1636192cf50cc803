from __future__ import annotations

import pytest

from modelyard.errors import Refused
from modelyard.lifecycle.fix import Surroundings, fix
from modelyard.names import VersionId
from modelyard.rules.found import FoundBytes
from support.cases import KnownBytes
from support.snapshots import snapshot_with

ID = VersionId.parse("fraud@1.1.0")
FOLDER = "model_registry/fraud-1.1.0/"
BYTES = FoundBytes("9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08", "a" * 32, 7)


def fixed(
    changes: dict[str, str | None], at_hand: tuple[str, ...] = ("model.joblib",), members: tuple[str, ...] = ()
) -> dict[str, str]:
    snapshot = snapshot_with({f"fraud-1.1.0/{name}": text for name, text in changes.items()})
    artifacts = KnownBytes(dict.fromkeys((FOLDER + name for name in at_hand), BYTES))
    surroundings = Surroundings(artifacts, "2026-03-01T12:00:00Z", lambda _path: "joblib", lambda _oid: members)
    edits = fix(snapshot.version(ID), snapshot.policy, surroundings)
    assert (edits.title, edits.branch) == ("Complete fraud@1.1.0", "fix/fraud-1.1.0")
    return {path.removeprefix(FOLDER): data.decode() for path, data in edits.files.items()}


def test_a_sound_version_is_left_alone() -> None:
    assert fixed({}, at_hand=()) == {}


def test_an_empty_directory_gets_what_can_be_computed() -> None:
    found = fixed({"metadata.yaml": None, "MODEL_CARD.md": None, ".gitignore": None})
    assert found["metadata.yaml"] == (
        "schema_version: 1\nname: fraud\nversion: 1.1.0\nartifact: model.joblib\nfiles:\n  model.joblib:\n"
        f"    sha256: {BYTES.sha256}\n    size: 7\n    role: model\n    format: joblib\n"
        "created_at: '2026-03-01T12:00:00Z'\n"
    )
    assert found[".gitignore"] == "/model.joblib\n"
    assert found["MODEL_CARD.md"].startswith("---\nlicense: TODO\n")


def test_a_directory_gets_a_record_for_each_of_its_files() -> None:
    pointer = f"outs:\n- md5: {'a' * 32}.dir\n  size: 14\n  nfiles: 2\n  hash: md5\n  path: model\n"
    stated = {"metadata.yaml": "license: MIT\n", "model.joblib.dvc": None, "model.dvc": pointer}
    found = fixed(stated, at_hand=("model/a.bin", "model/deep/b.bin"), members=("a.bin", "deep/b.bin"))
    assert found["metadata.yaml"].split("files:\n")[1] == (
        f"  model/a.bin:\n    sha256: {BYTES.sha256}\n    size: 7\n    role: model\n    format: joblib\n"
        f"  model/deep/b.bin:\n    sha256: {BYTES.sha256}\n    size: 7\n    role: model\n    format: joblib\n"
        "created_at: '2026-03-01T12:00:00Z'\n"
    )
    assert found[".gitignore"] == "/model\n"


def test_what_is_stated_stays_with_its_comments() -> None:
    before = "# by hand\nname: fraud # ours\nversion: 1.0.0\nlicense: MIT\ncreated_at: '2025-03-14T09:26:53Z'\n"
    after = fixed({"metadata.yaml": before}, at_hand=())["metadata.yaml"]
    assert after.startswith("# by hand\nschema_version: 1\nname: fraud # ours\nversion: 1.1.0\nlicense: MIT\n")
    assert "2025-03-14T09:26:53Z" in after
    assert "2026" not in after


def test_a_missing_section_becomes_a_heading_to_fill_in() -> None:
    card = "# Fraud\n\n## Limitations\n\nNone known."
    after = fixed({"MODEL_CARD.md": card}, at_hand=())["MODEL_CARD.md"]
    assert after.startswith(card + "\n\n## Model description\n\nTODO: write this section.\n")
    assert after.count("## ") == 7


def test_metadata_that_cannot_be_read_is_not_guessed_at() -> None:
    with pytest.raises(Refused) as caught:
        fixed({"metadata.yaml": "name: [fraud\n"})
    assert caught.value.message == f"{FOLDER}metadata.yaml:1:7: this bracket is never closed"


def test_metadata_in_json_is_not_edited() -> None:
    with pytest.raises(Refused) as caught:
        fixed({"metadata.yaml": None, "metadata.json": "{}"})
    assert caught.value.message == f"{FOLDER}metadata.json is JSON, and only YAML is completed in place"
    assert caught.value.hint == "rename it to metadata.yaml: JSON is YAML"
