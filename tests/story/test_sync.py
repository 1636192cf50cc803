from __future__ import annotations

import json
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from modelyard.documents import lockfile
from modelyard.storage.layout import object_path
from support.applications import address_of, promote, release, serve_storage, write_list
from support.forge import Forge
from support.forge_server import serving
from support.registry import Ran, Scene, copied

pytestmark = pytest.mark.usefixtures("own_cache")


@pytest.fixture
def synced(merged: Scene, application: Path) -> Path:
    """The same application with everything in place."""
    assert merged.run("sync").code == 0
    return application


def files_below(directory: Path) -> dict[str, bytes]:
    return {
        path.relative_to(directory).as_posix(): path.read_bytes() for path in directory.rglob("*") if path.is_file()
    }


def standing(directory: Path) -> dict[str, bytes]:
    """Return the files of a directory of models by path, those of the tool's own folder left out."""
    return {path: data for path, data in files_below(directory).items() if not path.startswith(".modelyard/")}


def trained(scene: Scene, name: str = "fraud") -> dict[str, bytes]:
    names = ("model.joblib", "scaler.joblib")
    return {f"{name}/{each}": (scene.training.path / each).read_bytes() for each in names}


def test_models_come_into_their_place_and_the_lock_is_written(merged: Scene, application: Path) -> None:
    ran = merged.run("sync")

    assert ran == Ran(0, "placed  fraud@1.0.0  models/fraud\n", "")
    assert standing(application / "models") == trained(merged)
    assert merged.run("lock", "--check").code == 0


def test_nothing_is_touched_when_all_is_in_place(merged: Scene, synced: Path) -> None:
    before = {path: path.stat() for path in sorted(synced.rglob("*"))}

    ran = merged.run("sync", "--frozen", "--offline")

    assert ran == Ran(0, "in place: 1 model, every byte as it is locked\n", "")
    assert {path: path.stat() for path in sorted(synced.rglob("*"))} == before


def test_in_place_takes_no_registry_no_remote_and_no_cache(merged: Scene, synced: Path, own_cache: Path) -> None:
    for path in (merged.origin.path, merged.storage, own_cache):
        shutil.rmtree(path)

    assert merged.run("sync", "--frozen").code == 0
    assert merged.run("sync").code == 0


def test_another_machine_with_the_lock_gets_the_same_bytes(merged: Scene, synced: Path, own_cache: Path) -> None:
    promote(merged, "1.1.0")
    for path in (synced / "models", own_cache):
        shutil.rmtree(path)

    assert merged.run("sync", "--frozen") == Ran(0, "placed  fraud@1.0.0  models/fraud\n", "")
    assert standing(synced / "models") == trained(merged)


def test_offline_the_cache_has_to_do(merged: Scene, synced: Path, own_cache: Path) -> None:
    for path in (synced / "models", merged.origin.path, merged.storage):
        shutil.rmtree(path)
    assert merged.run("sync", "--offline") == Ran(0, "placed  fraud@1.0.0  models/fraud\n", "")
    shutil.rmtree(synced / "models")
    shutil.rmtree(own_cache)

    ran = merged.run("sync", "--offline")

    message = "modelyard: fraud@1.0.0 is not in the cache, and --offline fetches nothing\n    hint: modelyard sync\n"
    assert ran == Ran(3, "", message)
    assert not (synced / "models/fraud").exists()


def test_offline_nothing_is_locked(merged: Scene, application: Path) -> None:
    assert merged.run("sync", "--offline") == Ran(
        3,
        "",
        "modelyard: there is no models.lock, and --offline asks no registry\n"
        "    hint: modelyard lock, where the registry can be reached\n",
    )


def test_frozen_refuses_a_lock_that_is_not_what_is_asked_for(merged: Scene, synced: Path) -> None:
    release(merged, "1.2.0")
    write_list(synced, address_of(merged), {"fraud": '"^1.1"'})
    before = files_below(synced)

    ran = merged.run("sync", "--frozen")

    assert ran == Ran(
        1,
        "",
        "modelyard: models.lock is not what modelyard.toml asks for: "
        "fraud is locked as fraud@production, and asked for as fraud@^1.1\n"
        "    hint: modelyard lock && git add models.lock\n",
    )
    assert files_below(synced) == before
    moved = "locked anew: fraud@1.2.0 instead of fraud@1.0.0\n"
    assert merged.run("sync") == Ran(0, f"{moved}replaced  fraud@1.2.0  models/fraud\n", "")
    scaler = (merged.training.path / "scaler.joblib").read_bytes()
    assert standing(synced / "models") == {"fraud/scaler.joblib": scaler}


