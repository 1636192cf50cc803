from __future__ import annotations

import io
import pickle
import sys
from pathlib import Path

import joblib
import lz4.frame
import numpy as np
import pytest
import sklearn

from modelyard.formats import ArtifactFacts, Framework, inspect
from support.artifacts import ESTIMATORS, estimator, joblib_bytes

SKLEARN = Framework("scikit-learn", sklearn.__version__)


def facts(directory: Path, content: bytes, name: str = "model.pkl") -> ArtifactFacts:
    path = directory / name
    path.write_bytes(content)
    return inspect(path)


@pytest.mark.parametrize("protocol", range(6))
@pytest.mark.parametrize("name", ESTIMATORS)
def test_pickled_estimators_tell_their_version_in_every_protocol(tmp_path: Path, name: str, protocol: int) -> None:
    content = pickle.dumps(estimator(name), protocol)

    assert facts(tmp_path, content) == ArtifactFacts("pickle", SKLEARN)


@pytest.mark.parametrize("protocol", range(6))
@pytest.mark.parametrize("name", ESTIMATORS)
def test_joblib_files_tell_their_version_in_every_protocol(tmp_path: Path, name: str, protocol: int) -> None:
    content = joblib_bytes(estimator(name), protocol=protocol)

    assert facts(tmp_path, content, "model.joblib") == ArtifactFacts("joblib", SKLEARN)


@pytest.mark.parametrize("compression", ["zlib", "gzip", "bz2", "lzma", "xz", "lz4"])
@pytest.mark.parametrize("name", ESTIMATORS)
def test_compressed_joblib_files_tell_their_version(tmp_path: Path, name: str, compression: str) -> None:
    content = joblib_bytes(estimator(name), compress=(compression, 3))

    assert facts(tmp_path, content, "model.bin") == ArtifactFacts("joblib", SKLEARN)


def test_joblib_files_without_alignment_are_read_too(tmp_path: Path) -> None:
    class Pipe(io.BytesIO):
        def tell(self) -> int:
            raise io.UnsupportedOperation

    # joblib before 1.2 wrote all arrays so, and later ones do where a file cannot tell its place.
    file = Pipe()
    joblib.dump(estimator("pipeline"), file)

    assert facts(tmp_path, file.getvalue(), "model.joblib") == ArtifactFacts("joblib", SKLEARN)


@pytest.mark.parametrize(
    "array",
    [
        np.arange(7.0),
        np.array(3.0),
        np.zeros((0, 3)),
        np.asfortranarray(np.arange(6).reshape(2, 3)),
        np.array(["a", "longer"]),
        np.array([b"a", b"bytes"]),
        np.array(["2024-01-01"], dtype="datetime64[D]"),
        np.array([True, False]),
        np.array([1j]),
        np.array([(1, 2.0)], dtype=[("a", "i4"), ("b", "f8")]),
        np.array([(1, "x")], dtype=[("a", "i4"), ("b", "O")]),
        np.array([None, {"a": [1]}], dtype=object),
        np.arange(3, dtype=">i4"),
        np.ones((1, 1)).view(np.matrix),
    ],
    ids=lambda array: f"{array.dtype}{array.shape}",
)
def test_what_follows_an_array_of_any_type_is_still_found(tmp_path: Path, array: object) -> None:
    content = joblib_bytes([array, array, estimator("unfitted")])

    assert facts(tmp_path, content, "model.pkl") == ArtifactFacts("joblib", SKLEARN)


def test_subclasses_of_arrays_do_not_tell_who_wrote_them(tmp_path: Path) -> None:
    content = joblib_bytes([estimator("unfitted"), np.rec.array([(1, 2.0)]), np.ones(2)])

    assert facts(tmp_path, content, "model.pkl") == ArtifactFacts("joblib", SKLEARN)


@pytest.mark.parametrize("content", [joblib_bytes({"a": 1}), pickle.dumps({"a": 1})], ids=["joblib", "pickle"])
@pytest.mark.parametrize(
    ("name", "format_name"),
    [("model.joblib", "joblib"), ("model.pkl", "pickle"), ("model.pickle", "pickle"), ("model", "pickle")],
)
def test_a_pickle_without_arrays_is_what_its_suffix_says(
    tmp_path: Path, content: bytes, name: str, format_name: str
) -> None:
    assert facts(tmp_path, content, name) == ArtifactFacts(format_name, None)


