"""The guide to sealed artifacts, each command run."""

from __future__ import annotations

import shutil
import sys
from typing import TYPE_CHECKING

from support import guide
from support.project import ROOT

if TYPE_CHECKING:
    from pathlib import Path

    import pytest

    from support.registry import Scene

GUIDE = ROOT / "docs" / "how-to" / "seal-artifacts.md"

# Programs of age and Zstandard, as far as the guide calls them, by the libraries that are installed for the tests.
AGE_KEYGEN = """\
import sys
from pathlib import Path
from support.sealing import pyrage
option, *paths = sys.argv[1:]
for path in map(Path, paths):
    if option == "-o":
        identity = pyrage.x25519.Identity.generate()
        path.write_text(f"# created: today\\n# public key: {identity.to_public()}\\n{identity}\\n")
    else:
        print(pyrage.x25519.Identity.from_str(path.read_text().splitlines()[-1]).to_public())
"""
AGE = """\
import sys
from pathlib import Path
from support.sealing import pyrage
_decrypt, _identity, identity, sealed = sys.argv[1:]
key = pyrage.x25519.Identity.from_str(Path(identity).read_text().splitlines()[-1])
sys.stdout.buffer.write(pyrage.decrypt(Path(sealed).read_bytes(), [key]))
"""
ZSTD = """\
import sys
from support.sealing import zstd
sys.stdout.buffer.write(zstd.decompress(sys.stdin.buffer.read()))
"""


def test_each_command_of_the_guide_does_what_it_says(
    founded_once: Scene, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    programs = tmp_path / "programs"
    programs.mkdir()
    for name, text in (("age-keygen", AGE_KEYGEN), ("age", AGE), ("zstd", ZSTD)):
        path = f"import sys\nsys.path.insert(0, {str(ROOT / 'tests')!r})\n"
        (programs / name).write_text(f"#!{sys.executable}\n{path}{text}", "utf-8")
        (programs / name).chmod(0o755)
    monkeypatch.setenv("PATH", str(programs), prepend=":")
    desk = tmp_path / "desk"
    shutil.copytree(founded_once.training.path, desk / "training")

    steps = guide.steps(GUIDE.read_text("utf-8"))
    outputs = guide.run(steps, desk)

    for step, output in zip(steps, outputs, strict=True):
        assert guide.missing_lines(step.promised, output) == [], f"line {step.line}:\n{output}"
    plain = (desk / "training" / "model.onnx").read_bytes()
    assert (desk / "opened.onnx").read_bytes() == (desk / "served" / "model.onnx").read_bytes() == plain
