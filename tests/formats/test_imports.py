from __future__ import annotations

import bz2
import collections
import gzip
import io
import os
import pickle
import zipfile
from functools import partial
from typing import TYPE_CHECKING

import joblib
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from modelyard.formats.imports import Imports, imports_of, is_allowed
from modelyard.formats.source import source_of
from support.artifacts import ESTIMATORS

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

UNREAD = "it ends too early, or is no pickle"
TWO_WAYS = "an array in it can be read in more than one way"


class Shell:
    def __reduce__(self) -> tuple[Callable[[str], int], tuple[str]]:
        return os.system, ("touch loaded",)


def scanned(data: bytes, declared: str = "pickle") -> Imports:
    return imports_of(source_of(io.BufferedReader(io.BytesIO(data)), "model.bin"), declared)


def refused(data: bytes, declared: str = "pickle") -> list[str]:
    return [name for name in scanned(data, declared).names if not is_allowed(name)]


def joblib_file(value: object, **options: object) -> bytes:
    target = io.BytesIO()
    joblib.dump(value, target, **options)
    return target.getvalue()


@pytest.mark.parametrize("name", ESTIMATORS)
def test_estimators_name_nothing_beyond_the_list(name: str) -> None:
    model = ESTIMATORS[name]()
    for protocol in range(2, pickle.HIGHEST_PROTOCOL + 1):
        data = pickle.dumps(model, protocol)
        assert (refused(data), scanned(data).doubt) == ([], None)
    for options in ({}, {"compress": 3}, {"compress": ("bz2", 3)}):
        data = joblib_file(model, **options)
        assert (refused(data, "joblib"), scanned(data, "joblib").doubt) == ([], None)


@pytest.mark.parametrize("protocol", range(pickle.HIGHEST_PROTOCOL + 1))
def test_a_call_of_the_shell_is_named(protocol: int) -> None:
    assert refused(pickle.dumps({"a": [Shell()]}, protocol)) == ["posix:system"]


@pytest.mark.parametrize("pack", [gzip.compress, bz2.compress])
def test_a_compressed_call_is_named(pack: Callable[[bytes], bytes]) -> None:
    assert refused(pack(joblib_file([np.arange(3), Shell()])), "joblib") == ["posix:system"]


def test_a_call_in_an_array_of_objects_is_named() -> None:
    assert refused(joblib_file({"a": np.array([1, Shell()], dtype=object)}), "joblib") == ["posix:system"]


def test_a_call_behind_an_array_of_numbers_is_named() -> None:
    assert refused(joblib_file([np.arange(1000.0), Shell()]), "joblib") == ["posix:system"]


@pytest.mark.parametrize("value", [partial(os.getcwd), getattr, eval, print, np.load, joblib.load, pickle.loads])
def test_what_calls_imports_or_loads_is_not_on_the_list(value: object) -> None:
    assert len(refused(pickle.dumps(value))) >= 1


def test_a_pytorch_archive_is_read_through() -> None:
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w") as file:
        file.writestr("model/data.pkl", pickle.dumps([collections.OrderedDict(a=1), Shell()]))
        file.writestr("model/version", "3")
    assert refused(archive.getvalue(), "pytorch") == ["posix:system"]
    assert scanned(archive.getvalue(), "pytorch").doubt is None


def test_an_archive_that_names_a_member_twice_is_doubtful() -> None:
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w") as file:
        file.writestr("model/data.pkl", pickle.dumps(1))
        with pytest.warns(UserWarning, match="Duplicate name"):
            file.writestr("model/data.pkl", pickle.dumps(Shell()))
    doubt = "its archive names a member twice, or has more than a thousand"
    assert scanned(archive.getvalue(), "pytorch") == Imports((), doubt)


@pytest.mark.parametrize(
    ("data", "doubt"),
    [
        (b"", UNREAD),
        (b"no pickle", UNREAD),
        (pickle.dumps([1, 2])[:-1], UNREAD),
        (pickle.dumps(1) + pickle.dumps(2), "bytes follow behind its end"),
        (pickle.dumps(1) + b"\n", "bytes follow behind its end"),
        (b"\x80\x02\x82\x01.", "it names globals by number"),
        (b"\x80\x06K\x01.", "it names globals by number"),
        # The module's name is a number, and then one that no memory holds.
        (b"\x80\x04K\x01\x8c\x06system\x93.", "it computes the name of a global"),
        (b"\x80\x04h\x07\x8c\x06system\x93.", "it computes the name of a global"),
        (b"\x80\x04K\x01r\xff\xff\xff\xff.", "it keeps too many values in memory"),
        (b"PK\x03\x04 broken", "it is a zip archive that cannot be read"),
        (gzip.compress(b"x" * 100)[:-20], UNREAD),
    ],
)
def test_what_cannot_be_told_is_doubtful(data: bytes, doubt: str) -> None:
    assert scanned(data).doubt == doubt


def test_a_memory_is_counted_as_pickle_counts_it() -> None:
    # Put by number 0 first, so that the next one is number 1 for pickle: it is "os" that is fetched.
    data = b"\x80\x04\x8c\x05numpyq\x00\x8c\x05posix\x94h\x01\x8c\x06system\x93."
    assert pickle.loads(data) is os.system
    assert scanned(data) == Imports(("posix:system",))


def test_an_array_is_passed_over_for_joblib_alone() -> None:
    data = joblib_file([np.arange(3)])
    assert scanned(data, "joblib").doubt is None
    assert scanned(data, "pickle").doubt == TWO_WAYS


def test_a_type_that_is_narrower_than_its_name_is_doubtful() -> None:
    data = joblib_file([np.array([b"12345678"])])
    state = b"K\x08K\x01K\x00"
    assert data.count(state) == 1
    assert scanned(data.replace(state, b"K\x04K\x01K\x00"), "joblib").doubt == TWO_WAYS


def test_nothing_is_loaded(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    scanned(pickle.dumps(Shell()))
    assert list(tmp_path.iterdir()) == []


@given(st.binary(max_size=300))
def test_any_bytes_are_read(data: bytes) -> None:
    for declared in ("joblib", "pickle", "pytorch"):
        scanned(data, declared)
        scanned(pickle.dumps(1)[:-1] + data, declared)