@pytest.mark.parametrize("name", ["forest", "pipeline", "text labels"])
def test_the_way_arrays_are_written_outweighs_the_suffix(tmp_path: Path, name: str) -> None:
    assert facts(tmp_path, joblib_bytes(estimator(name)), "model.pkl") == ArtifactFacts("joblib", SKLEARN)
    assert facts(tmp_path, pickle.dumps(estimator(name)), "model.joblib") == ArtifactFacts("pickle", SKLEARN)


def test_a_bare_array_has_no_framework(tmp_path: Path) -> None:
    assert facts(tmp_path, joblib_bytes(np.ones(3)), "model.pkl") == ArtifactFacts("joblib", None)
    assert facts(tmp_path, pickle.dumps(np.ones(3)), "model.joblib") == ArtifactFacts("pickle", None)


@pytest.mark.parametrize(
    ("module", "framework"),
    [
        (b"torch._utils", "pytorch"),
        (b"lightgbm.sklearn", "lightgbm"),
        (b"xgboost.sklearn", "xgboost"),
        (b"catboost.core", "catboost"),
        (b"keras.src.models.sequential", "keras"),
    ],
)
def test_the_first_known_module_names_the_framework(tmp_path: Path, module: bytes, framework: str) -> None:
    content = b"\x80\x02}q\x00(X\x05\x00\x00\x00modelccollections\nOrderedDict\n)R0c" + module + b"\nModel\n)\x81u."

    assert facts(tmp_path, content) == ArtifactFacts("pickle", Framework(framework, None))


def test_an_xgboost_model_tells_the_version_in_its_serialised_booster(tmp_path: Path) -> None:
    booster = b"{" + bytes(3000) + b"L\0\0\0\0\0\0\0\x07version[#L\0\0\0\0\0\0\0\x03i\x03i\x02i\x00}}"
    content = b"\x80\x04cxgboost.core\nBooster\n)\x81}\x8c\x06handleB" + len(booster).to_bytes(4, "little")
    content += booster + b"\x85sb."

    assert facts(tmp_path, content) == ArtifactFacts("pickle", Framework("xgboost", "3.2.0"))


def test_a_wrapped_estimator_of_another_library_keeps_scikit_learn_as_framework(tmp_path: Path) -> None:
    content = pickle.dumps({"model": estimator("pipeline"), "columns": ["a"]})

    assert facts(tmp_path, content) == ArtifactFacts("pickle", SKLEARN)


def test_a_version_that_is_no_version_is_not_believed(tmp_path: Path) -> None:
    content = b"\x80\x02csklearn.svm\nSVC\n)\x81}X\x10\x00\x00\x00_sklearn_versionX\x07\x00\x00\x00\x1b[31m; sb."

    assert facts(tmp_path, content) == ArtifactFacts("pickle", Framework("scikit-learn", None))


def test_a_version_in_a_class_that_is_not_scikit_learns_is_not_believed(tmp_path: Path) -> None:
    content = (
        b"\x80\x02csklearn.svm\nSVC\n0cmine\nModel\n)\x81}X\x10\x00\x00\x00_sklearn_versionX\x03\x00\x00\x009.9sb."
    )

    assert facts(tmp_path, content) == ArtifactFacts("pickle", Framework("scikit-learn", None))


@pytest.mark.parametrize("protocol", range(6))
def test_a_truncated_pickle_that_already_calls_something_is_a_pickle(tmp_path: Path, protocol: int) -> None:
    content = pickle.dumps(estimator("pipeline"), protocol)[:-1]

    assert facts(tmp_path, content).format == "pickle"


def test_the_first_format_of_torch_is_pytorch(tmp_path: Path) -> None:
    content = pickle.dumps(0x1950A86A20F9469CFC6C, 2) + pickle.dumps(1001, 2) + pickle.dumps({}, 2)

    assert facts(tmp_path, content, "model.pt") == ArtifactFacts("pytorch", Framework("pytorch", None))


@pytest.mark.parametrize(
    ("name", "expected"),
    [("model.joblib", ArtifactFacts("joblib", None)), ("model.lz4", ArtifactFacts("other", None))],
)
def test_without_the_lz4_package_the_suffix_decides(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str, expected: ArtifactFacts
) -> None:
    content = lz4.frame.compress(pickle.dumps(estimator("unfitted")))
    monkeypatch.setitem(sys.modules, "lz4.frame", None)

    assert facts(tmp_path, content, name) == expected
