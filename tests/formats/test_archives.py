from __future__ import annotations

import io
import json
import zipfile
from pathlib import Path

import numpy as np
import pytest
import sklearn

from modelyard.formats import ArtifactFacts, Framework, archives, inspect
from support.artifacts import estimator, skops_bytes, zip_bytes

PYTORCH = Framework("pytorch", None)


def facts(directory: Path, content: bytes) -> ArtifactFacts:
    path = directory / "model.zip"
    path.write_bytes(content)
    return inspect(path)


@pytest.mark.parametrize(
    ("members", "expected"),
    [
        ({"archive/data.pkl": "", "archive/version": "3\n", "archive/data/0": "x"}, ArtifactFacts("pytorch", PYTORCH)),
        ({"my model/data.pkl": "", "my model/version": "3\n"}, ArtifactFacts("pytorch", PYTORCH)),
        ({"m/data.pkl": "", "m/version": "3", "m/constants.pkl": ""}, ArtifactFacts("torchscript", PYTORCH)),
        ({"m/data.pkl": "", "m/version": "3", "m/code/__torch__.py": ""}, ArtifactFacts("torchscript", PYTORCH)),
        ({"a/data.pkl": "", "b/version": "3"}, ArtifactFacts("other", None)),
        ({"data.pkl": "", "version": "3"}, ArtifactFacts("other", None)),
        ({"a.npy": "", "b.npy": ""}, ArtifactFacts("numpy", None)),
        ({"a.npy": "", "b.txt": ""}, ArtifactFacts("other", None)),
        ({"schema.json": "{}"}, ArtifactFacts("other", None)),
        ({"schema.json": "[" * 100_000}, ArtifactFacts("other", None)),
        ({"schema.json": "{"}, ArtifactFacts("other", None)),
    ],
)
@pytest.mark.parametrize("compression", [zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED])
def test_the_members_tell_the_format(
    tmp_path: Path, members: dict[str, str | bytes], expected: ArtifactFacts, compression: int
) -> None:
    assert facts(tmp_path, zip_bytes(members, compression)) == expected


@pytest.mark.parametrize(
    ("metadata", "expected"),
    [
        ({"keras_version": "3.8.0", "date_saved": "x"}, ArtifactFacts("keras", Framework("keras", "3.8.0"))),
        ({"keras_version": 3}, ArtifactFacts("keras", Framework("keras", None))),
        ({"date_saved": "x"}, ArtifactFacts("other", None)),
        ([], ArtifactFacts("other", None)),
    ],
)
def test_keras_records_its_version(tmp_path: Path, metadata: object, expected: ArtifactFacts) -> None:
    members: dict[str, str | bytes] = {"config.json": "{}", "model.weights.h5": b"\x89HDF\r\n\x1a\n"}
    members["metadata.json"] = json.dumps(metadata)

    assert facts(tmp_path, zip_bytes(members)) == expected


def test_skops_records_the_version_of_scikit_learn(tmp_path: Path) -> None:
    assert facts(tmp_path, skops_bytes()) == ArtifactFacts("skops", Framework("scikit-learn", "1.7.2"))


def test_a_file_of_the_skops_library_is_read(tmp_path: Path) -> None:
    skops = pytest.importorskip("skops.io")

    content = skops.dumps(estimator("pipeline"))

    assert facts(tmp_path, content) == ArtifactFacts("skops", Framework("scikit-learn", sklearn.__version__))


@pytest.mark.parametrize("save", [np.savez, np.savez_compressed])
def test_arrays_of_numpy_are_known(tmp_path: Path, save: object) -> None:
    file = io.BytesIO()
    save(file, a=np.ones(3), b=np.zeros(2))  # type: ignore[operator]

    assert facts(tmp_path, file.getvalue()) == ArtifactFacts("numpy", None)


def test_a_member_that_is_too_large_is_not_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(archives, "_LARGEST_MEMBER", 100)

    assert facts(tmp_path, skops_bytes()) == ArtifactFacts("other", None)


def test_a_directory_that_is_too_large_is_not_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    members: dict[str, str | bytes] = {f"m/{number}": "" for number in range(100)}
    content = zip_bytes({"m/data.pkl": "", "m/version": "", **members})
    assert facts(tmp_path, content) == ArtifactFacts("pytorch", PYTORCH)

    monkeypatch.setattr(archives, "_LARGEST_READ", 2000)

    assert facts(tmp_path, content) == ArtifactFacts("other", None)


@pytest.mark.parametrize("content", [b"PK\x03\x04", b"PK\x03\x04" + bytes(100), skops_bytes()[:-10]])
def test_a_broken_archive_is_something_else(tmp_path: Path, content: bytes) -> None:
    assert facts(tmp_path, content) == ArtifactFacts("other", None)