def test_a_flipped_byte_in_place_is_mended_and_named(merged: Scene, synced: Path) -> None:
    path = synced / "models/fraud/model.joblib"
    data = path.read_bytes()
    path.write_bytes(bytes([data[0] ^ 1]) + data[1:])

    ran = merged.run("sync", "--frozen", "--offline")

    assert ran == Ran(0, "replaced  fraud@1.0.0  models/fraud\n  models/fraud/model.joblib had other bytes\n", "")
    assert standing(synced / "models") == trained(merged)


def test_a_flipped_byte_in_the_cache_is_fetched_again(merged: Scene, synced: Path, own_cache: Path) -> None:
    shutil.rmtree(synced / "models")
    for path in (own_cache / "files").rglob("*"):
        if path.is_file():
            path.chmod(0o644)
            path.write_bytes(path.read_bytes()[::-1])

    offline = merged.run("sync", "--offline")
    assert (offline.code, "is corrupt" in offline.err) == (1, True)
    assert not (synced / "models/fraud").exists()
    assert merged.run("sync").code == 0
    assert standing(synced / "models") == trained(merged)


def test_a_flipped_byte_in_the_remote_is_told_and_nothing_is_put_in_place(merged: Scene, application: Path) -> None:
    for path in merged.storage.rglob("*"):
        if path.is_file():
            path.chmod(0o644)
            path.write_bytes(path.read_bytes()[::-1])

    ran = merged.run("sync")

    assert ran.code == 1
    assert "is corrupt: expected" in ran.err
    assert standing(application / "models") == {}


def test_somebody_elses_file_in_the_way_is_named_and_stays(merged: Scene, synced: Path) -> None:
    (synced / "models/fraud/notes.txt").write_text("mine")
    (synced / "models/README.md").write_text("beside the models, and nobody's business")
    before = standing(synced / "models")

    ran = merged.run("sync")

    assert ran == Ran(
        1,
        "",
        "modelyard: models/fraud/notes.txt is not in the lock, and modelyard has not put it there\n"
        "    hint: move it away; or have it removed: modelyard sync --prune\n",
    )
    assert standing(synced / "models") == before
    assert merged.run("sync", "--prune") == Ran(
        0, "replaced  fraud@1.0.0  models/fraud\n  models/fraud/notes.txt was removed\n", ""
    )
    assert standing(synced / "models").keys() == {*trained(merged), "README.md"}


def test_a_file_of_ones_own_with_the_name_of_a_model_stays(merged: Scene, application: Path) -> None:
    own = application / "models/fraud/model.joblib"
    own.parent.mkdir(parents=True)
    own.write_bytes(b"my own")

    ran = merged.run("sync")

    assert ran.code == 1
    assert ran.err.startswith("modelyard: models/fraud/model.joblib is not in the lock")
    assert own.read_bytes() == b"my own"


def test_what_was_put_there_before_goes_without_being_asked(merged: Scene, synced: Path) -> None:
    """A version that has other files than the one before takes the old ones' place"""
    (synced / "models/fraud/scaler.joblib").rename(synced / "models/fraud/former.joblib")
    ledger = synced / "models/.modelyard/fraud.json"
    ledger.write_text(ledger.read_text().replace("scaler.joblib", "former.joblib"))

    assert merged.run("sync") == Ran(0, "replaced  fraud@1.0.0  models/fraud\n", "")
    assert standing(synced / "models") == trained(merged)


def test_a_model_that_is_no_longer_asked_for_goes(merged: Scene, application: Path) -> None:
    spare = '{ model = "fraud", version = "1.1.0" }'
    write_list(application, address_of(merged), {"fraud": '"production"', "spare": spare})
    assert merged.run("sync").code == 0
    write_list(application, address_of(merged), {"fraud": '"production"'})
    (application / "models/spare/model.joblib").write_bytes(b"changed by hand")

    refused = merged.run("sync")
    assert refused.err.startswith("modelyard: models/spare/model.joblib is not in the lock")
    (application / "models/spare/model.joblib").unlink()
    ran = merged.run("sync")

    assert ran.out.splitlines() == ["in place  fraud@1.0.0  models/fraud", "removed   spare        models/spare"]
    assert standing(application / "models") == trained(merged)
    assert merged.run("sync").out.startswith("in place: 1 model")


