"""Whatever is wrong: a sentence, a next step, an exit code, and nothing half-written."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from modelyard.storage.layout import object_path
from support.artifacts import joblib_bytes
from support.objects import files_below, spoil
from support.registry import Ran, Scene, unchanged
from support.tools import requires_tool, unavailable

GRAMMAR = "names are like fraud-detector, versions like 1.2.0, references like fraud@1.2.0 or fraud@production"
AGAIN = "leave it out, or measure it again"
BY_HAND = "--source-repo URL --source-commit ID"


def complaint(code: int, message: str, hint: str) -> Ran:
    return Ran(code, "", f"modelyard: {message}\n    hint: {hint}\n")


def refused(scene: Scene, ran: Callable[[], Ran]) -> Ran:
    """Run what is refused, in both ways of writing, and make sure that it left no trace."""
    with unchanged(scene.registry):
        before = files_below(scene.storage)
        answer = ran()
        assert files_below(scene.storage) == before
    return answer


def refused_registration(scene: Scene, *words: str | Path, artifact: str = "model.joblib", name: str = "fraud") -> Ran:
    in_work_tree = refused(scene, lambda: scene.register(*words, artifact=artifact, name=name))
    on_branch = refused(scene, lambda: scene.register(*words, "--branch", artifact=artifact, name=name))
    assert in_work_tree == on_branch
    return in_work_tree


@contextmanager
def small_disk(path: Path, size: int) -> Iterator[None]:
    """Mount a disk of that many bytes at a directory."""
    mount = requires_tool("mount")
    path.mkdir(parents=True, exist_ok=True)
    command = [str(mount), "-t", "tmpfs", "-o", f"size={size}", "tmpfs", str(path)]
    if os.geteuid() != 0 or subprocess.run(command, check=False, capture_output=True).returncode:
        unavailable("only root may mount a small disk")
    try:
        yield
    finally:
        subprocess.run(["umount", "--lazy", path], check=True)


def closed_port() -> int:
    """Return a port of this machine that nobody listens on."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        port: int = listener.getsockname()[1]
        return port


def configure_remote(scene: Scene, url: str, *settings: str) -> None:
    config = scene.registry.path / ".dvc/config"
    lines = config.read_text().replace("url = ../../models-storage", f"url = {url}")
    config.write_text(lines + "".join(f"    {setting}\n" for setting in settings))
    scene.commit("Keep models elsewhere")


def test_a_version_that_exists_already(merged: Scene) -> None:
    assert refused_registration(merged, "--version", "1.0.0") == complaint(
        1,
        "fraud@1.0.0 exists already; a version never changes once it is registered",
        "--version 1.1.1, or --bump patch|minor|major",
    )


def test_a_version_that_lies_in_the_work_tree_already(merged: Scene) -> None:
    assert merged.register("--version", "1.2.0").code == 0

    assert refused(merged, lambda: merged.register("--version", "1.2.0")) == complaint(
        1,
        "fraud@1.2.0 exists already; a version never changes once it is registered",
        "--version 1.2.1, or --bump patch|minor|major",
    )


def test_a_version_that_was_retired(merged: Scene) -> None:
    document = merged.registry.path / "model_registry/models/fraud.yaml"
    tree = merged.registry.git("rev-parse", "HEAD:model_registry/fraud-1.1.0")
    document.write_text(document.read_text() + f"retired:\n  1.1.0:\n    reason: leaked labels\n    tree: {tree}\n")
    shutil.rmtree(merged.version("fraud-1.1.0"))
    merged.commit("Retire fraud@1.1.0")
    assert merged.run("validate", "--base", "HEAD~1").code == 0

    assert refused_registration(merged, "--version", "1.1.0") == complaint(
        1, "fraud@1.1.0 was retired (leaked labels) and is never registered again", "choose a new version number"
    )


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("Fraud", "model name 'Fraud' may hold only a-z, 0-9 and single '-' or '_' between them"),
        ("../fraud", "model name '../fraud' may hold only a-z, 0-9 and single '-' or '_' between them"),
        ("a" * 64, "model name 'aaaaaaaaaaaaaaaaaaaa'… has 64 characters, at most 63 are allowed"),
    ],
)
def test_a_name_outside_the_grammar(founded: Scene, name: str, message: str) -> None:
    assert refused_registration(founded, name=name) == complaint(2, message, GRAMMAR)


