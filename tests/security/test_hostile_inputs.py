"""Numbered hostile inputs that need a whole repository; those that need less are golden cases of their number."""

from __future__ import annotations

import hashlib
import json
import socket
from typing import TYPE_CHECKING, Any

import pytest

from modelyard.documents import yaml
from modelyard.lifecycle.ci import CiService
from modelyard.lifecycle.hooks import ToolSource
from modelyard.rules.engine import judge
from support.artifacts import zip_bytes
from support.cases import valid_files
from support.registry import modelyard
from support.repositories import new_repository
from support.services import next_version
from support.snapshots import snapshot_with
from support.told import judged

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from support.repositories import Repository

ROOT = "model_registry"
POLICY = f"{ROOT}/registry.yaml"
UNTIL = b"reason: Agreed with the desk., expires: '2026-12-31'"
NEW = {path: data for path, data in next_version().items() if path.startswith(f"{ROOT}/fraud-1.2.0/")}


@pytest.fixture
def registry(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Repository:
    """Make a repository that holds the valid registry, and stand in it."""
    repository = new_repository(tmp_path / "registry")
    repository.commit(valid_files(), "Found")
    monkeypatch.chdir(repository.path)
    return repository


def told(repository: Repository, verdict: str, problems: str = "", notes: str = "") -> tuple[int, str]:
    """Return what the gate shall say of the last commit, against the one before."""
    return (0 if verdict.startswith("passed") else 1, f"{problems}{notes}{judged(repository, 'HEAD~1')}{verdict}\n")


def said() -> tuple[int, str]:
    ran = modelyard("validate", "--base", "HEAD~1")
    assert ran.err == ""
    return ran.code, ran.out


@pytest.mark.parametrize("path", ["jobs/nightly/dvc.yaml", "jobs/dvc.lock", "jobs/.dvcignore"])
def test_case_04_what_dvc_obeys_in_any_folder_changes_apart_and_is_reviewed(registry: Repository, path: str) -> None:
    registry.commit({path: b"{}\n", **NEW}, "Register fraud@1.2.0")
    assert said() == told(
        registry,
        "refused: 1 problem, 1 model version judged",
        f"{path}: error MY617 {path} changes together with {ROOT}/fraud-1.2.0\n"
        f"    hint: make two changes of it; to take the file out of this one: git rm -r --force {path}\n",
    )

    registry.git("reset", "--quiet", "--hard", "HEAD~1")
    registry.commit({path: b"{}\n"}, "Change the pipeline alone")
    entry = f'{{rule: MY618, path: {path}, reason: "…", expires: "YYYY-MM-DD"}}'
    assert said() == told(
        registry,
        "refused: 1 problem",
        f"{path}: review MY618 {path} decides which bytes are delivered, so a reviewer must have agreed to its change\n"
        f"    hint: merge this exemption into {POLICY} first: {entry}\n",
        f"nothing below {ROOT}/ changed\n",
    )

    waiver = b"exemptions:\n- {rule: MY618, path: %s, %s}\n" % (path.encode(), UNTIL)
    registry.git("reset", "--quiet", "--hard", "HEAD~1")
    registry.commit({POLICY: valid_files()[POLICY] + waiver}, "Agree to it")
    registry.commit({path: b"{}\n"}, "Change the pipeline alone")
    code, out = said()
    assert (code, out.splitlines()[0]) == (0, f"exempted by the policy: MY618 at {path}")


def test_case_04_what_dvc_does_not_obey_may_lie_anywhere(registry: Repository) -> None:
    files = {"jobs/dvc.yaml.md": b"", "jobs/data.dvc": b"", "dvc.yaml.d/x": b"", "jobs/.dvcignore.bak": b""}
    registry.commit({**files, **NEW}, "Register fraud@1.2.0")
    assert said() == told(registry, "passed: no problems, 1 model version judged")


def texts_in(value: Any, path: tuple[str | int, ...] = ()) -> Iterator[tuple[str | int, ...]]:
    """Yield where a document holds a text."""
    if isinstance(value, str):
        yield path
    children = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, child in children:
        yield from texts_in(child, (*path, key))


def with_text(value: Any, path: tuple[str | int, ...], ending: str) -> Any:
    """Return a copy of a document in which one text ends with a character more."""
    if not path:
        return value + ending
    copy: Any = dict(value) if isinstance(value, dict) else list(value)
    copy[path[0]] = with_text(value[path[0]], path[1:], ending)
    return copy


FILLED = [path for path in sorted(valid_files()) if path.endswith((".yaml", ".dvc"))]
FIELDS = [(path, field) for path in FILLED for field in texts_in(dict(yaml.read(valid_files()[path]).mapping()))]


@pytest.mark.parametrize("character", ["\u202e", "\u200b", "\0", "\ud800", "\x9b"], ids=ascii)
def test_case_09_no_text_of_any_document_hides_a_character(character: str) -> None:
    """JSON is YAML, and its escapes hide from whoever looks at bytes alone; each is told at its own line."""
    assert len(FIELDS) > 30
    for path, field in FIELDS:
        document = with_text(yaml.read(valid_files()[path]).mapping(), field, character)
        lines = json.dumps(document, indent=1, ensure_ascii=True)
        line = next(number for number, text in enumerate(lines.splitlines(), 1) if escape(character) in text)
        relative = path.removeprefix(f"{ROOT}/")
        snapshot = snapshot_with({relative: lines})
        assert snapshot.parsed_policy
        if path == POLICY:
            found = [(fault.position.line, fault.message) for fault in snapshot.parsed_policy.all_faults]
        else:
            problems = [each for each in judge(snapshot, snapshot.version_ids).problems if each.path == path]
            found = [(each.position.line, each.message) for each in problems if each.position and each.code == "MY206"]
        assert [place for place, message in found if "U+" in message] == [line], (path, field)


def escape(character: str) -> str:
    return json.dumps(character).strip('"')


@pytest.fixture
def sinkhole() -> Iterator[socket.socket]:
    """Listen on a port of this machine where nobody shall ever call."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        server.setblocking(False)
        yield server


def test_case_11_no_schema_that_a_registry_names_is_fetched(registry: Repository, sinkhole: socket.socket) -> None:
    address = f"http://127.0.0.1:{sinkhole.getsockname()[1]}/"
    policy = valid_files()[POLICY]
    for line, key in ((f"$schema: {address}\n", "'$schema'"), ("$ref: file:///etc/passwd\n", "'$ref'")):
        registry.write({POLICY: policy + line.encode()})
        ran = modelyard("validate")
        bare = key.strip("'")
        assert (ran.code, ran.out) == (2, "")
        assert ran.err == (
            f"modelyard: the policy is broken: {POLICY}:{policy.count(10) + 1}:1: unknown key `{key}`\n"
            f"    hint: remove it, or name it `'x-{bare}'`: keys that start with `x-` are free\n"
        )
    # A schema beside the registry is nobody's schema: it neither judges, nor is it followed.
    own = json.dumps({"$schema": address, "$ref": address, "allOf": [{"$ref": "file:///etc/passwd"}]}).encode()
    registry.commit({POLICY: policy, "schemas/MODEL_METADATA_SCHEMA.json": own, "schemas/POLICY_SCHEMA.json": own})
    registry.commit(NEW, "Register fraud@1.2.0")
    assert said() == told(registry, "passed: no problems, 1 model version judged")
    with pytest.raises(BlockingIOError):
        sinkhole.accept()


def test_case_18_a_change_that_edits_its_judges_is_judged_by_those_of_the_base(registry: Repository) -> None:
    """The policy, the schema and the validator of the change would all let through what only they let through."""
    lenient = b"schema_version: 1\nstages: [{name: staging}, {name: production}]\nrules: {MY301: {severity: note}}\n"
    card = NEW[f"{ROOT}/fraud-1.2.0/MODEL_CARD.md"].replace(b"## Limitations", b"## Boundaries")
    judges = {"schemas/CARD_SCHEMA.json": b"{}", "scripts/validate_model_metadata.py": b"raise SystemExit(0)\n"}
    registry.commit({"schemas/CARD_SCHEMA.json": b'{"type": "object"}', "scripts/validate_model_metadata.py": b""})
    registry.commit({**NEW, POLICY: lenient, f"{ROOT}/fraud-1.2.0/MODEL_CARD.md": card, **judges})
    code, out = said()
    problems = [line for line in out.splitlines() if ": error " in line]
    together = f"changes together with {ROOT}/fraud-1.2.0"
    assert (code, problems) == (
        1,
        [
            f"{ROOT}/fraud-1.2.0/MODEL_CARD.md:1:1: error MY301 section 'Limitations' is missing",
            f"{POLICY}: error MY616 the policy {together}",
            f"schemas/CARD_SCHEMA.json: error MY617 schemas/CARD_SCHEMA.json {together}",
            "scripts/validate_model_metadata.py: error MY617 scripts/validate_model_metadata.py " + together,
        ],
    )


SYSTEM = b"cos\nsystem\n(S'true'\ntR."


def registered_unseen(registry: Repository) -> None:
    """Merge fraud@1.2.0, whose artifact calls the shell, in a clone that has its bytes nowhere; then fetch them."""
    record: Any = yaml.read(NEW[f"{ROOT}/fraud-1.2.0/metadata.yaml"]).mapping()["files"]
    pointer: Any = yaml.read(NEW[f"{ROOT}/fraud-1.2.0/model.joblib.dvc"]).mapping()["outs"]
    changes = {
        record["model.joblib"]["sha256"]: hashlib.sha256(SYSTEM).hexdigest(),
        pointer[0]["md5"]: hashlib.md5(SYSTEM).hexdigest(),
        f"size: {pointer[0]['size']}": f"size: {len(SYSTEM)}",
    }
    new = {path: data.decode() for path, data in NEW.items()}
    for before, after in changes.items():
        new = {path: text.replace(before, after) for path, text in new.items()}
    registry.commit({path: text.encode() for path, text in new.items()}, "Register fraud@1.2.0")
    assert said()[0] == 0
    (registry.path / ROOT / "fraud-1.2.0/model.joblib").write_bytes(SYSTEM)


def test_case_38_what_a_scan_leaves_to_a_reviewer_is_not_promoted_without_one(registry: Repository) -> None:
    registered_unseen(registry)
    artifact = f"{ROOT}/fraud-1.2.0/model.joblib"
    stage = {f"{ROOT}/stages/staging/fraud.yaml": b"schema_version: 1\nversion: 1.2.0\n"}
    registry.write(stage)
    registry.git("add", *stage)
    registry.git("commit", "--quiet", "--no-verify", "--message", "Promote fraud@1.2.0")
    waiver = f"{{rule: MY709, path: {artifact}, reason: <why>}}"
    assert said() == told(
        registry,
        "refused: 1 problem",
        f"{artifact}: review MY709 loading 'model.joblib' would import os.system, which is not known to build data "
        "alone\n"
        "    hint: save it as skops, ONNX or safetensors; or, once reviewed, add to exemptions in registry.yaml: "
        f"{waiver}\n",
    )

    registry.git("reset", "--quiet", "--hard", "HEAD~1")
    exemption = b"exemptions:\n- {rule: MY709, path: %s, %s}\n" % (artifact.encode(), UNTIL)
    registry.write({POLICY: valid_files()[POLICY] + exemption})
    registry.git("commit", "--quiet", "--no-verify", "--all", "--message", "Agree to it")
    registry.write(stage)
    registry.git("commit", "--quiet", "--no-verify", "--all", "--message", "Promote fraud@1.2.0")
    assert said() == told(registry, "passed: no problems", notes=f"exempted by the policy: MY709 at {artifact}\n")


def test_case_38_the_command_does_not_promote_it_either(registry: Repository) -> None:
    registered_unseen(registry)
    ran = modelyard("promote", "fraud@1.2.0", "--to", "staging", "--branch", "work")
    assert ran.code == 1
    assert ran.out.splitlines()[0] == (
        f"{ROOT}/fraud-1.2.0/model.joblib: review MY709 loading 'model.joblib' would import os.system, "
        "which is not known to build data alone"
    )
    assert ran.err == "modelyard: fraud@1.2.0 in staging was refused by the gate, and nothing was written\n"
    assert registry.git("for-each-ref", "--format=%(refname)") == "refs/heads/main"


@pytest.mark.parametrize("source", ["installed", "./tools/modelyard"])
def test_case_47_the_jobs_that_we_write_read_and_keep_no_secret(source: str) -> None:
    text = "".join(text for service in CiService for text in service.files(ToolSource.parse(source)).values())
    assert "pull_request_target" not in text
    assert "secrets" not in text.replace("no secrets", "")


def with_keras(layer: dict[str, Any]) -> dict[str, bytes]:
    """Return fraud@1.2.0 as a model of Keras that lies in Git, with one layer."""
    archive = zip_bytes({"metadata.json": '{"keras_version": "3.9.0"}', "config.json": json.dumps({"layers": [layer]})})
    record: Any = yaml.read(NEW[f"{ROOT}/fraud-1.2.0/metadata.yaml"]).mapping()["files"]
    metadata = NEW[f"{ROOT}/fraud-1.2.0/metadata.yaml"].decode().replace("model.joblib", "model.keras")
    for before, after in (
        (record["model.joblib"]["sha256"], hashlib.sha256(archive).hexdigest()),
        (f"size: {record['model.joblib']['size']}", f"size: {len(archive)}"),
        ("format: joblib", "format: keras"),
    ):
        metadata = metadata.replace(before, after)
    kept = {path: data for path, data in NEW.items() if not path.endswith((".dvc", ".gitignore"))}
    directory = f"{ROOT}/fraud-1.2.0"
    return {**kept, f"{directory}/metadata.yaml": metadata.encode(), f"{directory}/model.keras": archive}


def test_a_lambda_layer_is_refused_until_the_policy_exempts_it(registry: Repository) -> None:
    path = f"{ROOT}/fraud-1.2.0/model.keras"
    registry.commit(with_keras({"class_name": "Lambda", "config": {"name": "scaled"}}), "Register fraud@1.2.0")
    waiver = f"{{rule: MY711, path: {path}, reason: <why>}}"
    assert said() == told(
        registry,
        "refused: 1 problem, 1 model version judged",
        f"{path}: error MY711 loading 'model.keras' would run code: layer 'scaled' is a Lambda\n"
        "    hint: use layers of Keras, or save it as ONNX; or, once reviewed, add to exemptions in registry.yaml: "
        f"{waiver}\n",
    )
    registry.git("reset", "--quiet", "--hard", "HEAD~1")
    exemption = b"exemptions:\n- {rule: MY711, path: %s, %s}\n" % (path.encode(), UNTIL)
    registry.commit({POLICY: valid_files()[POLICY] + exemption}, "Agree to it")
    registry.commit(with_keras({"class_name": "Lambda", "config": {"name": "scaled"}}), "Register fraud@1.2.0")
    passed = "passed: no problems, 1 model version judged"
    assert said() == told(registry, passed, notes=f"exempted by the policy: MY711 at {path}\n")


def test_layers_of_keras_alone_are_fine(registry: Repository) -> None:
    registry.commit(with_keras({"class_name": "Dense", "module": "keras.layers"}), "Register fraud@1.2.0")
    assert said() == told(registry, "passed: no problems, 1 model version judged")
