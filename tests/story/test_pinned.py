"""A version of a commit that was pulled before: everything in place is answered from our cache, to the last byte."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from modelyard.api.pinned import Pinned, pinned
from modelyard.names import VersionId
from modelyard.values import replace
from support.applications import address_of, serve_storage
from support.registry import Ran, Scene

if TYPE_CHECKING:
    from collections.abc import Callable

WARM = """\
import sys
from modelyard.cli import main
code = main(sys.argv[1:])
print(*sorted(name for name in sys.modules if name.startswith("modelyard")), file=sys.stderr)
heavy = {"yaml", "jsonschema", "jsonschema_rs", "git", "subprocess", "shutil", "tempfile", "dataclasses", "inspect"}
print(*sorted(heavy & set(sys.modules)), file=sys.stderr)
sys.exit(code)
"""


@pytest.fixture
def words(merged: Scene, own_cache: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """What pulls fraud@production of the last commit into ``out``, which was done once; we stand beside it."""
    serve_storage(merged)
    monkeypatch.chdir(tmp_path)
    words = ["fraud@production", "--repo", address_of(merged), "--as-of", merged.registry.head, "--out", "out"]
    ran = merged.run("pull", *words)
    assert ran.code == 0, ran.err
    return words


def cut_off(scene: Scene, cache: Path) -> None:
    """Take away all that a pull could ask."""
    for place in (scene.origin.path, scene.storage, cache / "registries", cache / "files"):
        shutil.rmtree(place)


def kept(cache: Path) -> Path:
    (file,) = (cache / "deliveries").iterdir()
    return file


def test_what_is_in_place_is_told_without_registry_remote_and_objects(
    merged: Scene, own_cache: Path, words: list[str], fetches: Callable[[], int]
) -> None:
    fetches()
    texts = {form: merged.run("pull", *words, "--format", form) for form in ("text", "json")}
    assert fetches() == 0
    cut_off(merged, own_cache)

    assert {form: merged.run("pull", *words, "--format", form) for form in texts} == texts
    assert merged.run("pull", *words, "--offline") == texts["text"]
    size = sum((merged.training.path / name).stat().st_size for name in ("model.joblib", "scaler.joblib"))
    told = f"pulled fraud@1.0.0, {size / 1000:.1f} kB, SHA-256 verified\n  out/model.joblib\n  out/scaler.joblib\n"
    assert texts["text"] == Ran(0, told, "")
    assert json.loads(texts["json"].out) == {
        "name": "fraud",
        "version": "1.0.0",
        "commit": merged.registry.head,
        "paths": ["out/model.joblib", "out/scaler.joblib"],
        "replaced": [],
        "fetched": 0,
    }


def test_it_imports_neither_yaml_nor_git_nor_a_schema_engine(words: list[str]) -> None:
    ran = subprocess.run([sys.executable, "-c", WARM, "pull", *words], capture_output=True, text=True, check=True)

    modules, heavy = ran.stderr.split("\n")[:2]
    assert heavy == ""
    assert {name.removeprefix("modelyard.") for name in modules.split()} == {
        *("modelyard", "addresses", "api", "api.cache_place", "api.pinned", "cli", "cli.amounts", "cli.console"),
        *("cli.failures", "cli.fetching", "cli.main", "cli.parser", "cli.pull_command", "cli.reading"),
        *("documents", "documents.delivery", "documents.plain_json", "documents.sealed", "errors", "names", "portable"),
        *("reports", "reports.columns", "reports.style", "reports.visible"),
        *("storage", "storage.in_place", "storage.jobs", "values"),
    }


def test_other_bytes_in_place_are_told_by_their_digest_and_replaced(merged: Scene, words: list[str]) -> None:
    model = Path("out/model.joblib")
    data = model.read_bytes()
    model.write_bytes(data[:-1] + bytes([data[-1] ^ 1]))

    ran = merged.run("pull", *words)

    assert ran.out.splitlines()[1] == "  out/model.joblib (replaced a file with other bytes)"
    assert model.read_bytes() == data


@pytest.mark.parametrize("damage", ["flipped", "cut", "empty", "swapped", "gone"])
def test_a_damaged_answer_is_not_believed_and_kept_anew(
    merged: Scene, own_cache: Path, words: list[str], damage: str
) -> None:
    file = kept(own_cache)
    data = file.read_bytes()
    digest = b'"sha256": "'
    place = data.index(digest) + len(digest)
    spoilt = {
        "flipped": data[:place] + bytes([data[place] ^ 1]) + data[place + 1 :],
        "cut": data[: len(data) // 2],
        "empty": b"",
        "swapped": data.replace(b"model.joblib", b"scaler.joblib", 1),
    }
    file.unlink()
    if damage in spoilt:
        file.write_bytes(spoilt[damage])
    origin = merged.origin.path.rename(merged.path / "away")
    shutil.move(own_cache / "registries", merged.path / "mirrors")
    assert merged.run("pull", *words).code == 3
    origin.rename(merged.origin.path)
    shutil.move(merged.path / "mirrors", own_cache / "registries")

    assert merged.run("pull", *words).code == 0
    assert kept(own_cache).read_bytes() == data


@pytest.mark.usefixtures("words")
def test_an_answer_belongs_to_its_question_alone(merged: Scene, own_cache: Path) -> None:
    asked = Pinned(address_of(merged), merged.registry.head, "fraud@production")
    data = kept(own_cache).read_bytes()
    answer = asked.answer()
    assert answer
    assert str(answer.version) == "fraud@1.0.0"
    for other in (
        Pinned(f"{asked.registry}/", asked.commit, asked.reference),
        Pinned(asked.registry, "0" * 40, asked.reference),
        Pinned(asked.registry, asked.commit, "fraud@latest"),
        Pinned(asked.registry, asked.commit, asked.reference, allow_yanked=True),
    ):
        assert other.answer() is None
        other._file.write_bytes(data)
        assert other.answer() is None


@pytest.mark.usefixtures("words")
def test_an_answer_that_leads_elsewhere_is_none(merged: Scene) -> None:
    asked = Pinned(address_of(merged), merged.registry.head, "fraud@production")
    answer = asked.answer()
    assert answer
    outside = {"../model.joblib": answer.files["model.joblib"]}
    for wrong in (
        replace(answer, files=outside, artifact="../model.joblib"),
        replace(answer, registry="https://git.example.org/other.git"),
        replace(answer, commit="0" * 40),
        replace(answer, version=VersionId.parse("churn@1.0.0")),
    ):
        asked.keep(wrong)
        assert asked.answer() is None


@pytest.mark.usefixtures("own_cache")
def test_what_a_yanked_version_means_depends_on_what_is_allowed(merged: Scene, tmp_path: Path) -> None:
    serve_storage(merged)
    assert merged.run("yank", "fraud@1.1.0", "--reason", "leaked labels", "--commit").code == 0
    merged.push()
    words = ("fraud@1.1.0", "--repo", address_of(merged), "--as-of", merged.registry.head, "--out", tmp_path / "out")
    for _ in range(2):
        assert merged.run("pull", *words, "--allow-yanked").code == 0
        assert merged.run("pull", *words).code == 2


def test_what_may_move_is_not_kept(merged: Scene, own_cache: Path, tmp_path: Path) -> None:
    serve_storage(merged)
    out = ("--out", tmp_path / "out")
    for repository, when in (
        (address_of(merged), ()),
        (address_of(merged), ("--as-of", "main")),
        (address_of(merged), ("--as-of", "2099-01-01")),
        (merged.registry.path, ("--as-of", merged.registry.head)),
        (merged.origin.path, ("--as-of", merged.registry.head)),
    ):
        ran = merged.run("pull", "fraud@production", "--repo", repository, *when, *out)
        assert ran.code == 0, ran.err
    assert not (own_cache / "deliveries").exists()


def test_a_remote_that_is_named_is_looked_for(merged: Scene, words: list[str]) -> None:
    ran = merged.run("pull", *words, "--remote", "nowhere")
    assert (ran.code, ran.out) == (2, "")


def test_a_cache_that_takes_nothing_spoils_no_pull(merged: Scene, own_cache: Path, words: list[str]) -> None:
    kept(own_cache).unlink()
    (own_cache / "deliveries").rmdir()
    (own_cache / "deliveries").write_text("in the way", "utf-8")
    assert merged.run("pull", *words).code == 0


def test_no_password_is_part_of_a_question() -> None:
    asked = pinned("https://ann:hunter2@git.example.org/m.git", "0" * 40, "fraud@1.0.0")
    assert asked == Pinned("https://git.example.org/m.git", "0" * 40, "fraud@1.0.0")