@pytest.mark.parametrize(
    ("version", "message"),
    [
        ("v1.0.0", "version 'v1.0.0' must not start with 'v'"),
        ("1.0", "version '1.0' is not MAJOR.MINOR.PATCH as SemVer 2.0.0 has it"),
        ("1.0.0\n", "version '1.0.0\\n' is not MAJOR.MINOR.PATCH as SemVer 2.0.0 has it"),
    ],
)
def test_a_version_outside_the_grammar(founded: Scene, version: str, message: str) -> None:
    assert refused_registration(founded, "--version", version) == complaint(2, message, GRAMMAR)


@pytest.mark.parametrize(
    ("artifact", "message", "hint"),
    [
        (
            "modle.joblib",
            "artifact SCENE/training/modle.joblib does not exist",
            "did you mean SCENE/training/model.joblib?",
        ),
        ("nothing", "artifact SCENE/training/nothing does not exist", "check the path"),
        ("empty.joblib", "artifact SCENE/training/empty.joblib is empty", "save the model again, then register it"),
        ("empty", "artifact SCENE/training/empty is empty", "save the model again, then register it"),
        (
            "link.joblib",
            "artifact SCENE/training/link.joblib is a symbolic link",
            "name the file itself: SCENE/training/model.joblib",
        ),
        (
            "linking",
            "artifact SCENE/training/linking holds a symbolic link, SCENE/training/linking/model",
            "put the file itself there",
        ),
        ("pipe", "artifact SCENE/training/pipe is neither a file nor a directory", "name the file of the model"),
        ("metadata.yaml", "artifact name 'metadata.yaml' has a meaning of its own here", "rename it: model.joblib"),
    ],
)
def test_an_artifact_that_is_none(founded: Scene, artifact: str, message: str, hint: str) -> None:
    training = founded.training.path
    (training / "empty").mkdir()
    (training / "linking").mkdir()
    (training / "linking/model").symlink_to("/etc/passwd")
    (training / "link.joblib").symlink_to("model.joblib")
    os.mkfifo(training / "pipe")
    for name in ("empty.joblib", "metadata.yaml"):
        (training / name).write_bytes(b"x" if name == "metadata.yaml" else b"")

    assert refused_registration(founded, artifact=artifact) == complaint(2, message, hint)
    assert refused_registration(founded, "--in-git", artifact=artifact) == complaint(2, message, hint)


def test_two_files_of_one_name(founded: Scene) -> None:
    other = founded.training.path / "forest/model.joblib"

    assert refused_registration(founded, "--file", f"second={other}") == complaint(
        2, "two files are named model.joblib", "rename one of them"
    )


def test_an_artifact_larger_than_the_disk_left(founded: Scene) -> None:
    founded.training.commit({"large.joblib": joblib_bytes(os.urandom(300_000))})
    with small_disk(founded.cache, 200_000):
        answer = refused_registration(founded, artifact="large.joblib")

        assert answer.code == 3
        size = (founded.training.path / "large.joblib").stat().st_size
        free = shutil.disk_usage(founded.cache).free
        assert answer.err == (
            f"modelyard: the copy of SCENE/training/large.joblib in the cache needs {size} bytes, "
            f"{free} are free on the disk that holds SCENE/models/.dvc/cache\n"
            "    hint: free some space there, or choose another directory, and run the command again\n"
        )
        assert files_below(founded.cache) == set()


def test_a_disk_that_is_full_where_the_version_is_to_stand(founded: Scene, tmp_path: Path) -> None:
    private = founded.registry.path / ".git/modelyard"
    with small_disk(private, 4096):
        answer = refused(founded, lambda: founded.register("--no-push"))

        assert (answer.code, answer.out) == (3, "")
        assert answer.err.endswith(
            "no space left on device\n    hint: check the path, its permissions and the free space\n"
        )


@pytest.mark.parametrize("number", ["nan", "inf", "-inf", "1e999", "high", ""])
def test_a_metric_that_is_no_finite_number(founded: Scene, number: str) -> None:
    assert refused_registration(founded, "--metrics", f"accuracy={number}") == complaint(
        2, f"metric 'accuracy' is {number!r}, which is not a finite number", AGAIN
    )


