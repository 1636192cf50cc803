from __future__ import annotations

import os
import pickle
import subprocess
import sys
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from modelyard.errors import NotFinished, UsageError
from modelyard.formats import FORMATS, RUNS_CODE, ArtifactFacts, inspect
from support.artifacts import estimator, joblib_bytes, onnx_bytes, safetensors_bytes, skops_bytes, zip_bytes


@cache
def samples() -> tuple[bytes, ...]:
    """One real file of each kind that has an inside."""
    return (
        pickle.dumps(estimator("pipeline"), 0),
        pickle.dumps(estimator("pipeline"), 2),
        pickle.dumps(estimator("text labels"), 4),
        joblib_bytes(estimator("forest")),
        joblib_bytes(estimator("text labels"), compress=("zlib", 3)),
        joblib_bytes(estimator("unfitted"), compress=("lzma", 3)),
        joblib_bytes(estimator("unfitted"), compress=("lz4", 3)),
        onnx_bytes(),
        safetensors_bytes({"format": "pt"}),
        skops_bytes(),
        zip_bytes({"archive/data.pkl": "x", "archive/version": "3"}),
        b'{"learner":{},"version":[2,1,0]}',
        b"tree\nversion=v4\n",
    )


def look_at(content: bytes) -> ArtifactFacts:
    with TemporaryDirectory() as directory:
        path = Path(directory) / "model.bin"
        path.write_bytes(content)
        return inspect(path)


@pytest.mark.parametrize("index", range(13))
def test_every_sample_is_recognised(index: int) -> None:
    assert look_at(samples()[index]).format not in {"other", "text", "json"}


@given(st.binary(max_size=300) | st.binary(max_size=100).map(lambda tail: b"\x80\x04" + tail))
@example(b"")
@example(b".")
@example(b"\x80")
@example(b"\x80\x04")
@example(b"PK\x03\x04")
@example(b"\xff" * 8 + b"{")
def test_any_bytes_are_some_format(content: bytes) -> None:
    assert look_at(content).format in FORMATS


@given(st.text(max_size=300))
def test_any_text_is_some_format(content: str) -> None:
    assert look_at(content.encode()).format in FORMATS


@settings(max_examples=300)
@given(
    sample=st.integers(0, 12),
    changes=st.lists(st.tuples(st.floats(0, 1, exclude_max=True), st.integers(0, 255)), max_size=8),
    kept=st.floats(0, 1) | st.just(1.0),
)
def test_any_damage_to_a_real_file_leaves_some_format(
    sample: int, changes: list[tuple[float, int]], kept: float
) -> None:
    content = bytearray(samples()[sample])
    for place, byte in changes:
        content[int(place * len(content))] = byte

    assert look_at(bytes(content[: round(kept * len(content))])).format in FORMATS


@pytest.mark.parametrize("protocol", range(6))
def test_a_malicious_pickle_is_named_and_not_run(tmp_path: Path, protocol: int) -> None:
    marker = tmp_path / "marker"

    class Payload:
        def __reduce__(self) -> tuple[object, ...]:
            return os.system, (f"touch {marker}",)

    content = pickle.dumps(Payload(), protocol)

    assert look_at(content) == ArtifactFacts("pickle", None)
    assert not marker.exists()
    pickle.loads(content)
    assert marker.exists()


def test_a_module_that_a_pickle_names_is_not_imported() -> None:
    assert look_at(b"cantigravity\nfly\n(tR.") == ArtifactFacts("pickle", None)
    assert "antigravity" not in sys.modules


def test_nothing_heavy_is_imported_to_inspect(tmp_path: Path) -> None:
    paths = [tmp_path / str(index) for index in range(len(samples()))]
    for path, content in zip(paths, samples(), strict=True):
        path.write_bytes(content)
    heavy = ("numpy", "joblib", "sklearn", "onnx", "safetensors")
    program = (
        "import sys; from pathlib import Path; from modelyard.formats import inspect\n"
        "[inspect(Path(path)) for path in sys.argv[1:]]\n"
        f"print(sorted(set(sys.modules) & set({heavy})))"
    )
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}

    run = subprocess.run(
        [sys.executable, "-c", program, *map(str, paths)], capture_output=True, text=True, check=True, env=environment
    )

    assert run.stdout == "[]\n"


def test_formats_that_run_code_are_formats() -> None:
    assert set(FORMATS) > RUNS_CODE
    assert len(set(FORMATS)) == len(FORMATS)


def test_a_directory_is_no_artifact(tmp_path: Path) -> None:
    with pytest.raises(UsageError) as caught:
        inspect(tmp_path)

    assert caught.value.message == f"{tmp_path} is not a regular file"
    assert caught.value.hint == "name the file that holds the model"


def test_a_named_pipe_is_refused_at_once(tmp_path: Path) -> None:
    path = tmp_path / "pipe"
    os.mkfifo(path)

    with pytest.raises(UsageError) as caught:
        inspect(path)

    assert caught.value.message == f"{path} is not a regular file"


def test_a_missing_file_could_not_be_read(tmp_path: Path) -> None:
    path = tmp_path / "no such file"

    with pytest.raises(NotFinished) as caught:
        inspect(path)

    assert caught.value.message == f"{path} cannot be read: No such file or directory"
    assert caught.value.hint == f"ls -l '{path}'"
