from __future__ import annotations

import hashlib
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

from support.project import ROOT
from support.registry import Ran, modelyard
from support.repositories import Repository, bare_repository, new_repository

URL = "https://git.example.org/modelyard.git"
FILES = [
    ".dvc/.gitignore",
    ".dvc/config",
    ".dvcignore",
    ".github/CODEOWNERS",
    ".github/workflows/model-registry.yml",
    ".pre-commit-config.yaml",
    ".vscode/settings.json",
    "docs/model_card_template.md",
    "model_registry/registry.yaml",
    "schemas/CARD_SCHEMA.json",
    "schemas/DATASET_MANIFEST_SCHEMA.json",
    "schemas/METRICS_SCHEMA.json",
    "schemas/MODEL_METADATA_SCHEMA.json",
    "schemas/MODEL_SCHEMA.json",
    "schemas/POLICY_SCHEMA.json",
    "schemas/POINTER_SCHEMA.json",
    "schemas/STAGE_SCHEMA.json",
]
HOOKS = """\
  - repo: local
    hooks:
      - id: modelyard-validate
        name: model versions keep the registry's rules
        entry: modelyard validate --hook
        language: system
        always_run: true
        pass_filenames: false
      - id: modelyard-card
        name: model cards are complete
        entry: modelyard validate --hook --select MY3
        language: system
        always_run: true
        pass_filenames: false
"""


@pytest.fixture(autouse=True)
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


def digests(root: Path) -> dict[str, str]:
    """Return the digest of every file but Git's own."""
    files = (path for path in root.rglob("*") if path.is_file() and ".git" not in path.relative_to(root).parts[:1])
    return {str(path.relative_to(root)): hashlib.sha256(path.read_bytes()).hexdigest() for path in files}


def init(*words: str) -> Ran:
    ran = modelyard("init", *words)
    return Ran(ran.code, ran.out, ran.err.replace(str(Path.cwd()), "HERE"))


def test_a_new_directory_becomes_a_registry(here: Path) -> None:
    ran = init("models")

    wrote = "".join(f"wrote {path}\n" for path in sorted(FILES))
    assert ran == Ran(
        0,
        wrote
        + "\nnext:\n  cd models\n  pre-commit install\n"
        + '  git add -A && git commit -m "Found the model registry"\n'
        + "  modelyard register NAME --artifact FILE --dataset FILE --license ID --card MODEL_CARD.md\n",
        "warning: artifacts go to HERE/models-storage, which other clones won't see\n"
        "    hint: dvc remote modify storage url s3://bucket/models, before the first version is registered\n",
    )
    assert sorted(digests(here / "models")) == sorted(FILES)
    assert (here / "models-storage").is_dir()
    status = Repository(here / "models").git("status", "--porcelain", "--untracked-files=all")
    assert status == "\n".join(f"?? {path}" for path in sorted(FILES))


def test_a_new_registry_can_have_its_gate_on_gitlab(here: Path) -> None:
    ran = init("models", "--remote", "s3://bucket/models", "--ci", "gitlab", "--from", f"{URL}@v1.2.0")

    hub = {".github/CODEOWNERS", ".github/workflows/model-registry.yml"}
    lab = {".gitlab-ci.yml", ".gitlab/CODEOWNERS", ".gitlab/model-registry.gitlab-ci.yml"}
    expected = sorted((set(FILES) - hub) | lab)
    assert (ran.code, ran.err) == (0, "")
    assert ran.out.startswith("".join(f"wrote {path}\n" for path in expected))
    assert sorted(digests(here / "models")) == expected
    pipeline = (here / "models/.gitlab-ci.yml").read_text()
    assert pipeline == "include:\n  - local: .gitlab/model-registry.gitlab-ci.yml\n"
    job = (here / "models/.gitlab/model-registry.gitlab-ci.yml").read_text()
    title = (
        "# Judges every change of the registry, and tries what it brings. Neither job needs a secret; both only read."
    )
    assert job.startswith(f"{title}\nmodelyard:\n")
    example = yaml.safe_load((ROOT / "docs/examples/gitlab/modelyard.gitlab-ci.yml").read_text())
    for each in example.values():
        each["variables"]["MODELYARD_SOURCE"] = f"git+{URL}@v1.2.0"
    assert yaml.safe_load(job) == example
    # The second time it is told from the pipeline that is there.
    assert init("models").out == f"{here}/models is a registry already; nothing was changed\n"


