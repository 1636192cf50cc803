from __future__ import annotations

import io
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from modelyard.errors import NotFinished
from modelyard.storage.digests import digest_bytes
from modelyard.storage.writing import (
    new_directory,
    new_file,
    open_directory,
    open_regular,
    part_name,
    require_space,
    stale_parts,
    translated,
)
from support.objects import Counter, files_below

DAY = 24 * 60 * 60


def write(directory: Path, name: str, data: bytes) -> None:
    with open_directory(directory) as descriptor, new_file(descriptor) as file:
        file.write(data)
        file.publish(descriptor, name, mode=0o640)


def dead_process() -> int:
    """Return the id of a process that has ended."""
    process = subprocess.Popen([sys.executable, "-c", ""])
    process.wait()
    return process.pid


def test_a_published_file_has_its_bytes_and_mode(tmp_path: Path) -> None:
    write(tmp_path, "model.bin", b"new")

    assert (tmp_path / "model.bin").read_bytes() == b"new"
    assert (tmp_path / "model.bin").stat().st_mode & 0o777 == 0o640
    assert files_below(tmp_path) == {"model.bin"}


def test_a_file_that_is_not_published_leaves_nothing(tmp_path: Path) -> None:
    with open_directory(tmp_path) as descriptor, new_file(descriptor) as file:
        file.write(b"half")
        assert len(files_below(tmp_path)) == 1

    assert files_below(tmp_path) == set()


def interrupted_write(directory: Path, name: str) -> None:
    with open_directory(directory) as descriptor, new_file(descriptor) as file:
        file.write(b"half")
        raise KeyboardInterrupt(name)


def test_an_interruption_leaves_the_old_file(tmp_path: Path) -> None:
    write(tmp_path, "model.bin", b"old")

    with pytest.raises(KeyboardInterrupt):
        interrupted_write(tmp_path, "model.bin")

    assert files_below(tmp_path) == {"model.bin"}
    assert (tmp_path / "model.bin").read_bytes() == b"old"


def test_a_symbolic_link_is_replaced_and_its_target_untouched(tmp_path: Path) -> None:
    (tmp_path / "victim").write_bytes(b"victim")
    (tmp_path / "model.bin").symlink_to("victim")

    write(tmp_path, "model.bin", b"new")

    assert not (tmp_path / "model.bin").is_symlink()
    assert (tmp_path / "victim").read_bytes() == b"victim"


def test_receive_stops_at_the_limit_and_counts(tmp_path: Path) -> None:
    progress = Counter()
    with open_directory(tmp_path) as descriptor, new_file(descriptor) as file:
        assert file.receive(io.BytesIO(b"12345"), limit=3, progress=progress) == digest_bytes(b"123")

    assert progress.bytes == 3


def test_copy_returns_the_digests_of_what_was_copied(tmp_path: Path) -> None:
    (tmp_path / "source").write_bytes(b"source" * 1000)
    progress = Counter()
    with (
        open_regular(tmp_path / "source") as source,
        open_directory(tmp_path) as descriptor,
        new_file(descriptor) as file,
    ):
        assert file.copy(source, progress=progress) == digest_bytes(b"source" * 1000)
        file.publish(descriptor, "copy", mode=0o644)

    assert (tmp_path / "copy").read_bytes() == b"source" * 1000
    assert progress.bytes == 6000


def test_directories_are_made_on_the_way(tmp_path: Path) -> None:
    with open_directory(tmp_path / "root", "a", "b"):
        assert (tmp_path / "root" / "a" / "b").is_dir()


def test_a_symbolic_link_on_the_way_is_not_followed(tmp_path: Path) -> None:
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / "root").mkdir()
    (tmp_path / "root" / "a").symlink_to(tmp_path / "elsewhere")

    with pytest.raises(NotADirectoryError), open_directory(tmp_path / "root", "a", "b"):
        pass

    assert list((tmp_path / "elsewhere").iterdir()) == []


def test_the_root_may_be_a_symbolic_link(tmp_path: Path) -> None:
    (tmp_path / "real").mkdir()
    (tmp_path / "root").symlink_to("real")

    with open_directory(tmp_path / "root", "a"):
        assert (tmp_path / "real" / "a").is_dir()


@pytest.mark.parametrize("part", ["..", ".", "", "a/b"])
def test_a_part_that_leads_elsewhere_is_refused(tmp_path: Path, part: str) -> None:
    with pytest.raises(OSError, match="is not the name of a directory"), open_directory(tmp_path / "root", part):
        pass


def test_only_a_regular_file_is_opened(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    (tmp_path / "link").symlink_to("pipe")
    for name in ("pipe", "link", ".", "missing"):
        with pytest.raises(OSError, match=r"not a regular file|symbolic links|No such file"):
            open_regular(tmp_path / name)


@pytest.mark.parametrize(
    ("age", "dead", "swept"),
    [(2 * DAY, True, True), (2 * DAY, False, False), (0, True, False)],
    ids=["old and dead", "old and alive", "new and dead"],
)
def test_what_a_dead_process_left_is_swept_after_a_day(tmp_path: Path, age: int, dead: bool, swept: bool) -> None:
    part = tmp_path / part_name().replace(str(os.getpid()), str(dead_process() if dead else os.getpid()))
    part.write_bytes(b"half")
    moment = part.stat().st_mtime - age
    os.utime(part, (moment, moment))

    write(tmp_path, "model.bin", b"new")

    assert part.exists() is not swept


def test_a_new_directory_is_gone_unless_it_is_renamed(tmp_path: Path) -> None:
    with new_directory(tmp_path) as directory:
        (directory / "file").write_bytes(b"")
    with new_directory(tmp_path) as directory:
        directory.rename(tmp_path / "kept")

    assert [path.name for path in tmp_path.iterdir()] == ["kept"]


def test_a_directory_of_a_dead_process_is_swept_after_a_day(tmp_path: Path) -> None:
    stale = tmp_path / part_name().replace(str(os.getpid()), str(dead_process()))
    stale.mkdir()
    (stale / "half").write_bytes(b"")
    os.utime(stale, (0, 0))

    with new_directory(tmp_path) as directory:
        assert list(tmp_path.iterdir()) == [directory]


def test_other_files_are_never_swept(tmp_path: Path) -> None:
    for name in ("model.part", ".modelyard-1-x.part", ".modelyard-0123456789abcdef.part", "part"):
        (tmp_path / name).write_bytes(b"mine")
        os.utime(tmp_path / name, (0, 0))
    with open_directory(tmp_path) as descriptor:
        assert stale_parts(descriptor) == []


def test_too_little_space_is_said_before_anything_is_written(tmp_path: Path) -> None:
    with pytest.raises(NotFinished) as caught:
        require_space(tmp_path / "not" / "yet", 2**62, what="the model")

    place = re.escape(str(tmp_path / "not" / "yet"))
    told = rf"the model needs {2**62} bytes, [0-9]+ are free on the disk that holds {place}"
    assert re.fullmatch(told, caught.value.message)
    assert caught.value.hint == "free some space there, or choose another directory, and run the command again"
    assert files_below(tmp_path) == set()


def test_the_systems_refusals_are_translated(tmp_path: Path) -> None:
    with pytest.raises(NotFinished) as caught, translated("write to", tmp_path):
        (tmp_path / "missing").read_bytes()

    assert caught.value.message == f"cannot write to {tmp_path}: No such file or directory"
    assert caught.value.hint == (
        f"look at the disk, the permissions and any symbolic link of {tmp_path}, and run the command again"
    )
