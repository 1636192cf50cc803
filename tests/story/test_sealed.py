"""Sealed artifacts, from a policy that demands them to whoever opens them: registered, merged, pulled, by DVC too."""

from __future__ import annotations

import hashlib
import json
import re
import shutil
from pathlib import Path

import pytest
import yaml

import modelyard as package
from modelyard.storage.encryption import VARIABLE
from support.applications import address_of, new_application, serve_storage
from support.dvc import DvcRepository
from support.registry import Ran, Scene, unchanged
from support.sealing import pyrage, zstd

ADA, GRACE, EVE = (pyrage.x25519.Identity.generate() for _ in range(3))
BOTH = sorted(str(each.to_public()) for each in (ADA, GRACE))


def demand(scene: Scene, **demands: object) -> None:
    """Let the policy demand something of the registry's remote, in a change of its own."""
    policy = scene.registry.path / "model_registry" / "registry.yaml"
    asked = yaml.safe_dump({"storage": {"remotes": {"storage": demands}}})
    policy.write_text(policy.read_text("utf-8") + asked, "utf-8")
    scene.commit("Let artifacts be sealed")


def registered(scene: Scene, *words: str, artifact: str = "model.onnx") -> Path:
    given = ("--branch", "--version", "1.0.0", "--metrics", "accuracy=0.9", *words)
    ran = scene.register(*given, "--card", str(scene.training.path / "MODEL_CARD.md"), artifact=artifact)
    assert ran.code == 0, ran.out + ran.err
    scene.merge("register/fraud-1.0.0")
    return scene.version("fraud-1.0.0")