def test_links_are_not_followed(merged: Scene, synced: Path, tmp_path: Path) -> None:
    elsewhere = tmp_path / "elsewhere"
    shutil.move(synced / "models/fraud", elsewhere)
    (synced / "models/fraud").symlink_to(elsewhere)
    assert merged.run("sync") == Ran(
        1,
        "",
        "modelyard: models/fraud is a symbolic link, and the directory of a model belongs there\n"
        "    hint: move it away, or name another directory: --out DIR\n",
    )
    (synced / "models/fraud").unlink()
    shutil.copytree(elsewhere, synced / "models/fraud")
    (synced / "models/fraud/model.joblib").unlink()
    (synced / "models/fraud/model.joblib").symlink_to(elsewhere / "model.joblib")

    assert merged.run("sync").code == 0
    assert not (synced / "models/fraud/model.joblib").is_symlink()
    assert standing(synced / "models") == trained(merged)


def test_a_program_is_told_what_was_done(merged: Scene, application: Path) -> None:
    ran = merged.run("sync", "--out", application / "var", "--format", "json")

    assert json.loads(ran.out) == {
        "out": "SCENE/application/var",
        "models": {
            "fraud": {
                "state": "placed",
                "version": "fraud@1.0.0",
                "path": "SCENE/application/var/fraud",
                "mended": [],
                "pruned": [],
                "fetched": sum(map(len, trained(merged).values())),
            }
        },
        "moved": ["fraud"],
    }