def test_a_pipeline_of_the_users_is_left_to_its_owner(here: Path) -> None:
    new_repository(here / "models").commit({".gitlab-ci.yml": b"stages: [test]\n", "CODEOWNERS": b"* @us\n"})

    ran = init("models", "--remote", "s3://bucket/models")

    assert ran.err == (
        "left to do: .gitlab-ci.yml exists and was not changed; add this to it:\n"
        "include:\n  - local: .gitlab/model-registry.gitlab-ci.yml\n\n"
    )
    assert (here / "models/.gitlab-ci.yml").read_bytes() == b"stages: [test]\n"
    assert (here / "models/CODEOWNERS").read_bytes().startswith(b"* @us\n\n# >>> modelyard")
    assert not (here / "models/.github").exists()


def test_a_new_registry_can_have_no_jobs(here: Path) -> None:
    assert init("models", "--ci", "none").code == 0
    assert sorted(digests(here / "models")) == sorted(path for path in FILES if not path.startswith(".github/"))


def test_a_second_time_changes_nothing(here: Path) -> None:
    init("models")
    before = digests(here)

    assert init("models") == Ran(0, f"{here}/models is a registry already; nothing was changed\n", "")
    assert init("models", "--remote", "s3://bucket/models").code == 0
    assert digests(here) == before


def test_a_founded_registry_is_valid_and_its_configuration_is_read_by_git_and_yaml(here: Path) -> None:
    init("models")
    repository = Repository(here / "models")
    repository.git("add", "--all")
    repository.git("commit", "--quiet", "-m", "Found the model registry")

    assert modelyard("validate", "models").out == "passed: no problems\n"
    assert repository.git("status", "--porcelain") == ""
    for path in (".pre-commit-config.yaml", ".github/workflows/model-registry.yml", "model_registry/registry.yaml"):
        assert yaml.safe_load((here / "models" / path).read_bytes())


def test_what_the_user_wrote_stays(here: Path) -> None:
    repository = new_repository(here / "models")
    hooks = "# Our hooks.\nrepos:\n- repo: https://git.example.org/hooks\n  rev: v1  # pinned\n  hooks: [{id: tidy}]\n"
    owners = b"# Caf\xe9\n* @example/all\n"
    config = b"[core]\n    remote = ours\n['remote \"ours\"']\n    url = s3://bucket/ours\n"
    policy = b"schema_version: 1\n# Ours.\n"
    repository.commit(
        {
            ".pre-commit-config.yaml": hooks.encode(),
            "CODEOWNERS": owners,
            ".dvc/config": config,
            "model_registry/registry.yaml": policy,
            "README.md": b"# Ours\n",
        }
    )

    ran = init("models")

    assert (ran.code, ran.err) == (0, "")
    changed = repository.git("diff", "--name-only").split("\n")
    assert changed == [".pre-commit-config.yaml", "CODEOWNERS"]
    unindented = "".join(f"{line[2:]}\n" for line in HOOKS.splitlines())
    assert (here / "models/.pre-commit-config.yaml").read_text() == hooks + unindented
    assert (here / "models/CODEOWNERS").read_bytes().startswith(owners + b"\n# >>> modelyard")
    assert (here / "models/.dvc/config").read_bytes() == config
    assert not (here / "models/.github/CODEOWNERS").exists()
    assert not (here / "models-storage").exists()


