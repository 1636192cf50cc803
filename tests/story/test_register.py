from __future__ import annotations

import json
import shutil
import stat
from pathlib import Path

import pytest
import yaml

import modelyard
from modelyard.storage.digests import digest_file
from modelyard.storage.layout import object_path
from support.artifacts import estimator, joblib_bytes
from support.dvc import DvcRepository, new_dvc_repository
from support.objects import files_below
from support.registry import TRAINING_URL, Ran, Scene, copied, unchanged
from support.repositories import Repository


def metadata(scene: Scene, directory: str) -> dict[str, object]:
    loaded: dict[str, object] = yaml.safe_load((scene.version(directory) / "metadata.yaml").read_bytes())
    return loaded


def registered(ran: Ran) -> str:
    """Return the first line of what a registration printed, once it went well."""
    assert (ran.code, ran.err) == (0, "")
    return ran.out.split("\n")[0]


def test_a_version_stands_in_the_work_tree_and_says_what_to_do_next(founded: Scene) -> None:
    ran = founded.run(
        *("register", "fraud", "--artifact", "../training/model.joblib"),
        *("--file", "preprocessor=../training/scaler.joblib", "--metrics", "accuracy=0.9", "--n", "200"),
        *("--dataset", "../training/dataset-manifest.yaml", "--license", "MIT"),
    )

    assert (ran.code, ran.err) == (0, "")
    size = sum((founded.training.path / name).stat().st_size for name in ("model.joblib", "scaler.joblib"))
    framework = estimator("pipeline").__getstate__()["_sklearn_version"]
    assert ran.out == (
        "registered fraud@1.0.0 (the first version)\n"
        f"  artifact  {size / 1000:.1f} kB, made by scikit-learn {framework}\n"
        "  stored    pushed to remote 'storage' (SCENE/models-storage)\n"
        "  wrote     model_registry/fraud-1.0.0/.gitignore\n"
        "  wrote     model_registry/fraud-1.0.0/MODEL_CARD.md\n"
        "  wrote     model_registry/fraud-1.0.0/dataset-manifest.yaml\n"
        "  wrote     model_registry/fraud-1.0.0/metadata.yaml\n"
        "  wrote     model_registry/fraud-1.0.0/metrics.json\n"
        "  wrote     model_registry/fraud-1.0.0/model.joblib.dvc\n"
        "  wrote     model_registry/fraud-1.0.0/scaler.joblib.dvc\n"
        "  wrote     model_registry/models/fraud.yaml\n"
        "\n"
        "next:\n"
        "  git switch -c register/fraud-1.0.0\n"
        "  git add model_registry/fraud-1.0.0 model_registry/models/fraud.yaml\n"
        '  git commit -m "Register fraud@1.0.0"\n'
        "  git push -u origin HEAD\n"
        "  open a pull request from that branch\n"
    )
    wrote = [line.removeprefix("  wrote     ") for line in ran.out.split("\n") if line.startswith("  wrote")]
    status = founded.registry.git("status", "--porcelain", "--untracked-files=all").split("\n")
    assert sorted(status) == [f"?? {path}" for path in sorted(wrote)]


def test_what_can_be_known_is_filled_in(founded: Scene) -> None:
    founded.register("--file", f"preprocessor={founded.training.path / 'scaler.joblib'}", "--n", "200")

    found = metadata(founded, "fraud-1.0.0")
    created_at = found.pop("created_at")
    files = {name: digest_file(founded.training.path / name) for name in ("model.joblib", "scaler.joblib")}
    assert isinstance(created_at, str)
    assert found == {
        "schema_version": 1,
        "name": "fraud",
        "version": "1.0.0",
        "description": "Tells fraudulent card payments from honest ones, for the review desk.",
        "source": {"repo": TRAINING_URL, "commit": founded.training.head},
        "dataset_manifest": "dataset-manifest.yaml",
        "training_hash": f"git:{founded.training.head}",
        "license": "MIT",
        "artifact": "model.joblib",
        "files": {
            name: {"sha256": digests.sha256, "size": digests.size, "role": role, "format": "joblib"}
            for (name, digests), role in zip(files.items(), ("model", "preprocessor"), strict=True)
        },
        "framework": {"name": "scikit-learn", "version": estimator("pipeline").__getstate__()["_sklearn_version"]},
        "evaluation": {"test": {"n": 200}},
    }
    model = yaml.safe_load((founded.registry.path / "model_registry/models/fraud.yaml").read_bytes())
    assert model == {"schema_version": 1, "name": "fraud", "owners": ["carl@example.org"]}


