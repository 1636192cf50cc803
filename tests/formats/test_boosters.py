from __future__ import annotations

from pathlib import Path

import pytest

from modelyard.formats import ArtifactFacts, Framework, inspect

BINARY = b"{L\0\0\0\0\0\0\0\x07learner{L\0\0\0\0\0\0\0\nattributes{}}L\0\0\0\0\0\0\0\x07version[#L\0\0\0\0\0\0\0\x03"


def facts(directory: Path, content: bytes) -> ArtifactFacts:
    path = directory / "model"
    path.write_bytes(content)
    return inspect(path)


@pytest.mark.parametrize(
    ("content", "version"),
    [
        (b'{"learner":{"attributes":{}},"version":[3,2,0]}', "3.2.0"),
        (b'{"learner":{"attributes":{"a":"' + b"x" * 100_000 + b'"}},"version":[1,7,10]}', "1.7.10"),
        (b'{\n "learner": {},\n "version": [ 2, 0, 3 ]\n}\n', "2.0.3"),
        (BINARY + b"i\x03i\x02i\x00}", "3.2.0"),
        (BINARY + b"i\x03I\x00\xc8l\x00\x01\x00\x00}", "3.200.65536"),
        (BINARY + b"i\x03i\x02", None),
    ],
)
def test_xgboost_writes_its_version_last(tmp_path: Path, content: bytes, version: str | None) -> None:
    assert facts(tmp_path, content) == ArtifactFacts("xgboost", Framework("xgboost", version))


@pytest.mark.parametrize(
    "content",
    [b'{"learner":{}}', b'{"learner":{},"version":[3,2]}', b'{"version":[3,2,0]}', b'{"a":1,"version":[3,2,0]}'],
)
def test_other_json_is_only_json(tmp_path: Path, content: bytes) -> None:
    assert facts(tmp_path, content) == ArtifactFacts("json", None)


@pytest.mark.parametrize("newline", [b"\n", b"\r\n"])
def test_lightgbm_text_tells_no_version_of_the_library(tmp_path: Path, newline: bytes) -> None:
    content = newline.join([b"tree", b"version=v4", b"num_class=1", b""])

    assert facts(tmp_path, content) == ArtifactFacts("lightgbm", Framework("lightgbm", None))


@pytest.mark.parametrize("content", [b"tree\n", b"tree\nversion=4\n", b"trees\nversion=v4\n"])
def test_other_text_is_only_text(tmp_path: Path, content: bytes) -> None:
    assert facts(tmp_path, content) == ArtifactFacts("text", None)