def test_a_hook_configuration_that_cannot_be_added_to_is_left_to_its_owner(here: Path) -> None:
    repository = new_repository(here / "models")
    hooks = b"repos: []\n"
    repository.commit({".pre-commit-config.yaml": hooks})

    ran = init("models", "--remote", "s3://bucket/models")

    assert ran.err == f"left to do: add these hooks to .pre-commit-config.yaml by hand:\n{HOOKS}\n"
    assert (here / "models/.pre-commit-config.yaml").read_bytes() == hooks


def test_a_remote_that_is_given_is_the_default_one(here: Path) -> None:
    ran = init("models", "--remote", "s3://bucket/models")

    assert (ran.code, ran.err) == (0, "")
    assert (here / "models/.dvc/config").read_text() == (
        "[core]\n    remote = storage\n['remote \"storage\"']\n    url = s3://bucket/models\n    verify = true\n"
    )
    assert not (here / "models-storage").exists()


@pytest.mark.parametrize(
    ("given", "written"),
    [("shared", "../../shared"), ("models/storage", "../storage"), ("HERE/shared", "HERE/shared")],
)
def test_a_directory_is_given_from_where_one_stands_and_kept_as_dvc_reads_it(
    here: Path, given: str, written: str
) -> None:
    init("models", "--remote", given.replace("HERE", str(here)))

    assert f"    url = {written.replace('HERE', str(here))}\n" in (here / "models/.dvc/config").read_text()
    # One inside the repository comes with its first version.
    made = {path.name for path in here.iterdir()}
    assert made == ({"models", "shared"} if "shared" in given else {"models"})
    assert not (here / "models/storage").exists()


def test_a_directory_for_artifacts_is_made_with_the_registry_and_never_later(here: Path) -> None:
    init("models", "--remote", "shared")
    (here / "shared").rmdir()

    assert init("models").code == 0
    assert not (here / "shared").exists()


@pytest.mark.parametrize(
    ("given", "message", "hint"),
    [
        ("share/models", "there is no directory HERE/share", "mount or make it, and run the command again"),
        ("notes.txt", "HERE/notes.txt is a file, and no place for artifacts", "--remote DIR"),
    ],
)
def test_a_directory_that_cannot_be_made_is_refused_before_anything_is(
    here: Path, given: str, message: str, hint: str
) -> None:
    (here / "notes.txt").write_text("")

    assert init("models", "--remote", given) == Ran(2, "", f"modelyard: {message}\n    hint: {hint}\n")
    assert [path.name for path in here.iterdir()] == ["notes.txt"]


def test_a_remote_beside_a_configuration_that_exists_is_left_to_its_owner(here: Path) -> None:
    new_repository(here / "models").commit({".dvc/config": b"[core]\n    autostage = true\n"})

    ran = init("models", "--remote", "s3://bucket/models")

    assert ran.err == (
        "left to do: .dvc/config exists and was not changed: "
        "dvc remote add --default storage s3://bucket/models && dvc remote modify storage verify true\n"
    )


@pytest.mark.parametrize(
    ("given", "told"),
    [
        ("s3://other/x", "s3://other/x"),
        ("other", "../other"),
        ("models/a b", "'a b'"),
        ("/some/../other", "/other"),
    ],
)
def test_another_remote_than_the_one_that_is_there_is_left_to_its_owner(here: Path, given: str, told: str) -> None:
    init("models")

    ran = init("models", "--remote", given)

    command = f"dvc remote modify storage url {told}"
    assert ran.err == f"left to do: .dvc/config exists and was not changed: {command}\n"
    assert (here / "models/.dvc/config").read_text().count("url = ../../models-storage\n") == 1


def test_the_command_that_is_left_to_do_is_one_of_dvc(here: Path) -> None:
    init("models")
    left = init("models", "--remote", "other").err.strip().rpartition(": ")[2]

    subprocess.run([sys.executable, "-m", *left.split()], cwd=here / "models", check=True, timeout=60)

    assert "    url = ../../other\n" in (here / "models/.dvc/config").read_text()


