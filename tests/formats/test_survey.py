from __future__ import annotations

import io
import pickle
import tracemalloc
import zlib

import pytest

from modelyard.formats import survey as survey_module
from modelyard.formats.compression import decompressed
from modelyard.formats.streams import Stream
from modelyard.formats.survey import Survey, survey
from support.artifacts import estimator, joblib_bytes

MEBIBYTE = 1024 * 1024


def surveyed(content: bytes, *, find_arrays: bool = True) -> Survey:
    stream = Stream(io.BufferedReader(io.BytesIO(content)), size=len(content))
    return survey(stream, find_arrays=find_arrays)


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b".",
        b"N",
        b"N.N",
        b"N.B. this is text",
        b"cat\ndog\n",
        b"c1\n2\n(tR",
        b"\x80",
        b"\x80\x06N.",
        b"\x80\x04\x00",
    ],
)
def test_what_no_loader_would_run_is_no_pickle(content: bytes) -> None:
    assert not surveyed(content).is_pickle


@pytest.mark.parametrize("content", [b"N.", b"(lp0\n.", b"\x80\x04N", b"cos\nsystem\n(S'x'\ntR", b"(ios\nsystem\n"])
def test_what_a_loader_would_run_is_a_pickle(content: bytes) -> None:
    assert surveyed(content).is_pickle


def test_nothing_is_read_once_everything_is_known() -> None:
    content = pickle.dumps(estimator("pipeline")) + b"\xff not a pickle any more"

    assert surveyed(content) == surveyed(content[:-20])


def test_a_wrapper_inside_an_array_of_objects_is_left_to_the_plain_pickler() -> None:
    found = surveyed(joblib_bytes(estimator("boosting")))

    assert found.has_joblib_arrays is True
    assert found.version is not None


def test_reading_stops_after_a_number_of_opcodes(monkeypatch: pytest.MonkeyPatch) -> None:
    content = pickle.dumps([None] * 5000 + [estimator("unfitted")])
    assert surveyed(content).version is not None

    monkeypatch.setattr(survey_module, "_MOST_STEPS", 4000)

    assert surveyed(content) == Survey(is_pickle=True)


def test_a_bomb_takes_no_memory() -> None:
    size = 64 * MEBIBYTE
    bomb = zlib.compress(b"\x80\x04N\x8e" + size.to_bytes(8, "little") + bytes(size))
    tracemalloc.start()
    stream = decompressed(io.BufferedReader(io.BytesIO(bomb)), "zlib")
    assert stream is not None

    found = survey(stream, find_arrays=False)

    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert found.is_pickle
    assert peak < 4 * MEBIBYTE


def test_an_endless_line_takes_no_memory() -> None:
    content = b"\x80\x04NV" + b"a" * (32 * MEBIBYTE)
    tracemalloc.start()

    found = surveyed(content)

    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert found.is_pickle
    assert peak < 4 * MEBIBYTE