@pytest.mark.parametrize(
    ("name", "text", "message", "hint"),
    [
        ("m.json", '{"a": NaN}', "m.json:1:7: NaN is not a JSON number", "write null, or leave it out"),
        (
            "m.json",
            '{"a": 1e999}',
            "m.json:1:7: the number '1e999' is too large",
            "write it as a string in double quotes",
        ),
        (
            "m.yaml",
            "a: .nan\n",
            "m.yaml:1:4: YAML readers do not agree on what '.nan' means: not a number to some, text to others",
            "quote it: '.nan'",
        ),
        (
            "m.yaml",
            "a: high\n",
            "metric 'a' is 'high', which is not a finite number",
            AGAIN,
        ),
        (
            "m.yaml",
            "test: {a: true}\n",
            "metric 'test.a' is True, which is not a finite number",
            AGAIN,
        ),
        ("m.yaml", "- 1\n", "--metrics m.yaml is not a mapping", "write it as lines of key: value"),
    ],
)
def test_a_file_of_metrics_that_are_none(
    founded: Scene, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str, text: str, message: str, hint: str
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / name).write_text(text)

    assert refused_registration(founded, "--metrics", name) == complaint(2, message, hint)


@pytest.mark.parametrize(
    ("words", "message", "hint"),
    [
        (["--metrics", "a"], "--metrics: there is no file 'a'", "--metrics FILE, or --metrics key=value …"),
        (["--metrics", "a=1", "b"], "--metrics 'b' is neither a file nor key=value", "--metrics accuracy=0.93"),
        (["--params", "a=1", "a=2"], "--params gives 'a' twice", "leave one of them out"),
        (["--n", "0"], "--n is 0, but a metric needs at least one row", "--n ROWS"),
        (["--file", "x"], "--file 'x' is not ROLE=PATH", "--file preprocessor=out/scaler.joblib"),
        (["--file", "a=x"], "artifact x does not exist", "check the path"),
        (
            ["--card", "x.md"],
            "there is no model card at x.md",
            "cp SCENE/models/docs/model_card_template.md x.md, and fill it in",
        ),
        (["--evaluation", "x.yaml"], "--evaluation: there is no file 'x.yaml'", "--evaluation FILE"),
        (["--signature", "x.yaml"], "--signature: there is no file 'x.yaml'", "--signature FILE"),
        (["--license-file", "x"], "--license-file: there is no file 'x'", "--license-file FILE"),
        (
            ["--license", "Nope"],
            "--license: 'Nope' is not an SPDX licence identifier",
            "write an SPDX expression, for example Apache-2.0; for terms of your own LicenseRef-Proprietary",
        ),
        (["--dataset", "x.csv"], "data set 'x.csv' is neither a file nor a URL", "--dataset FILE or --dataset URL"),
        (["--source-repo", "https://x.example.org"], "--source-repo and --source-commit go together", BY_HAND),
        (
            ["--source-repo", "https://x.example.org", "--source-commit", "abc"],
            "--source-commit 'abc' is not a full Git id of 40 or 64 lower-case hexadecimal digits",
            "print the full id with `git rev-parse <revision>`",
        ),
        (["--parent", "fraud"], "'fraud' is not <name>@<version>", GRAMMAR),
    ],
)
def test_an_argument_that_says_nothing(founded: Scene, words: list[str], message: str, hint: str) -> None:
    assert refused_registration(founded, *words) == complaint(2, message, hint)


@pytest.mark.parametrize("text", ["test: 5\n", "test: {metrics: {auc: 0.9}}\n", "test: {metrics: {auc: {low: 0.9}}}\n"])
def test_an_evaluation_of_another_form(founded: Scene, tmp_path: Path, text: str) -> None:
    (tmp_path / "evaluation.yaml").write_text(text)

    assert refused_registration(founded, "--evaluation", tmp_path / "evaluation.yaml") == complaint(
        2,
        "the evaluation needs `dataset`, `n` or `metrics` with `low`, `high` and `level`, by split or slice",
        "test: {n: 1200, metrics: {auc: {low: 0.91, high: 0.95, level: 0.95}}}",
    )


