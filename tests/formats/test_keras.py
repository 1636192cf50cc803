"""Configurations of Keras models as Keras 2 and 3 write them, and files made to hide one."""

from __future__ import annotations

import json
import zipfile
from io import BufferedReader, BytesIO
from typing import Any

import pytest

from modelyard.formats.keras import Layers, layers_of
from modelyard.formats.source import source_of
from support.artifacts import zip_bytes

METADATA = '{"keras_version": "3.9.0", "date_saved": "2026-03-01@12:00:00"}'
HDF5 = b"\x89HDF\r\n\x1a\n" + bytes(range(1, 256)) * 40
DTYPE = {"module": "keras", "class_name": "DTypePolicy", "config": {"name": "float32"}, "registered_name": None}
DENSE = {"module": "keras.layers", "class_name": "Dense", "config": {"name": "dense", "units": 1, "dtype": DTYPE}}
BYTECODE = {"class_name": "__lambda__", "config": {"code": "4wEAAAA=", "defaults": None, "closure": None}}
LAMBDA_3 = {"module": "keras.layers", "class_name": "Lambda", "config": {"name": "scaled", "function": BYTECODE}}
MARSHALLED = {"function": ["4wEA", None, None], "function_type": "lambda", "module": "__main__"}
LAMBDA_2 = {"class_name": "Lambda", "config": {"name": "scaled", **MARSHALLED}}
SCALED = "layer 'scaled' is a Lambda"


def model(*layers: Any, **more: Any) -> dict[str, Any]:
    return {"module": "keras", "class_name": "Sequential", "config": {"name": "fraud", "layers": [*layers]}, **more}


def told(data: bytes) -> Layers:
    return layers_of(source_of(BufferedReader(BytesIO(data)), "model"))


def archive(configuration: object) -> bytes:
    text = configuration if isinstance(configuration, str) else json.dumps(configuration)
    return zip_bytes({"metadata.json": METADATA, "config.json": text, "model.weights.h5": HDF5})


def hdf5(configuration: object) -> bytes:
    """Return a file that holds the text as HDF5 keeps an attribute: in one piece, with zeros around it."""
    text = configuration if isinstance(configuration, bytes) else json.dumps(configuration).encode()
    return HDF5 + b"model_config\0\0\0\0" + text + b"\0" * 8 + HDF5[8:]


@pytest.mark.parametrize(
    ("configuration", "code"),
    [
        (model(DENSE), ()),
        (model(DENSE, LAMBDA_3), ("a function is kept as bytecode", SCALED)),
        (model(DENSE, LAMBDA_2), (SCALED,)),
        (model({"class_name": "TimeDistributed", "config": {"name": "each", "layer": LAMBDA_2}}), (SCALED,)),
        (model({"class_name": "Lambda"}), ("layer without a name is a Lambda",)),
        (
            model({"module": "subprocess", "class_name": "Popen", "config": {}}),
            ("'Popen' is imported from 'subprocess'",),
        ),
        (
            model(DENSE, compile_config={"loss": {"module": "builtins", "class_name": "function", "config": "exec"}}),
            ("'exec' is imported from 'builtins'",),
        ),
        (model({"module": "kerasy.layers", "class_name": "Dense"}), ("'Dense' is imported from 'kerasy.layers'",)),
        (model({"module": "tensorflow.keras.layers", "class_name": "Dense"}), ()),
        (model({"module": "tensorflow.kerasx", "class_name": "A"}), ("'A' is imported from 'tensorflow.kerasx'",)),
        (model({"class_name": "TFOpLambda", "config": {"name": "add", "function": "math.add"}}), ()),
        (
            model({"class_name": "TFOpLambda", "config": {"name": "put", "function": "io.write_file"}}),
            ("layer 'put' calls 'io.write_file' of TensorFlow",),
        ),
        (
            model({"class_name": "TFOpLambda", "config": {"name": "call", "function": "py_function"}}),
            ("layer 'call' calls 'py_function' of TensorFlow",),
        ),
        (model({"class_name": "Lambda\u202e", "module": "os\n"}), ("'Lambda\\u202e' is imported from 'os\\n'",)),
    ],
)
def test_what_a_configuration_brings_along_is_told_in_both_containers(
    configuration: dict[str, Any], code: tuple[str, ...]
) -> None:
    assert told(archive(configuration)) == Layers(code)
    assert told(hdf5(configuration)) == Layers(code)


