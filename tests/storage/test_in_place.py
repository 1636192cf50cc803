from __future__ import annotations

import hashlib
import os
from pathlib import Path

import pytest

from modelyard.documents.delivery import DeliveredFile
from modelyard.storage.in_place import Found, compare, sha256_of


def file_of(data: bytes) -> DeliveredFile:
    return DeliveredFile(hashlib.sha256(data).hexdigest(), len(data), "model", "other", "0" * 32)


FILES = {"model.bin": file_of(b"model"), "parts/words.bin": file_of(b"words")}


@pytest.fixture
def directory(tmp_path: Path) -> Path:
    directory = tmp_path / "fraud"
    (directory / "parts").mkdir(parents=True)
    (directory / "model.bin").write_bytes(b"model")
    (directory / "parts" / "words.bin").write_bytes(b"words")
    return directory


def test_what_is_as_it_should_be_differs_in_nothing(directory: Path) -> None:
    assert compare(directory, FILES) == Found()
    assert compare(directory, FILES).is_right


def test_empty_directories_do_not_count(directory: Path) -> None:
    (directory / "empty").mkdir()
    assert compare(directory, FILES).is_right


def test_a_directory_that_is_not_there_lacks_everything(tmp_path: Path) -> None:
    assert compare(tmp_path / "none", FILES) == Found(missing=("model.bin", "parts/words.bin"))


def test_each_kind_of_difference_is_told(directory: Path) -> None:
    (directory / "model.bin").write_bytes(b"other")
    (directory / "parts" / "words.bin").rename(directory / "parts" / "more.bin")

    assert compare(directory, FILES) == Found(("parts/words.bin",), ("model.bin",), ("parts/more.bin",))


def test_a_link_is_no_file_even_to_the_right_bytes(directory: Path, tmp_path: Path) -> None:
    (directory / "model.bin").rename(tmp_path / "elsewhere")
    # A link is as long as what it names.
    (directory / "model.bin").symlink_to(tmp_path / "elsewhere")
    (directory / "parts").rename(tmp_path / "parts")
    (directory / "parts").symlink_to(tmp_path / "parts")

    found = compare(directory, FILES)

    assert found == Found(missing=("parts/words.bin",), other=("model.bin",), foreign=("parts",))
    assert sha256_of(directory / "model.bin") is None


def test_a_pipe_is_not_waited_for(directory: Path) -> None:
    (directory / "model.bin").unlink()
    os.mkfifo(directory / "model.bin")

    assert compare(directory, {**FILES, "model.bin": file_of(b"")}).other == ("model.bin",)
    assert sha256_of(directory / "model.bin") is None


def test_a_link_or_a_file_in_the_place_of_the_directory_is_not_read(directory: Path, tmp_path: Path) -> None:
    (tmp_path / "link").symlink_to(directory)
    for path in (tmp_path / "link", directory / "model.bin"):
        with pytest.raises(OSError, match=r"Not a directory|Too many levels"):
            compare(path, FILES)
