from __future__ import annotations

import hashlib
import json
from pathlib import Path

import pytest

from modelyard.documents import lockfile
from support.applications import address_of, promote, write_list
from support.registry import Ran, Scene, copied
from support.repositories import Repository, new_repository

pytestmark = pytest.mark.usefixtures("own_cache")


def commit_all(repository: Repository, message: str) -> None:
    repository.git("add", "--all")
    repository.git("commit", "--quiet", "--message", message)


def test_what_is_asked_for_is_written_down_with_its_bytes(merged: Scene, application: Path) -> None:
    ran = merged.run("lock")

    head = merged.registry.head
    assert ran == Ran(0, f"locked: 1 model\n  fraud  fraud@1.0.0  production at {head[:12]}  new\n", "")
    lock = lockfile.parse((application / "models.lock").read_bytes())
    delivery = lock.models["fraud"].delivery
    assert (delivery.registry, delivery.commit, str(delivery.version)) == (address_of(merged), head, "fraud@1.0.0")
    assert {path: (file.sha256, file.size, file.role) for path, file in delivery.files.items()} == {
        name: (hashlib.sha256(data).hexdigest(), len(data), role)
        for name, role in (("model.joblib", "model"), ("scaler.joblib", "preprocessor"))
        if (data := (merged.training.path / name).read_bytes())
    }


def test_what_is_locked_stays_when_the_stage_moves(merged: Scene, application: Path) -> None:
    assert merged.run("lock").code == 0
    before = (application / "models.lock").read_bytes()
    promote(merged, "1.1.0")

    ran = merged.run("lock")

    assert ran.out.endswith("as before\n")
    assert (application / "models.lock").read_bytes() == before


def test_what_is_asked_for_otherwise_is_resolved_anew(merged: Scene, application: Path) -> None:
    assert merged.run("lock").code == 0
    write_list(application, address_of(merged), {"fraud": '"^1.1"', "spare": '{ model = "fraud", version = "1.0.0" }'})

    ran = merged.run("lock")

    at = merged.registry.head[:12]
    assert ran.out.splitlines() == [
        "locked: 2 models",
        f"  fraud  fraud@1.1.0  ^1.1 at {at}   was fraud@1.0.0",
        f"  spare  fraud@1.0.0  1.0.0 at {at}  new",
    ]


def test_what_is_no_longer_asked_for_goes(merged: Scene, application: Path) -> None:
    write_list(
        application, address_of(merged), {"fraud": '"latest"', "spare": '{ model = "fraud", version = "1.0.0" }'}
    )
    assert merged.run("lock").code == 0
    write_list(application, address_of(merged), {"fraud": '"latest"'})

    ran = merged.run("lock")

    assert ran.out.splitlines()[-1].split() == ["spare", "no", "longer", "asked", "for"]
    assert list(lockfile.parse((application / "models.lock").read_bytes()).models) == ["fraud"]


def test_ci_refuses_a_lock_that_is_not_what_is_asked_for(merged: Scene, application: Path) -> None:
    missing = merged.run("lock", "--check")
    assert missing == Ran(2, "", "modelyard: there is no models.lock\n    hint: modelyard lock\n")
    assert merged.run("lock").code == 0
    assert merged.run("lock", "--check") == Ran(0, "fits: 1 model\n", "")
    before = (application / "models.lock").read_bytes()
    write_list(application, address_of(merged), {"fraud": '"^1"', "spare": '"1.0.0"'})

    ran = merged.run("lock", "--check")

    assert ran == Ran(
        1,
        "",
        "modelyard: models.lock is not what modelyard.toml asks for: "
        "fraud is locked as fraud@production, and asked for as fraud@^1 (and 1 more)\n"
        "    hint: modelyard lock && git add models.lock\n",
    )
    assert (application / "models.lock").read_bytes() == before


def test_ci_refuses_a_lock_of_another_registry_or_remote(merged: Scene, application: Path) -> None:
    assert merged.run("lock").code == 0
    write_list(application, "https://git.example.org/other.git", {"fraud": '"production"'})
    assert "fraud is locked as of file://SCENE/origin.git, and asked for of https://git.example.org/other.git" in (
        merged.run("lock", "--check").err
    )
    write_list(application, address_of(merged), {"fraud": '{ version = "production", remote = "eu" }'})
    assert "fraud is locked as from the registry's own remote, and asked for from remote eu" in (
        merged.run("lock", "--check").err
    )