@pytest.mark.parametrize(
    "hidden",
    [
        json.dumps(model(LAMBDA_2)).replace("Lambda", "\\u004cambda"),
        '{"class_name": "Dense", "class_name": "Lambda", "config": {"name": "scaled"}}',
        "{" + " " * (3 << 20) + '"class_name": "Lambda", "config": {"name": "scaled"}}',
        '{"name": "' + "x" * 200_000 + '", "class_name": "Lambda", "config": {"name": "scaled"}}',
        '{"é": "' + "é" * 100_000 + '", "class_name": "Lambda", "config": {"name": "scaled"}}',
        '[0, {"class_name": "Lambda", "config": {"name": "scaled"}}]',
    ],
    ids=["escaped", "key that stands twice", "far from its key", "long", "of two bytes each", "in a list"],
)
def test_a_layer_that_hides_is_found(hidden: str) -> None:
    assert told(archive(hidden)) == Layers((SCALED,))
    assert told(hdf5(hidden.encode())) == Layers((SCALED,))


@pytest.mark.parametrize("before", [(1 << 20) - 1, (1 << 20) - len(HDF5) - 8, (1 << 20) + 5])
def test_a_configuration_may_lie_across_two_pieces_that_are_read(before: int) -> None:
    assert told(HDF5 + b"\0" * (before - len(HDF5)) + json.dumps(model(LAMBDA_2)).encode()) == Layers((SCALED,))


def test_weights_alone_bring_nothing() -> None:
    assert told(HDF5 * 300) == Layers()


def twice() -> bytes:
    file = BytesIO(archive(model(DENSE)))
    with pytest.warns(UserWarning, match="Duplicate name"), zipfile.ZipFile(file, "a") as both:
        both.writestr("config.json", json.dumps(model(LAMBDA_2)))
    return file.getvalue()


@pytest.mark.parametrize(
    ("data", "doubt"),
    [
        (b"GIF89a", "it is neither an archive of Keras nor an HDF5 file"),
        (zip_bytes({"metadata.json": METADATA}), "its archive holds no config.json, or more than one"),
        (twice(), "its archive holds no config.json, or more than one"),
        (archive("{"), "its archive, or config.json in it, cannot be read"),
        (archive(model(DENSE))[:-30], "its archive, or config.json in it, cannot be read"),
        (archive('{"a": "' + "x" * (16 << 20) + '"}'), "its configuration is larger than 16 MiB"),
        (archive("[" * 100_000), "its configuration is nested too deep"),
        (hdf5(b'{"a":' * 100_000), "its configuration is nested too deep"),
        (hdf5(b"{"), "its configuration is not where it can be read"),
        (HDF5 + b"\0" * ((1 << 20) - len(HDF5) - 6) + b"model_config", "its configuration is not where it can be read"),
        (hdf5(b'{"a' * (6 << 20)), "it holds more than 16 MiB of what looks like a configuration"),
        (hdf5(b"{" + b" " * (18 << 20)), "it holds more than 16 MiB of what looks like a configuration"),
    ],
    ids=[
        "picture",
        "none",
        "two",
        "broken",
        "cut off",
        "large",
        "deep",
        "deep in HDF5",
        "lost",
        "at an edge",
        "text",
        "far",
    ],
)
def test_what_cannot_be_read_is_not_clean(data: bytes, doubt: str) -> None:
    assert told(data).doubt == doubt
