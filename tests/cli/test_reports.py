"""``modelyard validate --format`` and ``--report``: what is printed, and what lies in a file afterwards."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from modelyard.reports.formats import FORMATS
from support.commands import run_command
from support.registry import Ran, Scene, modelyard

BEGINNINGS = {
    "text": "passed: ",
    "json": "{\n",
    "github": "passed: ",
    "gitlab": "[]\n",
    "sarif": "{\n",
    "junit": "<?xml ",
    "markdown": "## modelyard: passed\n",
}


pytestmark = pytest.mark.usefixtures("standing_in_the_registry")


@pytest.mark.parametrize("name", FORMATS)
def test_each_format_is_printed_and_written_alike(name: str, tmp_path: Path) -> None:
    file = tmp_path / "report"
    ran = modelyard("validate", "--format", name, "--report", f"{name}={file}")
    assert (ran.code, ran.err) == (0, "")
    assert ran.out.startswith(BEGINNINGS[name])
    assert file.read_text(encoding="utf-8") == ran.out


def test_reports_are_written_beside_the_one_that_is_printed(tmp_path: Path) -> None:
    words = [word for name in ("sarif", "junit") for word in ("--report", f"{name}={tmp_path / name}")]
    ran = modelyard("validate", *words)
    assert ran.out == "passed: no problems, 2 model versions judged\n"
    assert sorted(path.name for path in tmp_path.iterdir()) == ["junit", "sarif"]


def test_a_judged_change_names_its_commits(scene: Scene) -> None:
    printed = modelyard("validate", "--base", "HEAD~1", "--format", "json").out
    value = json.loads(printed)
    assert value["commit"] == scene.registry.head
    assert value["base"] == scene.registry.git("rev-parse", "HEAD~1").strip()
    told = modelyard("validate", "--base", "HEAD~1").out.splitlines()
    assert told[-2] == f"judged: commit {value['commit'][:12]} against {value['base'][:12]}, as asked for"


def test_what_is_refused_is_refused_in_each_format(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    root = tmp_path / "model_registry" / "fraud-1.0.0"
    root.mkdir(parents=True)
    (root / "metadata.yaml").write_text("name: fraud\nname: fraud\n")
    monkeypatch.chdir(tmp_path)
    for name in FORMATS:
        ran = modelyard("validate", "--format", name, "--select", "MY202")
        assert ran.code == 1
        assert "the key " in ran.out
        assert "MODEL_CARD.md is missing" not in ran.out, "another rule says so"


def test_a_selection_holds_for_what_is_exempted_too(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    metadata = "model_registry/fraud-1.0.0/metadata.yaml"
    (tmp_path / metadata).parent.mkdir(parents=True)
    (tmp_path / metadata).write_text("name: fraud\nname: fraud\n")
    (tmp_path / "model_registry" / "registry.yaml").write_text(
        f"exemptions:\n  - {{rule: MY202, path: {metadata}, reason: Mended soon., expires: '2099-12-31'}}\n"
    )
    monkeypatch.chdir(tmp_path)

    def exempted(*words: str) -> list[str]:
        return [each["code"] for each in json.loads(modelyard("validate", "--format", "json", *words).out)["exempted"]]

    assert exempted() == exempted("--select", "MY2") == ["MY202"]
    assert exempted("--select", "MY3") == []


def test_a_report_takes_the_place_of_an_older_one_whole(tmp_path: Path) -> None:
    file = tmp_path / "report.json"
    file.write_text("older")
    with file.open() as reader:
        assert modelyard("validate", "--report", f"json={file}").code == 0
        assert reader.read() == "older", "whoever read it still reads one report and not half of two"
    assert json.loads(file.read_text())["refused"] is False
    assert list(tmp_path.iterdir()) == [file]


def test_a_link_stays_and_its_target_is_written(tmp_path: Path) -> None:
    target = tmp_path / "target.json"
    link = tmp_path / "link.json"
    link.symlink_to(target)
    assert modelyard("validate", "--report", f"json={link}").code == 0
    assert link.is_symlink()
    assert json.loads(target.read_text())["refused"] is False


def test_dev_stdout_comes_after_what_is_printed(scene: Scene, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    # Where this is set, Python buffers nothing, and nothing could come too late.
    monkeypatch.delenv("PYTHONUNBUFFERED", raising=False)
    words = ("validate", "--report", "gitlab=/dev/stdout")
    expected = "passed: no problems, 2 model versions judged\n[]\n"
    assert run_command(*words, directory=scene.registry.path).out == expected
    # Where standard output is a file, that file is not replaced below the report that is printed.
    with (tmp_path / "out").open("wb") as out:
        subprocess.run([sys.executable, "-m", "modelyard", *words], stdout=out, cwd=scene.registry.path, check=True)
    assert (tmp_path / "out").read_text() == expected


def test_a_pipe_is_written_into(tmp_path: Path) -> None:
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    reader = os.open(pipe, os.O_RDONLY | os.O_NONBLOCK)
    try:
        assert modelyard("validate", "--report", f"gitlab={pipe}").code == 0
        assert os.read(reader, 100) == b"[]\n"
    finally:
        os.close(reader)
    assert pipe.is_fifo()


@pytest.mark.parametrize("words", ["xml=report.xml", "json", "json=", "=report.json"])
def test_a_report_without_format_or_file_is_wrong_usage(words: str) -> None:
    assert modelyard("validate", "--report", words) == Ran(
        2,
        "",
        f"modelyard: --report: {words!r} is not FORMAT=FILE; "
        "the formats are text, json, github, gitlab, sarif, junit, markdown\n"
        "    hint: modelyard validate --help\n",
    )


def test_a_file_that_cannot_be_written_is_named_after_the_report_is_printed(tmp_path: Path) -> None:
    file = tmp_path / "missing" / "report.json"
    ran = modelyard("validate", "--report", f"json={file}")
    assert (ran.code, ran.out) == (3, "passed: no problems, 2 model versions judged\n")
    assert ran.err == (
        f"modelyard: cannot write the report to {file}: No such file or directory\n"
        f"    hint: look at the disk, the permissions and any symbolic link of {file}, and run the command again\n"
    )


def test_a_directory_is_no_file(tmp_path: Path) -> None:
    ran = modelyard("validate", "--report", f"json={tmp_path}")
    assert ran.code == 3
    assert ran.err.startswith(f"modelyard: cannot write the report to {tmp_path}: Is a directory\n")


def test_a_file_is_not_coloured_even_where_the_terminal_is(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FORCE_COLOR", "1")
    monkeypatch.delenv("NO_COLOR", raising=False)
    file = tmp_path / "report.txt"
    ran = modelyard("validate", "--report", f"text={file}")
    assert "\x1b[32mpassed\x1b[0m" in ran.out
    assert file.read_text() == "passed: no problems, 2 model versions judged\n"
    monkeypatch.setenv("NO_COLOR", "1")
    assert "\x1b" not in modelyard("validate").out
