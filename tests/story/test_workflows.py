"""What our workflows run, run here: on pull requests that are fine and on others."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Mapping
from pathlib import Path

import pytest

from modelyard.api.smoking.confinement import can_isolate
from modelyard.lifecycle.ci import WORKFLOW, CiService
from modelyard.lifecycle.hooks import ToolSource
from support.project import ROOT
from support.registry import Scene
from support.repositories import Repository, run_git
from support.tools import requires_tool, unavailable
from support.workflows import Ran, Runner, pull_request

OURS = (ROOT / ".github/workflows/model-registry.yml").read_text(encoding="utf-8")
SETUP = ("actions/checkout", "actions/setup-python")
INSTALL = "Install modelyard of the base"
CANARY = "Let the gate refuse a registry that is bad on purpose"
VALIDATE = "Validate schema, card, files and pointers"
INSTALL_LOADERS = "Install modelyard and what loads the models"
GIVE_UP_NETWORK = "Let a process give up its network"
SMOKE = "Smoke test the versions that are new"
GOOD = "tumour-classifier-1.1.1"
NEW = "tumour-classifier-1.1.2"


@pytest.mark.parametrize("source", ["installed", "https://git.example.org/modelyard.git@v1.0.0"])
def test_case_47_the_workflow_that_init_writes_keeps_the_rules_of_ours(source: str, tmp_path: Path) -> None:
    path = tmp_path / ".github" / "workflows" / "model-registry.yml"
    path.parent.mkdir(parents=True)
    path.write_text(CiService.GITHUB.files(ToolSource.parse(source))[WORKFLOW], encoding="utf-8")
    commands: tuple[list[str | Path], ...] = (
        ["check-jsonschema", "--builtin-schema", "vendor.github-workflows", path],
        ["actionlint", path],
        ["zizmor", "--persona", "auditor", "--offline", "--no-progress", path],
    )
    for command in commands:
        requires_tool(str(command[0]))
        verdict = subprocess.run(command, capture_output=True, text=True, check=False)
        assert verdict.returncode == 0, verdict.stdout + verdict.stderr


def merged_into_main(repository: Repository, branch: str) -> None:
    """Check out what GitHub checks out for a pull request: main with the branch merged into it."""
    repository.git("checkout", "--quiet", "--detach", "main")
    repository.git("merge", "--quiet", "--no-ff", "--no-edit", branch)


@pytest.fixture
def temporary(tmp_path: Path) -> Path:
    """Where a runner keeps what is gone after the job."""
    directory = tmp_path / "runner"
    directory.mkdir()
    return directory


def nothing(_given: Mapping[str, str]) -> Mapping[str, str]:
    """Play an action whose work the test has done."""
    return {}


def judged_by_template(scene: Scene, temporary: Path, *, source: str = "") -> dict[str, Ran]:
    text = (scene.registry.path / ".github/workflows/model-registry.yml").read_text()
    runner = Runner(
        scene.registry.path,
        temporary,
        github=pull_request(scene.registry),
        variables={"MODELYARD_SOURCE": source},
        players=dict.fromkeys(SETUP, nothing),
    )
    return runner.run_job(text, "validate")


def test_a_registration_passes_the_workflow_that_init_wrote(merged: Scene, temporary: Path) -> None:
    done = merged.register("--version", "1.2.0", "--metrics", "accuracy=0.9", "--n", "100", "--branch")
    assert done.code == 0, done.err
    merged_into_main(merged.registry, "register/fraud-1.2.0")

    ended = judged_by_template(merged, temporary)

    assert {name: ran.code for name, ran in ended.items()} == {"Install modelyard": 0, CANARY: 0, VALIDATE: 0}
    head, main = (merged.registry.git("rev-parse", name)[:12] for name in ("HEAD", "main"))
    assert ended[VALIDATE].output.splitlines()[-2:] == [
        f"judged: commit {head} against {main}, the first parent of the pull request's test merge",
        "passed: no problems, 1 model version judged",
    ]
    assert ended[VALIDATE].summary.startswith("## modelyard: passed\n")
    assert "\n## This change " in ended[VALIDATE].summary


def test_a_change_of_a_merged_version_is_refused_with_an_annotation(merged: Scene, temporary: Path) -> None:
    merged.registry.git("switch", "--quiet", "--create", "better")
    metrics = merged.version("fraud-1.0.0") / "metrics.json"
    metrics.write_text(metrics.read_text().replace("0.9", "0.99"))
    merged.commit("Better figures")
    merged_into_main(merged.registry, "better")

    validate = judged_by_template(merged, temporary)[VALIDATE]

    assert validate.code == 1
    assert validate.output.startswith("::error file=model_registry/fraud-1.0.0")
    assert ",title=MY601::" in validate.output
    assert validate.output.endswith("refused: 1 problem, 1 model version judged\n")
    assert "MY601" in validate.summary


def test_a_gate_that_lets_everything_pass_fails_its_job(merged: Scene, temporary: Path, tmp_path: Path) -> None:
    command(
        tmp_path / "bin",
        "modelyard",
        f"""\