def test_what_was_written_is_valid(founded: Scene) -> None:
    founded.register("--metrics", "accuracy=0.9")
    assert founded.run("validate").out == "passed: no problems, 1 model version judged\n"

    founded.commit("Register fraud@1.0.0")
    assert founded.run("validate", "--base", "HEAD~1").out.endswith("\npassed: no problems, 1 model version judged\n")


def test_the_artifact_is_read_only_in_the_cache_and_in_the_remote(founded: Scene) -> None:
    founded.register()

    md5 = digest_file(founded.training.path / "model.joblib").md5
    for place in (founded.cache, founded.storage):
        stored = place / object_path(md5)
        assert stored.read_bytes() == (founded.training.path / "model.joblib").read_bytes()
        assert stat.S_IMODE(stored.stat().st_mode) == 0o444
        assert files_below(place) == {object_path(md5)}


def test_a_branch_holds_the_version_in_one_commit_and_nothing_else_is_touched(founded: Scene) -> None:
    base = founded.registry.head
    with_branch = founded.registry.git("for-each-ref", "--format=%(refname)")

    ran = founded.register("--branch", "--metrics", "accuracy=0.9")

    git = founded.registry.git
    commit = git("rev-parse", "register/fraud-1.0.0")[:12]
    assert ran.out.partition("  stored ")[2].partition("\n")[2] == (
        f"  committed on branch register/fraud-1.0.0 as {commit}\n"
        "  holds     model_registry/fraud-1.0.0/.gitignore\n"
        "  holds     model_registry/fraud-1.0.0/MODEL_CARD.md\n"
        "  holds     model_registry/fraud-1.0.0/dataset-manifest.yaml\n"
        "  holds     model_registry/fraud-1.0.0/metadata.yaml\n"
        "  holds     model_registry/fraud-1.0.0/metrics.json\n"
        "  holds     model_registry/fraud-1.0.0/model.joblib.dvc\n"
        "  holds     model_registry/models/fraud.yaml\n"
        "\n"
        "next:\n"
        "  git -C SCENE/models push -u origin register/fraud-1.0.0\n"
        "  open a pull request from that branch\n"
    )
    assert git("status", "--porcelain") == ""
    assert founded.registry.head == base
    assert git("rev-list", "main..register/fraud-1.0.0").count("\n") == 0
    assert git("rev-parse", "register/fraud-1.0.0^") == base
    assert git("log", "-1", "--format=%s", "register/fraud-1.0.0") == "Register fraud@1.0.0"
    assert git("diff", "--name-status", "main", "register/fraud-1.0.0").replace("\t", " ").split("\n") == [
        "A model_registry/fraud-1.0.0/.gitignore",
        "A model_registry/fraud-1.0.0/MODEL_CARD.md",
        "A model_registry/fraud-1.0.0/dataset-manifest.yaml",
        "A model_registry/fraud-1.0.0/metadata.yaml",
        "A model_registry/fraud-1.0.0/metrics.json",
        "A model_registry/fraud-1.0.0/model.joblib.dvc",
        "A model_registry/models/fraud.yaml",
    ]
    assert git("for-each-ref", "--format=%(refname)").split("\n") == [
        *with_branch.split("\n")[:1],
        "refs/heads/register/fraud-1.0.0",
        *with_branch.split("\n")[1:],
    ]


def test_a_branch_may_have_a_name_of_its_own(founded: Scene) -> None:
    founded.register("--branch", "better-fraud")

    assert founded.registry.git("log", "-1", "--format=%s", "better-fraud") == "Register fraud@1.0.0"


