from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from modelyard.storage.manifests import MAX_SIZE, InvalidManifest, ManifestEntry, manifest_oid, parse, render

MD5 = "c4ca4238a0b923820dcc509a6f75849b"
OTHER = "c81e728d9d4c2f636f067f89cc14862c"

NAMES = st.text("abAB.-_ é", min_size=1, max_size=4)
PATHS = st.lists(NAMES, min_size=1, max_size=3).map("/".join)
ENTRIES = st.lists(st.builds(ManifestEntry, PATHS, st.sampled_from([MD5, OTHER])), max_size=6)


def manifest(*relpaths: str) -> bytes:
    return json.dumps([{"md5": MD5, "relpath": relpath} for relpath in relpaths]).encode()


def refusal(data: bytes) -> str:
    with pytest.raises(InvalidManifest) as caught:
        parse(data)
    return str(caught.value)


def test_renders_the_golden_vector_of_dvc() -> None:
    data = render([ManifestEntry("2", OTHER), ManifestEntry("1", MD5)])

    assert data == f'[{{"md5": "{MD5}", "relpath": "1"}}, {{"md5": "{OTHER}", "relpath": "2"}}]'.encode()
    assert manifest_oid(data) == "5fb6b29836c388e093ca0715c872fe2a.dir"


@given(ENTRIES)
def test_reads_back_what_it_renders_or_refuses_it(entries: list[ManifestEntry]) -> None:
    try:
        read = parse(render(entries))
    except InvalidManifest:
        return

    assert list(read) == sorted(entries)
    assert render(read) == render(entries)


@given(st.binary(max_size=200) | st.text().map(str.encode))
def test_any_bytes_are_read_or_refused(data: bytes) -> None:
    try:
        entries = parse(data)
    except InvalidManifest:
        return

    assert all(".." not in entry.relpath.split("/") for entry in entries)


@pytest.mark.parametrize(
    ("relpath", "message"),
    [
        ("", "the path is empty"),
        ("/etc/cron.d/x", "path '/etc/cron.d/x' is absolute"),
        ("../x", "path '../x' leads out of its directory by '..'"),
        ("a/../../x", "path 'a/../../x' leads out of its directory by '..'"),
        ("a//b", "path 'a//b' has an empty part"),
        ("./a", "path './a' has an empty part"),
        ("a\\b", "path 'a\\\\b' holds a backslash"),
        (".git/config", "path '.git/config' leads into Git's own directory"),
        ("sub/.GIT/hooks/x", "path 'sub/.GIT/hooks/x' leads into Git's own directory"),
        ("a\0b", "path 'a\\x00b' holds a control or invisible character"),
    ],
)
def test_refuses_a_path_that_leads_out(relpath: str, message: str) -> None:
    assert refusal(manifest("fine", relpath)) == message


@pytest.mark.parametrize(
    ("relpaths", "message"),
    [
        (("a", "a"), "path 'a' stands twice"),
        (("Model.bin", "model.bin"), "'Model.bin' and 'model.bin' are one path where letter case is ignored"),
        (("Sub/a", "sub/b"), "'Sub' and 'sub' are one path where letter case is ignored"),
        (("straße", "STRASSE"), "'STRASSE' and 'straße' are one path where letter case is ignored"),
        (("a", "a/b"), "'a' is a file and the directory of 'a/b'"),
        (("a", "a-", "a/b"), "'a' is a file and the directory of 'a/b'"),
    ],
)
def test_refuses_paths_that_clash(relpaths: tuple[str, ...], message: str) -> None:
    assert refusal(manifest(*relpaths)) == message


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (b"", "not JSON in UTF-8"),
        (b"\xff", "not JSON in UTF-8"),
        (b"[" * 100_000, "not JSON in UTF-8"),
        (b'[{"md5": "x", "md5": "y", "relpath": "a"}]', "not JSON in UTF-8"),
        (b"{}", "not a list of files"),
        (b"null", "not a list of files"),
        (b"[1]", "an entry is something else than md5 and relpath"),
        (b'[{"md5": "x"}]', "an entry is something else than md5 and relpath"),
        (b'[{"md5": "x", "relpath": "a", "size": 3}]', "an entry is something else than md5 and relpath"),
        (b'[{"md5": "../../x", "relpath": "a"}]', "an entry's md5 is not 32 lower-case hexadecimal digits"),
        (b'[{"md5": 3, "relpath": "a"}]', "an entry's md5 is not 32 lower-case hexadecimal digits"),
        (
            f'[{{"md5": "{MD5}.dir", "relpath": "a"}}]'.encode(),
            "an entry's md5 is not 32 lower-case hexadecimal digits",
        ),
        (f'[{{"md5": "{MD5}", "relpath": 3}}]'.encode(), "an entry's relpath is not text"),
    ],
)
def test_refuses_what_is_no_manifest(data: bytes, message: str) -> None:
    assert refusal(data) == message


def test_refuses_a_manifest_that_is_too_large_without_reading_it() -> None:
    assert refusal(b" " * (MAX_SIZE + 1)) == "a manifest of 67108865 bytes, at most 67108864 are read"