def test_ci_refuses_a_lock_that_was_written_by_hand(merged: Scene, application: Path) -> None:
    assert merged.run("lock").code == 0
    lock = application / "models.lock"
    lock.write_text(json.dumps(json.loads(lock.read_text())))

    ran = merged.run("lock", "--check")

    assert ran == Ran(1, "", "modelyard: models.lock is not as modelyard writes it\n    hint: modelyard lock\n")
    assert merged.run("lock").code == 0
    assert merged.run("lock", "--check").code == 0


def test_two_branches_that_move_one_model_meet_in_a_conflict_that_says_what_to_do(
    merged: Scene, application: Path
) -> None:
    repository = new_repository(application)
    assert merged.run("lock").code == 0
    commit_all(repository, "Lock")
    for branch, version in (("one", "1.1.0"), ("two", "1.0.0")):
        repository.git("checkout", "--quiet", "-b", branch, "main")
        write_list(application, address_of(merged), {"fraud": f'"{version}"'})
        assert merged.run("lock").code == 0
        repository.git("checkout", "--quiet", "HEAD", "--", "modelyard.toml")
        commit_all(repository, f"Take {version}")
    repository.git("checkout", "--quiet", "one")
    with pytest.raises(AssertionError):
        repository.git("merge", "two")

    ran = merged.run("lock")

    line = next(
        number
        for number, text in enumerate((application / "models.lock").read_text().splitlines(), start=1)
        if text.startswith("<<<<<<<")
    )
    assert ran == Ran(
        2,
        "",
        f"modelyard: models.lock:{line}:1: two changes meet here, and the merge of them is not finished\n"
        "    hint: keep either side as a whole (git checkout --ours models.lock), "
        "then: modelyard lock && git add models.lock\n",
    )
    repository.git("checkout", "--ours", "models.lock")
    assert merged.run("lock").code == 0
    assert merged.run("lock", "--check").code == 0


def test_models_of_two_registries(merged: Scene, application: Path, tmp_path: Path) -> None:
    other = copied(merged, tmp_path / "other")
    promote(other, "1.1.0")
    more = f'[registries]\nrisk = "{address_of(other)}"\n'
    models = {"fraud": '"production"', "shadow": '{ model = "fraud", version = "production", registry = "risk" }'}
    write_list(application, address_of(merged), models, more)

    ran = merged.run("lock", "--format", "json")

    found = json.loads(ran.out.replace("SCENE", str(merged.path)))
    assert found["moved"] == ["fraud", "shadow"]
    assert {name: (each["version"], each["registry"]) for name, each in found["models"].items()} == {
        "fraud": ("fraud@1.0.0", address_of(merged)),
        "shadow": ("fraud@1.1.0", address_of(other)),
    }


def test_a_model_that_is_not_there_is_named_and_nothing_is_written(merged: Scene, application: Path) -> None:
    write_list(application, address_of(merged), {"fraud": '"production"', "fruad": '"production"'})

    ran = merged.run("lock")

    assert ran == Ran(
        2,
        "",
        "modelyard: fruad cannot be locked: fruad@production resolves to nothing: there is no model 'fruad'\n"
        "    hint: did you mean fraud@production?\n",
    )
    assert not (application / "models.lock").exists()


def test_the_list_is_found_from_below_and_in_a_project(
    merged: Scene, application: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    below = application / "src" / "deep"
    below.mkdir(parents=True)
    (application / "src" / "pyproject.toml").write_text('[project]\nname = "no list of ours"\n')
    monkeypatch.chdir(below)
    assert merged.run("lock").code == 0
    assert (application / "models.lock").is_file()

    table = f'[tool.modelyard]\nregistry = "{address_of(merged)}"\n[tool.modelyard.models]\nfraud = "latest"\n'
    (application / "src" / "pyproject.toml").write_text(table)
    assert "fraud@1.1.0" in merged.run("lock").out
    assert (application / "src" / "models.lock").is_file()


def test_without_a_list_it_is_said_how_to_write_one(merged: Scene) -> None:
    ran = merged.run("lock", "--project", "/")

    assert ran == Ran(
        2,
        "",
        "modelyard: neither / nor a directory above it lists models\n"
        '    hint: write modelyard.toml: registry = "https://git.example.org/models.git", then [models], '
        'then fraud = "production"\n',
    )