@pytest.mark.parametrize("named", [[], ["other"]])
def test_a_branch_that_is_there_refuses_before_anything_is_stored(
    founded: Scene, named: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(founded.training.path)
    branch = named[0] if named else "register/fraud-1.0.0"
    founded.registry.git("branch", branch)
    founded.registry.git("switch", "--quiet", branch)
    (founded.registry.path / "note").write_text("x")
    founded.commit("Note")
    founded.registry.git("switch", "--quiet", "main")

    assert founded.register("--branch", *named) == Ran(
        1,
        "",
        f"modelyard: branch '{branch}' exists already\n"
        f"    hint: git -C SCENE/models log -p HEAD..{branch} shows what it brings; --branch NAME makes another one\n",
    )
    assert files_below(founded.storage) == files_below(founded.cache) == set()


def test_a_directory_is_an_artifact_with_a_record_for_each_of_its_files(founded: Scene) -> None:
    assert registered(founded.register(artifact="forest")) == "registered fraud@1.0.0 (the first version)"

    found = metadata(founded, "fraud-1.0.0")
    paths = ("forest/model.joblib", "forest/parts/words.joblib")
    digests = {path: digest_file(founded.training.path / path) for path in paths}
    assert found["artifact"] == "forest"
    assert found["files"] == {
        path: {"sha256": digests[path].sha256, "size": digests[path].size, "role": "model", "format": "joblib"}
        for path in paths
    }
    pointer = yaml.safe_load((founded.version("fraud-1.0.0") / "forest.dvc").read_bytes())["outs"][0]
    assert (pointer["nfiles"], pointer["size"]) == (2, sum(each.size for each in digests.values()))
    assert object_path(pointer["md5"]) in files_below(founded.storage)
    assert founded.run("validate").code == 0


def test_a_small_artifact_may_lie_in_git(founded: Scene) -> None:
    assert founded.register("--in-git", artifact="model.onnx").code == 0

    version = founded.version("fraud-1.0.0")
    assert files_below(version) == {"MODEL_CARD.md", "dataset-manifest.yaml", "metadata.yaml", "model.onnx"}
    assert (version / "model.onnx").read_bytes() == (founded.training.path / "model.onnx").read_bytes()
    assert files_below(founded.storage) == set()
    assert not founded.cache.exists()
    assert founded.run("validate").code == 0


@pytest.mark.parametrize(
    ("artifact", "form", "framework"),
    [
        ("compressed.joblib", "joblib", "scikit-learn"),
        ("model.onnx", "onnx", "skl2onnx"),
        ("model.safetensors", "safetensors", None),
    ],
)
def test_format_and_framework_are_read_from_the_file_itself(
    founded: Scene, artifact: str, form: str, framework: str | None
) -> None:
    assert founded.register(artifact=artifact).code == 0

    found = metadata(founded, "fraud-1.0.0")
    assert modelyard.Registry(".").validate().refused is False
    assert found["files"][artifact]["format"] == form  # type: ignore[index]
    assert (found["framework"]["name"] if "framework" in found else None) == framework  # type: ignore[index]


def test_metrics_come_from_a_file_with_splits_and_slices(founded: Scene) -> None:
    founded.register("--metrics", founded.training.path / "metrics.json")

    metrics = json.loads((founded.version("fraud-1.0.0") / "metrics.json").read_bytes())
    assert metrics == {"test": {"accuracy": 0.9, "auc": 0.95}}


def test_an_evaluation_says_on_what_the_metrics_were_measured(founded: Scene, tmp_path: Path) -> None:
    evaluation = tmp_path / "evaluation.yaml"
    evaluation.write_text("test: {n: 1200, metrics: {auc: {low: 0.9, high: 0.96, level: 0.95}}}\nnorth: {n: 40}\n")

    assert founded.register("--evaluation", evaluation, "--metrics", "auc=0.95", "--n", "1300").code == 0

    assert metadata(founded, "fraud-1.0.0")["evaluation"] == {
        "test": {"n": 1300, "metrics": {"auc": {"low": 0.9, "high": 0.96, "level": 0.95}}},
        "north": {"n": 40},
    }


def test_parameters_are_read_as_people_write_them(founded: Scene) -> None:
    words = ["C=0.5", "folds=5", "tol=1e-4", "shuffle=true", "solver=lbfgs", "run=1_000", "store=007", "limit=nan"]

    assert founded.register("--params", *words).code == 0

    assert metadata(founded, "fraud-1.0.0")["params"] == {
        "C": 0.5,
        "folds": 5,
        "tol": 0.0001,
        "shuffle": True,
        "solver": "lbfgs",
        "run": "1_000",
        "store": "007",
        "limit": "nan",
    }


@pytest.mark.parametrize(
    ("dataset", "stated", "manifest"),
    [
        ("https://data.example.org/payments", "https://data.example.org/payments", None),
        ("../training/data.csv", "dataset-manifest.yaml", {"name": "data", "rows": 2}),
        ("../training/dataset-manifest.yaml", "dataset-manifest.yaml", {"name": "payments", "rows": 2}),
    ],
)
def test_a_data_set_is_a_url_a_data_file_or_a_manifest(
    founded: Scene, dataset: str, stated: str, manifest: dict[str, object] | None
) -> None:
    training = founded.training.path

    ran = founded.run(
        *("register", "fraud", "--artifact", training / "model.joblib", "--license", "MIT", "--dataset", dataset)
    )

    assert ran.code == 0
    assert metadata(founded, "fraud-1.0.0")["dataset_manifest"] == stated
    written = founded.version("fraud-1.0.0") / "dataset-manifest.yaml"
    assert written.exists() is (manifest is not None)
    if manifest:
        found = yaml.safe_load(written.read_bytes())
        (file,) = found["files"]
        assert {"name": found["name"], "rows": file["rows"]} == manifest
        assert file["sha256"] == digest_file(training / "data.csv").sha256


def test_what_is_said_stands_before_what_is_found(founded: Scene, tmp_path: Path) -> None:
    card = tmp_path / "card.md"
    card.write_bytes((founded.training.path / "MODEL_CARD.md").read_bytes() + b"\nMore.\n")
    commit = "0123456789abcdef0123456789abcdef01234567"

    ran = founded.register(
        *("--card", card, "--description", "Finds fraud.", "--owner", "fraud-team@example.org", "--owner", "@ada"),
        *("--source-repo", "https://git.example.org/other.git", "--source-commit", commit),
        *("--version", "2.0.0-rc.1", "--task", "tabular-classification", "--tag", "payments"),
    )

    assert registered(ran) == "registered fraud@2.0.0-rc.1"
    found = metadata(founded, "fraud-2.0.0-rc.1")
    assert found["description"] == "Finds fraud."
    assert found["source"] == {"repo": "https://git.example.org/other.git", "commit": commit}
    assert (found["task"], found["tags"]) == ("tabular-classification", ["payments"])
    assert (founded.version("fraud-2.0.0-rc.1") / "MODEL_CARD.md").read_bytes() == card.read_bytes()
    model = yaml.safe_load((founded.registry.path / "model_registry/models/fraud.yaml").read_bytes())
    assert model["owners"] == ["fraud-team@example.org", "@ada"]


def test_a_second_version_leaves_the_models_own_document_alone(merged: Scene) -> None:
    document = merged.registry.path / "model_registry/models/fraud.yaml"
    document.write_text("# Ours.\n" + document.read_text() + "contact: fraud-desk@example.org\n")
    merged.commit("Say who to ask")
    before = document.read_bytes()

    assert merged.register("--version", "1.2.0", "--owner", "somebody@example.org").code == 0

    assert document.read_bytes() == before
    assert merged.registry.git("status", "--porcelain") == "?? model_registry/fraud-1.2.0/"


@pytest.mark.parametrize(("bump", "version"), [("patch", "1.1.1"), ("minor", "1.2.0"), ("major", "2.0.0")])
def test_the_next_version_follows_the_highest_one(merged: Scene, bump: str, version: str) -> None:
    assert registered(merged.register("--bump", bump)) == f"registered fraud@{version} ({bump} after 1.1.0)"


@pytest.mark.parametrize(
    ("messages", "version", "why"),
    [
        ([], "1.1.1", "patch after 1.1.0: no commits since that version"),
        (["fix: a", "docs: b"], "1.1.1", "patch after 1.1.0: 2 commits, none a feature or a breaking change"),
        (["fix: scale", "feat(model): use hours"], "1.2.0", "minor after 1.1.0: commit 'feat(model): use hours'"),
        (["feat: hours", "feat!: drop a column"], "2.0.0", "major after 1.1.0: commit 'feat!: drop a column'"),
        (["fix: x\n\nBREAKING CHANGE: other labels"], "2.0.0", "major after 1.1.0: commit 'fix: x'"),
    ],
)
def test_commits_since_the_last_version_decide_on_the_next_one(
    merged: Scene, messages: list[str], version: str, why: str
) -> None:
    for message in messages:
        merged.training.commit({}, message)

    assert registered(merged.register("--bump", "auto")) == f"registered fraud@{version} ({why})"


def test_a_signature_that_breaks_callers_is_a_major_version(founded: Scene, tmp_path: Path) -> None:
    signature = tmp_path / "signature.yaml"
    signature.write_text("inputs: [{name: amount, type: float64}]\noutputs: [{name: fraud, type: int64}]\n")
    founded.register("--signature", signature)
    signature.write_text(
        "inputs: [{name: amount, type: float64}, {name: hour, type: int64}]\noutputs: [{name: fraud, type: int64}]\n"
    )
    founded.training.commit({}, "fix: scale")

    assert registered(founded.register("--signature", signature)) == (
        "registered fraud@2.0.0 (major after 1.0.0: the signature breaks callers of the version before)"
    )


def test_a_model_may_come_from_the_registrys_own_repository(founded: Scene) -> None:
    training = founded.training.path
    files = {name: (training / name).read_bytes() for name in ("model.joblib", "MODEL_CARD.md", "data.csv")}
    head = founded.registry.commit({f"training/{name}": data for name, data in files.items()})

    ran = founded.run(
        *("register", "fraud", "--artifact", "training/model.joblib", "--dataset", "training/data.csv"),
        *("--license", "MIT"),
    )

    assert ran.code == 0
    assert metadata(founded, "fraud-1.0.0")["source"] == {"repo": ".", "commit": head}
    founded.commit("Register fraud@1.0.0")
    assert founded.run("validate").code == 0


def test_uncommitted_changes_of_the_training_repository_may_be_allowed(founded: Scene) -> None:
    (founded.training.path / "train.py").write_text("# changed\n")

    assert founded.register("--allow-dirty").code == 0


def test_an_artifact_that_is_not_pushed_waits_for_a_push(founded: Scene) -> None:
    ran = founded.register("--no-push")

    assert "\nnext:\n  modelyard push fraud@1.0.0 --repo SCENE/models\n" in ran.out
    assert "  stored" not in ran.out
    assert files_below(founded.storage) == set()
    assert len(files_below(founded.cache)) == 1
    assert founded.run("push", "fraud@1.0.0").code == 0
    assert len(files_below(founded.storage)) == 1


def test_what_a_branch_registers_is_pushed_from_that_branch(founded: Scene) -> None:
    founded.registry.git("add", "--all")
    ran = founded.register("--no-push", "--branch")

    switch, push, back = (
        "git -C SCENE/models switch register/fraud-1.0.0",
        "modelyard push fraud@1.0.0 --repo SCENE/models",
        "git -C SCENE/models switch -",
    )
    assert f"\nnext:\n  {switch} && {push} && {back}\n" in ran.out
    founded.registry.git("switch", "--quiet", "register/fraud-1.0.0")
    assert founded.run("push", "fraud@1.0.0", "--repo", founded.registry.path).code == 0
    founded.registry.git("switch", "--quiet", "-")
    assert len(files_below(founded.storage)) == 1
    assert founded.registry.git("branch", "--show-current") == "main"


def test_a_remote_inside_the_repository_is_part_of_the_change(founded: Scene, tmp_path: Path) -> None:
    config = founded.registry.path / ".dvc/config"
    config.write_text(config.read_text().replace("url = ../../models-storage", "url = ../storage"))
    founded.commit("Keep models in this repository")

    ran = founded.register("--branch", artifact="forest")

    assert "  stored    committed with it, in storage\n" in ran.out
    founded.merge("register/fraud-1.0.0")
    committed = founded.registry.git("ls-files", "storage").split("\n")
    assert len(committed) == 3
    clone = tmp_path / "clone"
    founded.registry.git("clone", "--quiet", ".", str(clone))
    assert founded.run("pull", "fraud@1.0.0", "--repo", clone).code == 0
    pulled = clone / "model_registry/fraud-1.0.0/forest/model.joblib"
    assert pulled.read_bytes() == (founded.training.path / "forest/model.joblib").read_bytes()


def test_objects_are_registered_from_a_program(founded: Scene, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(founded.training.path)
    pipeline, scaler = estimator("pipeline"), estimator("pipeline")[0]

    version_id = modelyard.Registry(founded.registry.path).register(
        "fraud",
        model=pipeline,
        preprocessor=scaler,
        metrics={"accuracy": 0.9},
        n=200,
        dataset="data.csv",
        license="MIT",
        card="MODEL_CARD.md",
    )

    assert str(version_id) == "fraud@1.0.0"
    files = metadata(founded, "fraud-1.0.0")["files"]
    assert {name: record["role"] for name, record in files.items()} == {  # type: ignore[attr-defined]
        "model.joblib": "model",
        "preprocessor.joblib": "preprocessor",
    }
    assert files["model.joblib"]["sha256"]  # type: ignore[index]
    assert len(joblib_bytes(pipeline)) == files["model.joblib"]["size"]  # type: ignore[index]
    founded.commit()
    assert modelyard.Registry(founded.registry.path)["fraud@latest"].metadata.source.commit == founded.training.head


def test_the_pointers_are_those_that_dvc_writes(founded: Scene, tmp_path: Path) -> None:
    ran = founded.register("--file", f"tokenizer={founded.training.path / 'forest'}")
    assert (ran.code, ran.err) == (0, "")
    dvc = new_dvc_repository(tmp_path / "dvc")
    for name in ("model.joblib", "forest"):
        copy = shutil.copytree if name == "forest" else shutil.copy
        copy(founded.training.path / name, dvc.path / name)

    dvc.dvc("add", "--quiet", "model.joblib", "forest")

    version = founded.version("fraud-1.0.0")
    for name in ("model.joblib.dvc", "forest.dvc"):
        assert (version / name).read_bytes() == (dvc.path / name).read_bytes()
    lines = (dvc.path / ".gitignore").read_text().splitlines(keepends=True)
    assert (version / ".gitignore").read_text() == "".join(sorted(lines))
    assert files_below(dvc.cache) == files_below(founded.cache)


def test_plain_dvc_pulls_a_registered_version_in_a_clone(merged: Scene) -> None:
    clone = DvcRepository(merged.path / "clone")
    merged.origin.git("clone", "--quiet", ".", str(clone.path))
    pointers = [f"model_registry/fraud-1.1.0/{name}.dvc" for name in ("model.joblib", "scaler.joblib")]

    clone.dvc("pull", *pointers)

    for name in ("model.joblib", "scaler.joblib"):
        pulled = clone.path / "model_registry/fraud-1.1.0" / name
        assert pulled.read_bytes() == (merged.training.path / name).read_bytes()
    assert clone.dvc("status", "--no-updates", *pointers) == "Data and pipelines are up to date.\n"
    assert Repository(clone.path).git("status", "--porcelain") == ""
    assert modelyard.Registry(clone.path).validate().problems == ()


def test_a_copy_of_a_scene_is_a_registry_of_its_own(founded: Scene, tmp_path: Path) -> None:
    other = copied(founded, tmp_path / "other")

    with unchanged(founded.registry):
        assert other.register().code == 0
    assert files_below(founded.storage) == set()


def test_a_registration_is_committed_on_the_branch_that_is_checked_out(founded: Scene) -> None:
    before = founded.registry.head
    ran = founded.register("--commit")
    head = founded.registry.head
    assert (ran.code, ran.err) == (0, "")
    assert f"  committed on branch main as {head[:12]}\n" in ran.out
    assert ran.out.endswith("\nnext:\n  git -C SCENE/models push origin main\n")
    assert founded.registry.git("status", "--porcelain") == ""
    assert founded.registry.git("rev-parse", "HEAD~1") == before
    assert founded.registry.git("log", "-1", "--format=%s") == "Register fraud@1.0.0"
    assert founded.run("validate", "--base", before).code == 0


def test_a_registration_on_this_branch_loses_nothing_that_is_not_committed(merged: Scene) -> None:
    document = merged.registry.path / "model_registry/models/churn.yaml"
    document.write_text("mine\n")
    with unchanged(merged.registry):
        ran = merged.register("--commit", name="churn")
    assert ran == Ran(
        1,
        "",
        "modelyard: model_registry/models/churn.yaml has changes that are not committed\n"
        "    hint: git stash push --include-untracked -- model_registry/models/churn.yaml\n",
    )