def test_what_the_gate_refuses_is_not_written(founded: Scene) -> None:
    answer = refused_registration(founded, "--parent", "other@1.0.0")

    assert answer == Ran(
        1,
        "model_registry/fraud-1.0.0/metadata.yaml:23:5: error MY503 other@1.0.0 is not registered\n"
        "    hint: modelyard list other\n"
        "refused: 1 problem, 1 model version judged\n",
        "modelyard: fraud@1.0.0 was refused by the gate, and nothing was written\n",
    )


def test_a_training_repository_with_uncommitted_changes(founded: Scene) -> None:
    (founded.training.path / "train.py").write_text("# changed\n")

    assert refused_registration(founded) == complaint(
        2,
        "the training repository SCENE/training has uncommitted changes, so no commit says what trained the model",
        "commit them and train again, or pass --allow-dirty",
    )


def test_the_training_repository_is_no_model(founded: Scene) -> None:
    assert refused_registration(founded, artifact="") == complaint(
        2, "SCENE/training is a Git repository, and no model", "--artifact FILE, or a directory in it"
    )


def test_no_training_repository(founded: Scene) -> None:
    shutil.rmtree(founded.training.path / ".git")

    assert refused_registration(founded) == complaint(
        2,
        "SCENE/training/model.joblib is in no Git repository with a commit, so its source is unknown",
        f"commit the training code, or say where it is: {BY_HAND}",
    )


def test_a_training_repository_without_a_commit(founded: Scene) -> None:
    founded.training.git("update-ref", "-d", "HEAD")

    assert refused_registration(founded) == complaint(
        2, "the repository that holds 'SCENE/training' has no commit yet", "git commit"
    )


def test_a_training_repository_that_nobody_else_finds(founded: Scene) -> None:
    founded.training.git("remote", "remove", "origin")

    assert refused_registration(founded) == complaint(
        2,
        "the training repository SCENE/training has no remote, so nobody else finds it",
        f"git -C SCENE/training remote add origin URL, or {BY_HAND}",
    )