def test_models_of_two_registries_come_from_both(
    merged: Scene, application: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    other = copied(merged, tmp_path / "other")
    serve_storage(other)
    monkeypatch.chdir(other.registry.path)
    release(other, "2.1.0", name="embed", artifact="forest")
    monkeypatch.chdir(application)
    more = f'[registries]\nrisk = "{address_of(other)}"\n'
    models = {"fraud": '"production"', "embed": '{ version = "^2", registry = "risk" }'}
    write_list(application, address_of(merged), models, more)

    ran = merged.run("sync")

    assert ran.out.splitlines() == ["placed  fraud@1.0.0  models/fraud", "placed  embed@2.1.0  models/embed"]
    forest = {f"embed/{path}": data for path, data in files_below(other.training.path).items() if "forest/" in path}
    assert len(forest) > 1
    assert standing(application / "models") == trained(merged) | forest
    (oid,) = lockfile.parse((application / "models.lock").read_bytes()).models["embed"].delivery.directories.values()
    assert (other.storage / object_path(oid)).is_file()
    assert not (merged.storage / object_path(oid)).exists()


def test_a_registry_over_http(merged: Scene, application: Path) -> None:
    forge = Forge(merged.path / "forge")
    forge.seed(merged.origin)
    with serving(forge):
        address = forge.clone_url
        write_list(application, address, {"fraud": '"production"'})
        assert merged.run("sync") == Ran(0, "placed  fraud@1.0.0  models/fraud\n", "")
    assert standing(application / "models") == trained(merged)
    lock = lockfile.parse((application / "models.lock").read_bytes())
    assert lock.models["fraud"].delivery.registry == address
    assert merged.run("sync", "--frozen", "--offline").code == 0


def test_a_password_in_the_list_gets_into_no_other_file(merged: Scene, application: Path, own_cache: Path) -> None:
    forge = Forge(merged.path / "forge")
    forge.seed(merged.origin)
    with serving(forge):
        address = forge.clone_url.replace("http://", "http://ada:hush-hush@")
        write_list(application, address, {"fraud": '"production"'})
        assert merged.run("sync").code == 0
        locked = lockfile.parse((application / "models.lock").read_bytes()).models["fraud"]
        assert locked.delivery.registry == forge.clone_url
    assert merged.run("lock", "--check").code == 0
    written = {**files_below(own_cache), **files_below(application)}
    assert [path for path, data in written.items() if b"hush-hush" in data] == ["modelyard.toml"]


def test_a_model_that_lies_in_git_itself(merged: Scene, application: Path, own_cache: Path) -> None:
    release(merged, "2.0.0", "--in-git")
    write_list(application, address_of(merged), {"fraud": '"2.0.0"'})

    assert merged.run("sync") == Ran(0, "placed  fraud@2.0.0  models/fraud\n", "")

    scaler = (merged.training.path / "scaler.joblib").read_bytes()
    assert standing(application / "models") == {"fraud/scaler.joblib": scaler}
    (file,) = lockfile.parse((application / "models.lock").read_bytes()).models["fraud"].delivery.files.values()
    assert file.in_git
    shutil.rmtree(application / "models")
    assert merged.run("sync", "--offline").code == 0


@pytest.mark.parametrize("words", [(), ("--in-git",)])
def test_a_version_that_was_retired_since_is_read_from_the_commit_that_was_locked(
    merged: Scene, application: Path, own_cache: Path, words: tuple[str, ...]
) -> None:
    release(merged, "1.0.5", *words)
    write_list(application, address_of(merged), {"fraud": '"1.0.5"'})
    assert merged.run("lock").code == 0
    ran = merged.run("retire", "fraud@1.0.5", "--reason", "old", "--registry", merged.registry.path)
    assert ran.code == 0, ran.err
    merged.commit("Retire")
    merged.push()
    shutil.rmtree(own_cache)

    assert merged.run("sync", "--frozen") == Ran(0, "placed  fraud@1.0.5  models/fraud\n", "")

    outdated = merged.run("outdated")
    assert "  fraud@1.0.5 was retired: old" in outdated.out.splitlines()


def test_links_to_the_cache_take_no_room(merged: Scene, application: Path, own_cache: Path) -> None:
    assert merged.run("sync", "--link", "--jobs", "2").code == 0

    path = application / "models/fraud/model.joblib"
    (object_,) = [each for each in (own_cache / "files").rglob("*") if each.is_file() and each.samefile(path)]
    assert path.stat().st_mode & 0o222 == 0
    assert merged.run("sync", "--frozen", "--offline").out.startswith("in place")
    assert object_.read_bytes() == path.read_bytes()


def test_many_at_once_are_safe(merged: Scene, application: Path) -> None:
    assert merged.run("lock").code == 0
    command = [sys.executable, "-m", "modelyard", "sync", "--frozen"]
    running = [subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE) for _ in range(4)]

    ended = [process.communicate(timeout=120) for process in running]

    assert [(process.returncode, err) for process, (_out, err) in zip(running, ended, strict=True)] == [(0, b"")] * 4
    assert standing(application / "models") == trained(merged)
    assert not list((application / "models/.modelyard").glob(".modelyard-*"))


WARM = """\
import sys
from modelyard.cli import main
code = main(["sync", "--frozen", "--offline"])
print(*sorted(name for name in sys.modules if name.startswith("modelyard")), file=sys.stderr)
heavy = {"yaml", "jsonschema", "jsonschema_rs", "git", "subprocess", "shutil", "tempfile", "dataclasses", "inspect"}
print(*sorted(heavy & set(sys.modules)), file=sys.stderr)
sys.exit(code)
"""


def test_what_starts_an_application_imports_neither_yaml_nor_git_nor_a_schema_engine(synced: Path) -> None:
    ran = subprocess.run([sys.executable, "-c", WARM], capture_output=True, text=True, check=True)

    modules, heavy = ran.stderr.split("\n")[:2]
    assert heavy == ""
    assert {name.removeprefix("modelyard.") for name in modules.split()} == {
        *("modelyard", "__init__", "addresses", "errors", "names", "portable", "ranges", "refs", "values"),
        *("api", "api.application", "api.application.ledger", "api.application.project", "api.application.syncing"),
        *("cli", "cli.amounts", "cli.application", "cli.console", "cli.failures", "cli.fetching", "cli.main"),
        *("cli.parser", "cli.progress", "cli.sync_command"),
        *("documents", "documents.application", "documents.delivery", "documents.lockfile", "documents.plain_json"),
        "documents.sealed",
        *("reports", "reports.columns", "reports.style", "reports.visible"),
        *("storage", "storage.in_place", "storage.jobs"),
    } - {"__init__"}
