"""Attributes that make a work tree differ from Git's bytes: commits and the index are judged by Git's bytes alone."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING, Any

import pytest

from modelyard.documents import yaml
from support.cases import valid_files
from support.registry import modelyard
from support.repositories import Repository, new_repository, run_git
from support.services import next_version

if TYPE_CHECKING:
    from pathlib import Path

ROOT = "model_registry"
OLD = f"{ROOT}/fraud-1.1.0"
METRICS = f"{OLD}/metrics.json"
NEW = {path: data for path, data in next_version().items() if path.startswith(f"{ROOT}/fraud-1.2.0/")}
FILTER = ("-c", "filter.loud.smudge=tr a-z A-Z", "-c", "filter.loud.clean=tr A-Z a-z")
LINES: dict[str, str] = {
    "line ends": "* text=auto eol=crlf",
    "encoding": "*.json text working-tree-encoding=UTF-16LE-BOM",
    "filter": "*.json filter=loud",
    "files of Git LFS": f"/{ROOT}/** filter=lfs diff=lfs merge=lfs -text",
    "ident": "* ident",
    "left out of archives": f"/{ROOT}/** export-ignore",
}
DIFFER = {"line ends", "encoding", "filter"}


def cloned(directory: Path, line: str, monkeypatch: pytest.MonkeyPatch) -> Repository:
    """Return a clone of the valid registry, whose attributes hold in its work tree, and stand in it."""
    origin = new_repository(directory / "origin")
    origin.commit(valid_files(), "Found")
    origin.write({".gitattributes": f"{line}\n".encode()})
    origin.git("add", ".gitattributes")
    origin.git("commit", "--quiet", "--message", "Agree on attributes")
    run_git(directory, *FILTER, "clone", "--quiet", *FILTER, "origin", "clone")
    monkeypatch.chdir(directory / "clone")
    return Repository(directory / "clone")


def said(*words: str) -> tuple[int, str]:
    ran = modelyard("validate", *words)
    assert ran.err == ""
    return ran.code, ran.out


@pytest.mark.parametrize("name", LINES)
def test_attributes_of_the_base_change_no_verdict(name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    clone = cloned(tmp_path, LINES[name], monkeypatch)
    assert ((clone.path / METRICS).read_bytes() != valid_files()[METRICS]) is (name in DIFFER)
    assert clone.git("status", "--porcelain") == ""
    head = clone.head[:12]
    assert said("--head", "HEAD") == (
        0,
        f"judged: commit {head}, by itself\npassed: no problems, 2 model versions judged\n",
    )
    assert said("--staged") == (
        0,
        f"nothing below {ROOT}/ changed\njudged: the index against {head}, the last commit\npassed: no problems\n",
    )

    # An edit of a merged version is told by Git's bytes, at the line that Git has.
    better = clone.git("hash-object", "-w", "--stdin", stdin=valid_files()[METRICS].replace(b"0.934", b"0.999"))
    clone.git("update-index", "--cacheinfo", f"100644,{better},{METRICS}")
    code, out = said("--staged")
    assert code == 1
    assert out.splitlines()[0] == (
        f"{METRICS}:3:17: error MY601 fraud@1.1.0 is merged and immutable, but metrics.json was changed: "
        "`test.accuracy` from 0.934 to 0.999"
    )


def test_a_work_tree_is_judged_by_what_lies_on_the_disk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    cloned(tmp_path, LINES["encoding"], monkeypatch)
    told = "error MY206 the document is UTF-16, not UTF-8\n    hint: save the file as UTF-8 without a byte order mark\n"
    assert said() == (
        1,
        "".join(f"{ROOT}/fraud-{version}/metrics.json:1:1: {told}" for version in ("1.0.0", "1.1.0"))
        + "refused: 2 problems, 2 model versions judged\n",
    )


def test_a_work_tree_with_line_ends_of_windows_is_fine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    clone = cloned(tmp_path, LINES["line ends"], monkeypatch)
    assert (clone.path / OLD / ".gitignore").read_bytes() == b"/model.joblib\r\n"
    assert said() == (0, "passed: no problems, 2 model versions judged\n")


def test_an_artifact_that_git_rewrites_on_its_way_in_is_not_the_one_that_is_stated(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    clone = cloned(tmp_path, "*.txt text", monkeypatch)
    directory, weights = f"{ROOT}/fraud-1.2.0", b"one\r\ntwo\r\n"
    record: Any = yaml.read(NEW[f"{directory}/metadata.yaml"]).mapping()["files"]
    metadata = NEW[f"{directory}/metadata.yaml"].decode().replace("model.joblib", "model.txt")
    digest = hashlib.sha256(weights).hexdigest()
    metadata = metadata.replace(record["model.joblib"]["sha256"], digest).replace("format: joblib", "format: text")
    metadata = metadata.replace(f"size: {record['model.joblib']['size']}", f"size: {len(weights)}")
    kept = {path: data for path, data in NEW.items() if not path.endswith((".dvc", ".gitignore"))}
    clone.write({**kept, f"{directory}/metadata.yaml": metadata.encode(), f"{directory}/model.txt": weights})
    assert said(directory) == (0, "passed: no problems, 1 model version judged\n")
    clone.git("add", "--all")
    code, out = said("--staged")
    stored = hashlib.sha256(b"one\ntwo\n").hexdigest()
    told = f"{directory}/metadata.yaml:14:13: error MY404 `sha256` of 'model.txt' is {digest}, but its bytes have"
    assert code == 1
    assert [line for line in out.splitlines() if ": error " in line] == [
        f"{told} {stored}",
        f"{directory}/metadata.yaml:15:11: error MY404 `size` of 'model.txt' is 10, but its bytes have 8",
    ]
