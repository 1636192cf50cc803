from __future__ import annotations

import io
from pathlib import Path

import numpy as np
import pytest

from modelyard.formats import ArtifactFacts, Framework, inspect


def npy() -> bytes:
    file = io.BytesIO()
    np.save(file, np.ones(3))
    return file.getvalue()


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        (b"\x89HDF\r\n\x1a\n" + bytes(40), ArtifactFacts("hdf5", None)),
        (b"GGUF\x03\x00\x00\x00" + bytes(40), ArtifactFacts("gguf", None)),
        (b"PAR1" + bytes(40) + b"PAR1", ArtifactFacts("parquet", None)),
        (b"PAR1" + bytes(40), ArtifactFacts("other", None)),
        (b"CBM1" + bytes(40), ArtifactFacts("catboost", Framework("catboost", None))),
        (b"\x1c\x00\x00\x00TFL3" + bytes(40), ArtifactFacts("tflite", Framework("tensorflow", None))),
        (npy(), ArtifactFacts("numpy", None)),
    ],
)
def test_a_magic_number_tells_the_format(tmp_path: Path, content: bytes, expected: ArtifactFacts) -> None:
    path = tmp_path / "model"
    path.write_bytes(content)

    assert inspect(path) == expected


def test_a_real_parquet_file_is_known(tmp_path: Path) -> None:
    arrow = pytest.importorskip("pyarrow")
    parquet = pytest.importorskip("pyarrow.parquet")
    path = tmp_path / "rows"
    parquet.write_table(arrow.table({"a": [1]}), path)

    assert inspect(path) == ArtifactFacts("parquet", None)
