from __future__ import annotations

import hashlib
import os
from pathlib import Path

import pytest

from modelyard.documents.delivery import DeliveredFile, Delivery
from modelyard.names import VersionId
from modelyard.storage.in_place import Found, compare, sha256_of, stands


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


DELIVERY = Delivery(
    "https://git.example.org/m.git",
    "0" * 40,
    VersionId.parse("fraud@1.0.0"),
    "model.bin",
    {**FILES, "own/labels.txt": DeliveredFile(file_of(b"yes").sha256, 3, "config", "text", "0" * 32, in_git=True)},
    {"parts": f"{'0' * 32}.dir"},
)


@pytest.fixture
def delivered(directory: Path) -> Path:
    (directory / "own").mkdir()
    (directory / "own" / "labels.txt").write_bytes(b"yes")
    return directory


def test_a_delivery_stands_among_files_of_others(delivered: Path, tmp_path: Path) -> None:
    (delivered / "notes.txt").write_text("mine")
    (delivered / "own" / "notes.txt").write_text("mine")
    (tmp_path / "link").symlink_to(delivered)
    assert stands(delivered, DELIVERY)
    assert stands(tmp_path / "link", DELIVERY)


def test_a_directory_that_is_delivered_holds_nothing_else(delivered: Path) -> None:
    (delivered / "parts" / "notes.txt").write_text("mine")
    assert not stands(delivered, DELIVERY)


@pytest.mark.parametrize("path", ["model.bin", "parts/words.bin", "own/labels.txt"])
def test_a_delivery_with_other_bytes_or_without_a_file_does_not_stand(delivered: Path, path: str) -> None:
    data = (delivered / path).read_bytes()
    for other in (data[:-1] + b"?", data[:-1], data + b"?"):
        (delivered / path).write_bytes(other)
        assert not stands(delivered, DELIVERY)
    (delivered / path).unlink()
    assert not stands(delivered, DELIVERY)


@pytest.mark.parametrize("path", ["model.bin", "parts", "parts/words.bin", "own", "own/labels.txt"])
def test_a_delivery_behind_a_link_does_not_stand(delivered: Path, tmp_path: Path, path: str) -> None:
    (delivered / path).rename(tmp_path / "elsewhere")
    (delivered / path).symlink_to(tmp_path / "elsewhere")
    assert not stands(delivered, DELIVERY)
