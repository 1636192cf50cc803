"""`modelyard validate --remote`: has what a change brings been pushed? Against real remotes of three kinds."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from modelyard.storage.digests import digest_bytes
from modelyard.storage.layout import object_path
from support import guide
from support.cases import valid_files
from support.consumers import keep_models_at
from support.project import ROOT
from support.registry import Ran, Scene, modelyard
from support.relay import relayed
from support.repositories import Repository, new_repository
from support.s3 import BUCKET, serve_s3
from support.told import judged

if TYPE_CHECKING:
    from pathlib import Path

GUIDE = ROOT / "docs" / "how-to" / "find-what-was-never-pushed.md"
OLD, NEW = b"the bytes of fraud 1.0.0\n", b"the bytes of fraud 1.1.0\n"
OBJECT = digest_bytes(NEW).md5
POINTER = "model_registry/fraud-1.1.0/model.joblib.dvc"


@pytest.fixture
def registry(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Repository:
    """A registry with one version and a directory beside it as its remote; a change brings a second version."""
    (tmp_path / "storage").mkdir()
    return with_remote(tmp_path, monkeypatch, "../../storage")


def with_remote(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, url: str, *options: str) -> Repository:
    files = valid_files()
    new = {path: files.pop(path) for path in list(files) if "/fraud-1.1.0/" in path}
    files = {path: data for path, data in files.items() if "/stages/" not in path}
    lines = ["[core]", "    remote = storage", "['remote \"storage\"']", f"    url = {url}", *options]
    repository = new_repository(tmp_path / "registry")
    repository.commit({**files, ".dvc/config": ("\n".join(lines) + "\n").encode()})
    repository.commit(new)
    monkeypatch.chdir(repository.path)
    return repository


def put(root: Path, data: bytes, *, oid: str | None = None) -> None:
    path = root / object_path(oid or digest_bytes(data).md5)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(data)


def asked(*more: str) -> Ran:
    return modelyard("validate", "--base", "HEAD~1", *(more or ("--remote",)))


def refusal(registry: Repository, message: str, hint: str) -> Ran:
    told = f"{POINTER}:2:8: error {message}\n    hint: {hint}\n{judged(registry, 'HEAD~1')}"
    return Ran(1, f"{told}refused: 1 problem, 1 model version judged\n", "")


def test_what_was_pushed_passes(registry: Repository) -> None:
    put(registry.path.parent / "storage", NEW)
    assert asked().code == 0


def test_a_version_that_was_never_pushed_is_refused(registry: Repository) -> None:
    storage = registry.path.parent / "storage"
    message = f"MY421 object {OBJECT} of 'model.joblib' is not in remote 'storage' ({storage})"
    assert asked() == refusal(registry, message, "modelyard push fraud@1.1.0")


def test_without_remote_nobody_looks(registry: Repository) -> None:
    assert registry.head
    assert asked("--no-artifacts").code == 0


def test_an_object_of_another_size_is_refused(registry: Repository) -> None:
    storage = registry.path.parent / "storage"
    put(storage, NEW[:12], oid=OBJECT)
    message = f"MY422 'model.joblib' has 12 bytes in remote 'storage' ({storage}), but 25 are stated"
    assert asked() == refusal(
        registry, message, "delete it there, and `modelyard push fraud@1.1.0` where its bytes are good"
    )


def test_only_versions_of_the_change_are_looked_up(registry: Repository) -> None:
    # The object of fraud 1.0.0 is nowhere; without a base it counts.
    put(registry.path.parent / "storage", NEW)
    ran = modelyard("validate", "--remote")
    assert ran.code == 1
    assert ran.out.count("MY421") == 1
    assert "fraud-1.0.0/model.joblib.dvc:2:8: error MY421 object " in ran.out


def test_a_remote_that_is_not_there_ends_with_3_or_a_warning(registry: Repository) -> None:
    storage = registry.path.parent / "storage"
    storage.rmdir()
    reason = f"remote 'storage' cannot be reached: there is no directory {storage}"

    required = asked()
    assert (required.code, required.out) == (3, "")
    assert reason in required.err

    optional = asked("--remote-if-reachable")
    message = f"nobody looked whether the artifacts of fraud@1.1.0 are in the remote: {reason}"
    assert optional == Ran(
        0,
        f"model_registry/fraud-1.1.0: warning MY423 {message}\n"
        "    hint: where credentials are: modelyard validate --base auto --remote\n"
        f"{judged(registry, 'HEAD~1')}passed: no problems, 1 warning, 1 model version judged\n",
        "",
    )


@pytest.mark.parametrize("how", ["--remote", "--remote-if-reachable"])
def test_a_package_that_is_missing_is_no_remote_out_of_reach(
    how: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with_remote(tmp_path, monkeypatch, f"s3://{BUCKET}/dvc")
    monkeypatch.setattr("modelyard.storage.connect.find_spec", {"obstore": None}.get)
    # Found before the installed module, and not there after all.
    (tmp_path / "dvc.py").write_text("raise ModuleNotFoundError(name='dvc')\n", encoding="utf-8")
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))

    assert asked(how) == Ran(
        2,
        "",
        f"modelyard: remote 'storage' (s3://{BUCKET}/dvc) needs a client for S3\n"
        "    hint: pip install 'modelyard[s3]'\n",
    )


def test_the_policy_of_the_base_weighs_what_the_remote_lacks(registry: Repository) -> None:
    policy = registry.path / "model_registry" / "registry.yaml"
    registry.git("switch", "--quiet", "--detach", "HEAD~1")
    policy.write_text(f"{policy.read_text()}rules:\n  MY421: {{severity: warning}}\n")
    registry.git("commit", "--quiet", "--no-verify", "--all", "--message", "Only warn of what was not pushed")
    registry.git("cherry-pick", "main")
    ran = asked()
    assert ran.code == 0
    assert f"{POINTER}:2:8: warning MY421 object {OBJECT} of 'model.joblib' is not in remote 'storage'" in ran.out


def test_a_change_does_not_choose_its_own_remote(registry: Repository, tmp_path: Path) -> None:
    put(tmp_path / "elsewhere", NEW)
    text = (registry.path / ".dvc" / "config").read_text("utf-8").replace("../../storage", "../../elsewhere")
    registry.write({".dvc/config": text.encode()})
    registry.git("commit", "--quiet", "--no-verify", "--all", "--amend", "--no-edit")
    ran = asked()
    assert ran.code == 1
    assert f"is not in remote 'storage' ({tmp_path / 'storage'})" in ran.out


def test_local_settings_of_a_change_are_no_ones(registry: Repository, tmp_path: Path) -> None:
    put(tmp_path / "elsewhere", NEW)
    local = b"['remote \"storage\"']\n    url = ../../elsewhere\n"
    registry.write({".dvc/config.local": local})
    assert "is not in remote 'storage' " in asked().out
    registry.git("add", "--force", ".dvc/config.local")
    registry.git("commit", "--quiet", "--no-verify", "--amend", "--no-edit")
    assert "is not in remote 'storage' " in asked().out


def test_a_base_without_settings_cannot_be_asked(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    repository = new_repository(tmp_path / "registry")
    files = valid_files()
    config = b"[core]\n    remote = storage\n['remote \"storage\"']\n    url = /tmp\n"
    repository.commit({"README.md": b"nothing yet\n"})
    repository.commit({**files, ".dvc/config": config})
    monkeypatch.chdir(repository.path)
    ran = asked()
    assert ran.code == 3
    assert "the base has no .dvc/config, and a change does not choose its own remote" in ran.err


def test_a_remote_inside_the_repository_is_read_at_the_commit(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    registry = with_remote(tmp_path, monkeypatch, "storage")
    ran = asked()
    message = (
        f"MY421 object {OBJECT} of 'model.joblib' is not in remote 'storage' (directory .dvc/storage of the registry)"
    )
    assert ran == refusal(registry, message, "modelyard push fraud@1.1.0")
    # What lies in the work tree alone was not committed, so nobody else has it.
    put(registry.path / ".dvc" / "storage", NEW)
    assert asked() == ran
    registry.git("add", "--force", ".dvc/storage")
    registry.git("commit", "--quiet", "--no-verify", "--amend", "--no-edit")
    assert asked().code == 0


def test_what_is_set_wrongly_here_is_told_with_what_helps_here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "AKIA1")
    registry = with_remote(tmp_path, monkeypatch, f"s3://{BUCKET}/dvc", "    region = us-east-1")

    ran = asked("--remote-if-reachable")

    message = "nobody looked whether the artifacts of fraud@1.1.0 are in the remote"
    lacks = f"remote 'storage' (s3://{BUCKET}/dvc) has access_key_id and no secret_access_key"
    reason = f"{lacks}: it is not in the settings of the remote or the environment (AWS_SECRET_ACCESS_KEY)"
    assert ran == Ran(
        0,
        f"model_registry/fraud-1.1.0: warning MY423 {message}: {reason}\n"
        "    hint: name both halves of the key: `export AWS_SECRET_ACCESS_KEY=<value>`, or take the other one away\n"
        f"{judged(registry, 'HEAD~1')}passed: no problems, 1 warning, 1 model version judged\n",
        "",
    )


def test_each_object_on_a_server_is_asked_for_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    weights = {"a.bin": b"aaa", "b.bin": b"bb"}
    entries = [{"md5": digest_bytes(data).md5, "relpath": name} for name, data in weights.items()]
    manifest = json.dumps(entries).encode()
    with serve_s3(tmp_path / "server") as server, relayed(server.endpoint) as relay:
        monkeypatch.setenv("AWS_ACCESS_KEY_ID", server.access_key_id)
        monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", server.secret_access_key)
        options = (f"    endpointurl = {relay.endpoint}", "    region = us-east-1")
        registry = with_remote(tmp_path, monkeypatch, f"s3://{BUCKET}/dvc", *options)
        root = server.bucket / "dvc"
        for data in (NEW, *weights.values()):
            put(root, data)
        put(root, manifest, oid=f"{digest_bytes(manifest).md5}.dir")
        registry.commit(directory_version(weights, manifest))

        ran = modelyard("validate", "--base", "HEAD~2", "--remote")

    assert ran == Ran(0, f"{judged(registry, 'HEAD~2')}passed: no problems, 2 model versions judged\n", "")
    # Behind the path stand a time and a signature.
    requests = [request.partition("?")[0] for request in relay.requests]
    files = [object_path(digest_bytes(data).md5) for data in (NEW, *weights.values())]
    heads = sorted(request for request in requests if request.startswith("HEAD "))
    directory = object_path(f"{digest_bytes(manifest).md5}.dir")
    assert heads == sorted(f"HEAD /{BUCKET}/dvc/{path}" for path in files)
    others = [request for request in requests if not request.startswith("HEAD ")]
    assert others == [f"GET /{BUCKET}/dvc/{directory}"]


def directory_version(weights: dict[str, bytes], manifest: bytes) -> dict[str, bytes]:
    """Return fraud 1.2.0, whose artifact is a directory."""
    prefix = "model_registry/fraud-1.1.0/"
    files = {
        path.replace("fraud-1.1.0", "fraud-1.2.0"): data
        for path, data in valid_files().items()
        if path.startswith(prefix) and not path.endswith(".dvc")
    }
    here = "model_registry/fraud-1.2.0"
    text = files[f"{here}/metadata.yaml"].decode().replace("version: 1.1.0", "version: 1.2.0")
    before, _, after = text.partition("artifact:")
    records = "".join(
        f"  weights/{name}:\n    sha256: {digest_bytes(data).sha256}\n    size: {len(data)}\n"
        "    role: model\n    format: other\n"
        for name, data in weights.items()
    )
    text = f"{before}artifact: weights\nfiles:\n{records}created_at:{after.partition('created_at:')[2]}"
    size = sum(map(len, weights.values()))
    pointer = (
        f"outs:\n- md5: {digest_bytes(manifest).md5}.dir\n  size: {size}\n  nfiles: {len(weights)}\n"
        "  hash: md5\n  path: weights\n"
    )
    return {
        **files,
        f"{here}/metadata.yaml": text.encode(),
        f"{here}/weights.dvc": pointer.encode(),
        f"{here}/.gitignore": b"/weights\n",
    }


def test_each_command_of_the_guide_does_what_it_says_with_a_bucket(
    merged: Scene, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The guide of a directory beside the repository, which ``tests/test_docs.py`` runs, with a real S3 server."""
    steps = guide.steps(GUIDE.read_text("utf-8"))
    with serve_s3(tmp_path / "server") as server:
        monkeypatch.setenv("AWS_ACCESS_KEY_ID", server.access_key_id)
        monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", server.secret_access_key)
        keep_models_at(merged, f"s3://{BUCKET}/registry", endpointurl=server.endpoint, region="us-east-1")
        outputs = guide.run(steps, merged.registry.path)
        kept = {path.name for path in server.bucket.rglob("*") if path.is_file()}
    for step, output in zip(steps, outputs, strict=True):
        assert guide.missing_lines(step.promised, output) == [], f"line {step.line}:\n{output}"
    assert f"is not in remote 'storage' (s3://{BUCKET}/registry)" in outputs[1]
    assert len(kept) == 3, "the model of two versions, their scaler, and the new model"
