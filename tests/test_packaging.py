"""What is built and what lies in it, file by file."""

from __future__ import annotations

import shutil
import subprocess
import sys
import tarfile
import zipfile
from pathlib import Path, PurePosixPath

import pytest

import modelyard
from support.project import ROOT, tracked_files

PREFIX = f"modelyard-{modelyard.__version__}"
DIST_INFO = f"{PREFIX}.dist-info"
TEMPLATES = ("docs/model_card_template.md", "docs/examples/gitlab/modelyard.gitlab-ci.yml")


@pytest.fixture(scope="module")
def distributions(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Build both from the tracked files alone, as a release does; the wheel is built from the sdist."""
    checkout = tmp_path_factory.mktemp("checkout")
    for path in tracked_files():
        target = checkout / path
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(ROOT / path, target, follow_symlinks=False)
    output = tmp_path_factory.mktemp("dist")
    command = [sys.executable, "-m", "build", "--no-isolation", "--outdir", str(output), str(checkout)]
    build = subprocess.run(command, capture_output=True, text=True, check=False)
    assert build.returncode == 0, build.stdout + build.stderr
    return output


@pytest.fixture(scope="module")
def wheel(distributions: Path) -> dict[str, bytes]:
    with zipfile.ZipFile(distributions / f"{PREFIX}-py3-none-any.whl") as archive:
        return {name: archive.read(name) for name in archive.namelist()}


@pytest.fixture(scope="module")
def sdist(distributions: Path) -> set[str]:
    with tarfile.open(distributions / f"{PREFIX}.tar.gz") as archive:
        return {PurePosixPath(member.name).relative_to(PREFIX).as_posix() for member in archive if member.isfile()}


def test_one_sdist_and_one_wheel_are_built(distributions: Path) -> None:
    assert {path.name for path in distributions.iterdir()} == {f"{PREFIX}.tar.gz", f"{PREFIX}-py3-none-any.whl"}


def test_the_wheel_holds_the_package_its_schemas_and_its_templates(wheel: dict[str, bytes]) -> None:
    package = {path.removeprefix("src/") for path in tracked_files("src")}
    schemas = {f"modelyard/{path}" for path in tracked_files("schemas")}
    templates = {f"modelyard/templates/{PurePosixPath(path).name}" for path in TEMPLATES}
    about = {f"{DIST_INFO}/{name}" for name in ("METADATA", "RECORD", "WHEEL", "entry_points.txt", "licenses/LICENSE")}
    assert set(wheel) == package | schemas | templates | about


def test_the_sdist_holds_what_the_wheel_is_built_from(sdist: set[str]) -> None:
    sources = set(tracked_files("src", "schemas")) | set(TEMPLATES)
    about = {".gitignore", "CHANGELOG.md", "LICENSE", "PKG-INFO", "README.md", "pyproject.toml"}
    assert sdist == sources | about


def test_the_wheel_is_typed_and_holds_every_schema(wheel: dict[str, bytes]) -> None:
    assert "modelyard/py.typed" in wheel
    assert "modelyard/schemas/MODEL_METADATA_SCHEMA.json" in wheel


def test_the_wheel_carries_its_licence(wheel: dict[str, bytes]) -> None:
    assert wheel[f"{DIST_INFO}/licenses/LICENSE"] == (ROOT / "LICENSE").read_bytes()
    assert b"Apache License" in wheel[f"{DIST_INFO}/licenses/LICENSE"]
    assert "License-Expression: Apache-2.0" in wheel[f"{DIST_INFO}/METADATA"].decode().splitlines()


def test_the_wheel_brings_the_command(wheel: dict[str, bytes]) -> None:
    assert wheel[f"{DIST_INFO}/entry_points.txt"].decode() == "[console_scripts]\nmodelyard = modelyard.cli:main\n"


def test_the_base_install_is_light(wheel: dict[str, bytes]) -> None:
    metadata = wheel[f"{DIST_INFO}/METADATA"].decode()
    required = [line for line in metadata.splitlines() if line.startswith("Requires-Dist:") and "extra ==" not in line]
    names = {line.split()[1].partition(">")[0].lower() for line in required}
    # tomli is what reads TOML before Python 3.11, and is not installed after it.
    assert names == {"gitpython", "jsonschema", "pyyaml", "tomli"}
    assert [line for line in required if "tomli" in line] == ["Requires-Dist: tomli>=2; python_version < '3.11'"]


def test_the_installed_wheel_runs(distributions: Path, tmp_path: Path) -> None:
    wheel = distributions / f"{PREFIX}-py3-none-any.whl"
    site = tmp_path / "site"
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(site)
    program = "import modelyard; print(modelyard.__version__, modelyard.__file__)"
    environment = {"PYTHONPATH": str(site), "PYTHONSAFEPATH": "1"}
    run = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True, env=environment)
    assert run.stdout == f"{modelyard.__version__} {site}/modelyard/__init__.py\n"
