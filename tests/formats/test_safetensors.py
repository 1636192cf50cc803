from __future__ import annotations

import json
from pathlib import Path

import pytest

from modelyard.formats import ArtifactFacts, Framework, inspect
from support.artifacts import safetensors_bytes

TENSOR = {"dtype": "U8", "shape": [2], "data_offsets": [0, 2]}


def facts(directory: Path, content: bytes) -> ArtifactFacts:
    path = directory / "model.safetensors"
    path.write_bytes(content)
    return inspect(path)


def built(header: object, data: bytes = b"ab") -> bytes:
    text = json.dumps(header).encode()
    return len(text).to_bytes(8, "little") + text + data


@pytest.mark.parametrize(
    ("metadata", "framework"),
    [
        (None, None),
        ({"format": "pt"}, Framework("pytorch", None)),
        ({"format": "tf"}, Framework("tensorflow", None)),
        ({"format": "np"}, Framework("numpy", None)),
        ({"format": "new"}, None),
        ({"author": "us"}, None),
    ],
)
def test_the_metadata_name_the_framework(
    tmp_path: Path, metadata: dict[str, str] | None, framework: Framework | None
) -> None:
    assert facts(tmp_path, safetensors_bytes(metadata)) == ArtifactFacts("safetensors", framework)


def test_a_file_without_tensors_is_one(tmp_path: Path) -> None:
    assert facts(tmp_path, built({}, b"")) == ArtifactFacts("safetensors", None)


@pytest.mark.parametrize(
    "content",
    [
        safetensors_bytes()[:-1],
        safetensors_bytes() + b"x",
        built({"t": {**TENSOR, "data_offsets": [2, 0]}}),
        built({"t": {**TENSOR, "data_offsets": [0]}}),
        built({"t": {**TENSOR, "data_offsets": [0, True]}}),
        built({"t": {**TENSOR, "dtype": 1}}),
        built({"t": 1}),
        built([TENSOR]),
        b"\x03" + bytes(7) + b"{,}",
        (200_000_000).to_bytes(8, "little") + b'{"',
        b"\xff" * 8 + b'{"',
    ],
)
def test_what_does_not_fit_together_is_not_safetensors(tmp_path: Path, content: bytes) -> None:
    assert facts(tmp_path, content).format != "safetensors"


def test_a_header_nested_too_deep_is_not_safetensors(tmp_path: Path) -> None:
    text = b'{"t":' + b"[" * 100_000 + b"]" * 100_000 + b"}"

    assert facts(tmp_path, len(text).to_bytes(8, "little") + text).format != "safetensors"


def test_a_very_long_header_is_judged_by_its_start(tmp_path: Path) -> None:
    path = tmp_path / "model.safetensors"
    length = 20 * 1024 * 1024
    with path.open("wb") as file:
        file.write(length.to_bytes(8, "little") + b'{"weight')
        file.truncate(length + 8)

    assert inspect(path) == ArtifactFacts("safetensors", None)
