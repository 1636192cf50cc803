"""Whatever goes wrong becomes a sentence and an exit code; no traceback reaches a user."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from modelyard.cli import list_command
from modelyard.errors import DigestMismatch, ModelyardError, NotFinished, Refused, UsageError
from support.commands import run_command
from support.registry import Ran, founded_scene, merged_scene, modelyard


def fail(monkeypatch: pytest.MonkeyPatch, error: BaseException) -> Ran:
    """Return how a command ends whose work raises the error."""

    def run(_arguments: object) -> int:
        raise error

    monkeypatch.setattr(list_command, "run", run)
    return modelyard("list")


@pytest.mark.parametrize(
    ("error", "code"),
    [
        (ModelyardError("it broke", hint="mend it"), 3),
        (UsageError("it broke", hint="mend it"), 2),
        (Refused("it broke", hint="mend it"), 1),
        (DigestMismatch("it broke", hint="mend it"), 1),
        (NotFinished("it broke", hint="mend it"), 3),
    ],
    ids=lambda value: type(value).__name__,
)
def test_our_own_errors_are_a_sentence_and_a_hint(
    error: ModelyardError, code: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert fail(monkeypatch, error) == Ran(code, "", "modelyard: it broke\n    hint: mend it\n")


def test_an_error_without_a_hint_is_a_sentence(monkeypatch: pytest.MonkeyPatch) -> None:
    assert fail(monkeypatch, NotFinished("it broke")) == Ran(3, "", "modelyard: it broke\n")


def test_what_an_error_quotes_cannot_command_a_terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    ran = fail(monkeypatch, UsageError("no model '\x1b[2Jx\n::error::y'", hint="\u202elist"))
    assert ran.err == "modelyard: no model '\\x1b[2Jx\\x0a::error::y'\n    hint: \\u202elist\n"


def test_the_operating_system_is_quoted_with_the_path(monkeypatch: pytest.MonkeyPatch) -> None:
    assert fail(monkeypatch, PermissionError(13, "Permission denied", "models/x")) == Ran(
        3, "", "modelyard: models/x: permission denied\n    hint: check the path, its permissions and the free space\n"
    )


def test_a_defect_of_ours_is_told_as_one_with_a_report(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    ran = fail(monkeypatch, ZeroDivisionError("division by zero"))

    assert (ran.code, ran.out) == (3, "")
    told = re.fullmatch(
        "modelyard: internal error: ZeroDivisionError: division by zero\n"
        "    hint: this is a defect of modelyard; please report it with (.+)\n",
        ran.err,
    )
    assert told
    report = Path(told[1]).read_text()
    assert report.startswith("modelyard ")
    assert "arguments: ['list']\n\nTraceback (most recent call last):\n" in report
    assert Path(told[1]).stat().st_mode & 0o077 == 0


def test_a_panic_of_a_rust_library_is_a_defect_too(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    panic = type("PanicException", (BaseException,), {"__module__": "pyo3_runtime"})
    ran = fail(monkeypatch, panic("called `Result::unwrap()`"))

    (report,) = tmp_path.iterdir()
    assert ran == Ran(
        3,
        "",
        "modelyard: internal error: PanicException: called `Result::unwrap()`\n"
        f"    hint: this is a defect of modelyard; please report it with {report}\n",
    )


def test_an_interrupt_is_told_in_one_line(monkeypatch: pytest.MonkeyPatch) -> None:
    assert fail(monkeypatch, KeyboardInterrupt()) == Ran(
        130, "", "modelyard: interrupted; nothing half-made was left behind\n"
    )


def test_a_reader_that_has_seen_enough_is_no_failure(tmp_path: Path) -> None:
    reading, writing = os.pipe()
    os.close(reading)
    with os.fdopen(writing, "wb") as closed:
        ran = subprocess.run(
            [sys.executable, "-m", "modelyard", "rules"], stdout=closed, stderr=subprocess.PIPE, check=False
        )
    assert (ran.returncode, ran.stderr) == (0, b"")


def test_what_an_encoding_lacks_is_escaped(tmp_path: Path) -> None:
    ended = run_command("init", "mödel", "--remote", "s3://bucket/x", directory=tmp_path, PYTHONIOENCODING="ascii")

    assert (ended.code, ended.err) == (0, "")
    assert "\nnext:\n  cd m\\xf6del\n  pre-commit install\n" in ended.out


@pytest.mark.parametrize(
    ("words", "closed", "code"),
    [("rules", ">&-", 0), ("rules", ">&- 2>&-", 0), ("rules MY000", ">&- 2>&-", 2), ("rules MY000", "2>&-", 2)],
)
def test_a_stream_that_is_closed_is_no_failure(words: str, closed: str, code: int, tmp_path: Path) -> None:
    command = f"{sys.executable} -X dev -W error -m modelyard {words} {closed}"

    ran = subprocess.run(["sh", "-c", command], cwd=tmp_path, capture_output=True, text=True, check=False, timeout=60)

    assert (ran.returncode, ran.stdout, ran.stderr) == (code, "", "")


def test_exit_codes_of_a_real_registry(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    scene = founded_scene(tmp_path)
    merged_scene(scene)
    monkeypatch.chdir(scene.registry.path)
    metadata = scene.version("fraud-1.1.0") / "metadata.yaml"
    assert modelyard("validate").code == 0
    metadata.write_text(metadata.read_text().replace("license: MIT", "license: Free"))
    assert modelyard("validate").code == 1
    assert modelyard("resolve", "fruad@1.0.0").code == 2
    assert modelyard("pull", "fraud@1.0.0", "--repo", str(tmp_path / "gone"), "--out", "out").code in (2, 3)
