from __future__ import annotations

import importlib.metadata
from pathlib import Path

import pytest
from onnx import TensorProto, helper

from modelyard.formats import ArtifactFacts, Framework, inspect
from support.artifacts import onnx_bytes


def model(**fields: object) -> bytes:
    """Return the smallest model that the onnx library builds, with fields set on it."""
    value = helper.make_tensor_value_info("x", TensorProto.FLOAT, [1])
    built = helper.make_model(helper.make_graph([helper.make_node("Relu", ["x"], ["y"])], "g", [value], [value]))
    for name, content in fields.items():
        setattr(built, name, content)
    return bytes(built.SerializeToString())


def facts(directory: Path, content: bytes) -> ArtifactFacts:
    path = directory / "model.onnx"
    path.write_bytes(content)
    return inspect(path)


def test_a_converted_model_names_its_converter(tmp_path: Path) -> None:
    version = importlib.metadata.version("skl2onnx")

    assert facts(tmp_path, onnx_bytes()) == ArtifactFacts("onnx", Framework("skl2onnx", version))


@pytest.mark.parametrize(
    ("fields", "framework"),
    [
        ({}, Framework("onnx", None)),
        ({"producer_name": "pytorch", "producer_version": "2.5.1"}, Framework("pytorch", "2.5.1")),
        ({"producer_name": "pytorch"}, Framework("pytorch", None)),
        ({"producer_name": "pytorch", "producer_version": "newest"}, Framework("pytorch", None)),
        ({"producer_name": "\x1b[31mred"}, Framework("onnx", None)),
        ({"producer_name": "x" * 65}, Framework("onnx", None)),
        ({"producer_name": "x" * 5000, "producer_version": "1"}, Framework("onnx", None)),
        ({"producer_name": "a", "doc_string": "d" * 100_000, "domain": "ai", "model_version": 3}, Framework("a", None)),
    ],
)
def test_the_producer_is_the_framework(tmp_path: Path, fields: dict[str, object], framework: Framework) -> None:
    assert facts(tmp_path, model(**fields)) == ArtifactFacts("onnx", framework)


@pytest.mark.parametrize(
    "content",
    [
        model()[:-1],
        model() + b"\x00",
        model() + b"\x0b",
        model(ir_version=0),
        model(ir_version=1001),
        b"\x08\x08",
        b"\x08\x08\x3a\x00",
        b"\x08\x08\x42\x00",
        b"\x08\x08\x10\x01\x3a\x00\x42\x00",
        b"\x0a\x00\x3a\x00\x42\x00",
        b"\x08" + b"\xff" * 10 + b"\x3a\x00\x42\x00",
    ],
    ids=[
        "short",
        "zero",
        "group",
        "ir 0",
        "ir 1001",
        "ir",
        "no opset",
        "no graph",
        "name is a number",
        "ir is text",
        "long number",
    ],
)
def test_what_is_not_a_whole_model_is_not_onnx(tmp_path: Path, content: bytes) -> None:
    assert facts(tmp_path, content).format != "onnx"


def test_fields_of_a_later_onnx_are_passed_over(tmp_path: Path) -> None:
    later = b"\xa2\x06\x03abc" + b"\xa8\x06\x05" + b"\xb1\x06" + bytes(8) + b"\xbd\x06" + bytes(4)

    assert facts(tmp_path, model() + later) == ArtifactFacts("onnx", Framework("onnx", None))
