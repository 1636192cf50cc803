"""Many who pull at once, and disks that are too small for it."""

from __future__ import annotations

import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from support.consumers import Consumer, keep_models_at
from support.objects import files_below
from support.races import race

CROWD = 8
PULL = """\
    import io, os, sys
    from contextlib import redirect_stderr, redirect_stdout
    from modelyard.api import pulling
    from modelyard.cli import main

    os.chdir(sys.argv[1])
    meet()
    out, err = io.StringIO(), io.StringIO()
    with redirect_stdout(out), redirect_stderr(err):
        code = main(sys.argv[2:])
    print(code, repr(err.getvalue()))
"""


@pytest.fixture
def consumer(consumer: Consumer) -> Consumer:
    keep_models_at(consumer.scene, str(consumer.scene.storage))
    return consumer


def test_case_32_eight_who_pull_to_one_place_from_one_cache_all_get_it(consumer: Consumer, tmp_path: Path) -> None:
    words = ["pull", "fraud@1.0.0", "--repo", str(consumer.scene.origin.path), "--out", str(consumer.out)]

    assert race(PULL, [[str(tmp_path), *words]] * CROWD) == ["0 ''"] * CROWD

    assert consumer.found() == consumer.right()
    assert consumer.leftovers() == set()


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A file system without room for the files, where this process may mount one."""
    place = tmp_path / "disk"
    place.mkdir()
    mount: list[str | Path] = ["mount", "-t", "tmpfs", "-o", "size=4k", "tmpfs", place]
    if subprocess.run(mount, capture_output=True, check=False).returncode:
        pytest.skip("a file system cannot be mounted here")
    yield place
    subprocess.run(["umount", place], check=True)


def test_case_30_a_disk_that_is_full_is_told_before_anything_is_written(consumer: Consumer, small_disk: Path) -> None:
    (small_disk / "ballast").write_bytes(bytes(4096))

    ran = consumer.scene.run("pull", "fraud@1.0.0", "--repo", consumer.scene.origin.path, "--out", small_disk)

    assert (ran.code, ran.out) == (3, "")
    assert " bytes, 0 are free on the disk that holds " in ran.err
    assert files_below(small_disk) == {"ballast"}