def sha256_of(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


@pytest.fixture
def encrypting(founded: Scene) -> Scene:
    demand(founded, compress="zstd", encrypt={"age": BOTH})
    return founded


@pytest.fixture
def ada(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "ada.txt").write_text(f"# public key: {ADA.to_public()}\n{ADA}\n", "utf-8")
    monkeypatch.setenv(VARIABLE, str(tmp_path / "ada.txt"))


def test_what_is_stored_is_sealed_and_what_was_inside_is_recorded(encrypting: Scene) -> None:
    version = registered(encrypting)
    plain = encrypting.training.path / "model.onnx"
    stated = yaml.safe_load((version / "metadata.yaml").read_text("utf-8"))
    (stored,) = [path for path in (encrypting.storage / "files" / "md5").rglob("*") if path.is_file()]

    assert stated["artifact"] == "model.onnx.zst.age"
    assert stated["files"] == {
        "model.onnx.zst.age": {
            "sha256": sha256_of(stored),
            "size": stored.stat().st_size,
            "role": "model",
            "format": "onnx",
            "sealed": {
                "sha256": sha256_of(plain),
                "size": plain.stat().st_size,
                "compression": "zstd",
                "recipients": BOTH,
            },
        }
    }
    assert zstd.decompress(pyrage.decrypt(stored.read_bytes(), [GRACE])) == plain.read_bytes()
    assert (version / ".gitignore").read_text("utf-8") == "/model.onnx\n/model.onnx.zst.age\n"
    # Nothing of it lies about in the clear.
    kept = [path.read_bytes() for path in encrypting.cache.rglob("*") if path.is_file()]
    assert kept == [stored.read_bytes()]


def test_a_clone_stays_one_of_dvc(encrypting: Scene) -> None:
    version = registered(encrypting)
    shutil.rmtree(encrypting.cache)
    DvcRepository(encrypting.registry.path).dvc("pull", "--quiet")
    record = yaml.safe_load((version / "metadata.yaml").read_text("utf-8"))["files"]["model.onnx.zst.age"]
    assert sha256_of(version / "model.onnx.zst.age") == record["sha256"]
    assert encrypting.run("validate").code == 0
    assert encrypting.run("verify", "--all", "--remote", "--deep").code == 0
    assert encrypting.registry.git("status", "--porcelain") == ""


@pytest.mark.usefixtures("ada")
def test_a_pull_opens_it_in_a_clone_and_elsewhere(encrypting: Scene, tmp_path: Path) -> None:
    version = registered(encrypting)
    plain = (encrypting.training.path / "model.onnx").read_bytes()
    shutil.rmtree(encrypting.cache)
    ran = encrypting.run("pull", "fraud@1.0.0")
    assert (ran.code, ran.err) == (0, "")
    assert ran.out.endswith("SHA-256 and MD5 verified\n  model_registry/fraud-1.0.0/model.onnx\n")
    assert (version / "model.onnx").read_bytes() == plain
    assert encrypting.registry.git("status", "--porcelain") == ""
    assert encrypting.run("validate").code == 0

    out = tmp_path / "out"
    for _again in range(2):
        assert encrypting.run("pull", "fraud@1.0.0", "--out", out).code == 0
        assert [path.name for path in out.iterdir()] == ["model.onnx"]
        assert (out / "model.onnx").read_bytes() == plain
    (out / "model.onnx").write_bytes(b"something else")
    assert encrypting.run("pull", "fraud@1.0.0", "--out", out).out.endswith(
        "out/model.onnx (replaced a file with other bytes)\n"
    )
    assert (out / "model.onnx").read_bytes() == plain


def test_without_an_identity_nothing_is_put_in_place(
    encrypting: Scene, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    registered(encrypting)
    monkeypatch.delenv(VARIABLE, raising=False)
    assert encrypting.run("pull", "fraud@1.0.0", "--out", tmp_path / "out") == Ran(
        3,
        "",
        "modelyard: the artifact is encrypted, and MODELYARD_AGE_IDENTITY names no identity that opens it\n"
        "    hint: export MODELYARD_AGE_IDENTITY=<file that age-keygen wrote>\n",
    )
    monkeypatch.setenv(VARIABLE, str(EVE))
    assert encrypting.run("pull", "fraud@1.0.0", "--out", tmp_path / "out") == Ran(
        3,
        "",
        "modelyard: the artifact is encrypted, and no identity in MODELYARD_AGE_IDENTITY opens it\n"
        "    hint: ask its owners to seal the next version for you\n",
    )
    assert list((tmp_path / "out").iterdir()) == []


@pytest.mark.usefixtures("ada")
def test_a_directory_is_sealed_file_by_file(encrypting: Scene, tmp_path: Path) -> None:
    registered(encrypting, artifact="forest")
    shutil.rmtree(encrypting.cache)
    for _again in range(2):
        assert encrypting.run("pull", "fraud@1.0.0", "--out", tmp_path / "out").code == 0
        found = {path.relative_to(tmp_path / "out"): path.read_bytes() for path in (tmp_path / "out").rglob("*.*")}
        training = encrypting.training.path
        assert found == {
            path.relative_to(training): path.read_bytes() for path in (training / "forest").rglob("*.joblib")
        }


@pytest.mark.usefixtures("ada")
def test_a_program_gets_the_model_and_a_stream_its_bytes(encrypting: Scene) -> None:
    registered(encrypting, artifact="model.joblib")
    version = package.Registry(encrypting.registry.path).version("fraud@1.0.0")
    assert version.path().name == "model.joblib"
    assert type(version.load()).__name__ == "Pipeline"
    target = encrypting.path / "streamed"
    with target.open("wb") as stream:
        version.stream(stream)
    assert target.read_bytes() == (encrypting.training.path / "model.joblib").read_bytes()


def test_a_version_that_is_not_sealed_is_refused_by_the_gate(merged: Scene) -> None:
    demand(merged, compress="zstd", encrypt={"age": BOTH})
    version = merged.version("fraud-2.0.0")
    shutil.copytree(merged.version("fraud-1.1.0"), version)
    metadata = version / "metadata.yaml"
    metadata.write_text(metadata.read_text("utf-8").replace("version: 1.1.0", "version: 2.0.0"), "utf-8")
    merged.registry.git("switch", "--quiet", "--create", "by-hand")
    merged.commit("Register fraud@2.0.0 by hand")
    ran = merged.run("validate", "--base", "main")
    assert ran.code == 1
    assert ran.out.count("error MY417") == 2
    assert (
        "error MY417 'model.joblib' is not compressed with zstd, and the policy demands that for remote 'storage'\n"
        "    hint: take model_registry/fraud-2.0.0 away, and let `modelyard register` seal it\n"
    ) in ran.out


def test_an_artifact_in_git_is_no_way_around(encrypting: Scene) -> None:
    with unchanged(encrypting.registry):
        ran = encrypting.register("--branch", "--version", "1.0.0", "--metrics", "accuracy=0.9", "--in-git")
    assert ran.code == 1
    assert "error MY417 'model.joblib' is not encrypted with age, and the policy demands that for remote" in ran.out


def test_a_branch_that_prefers_another_remote_is_no_way_around(encrypting: Scene) -> None:
    encrypting.registry.git("switch", "--quiet", "--create", "plain")
    config = encrypting.registry.path / ".dvc" / "config"
    text = config.read_text("utf-8").replace("remote = storage", "remote = plain")
    config.write_text(f"{text}['remote \"plain\"']\n    url = {encrypting.storage}\n", "utf-8")
    encrypting.commit("Prefer another remote")

    version = registered(encrypting)

    assert [path.name for path in version.glob("*.dvc")] == ["model.onnx.zst.age.dvc"]


@pytest.mark.usefixtures("ada", "own_cache")
def test_a_lock_knows_what_is_inside_and_a_sync_puts_it_there(
    encrypting: Scene, monkeypatch: pytest.MonkeyPatch
) -> None:
    registered(encrypting, artifact="model.joblib")
    serve_storage(encrypting)
    application = new_application(encrypting, {"fraud": '"1.0.0"'})
    monkeypatch.chdir(application)
    assert encrypting.run("lock").code == 0
    (locked,) = json.loads((application / "models.lock").read_text("utf-8"))["models"].values()
    plain = encrypting.training.path / "model.joblib"
    (stored,) = [path for path in (encrypting.storage / "files" / "md5").rglob("*") if path.is_file()]
    assert locked["artifact"] == "model.joblib.zst.age"
    assert locked["files"]["model.joblib.zst.age"] == {
        "format": "joblib",
        "md5": stored.parent.name + stored.name,
        "role": "model",
        "sealed": {
            "compression": "zstd",
            "recipients": BOTH,
            "sha256": sha256_of(plain),
            "size": plain.stat().st_size,
        },
        "sha256": sha256_of(stored),
        "size": stored.stat().st_size,
    }
    standing = application / "models" / "fraud" / "model.joblib"
    for _again in range(2):
        assert encrypting.run("sync", "--frozen").code == 0
        assert list(standing.parent.iterdir()) == [standing]
        assert standing.read_bytes() == plain.read_bytes()
    assert type(package.load("fraud")).__name__ == "Pipeline"

    # In place as it should be, nothing is opened, and no identity is asked for.
    monkeypatch.delenv(VARIABLE)
    assert encrypting.run("sync", "--frozen", "--offline").code == 0
    standing.write_bytes(b"something else")
    ran = encrypting.run("sync", "--frozen", "--offline")
    assert ran.code == 3
    assert "the artifact is encrypted, and MODELYARD_AGE_IDENTITY names no identity that opens it" in ran.err
    assert standing.read_bytes() == b"something else"


@pytest.mark.usefixtures("ada", "own_cache")
def test_a_pinned_pull_knows_what_stands_there(encrypting: Scene, monkeypatch: pytest.MonkeyPatch) -> None:
    registered(encrypting)
    serve_storage(encrypting)
    monkeypatch.chdir(encrypting.path)
    words = ("pull", "fraud@1.0.0", "--repo", address_of(encrypting), "--as-of", encrypting.registry.head)
    first = encrypting.run(*words)
    assert (first.code, first.err) == (0, "")
    monkeypatch.delenv(VARIABLE)
    monkeypatch.setattr("modelyard.cli.pull_command._pull", None)
    again = encrypting.run(*words)
    assert again.code == 0, again.err
    assert again.out.endswith("SHA-256 verified\n  fraud-1.0.0/model.onnx\n")


@pytest.mark.usefixtures("ada")
def test_a_sealed_model_is_smoke_tested(encrypting: Scene) -> None:
    registered(encrypting, artifact="model.joblib")
    ran = encrypting.run("smoke", "fraud@1.0.0")
    assert ran.code == 0, ran.out + ran.err


def test_what_a_pickle_imports_is_seen_before_it_is_sealed(encrypting: Scene) -> None:
    (encrypting.training.path / "evil.pkl").write_bytes(b"cos\nsystem\n(S'true'\ntR.")
    given = ("--branch", "--version", "1.0.0", "--metrics", "accuracy=0.9", "--allow-dirty")
    with unchanged(encrypting.registry):
        ran = encrypting.register(*given, artifact="evil.pkl")
    assert ran.code == 1
    assert "review MY709 loading 'evil.pkl.zst.age' would import os.system, " in ran.out


@pytest.mark.usefixtures("ada")
def test_the_gate_looks_inside_where_it_can(encrypting: Scene, monkeypatch: pytest.MonkeyPatch) -> None:
    version = registered(encrypting, artifact="model.safetensors")
    metadata = version / "metadata.yaml"
    text = metadata.read_text("utf-8")
    metadata.write_text(text.replace("format: safetensors", "format: onnx"), "utf-8")
    said = "error MY415 `format` of 'model.safetensors.zst.age' is onnx, but its bytes are safetensors"
    assert said in encrypting.run("validate").out
    monkeypatch.delenv(VARIABLE)
    assert encrypting.run("validate").code == 0

    (size,) = re.findall("    sealed:\n      sha256: .*\n      size: (.*)\n", text)
    metadata.write_text(text.replace(f"      size: {size}\n", "      size: 17\n"), "utf-8")
    assert encrypting.run("validate").code == 0
    monkeypatch.setenv(VARIABLE, str(GRACE))
    said = "error MY419 'model.safetensors.zst.age' is not sealed as stated: what is inside is not what was reviewed: "
    assert said in encrypting.run("validate").out


@pytest.mark.usefixtures("ada")
def test_a_lying_record_puts_nothing_in_place(encrypting: Scene, tmp_path: Path) -> None:
    version = registered(encrypting)
    metadata = version / "metadata.yaml"
    text = re.sub("(    sealed:\n      sha256: ).*\n", rf"\g<1>{'ab' * 32}\n", metadata.read_text("utf-8"))
    metadata.write_text(text, "utf-8")
    encrypting.commit("State another digest")
    ran = encrypting.run("pull", "fraud@1.0.0", "--out", tmp_path / "out")
    assert ran.code == 1
    assert ran.err.startswith("modelyard: what is inside is not what was reviewed: expected ")
    assert list((tmp_path / "out").iterdir()) == []


def test_compressed_alone_it_needs_no_identity(founded: Scene, tmp_path: Path) -> None:
    demand(founded, compress="zstd")
    registered(founded, artifact="model.joblib")
    assert founded.run("pull", "fraud@1.0.0", "--out", tmp_path / "out").code == 0
    plain = founded.training.path / "model.joblib"
    assert (tmp_path / "out" / "model.joblib").read_bytes() == plain.read_bytes()
    (stored,) = [path for path in (founded.storage / "files" / "md5").rglob("*") if path.is_file()]
    assert zstd.decompress(stored.read_bytes()) == plain.read_bytes()