@pytest.mark.parametrize("remote", ["s3://bucket/a\n[cache]", "", "s3://bucket/#fragment", "line\rbreak"])
def test_a_remote_that_no_configuration_can_hold_is_refused(here: Path, remote: str) -> None:
    assert init("models", "--remote", remote) == Ran(
        2, "", f"modelyard: {remote!r} cannot be the address of a remote\n    hint: --remote s3://bucket/models\n"
    )
    assert not (here / "models").exists()


def test_an_existing_repository_becomes_a_registry(here: Path) -> None:
    repository = new_repository(here / "models")
    repository.commit({"README.md": b"# Ours\n"})

    assert init("models").code == 0
    assert repository.git("diff", "--name-only") == ""
    assert init("models", "--remote", "x").out == f"{here}/models is a registry already; nothing was changed\n"


def test_below_another_repository_nothing_is_made(here: Path) -> None:
    new_repository(here / "outer")

    assert init("outer/models/deep") == Ran(
        2,
        "",
        "modelyard: outer/models/deep lies inside the repository HERE/outer\n    hint: modelyard init HERE/outer\n",
    )
    assert sorted(path.name for path in (here / "outer").iterdir()) == [".git"]


def test_a_bare_repository_is_refused(here: Path) -> None:
    bare = bare_repository(here / "bare.git")
    before = digests(bare.path)

    assert init("bare.git") == Ran(
        2, "", "modelyard: HERE/bare.git is a bare repository\n    hint: git clone it, and work in the clone\n"
    )
    assert digests(bare.path) == before


def test_a_file_is_no_place_for_a_registry(here: Path) -> None:
    (here / "models").write_text("")

    assert init("models") == Ran(2, "", "modelyard: models is a file\n    hint: modelyard init DIR\n")


def test_hooks_and_workflow_take_the_tool_from_where_it_is_said_to_be(here: Path) -> None:
    init("models", "--from", f"{URL}@v1.2.0")

    hooks = (here / "models/.pre-commit-config.yaml").read_text()
    assert hooks == (
        'repos:\n  - repo: "https://git.example.org/modelyard.git"\n    rev: "v1.2.0"\n'
        "    hooks:\n      - id: modelyard-validate\n      - id: modelyard-card\n"
    )
    workflow = (here / "models/.github/workflows/model-registry.yml").read_text()
    assert '      MODELYARD_SOURCE: "git+https://git.example.org/modelyard.git@v1.2.0"\n' in workflow


def test_the_tool_may_come_from_a_path(here: Path) -> None:
    (here / "vendor/modelyard").mkdir(parents=True)
    init("models", "--from", "vendor/modelyard")

    hooks = (here / "models/.pre-commit-config.yaml").read_text()
    assert '        language: python\n        additional_dependencies: ["vendor/modelyard"]\n' in hooks


@pytest.mark.parametrize(
    ("source", "message", "hint"),
    [
        (URL, f"'{URL}' names no revision", f"--from {URL}@v1.0.0"),
        ('a"; curl x', "'a\"; curl x' cannot name where modelyard comes from", "--from installed"),
        ("${{ secrets.TOKEN }}", "'${{ secrets.TOKEN }}' cannot name where modelyard comes from", "--from installed"),
        ("", "'' cannot name where modelyard comes from", "--from installed"),
        ("vendor/modelyard", "vendor/modelyard does not exist", "--from installed"),
    ],
)
def test_a_source_that_is_none_is_refused_before_anything_is_made(
    here: Path, source: str, message: str, hint: str
) -> None:
    assert init("models", "--from", source) == Ran(2, "", f"modelyard: {message}\n    hint: {hint}\n")
    assert list(here.iterdir()) == []