def test_no_registry(founded: Scene, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(founded.training.path)
    words = ("--artifact", "model.joblib", "--dataset", "data.csv", "--license", "MIT")

    assert founded.run("register", "fraud", *words) == complaint(
        2,
        "there is no registry in SCENE/training",
        "name it with --registry DIR (or --repo), or make one: modelyard init SCENE/training",
    )


def test_a_remote_whose_disk_is_not_there(founded: Scene) -> None:
    configure_remote(founded, "../../unmounted/models")

    assert refused_registration(founded) == complaint(
        3,
        "remote 'storage' cannot be reached: there is no directory SCENE/unmounted/models",
        "mount or make it, or look at `dvc remote list` and `dvc remote modify storage url <url>`",
    )


def test_a_remote_that_has_vanished_is_not_made_again(founded: Scene) -> None:
    founded.storage.rmdir()

    assert refused_registration(founded) == complaint(
        3,
        "remote 'storage' cannot be reached: there is no directory SCENE/models-storage",
        "mount or make it, or look at `dvc remote list` and `dvc remote modify storage url <url>`",
    )
    assert not founded.storage.exists()


def test_a_remote_that_is_a_file(founded: Scene) -> None:
    founded.storage.rmdir()
    founded.storage.write_bytes(b"")

    answer = [founded.register(), founded.register("--branch")]

    assert answer == 2 * [
        complaint(
            3,
            "remote 'storage' cannot be reached: there is no directory SCENE/models-storage",
            "mount or make it, or look at `dvc remote list` and `dvc remote modify storage url <url>`",
        )
    ]
    assert founded.registry.git("status", "--porcelain") == ""


def test_a_server_that_does_not_answer(founded: Scene, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_MAX_ATTEMPTS", "1")
    endpoint = f"http://127.0.0.1:{closed_port()}"
    settings = ("access_key_id = AKIDEXAMPLE", "secret_access_key = an-example-of-a-secret", "region = us-east-1")
    configure_remote(founded, "s3://bucket/models", f"endpointurl = {endpoint}", *settings)

    answer = refused(founded, lambda: founded.register("--branch"))

    assert answer.code == 3
    assert answer.err == (
        "modelyard: remote 'storage' (s3://bucket/models) cannot be used: connection refused, "
        "6 times in a row\n"
        "    hint: run the command again when it answers: what has arrived is kept, and is not fetched twice\n"
    )


@pytest.mark.parametrize(
    ("stage", "hint"), [("stagng", "did you mean --to staging?"), ("blue", "stages are: staging, production")]
)
def test_a_stage_that_the_policy_does_not_know(merged: Scene, stage: str, hint: str) -> None:
    words = ("promote", "fraud@1.1.0", "--to", stage)
    expected = complaint(2, f"the policy knows no stage {stage!r}", hint)

    assert refused(merged, lambda: merged.run(*words)) == expected
    assert refused(merged, lambda: merged.run(*words, "--branch")) == expected


@pytest.mark.parametrize("command", ["pull", "show", "resolve"])
@pytest.mark.parametrize(
    ("reference", "message", "hint"),
    [
        ("frod@latest", "frod@latest resolves to nothing: there is no model 'frod'", "did you mean fraud@latest?"),
        ("churn@latest", "churn@latest resolves to nothing: there is no model 'churn'", "models here: fraud"),
        (
            "fraud@9.0.0",
            "fraud@9.0.0 resolves to nothing: no registered version of 'fraud' fits",
            "registered versions: 1.0.0, 1.1.0",
        ),
        (
            "fraud@^9",
            "fraud@^9 resolves to nothing: no registered version of 'fraud' fits",
            "registered versions: 1.0.0, 1.1.0",
        ),
        (
            "fraud@produktion",
            "fraud@produktion resolves to nothing: the policy knows no stage 'produktion'",
            "did you mean fraud@production?",
        ),
    ],
)
def test_a_reference_to_nothing(merged: Scene, command: str, reference: str, message: str, hint: str) -> None:
    assert refused(merged, lambda: merged.run(command, reference)) == complaint(2, message, hint)


@pytest.mark.parametrize("reference", ["fraud", "@latest", "fraud@", "fraud@latest@1", "../x@latest"])
def test_a_reference_outside_the_grammar(merged: Scene, reference: str) -> None:
    answer = refused(merged, lambda: merged.run("pull", reference))

    assert (answer.code, answer.out) == (2, "")
    assert answer.err.endswith(f"\n    hint: {GRAMMAR}\n")


def test_a_corrupt_object_in_the_remote_is_quarantined_and_named(merged: Scene) -> None:
    shutil.rmtree(merged.cache)
    (oid,) = (path.replace("/", "")[8:] for path in files_below(merged.storage) if is_model(merged, path))
    spoil(merged.storage, oid, "flipped")

    answer = merged.run("pull", "fraud@1.0.0")

    assert answer.code == 1
    (quarantined,) = (merged.cache / "quarantine").iterdir()
    where = f"remote 'storage' (SCENE/models-storage/{object_path(oid)})"
    assert answer.err.startswith(f"modelyard: object {oid} in {where} is corrupt: expected ")
    assert answer.err.endswith(
        f"; it was moved to SCENE/models/.dvc/cache/quarantine/{named(answer.err)}\n"
        "    hint: delete the object where it is corrupt, and run `modelyard push` where its bytes are good\n"
    )
    assert quarantined.name.startswith(oid)
    assert merged.registry.git("status", "--porcelain") == ""
    assert not (merged.version("fraud-1.0.0") / "model.joblib").exists()


def test_a_corrupt_object_in_the_cache_is_fetched_again(merged: Scene) -> None:
    (oid,) = (path.replace("/", "")[8:] for path in files_below(merged.storage) if is_model(merged, path))
    spoil(merged.cache, oid, "truncated")

    answer = merged.run("pull", "fraud@1.0.0")

    assert answer.code == 0
    assert answer.err.startswith(f"warning: object {oid} in the cache is corrupt: expected ")
    assert answer.err.endswith("\n    hint: it was fetched again, and is right now\n")
    pulled = merged.version("fraud-1.0.0") / "model.joblib"
    assert pulled.read_bytes() == (merged.training.path / "model.joblib").read_bytes()
    assert len(list((merged.cache / "quarantine").iterdir())) == 1


def is_model(scene: Scene, path: str) -> bool:
    """Whether an object of the storage is the model itself."""
    return (scene.storage / path).read_bytes() == (scene.training.path / "model.joblib").read_bytes()


def named(text: str) -> str:
    """Return the last name of the path that a message of corruption ends with."""
    return text.split("\n", maxsplit=1)[0].rpartition("/")[2]
