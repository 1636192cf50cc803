"""The script gives the verdicts of the command, wherever only PyYAML and jsonschema are installed."""

from __future__ import annotations

import shutil
import subprocess
import sys
from collections.abc import Sequence
from importlib.util import find_spec
from pathlib import Path

import pytest

from support.project import ROOT, tracked_files
from support.registry import Scene, founded_scene, merged_scene
from support.tools import requires_tool, unavailable

SCRIPT = Path("scripts") / "validate_model_metadata.py"
GOOD = "model_registry/fraud-1.0.0"
# What PyYAML and jsonschema bring along, and nothing else.
LIGHT = (
    *("yaml", "_yaml", "jsonschema", "jsonschema_specifications", "referencing"),
    *("rpds", "attr", "attrs", "typing_extensions"),
)
ENGINES = {"jsonschema": LIGHT, "jsonschema-rs": (*LIGHT, "jsonschema_rs")}

ARGUMENTS = {
    "a good version": [GOOD],
    "a file of a good version": [f"{GOOD}/metadata.yaml"],
    "broken metadata": ["model_registry/broken-1.0.0"],
    "metadata that cannot be read": ["model_registry/unreadable-1.0.0"],
    "no metadata": ["model_registry/empty-1.0.0"],
    "a card with gaps": ["model_registry/fraud-1.1.0"],
    "everything": [],
    "everything, for a program": ["--format", "json"],
    "what does not exist": ["model_registry/nowhere-1.0.0"],
    "an unknown option": ["--unknown"],
    "one rule": ["--select", "MY3", "model_registry"],
    "against a base": ["--base", "HEAD~1"],
}


@pytest.fixture(scope="module")
def registry(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a registry with good and broken versions."""
    scene: Scene = founded_scene(tmp_path_factory.mktemp("scene"))
    merged_scene(scene)
    root = scene.registry.path / "model_registry"
    metadata = (root / "fraud-1.0.0" / "metadata.yaml").read_text()
    for name, text in {
        "broken-1.0.0": metadata.replace("license: MIT", "license: Free").replace("size: ", "bytes: "),
        "unreadable-1.0.0": "name: fraud\nname: again\n",
        "empty-1.0.0": None,
    }.items():
        (root / name).mkdir()
        (root / name / "MODEL_CARD.md").write_text("# Nothing\n")
        if text is not None:
            (root / name / "metadata.yaml").write_text(text)
    card = root / "fraud-1.1.0" / "MODEL_CARD.md"
    card.write_text(card.read_text().replace("## Limitations", "## Other"))
    return scene.registry.path


@pytest.fixture(scope="module")
def checkout(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a checkout of this project: its source, its schemas and the script, nothing installed."""
    target = tmp_path_factory.mktemp("checkout")
    for path in (*tracked_files("src", "schemas", "docs/model_card_template.md"), str(SCRIPT)):
        (target / path).parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(ROOT / path, target / path)
    return target


@pytest.fixture(scope="module")
def venv(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the Python of an environment that holds PyYAML and jsonschema."""
    directory = tmp_path_factory.mktemp("venv")
    uv = requires_tool("uv")
    subprocess.run([str(uv), "venv", "--quiet", "--no-config", "--python", sys.executable, directory], check=True)
    install: list[str | Path] = [
        uv,
        "pip",
        "install",
        "--quiet",
        "--no-config",
        "--python",
        directory / "bin" / "python",
    ]
    if subprocess.run([*install, "jsonschema", "pyyaml"], check=False).returncode:
        unavailable("the package index does not answer")
    return directory / "bin" / "python"


def packages(directory: Path, names: tuple[str, ...]) -> Path:
    """Make a directory in which Python finds the named packages of this environment, and no other."""
    for name in names:
        found = find_spec(name)
        if found is None or found.origin is None:
            continue  # typing_extensions and _yaml are not everywhere
        origin = Path(found.origin)
        place = origin.parent if origin.name == "__init__.py" else origin
        (directory / place.name).symlink_to(place)
    return directory


def outcome(command: Sequence[str | Path], directory: Path, **variables: str) -> tuple[int, str, str]:
    environment = {"PATH": f"{Path(sys.executable).parent}:/usr/local/bin:/usr/bin:/bin", "LC_ALL": "C.UTF-8"}
    ran = subprocess.run(
        command, cwd=directory, env={**environment, **variables}, capture_output=True, text=True, check=False
    )
    return ran.returncode, ran.stdout, ran.stderr


def expected(registry: Path, arguments: list[str]) -> tuple[int, str, str]:
    told = outcome([requires_tool("modelyard"), "validate", *arguments], registry)
    assert "Traceback" not in told[2]
    return told


@pytest.mark.parametrize("arguments", ARGUMENTS.values(), ids=ARGUMENTS)
@pytest.mark.parametrize("engine", ENGINES)
def test_verdicts_are_those_of_the_command(
    engine: str, arguments: list[str], registry: Path, checkout: Path, tmp_path: Path
) -> None:
    path = packages(tmp_path, ENGINES[engine])
    script: list[str | Path] = [sys.executable, "-S", checkout / SCRIPT, *arguments]

    assert outcome(script, registry, PYTHONPATH=str(path)) == expected(registry, arguments)


def test_the_cases_tell_good_from_broken(registry: Path) -> None:
    codes = {name: expected(registry, arguments)[0] for name, arguments in ARGUMENTS.items()}
    assert [name for name, code in codes.items() if code == 0] == [
        "a good version",
        "a file of a good version",
        "against a base",
    ]
    assert [name for name, code in codes.items() if code == 2] == ["what does not exist", "an unknown option"]


@pytest.mark.network
@pytest.mark.parametrize("arguments", ARGUMENTS.values(), ids=ARGUMENTS)
def test_it_works_where_only_two_packages_are_installed(
    arguments: list[str], registry: Path, checkout: Path, venv: Path
) -> None:
    assert outcome([venv, checkout / SCRIPT, *arguments], registry) == expected(registry, arguments)


def test_an_installed_modelyard_comes_first(registry: Path, checkout: Path, tmp_path: Path) -> None:
    path = packages(tmp_path, LIGHT)
    (path / "modelyard").mkdir()
    (path / "modelyard" / "__init__.py").write_text("")
    (path / "modelyard" / "cli.py").write_text("def main(words):\n    print('installed', words)\n    return 7\n")

    ran = outcome([sys.executable, "-S", checkout / SCRIPT, GOOD], registry, PYTHONPATH=str(path))

    assert ran == (7, f"installed ['validate', '{GOOD}']\n", "")


def test_it_says_what_is_missing(registry: Path, checkout: Path, tmp_path: Path) -> None:
    assert outcome([sys.executable, "-S", str(checkout / SCRIPT), GOOD], registry) == (
        3,
        "",
        "modelyard: yaml is not installed\n    hint: python -m pip install PyYAML\n",
    )
    alone = tmp_path / SCRIPT
    alone.parent.mkdir()
    shutil.copyfile(ROOT / SCRIPT, alone)
    path = packages(tmp_path, LIGHT)
    assert outcome([sys.executable, "-S", str(alone), GOOD], registry, PYTHONPATH=str(path)) == (
        3,
        "",
        (
            "modelyard: modelyard is not installed\n"
            "    hint: run this script where it lies in a checkout of modelyard, or install modelyard\n"
        ),
    )
