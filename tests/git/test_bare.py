from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from modelyard.git.bare import BareCopy
from modelyard.git.location import locate
from support.objects import files_below
from support.repositories import run_git

if TYPE_CHECKING:
    from pathlib import Path

    from modelyard.git.formats import Algorithm


@pytest.mark.parametrize("algorithm", ["sha1", "sha256"])
def test_a_new_copy_is_laid_out_as_git_does_it(tmp_path: Path, algorithm: Algorithm) -> None:
    location = BareCopy(tmp_path, "copy").make(algorithm)
    run_git(
        tmp_path,
        "-c",
        "init.defaultBranch=main",
        "init",
        "--bare",
        "--template=",
        f"--object-format={algorithm}",
        "git",
    )
    made, gits = tmp_path / "copy.git", tmp_path / "git"
    assert files_below(made) == files_below(gits) == {"HEAD", "config"}
    for name in ("HEAD", "config"):
        assert (made / name).read_bytes() == (gits / name).read_bytes()
    assert location == locate(made)
    assert location.run("fsck") == b""