#!/bin/sh
if [ "$1" = validate ]; then echo passed; exit 0; fi
exec {shutil.which("modelyard")} "$@"
""",
    )

    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("PATH", f"{tmp_path / 'bin'}:{os.environ['PATH']}")
        ended = judged_by_template(merged, temporary)

    assert list(ended) == ["Install modelyard", CANARY]
    assert ended[CANARY].code == 3
    assert "the gate is broken: it ended with 0 on a registry that it must refuse with 1" in ended[CANARY].output


def command(directory: Path, name: str, script: str) -> None:
    directory.mkdir()
    (directory / name).write_text(script)
    (directory / name).chmod(0o755)


def test_without_modelyard_the_workflow_says_what_to_set(
    merged: Scene, temporary: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", "/usr/bin:/bin")
    (install,) = judged_by_template(merged, temporary).values()
    assert (install.code, install.output) == (
        3,
        "::error::Set the repository variable MODELYARD_SOURCE to where pip finds modelyard\n",
    )


def smoked_by_template(scene: Scene, temporary: Path, *, loaders: str = "joblib scikit-learn") -> dict[str, Ran]:
    text = (scene.registry.path / ".github/workflows/model-registry.yml").read_text()
    # What loads the models is installed here, and who may take the network away is this machine's to say.
    runner = Runner(
        scene.registry.path,
        temporary,
        github=pull_request(scene.registry),
        variables={"MODELYARD_LOADERS": loaders},
        players=dict.fromkeys(SETUP, nothing),
        given={INSTALL_LOADERS: {}, GIVE_UP_NETWORK: {}},
    )
    return runner.run_job(text, "smoke")


@pytest.mark.skipif(not can_isolate(), reason="this machine lets nobody take the network away")
def test_the_workflow_tries_what_a_change_registers_from_where_its_base_says(merged: Scene, temporary: Path) -> None:
    assert merged.register("--version", "1.2.0", "--metrics", "accuracy=0.9", "--n", "100", "--branch").code == 0
    merged.registry.git("switch", "--quiet", "register/fraud-1.2.0")
    config = merged.registry.path / ".dvc" / "config"
    config.write_text(config.read_text().replace("models-storage", "no-such-place"))
    merged.commit("Send everybody elsewhere")
    merged_into_main(merged.registry, "register/fraud-1.2.0")
    shutil.rmtree(merged.cache)

    ended = smoked_by_template(merged, temporary)

    assert ended == {SMOKE: Ran(0, "loaded fraud@1.2.0: it states no smoke test, so nothing more was tried\n")}


def test_the_workflow_tries_nothing_until_it_is_told_what_loads_the_models(merged: Scene, temporary: Path) -> None:
    assert merged.register("--version", "1.2.0", "--metrics", "accuracy=0.9", "--n", "100", "--branch").code == 0
    merged_into_main(merged.registry, "register/fraud-1.2.0")
    assert smoked_by_template(merged, temporary, loaders="") == {}


@pytest.mark.parametrize(
    ("source", "installed"),
    [
        ("", "joblib scikit-learn"),
        ("git+https://git.example.org/m.git@v1", "joblib scikit-learn git+https://git.example.org/m.git@v1"),
    ],
)
def test_the_workflow_installs_what_loads_the_models(
    source: str, installed: str, merged: Scene, temporary: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert merged.register("--version", "1.2.0", "--metrics", "accuracy=0.9", "--n", "100", "--branch").code == 0
    merged_into_main(merged.registry, "register/fraud-1.2.0")
    command(tmp_path / "bin", "python", '#!/bin/sh\nprintf "%s\\n" "$@"\n')
    monkeypatch.setenv("PATH", f"{tmp_path / 'bin'}:{os.environ['PATH']}")
    runner = Runner(
        merged.registry.path,
        temporary,
        github=pull_request(merged.registry),
        variables={"MODELYARD_LOADERS": "joblib scikit-learn", "MODELYARD_SOURCE": source},
        players=dict.fromkeys(SETUP, nothing),
        given={GIVE_UP_NETWORK: {}, SMOKE: {}},
    )
    ended = runner.run_job(CiService.GITHUB.files(ToolSource.parse("installed"))[WORKFLOW], "smoke")
    words = ["-I", "-m", "pip", "install", *installed.split()]
    assert ended == {INSTALL_LOADERS: Ran(0, "\n".join(words) + "\n")}


@pytest.fixture
def checkouts(tmp_path: Path) -> Path:
    """Return a directory with ``base`` and ``change``, two clones of this project."""
    if not (ROOT / ".git").exists():
        unavailable("this is no clone of the project")
    for name in ("base", "change"):
        run_git(tmp_path, "clone", "--quiet", "--no-hardlinks", str(ROOT), name)
        run_git(tmp_path / name, "checkout", "--quiet", "-B", "main")
    return tmp_path


def copied_version(change: Repository, *, addition_to_metadata: str) -> None:
    """Register a copy of a version on a branch, by hand."""
    change.git("switch", "--quiet", "--create", "copy")
    root = change.path / "model_registry"
    for path in sorted((root / GOOD).iterdir()):
        (root / NEW).mkdir(exist_ok=True)
        (root / NEW / path.name).write_bytes(path.read_bytes())
    for name, addition in (("metadata.yaml", addition_to_metadata), ("MODEL_CARD.md", "")):
        document = root / NEW / name
        document.write_text(document.read_text().replace("1.1.1", "1.1.2", 1) + addition)
    change.git("add", "--all", "--", "model_registry")
    change.git("commit", "--quiet", "--message", "Register a copy")
    merged_into_main(change, "copy")


def judged_by_ours(checkouts: Path, temporary: Path) -> dict[str, Ran]:
    # What is installed here is the change's modelyard; that it installs is another test's matter.
    runner = Runner(
        checkouts,
        temporary,
        github=pull_request(Repository(checkouts / "change")),
        players=dict.fromkeys(SETUP, nothing),
        given={INSTALL: {}},
    )
    return runner.run_job(OURS, "gate")


def test_our_own_gate_pulls_what_a_change_brings(checkouts: Path, temporary: Path) -> None:
    copied_version(Repository(checkouts / "change"), addition_to_metadata="")

    ended = judged_by_ours(checkouts, temporary)

    assert {name: ran.code for name, ran in ended.items()} == dict.fromkeys(
        (
            "Let the gate refuse the canary",
            "Validate",
            "Check the model cards",
            "Pull the artifacts that the change brings",
        ),
        0,
    ), ended
    assert (checkouts / "pulled" / "tumour-classifier@1.1.2").is_dir()
    assert "pulled tumour-classifier@1.1.2, " in ended["Pull the artifacts that the change brings"].output


def test_our_own_gate_refuses_what_is_not_in_the_remote(checkouts: Path, temporary: Path) -> None:
    change = Repository(checkouts / "change")
    copied_version(change, addition_to_metadata="")
    for path in (checkouts / "change" / ".dvc" / "storage").rglob("*"):
        if path.is_file():
            path.unlink()

    ended = judged_by_ours(checkouts, temporary)

    assert ended["Validate"].code == 0
    assert ended["Pull the artifacts that the change brings"].code == 3


def test_our_own_gate_refuses_unknown_fields_at_their_line(checkouts: Path, temporary: Path) -> None:
    copied_version(Repository(checkouts / "change"), addition_to_metadata="surprise: 1\n")

    ended = judged_by_ours(checkouts, temporary)

    assert list(ended) == ["Let the gate refuse the canary", "Validate", "Check the model cards"]
    assert ended["Validate"].code == 1
    assert f"::error file=model_registry/{NEW}/metadata.yaml,line=" in ended["Validate"].output
    assert ",title=MY208::" in ended["Validate"].output
