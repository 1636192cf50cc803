from __future__ import annotations

import json
import subprocess
import sys
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from modelyard.documents.delivery import DeliveredFile, Delivery, parse
from modelyard.documents.plain_json import MAX_BYTES, Unfit
from modelyard.names import VersionId
from support.deliveries import FILE, MD5, SHA256, VALUE, deliveries
from support.strategies import documents

HINT = "it is written by modelyard alone: take it from Git as it was, or write it anew with `modelyard lock`"
TEXT = """\
{
  "artifact": "model",
  "commit": "0000000000000000000000000000000000000000",
  "directories": {"model": "cdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcd.dir"},
  "files": {
    "README": {"format": "text", "in_git": true, "md5": "cdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcd", "role": "config", \
"sha256": "abababababababababababababababababababababababababababababababab", "size": 0},
    "model/weights.safetensors": {"format": "safetensors", "role": "model", \
"sha256": "abababababababababababababababababababababababababababababababab", "size": 3}
  },
  "registry": "git@example.org:models.git",
  "remote": "storage",
  "version": "fraud@1.2.0"
}
"""


def written(**changes: Any) -> bytes:
    return json.dumps(VALUE | changes, indent=1).encode()


def refusal(data: bytes) -> tuple[str, str | None]:
    with pytest.raises(Unfit) as caught:
        parse(data, name="x.json")
    return caught.value.message, caught.value.hint


@given(deliveries())
def test_what_is_rendered_is_parsed_to_the_same(delivery: Delivery) -> None:
    """parse(render(d)) == d, and render(parse(render(d))) == render(d)"""
    data = delivery.render()
    assert parse(data) == delivery
    assert parse(data).render() == data


@given(deliveries(), st.randoms())
def test_the_order_of_keys_changes_no_byte(delivery: Delivery, random: Any) -> None:
    value = delivery.to_value()
    shuffled = dict(random.sample(sorted(value.items()), len(value)))
    assert parse(json.dumps(shuffled).encode()).render() == delivery.render()


@given(st.one_of(st.binary(), documents.map(lambda value: json.dumps(value).encode()), st.text().map(str.encode)))
def test_whatever_is_no_delivery_is_refused(data: bytes) -> None:
    with pytest.raises(Unfit):
        parse(data)


@given(deliveries(), st.data())
def test_a_byte_that_is_lost_is_noticed_or_makes_another_delivery(delivery: Delivery, data: st.DataObject) -> None:
    rendered = delivery.render()
    at = data.draw(st.integers(0, len(rendered) - 1))
    try:
        parsed = parse(rendered[:at] + rendered[at + 1 :])
    except Unfit:
        return
    assert parsed != delivery or rendered[at : at + 1] in b" \n"


def test_a_file_is_a_line() -> None:
    delivery = Delivery(
        registry="git@example.org:models.git",
        commit="0" * 40,
        version=VersionId.parse("fraud@1.2.0"),
        artifact="model",
        files={
            "model/weights.safetensors": DeliveredFile(SHA256, 3, "model", "safetensors"),
            "README": DeliveredFile(SHA256, 0, "config", "text", MD5, in_git=True),
        },
        directories={"model": f"{MD5}.dir"},
        remote="storage",
    )
    assert delivery.render().decode() == TEXT
    assert parse(TEXT.encode()) == delivery
    assert delivery.size == 3


def test_windows_line_ends_are_read() -> None:
    assert parse(TEXT.replace("\n", "\r\n").encode()) == parse(TEXT.encode())


PATHS = {
    "/etc/passwd": "path '/etc/passwd' is absolute",
    "../model": "path '../model' leads out of its directory by '..'",
    "a/../../b": "path 'a/../../b' leads out of its directory by '..'",
    "a//b": "path 'a//b' has an empty part",
    "./a": "path './a' has an empty part",
    "": "the path is empty",
    "a\\b": "path 'a\\\\b' holds a backslash",
    ".git/config": "path '.git/config' leads into Git's own directory",
    "a\nb": "path 'a\\nb' holds a control or invisible character",
    "a\u202eb": "path 'a\\u202eb' holds a control or invisible character",
    "x" * 501: f"path {'x' * 60!r}… has 501 characters, at most 500 are allowed",
}


@pytest.mark.parametrize("path", PATHS)
def test_a_path_that_leads_anywhere_else_is_refused(path: str) -> None:
    assert refusal(written(files={path: FILE}))[0].partition(": ")[2] == PATHS[path]
    assert refusal(written(artifact=path))[0].partition(": ")[2] == PATHS[path]
    directories = {path: f"{MD5}.dir"}
    assert refusal(written(directories=directories))[0].partition(": ")[2] == PATHS[path]


DIGEST = "lower-case hexadecimal digits"
SEALED: dict[str, Any] = {"sha256": SHA256, "size": 9}
CHANGES: dict[str, tuple[dict[str, Any], str]] = {
    "path with its place": ({"files": {"/a": FILE}}, "x.json:5:3: path '/a' is absolute"),
    "upper case": (
        {"files": {"m": FILE | {"sha256": SHA256.upper()}}},
        f"x.json:9:14: {SHA256.upper()[:60]!r} is not a digest of 64 {DIGEST}".replace("' is", "…' is"),
    ),
    "short digest": ({"files": {"m": FILE | {"md5": "ab"}}}, f"x.json:7:11: 'ab' is not a digest of 32 {DIGEST}"),
    "digest with a line end": (
        {"files": {"m": FILE | {"md5": MD5 + "\n"}}},
        f"x.json:7:11: {MD5 + chr(10)!r} is not a digest of 32 {DIGEST}",
    ),
    "digest that is a number": ({"files": {"m": FILE | {"md5": 3}}}, "x.json:7:11: 'md5' must be text"),
    "opened over another file": (
        {"files": {"m": FILE, "M.zst": FILE | {"sealed": SEALED | {"compression": "zstd"}}}},
        "x.json:12:3: 'M.zst' is opened as 'M', which is the name of something else",
    ),
    "opened over a folder": (
        {"files": {"m/n": FILE, "m.zst": FILE | {"sealed": SEALED | {"compression": "zstd"}}}},
        "x.json:12:3: 'm.zst' is opened as 'm', which is the name of something else",
    ),
    "opened into Git's own": (
        {"files": {"a/.git.zst": FILE | {"sealed": SEALED | {"compression": "zstd"}}}},
        "x.json:5:3: 'a/.git.zst' has no name once it is opened: path 'a/.git' leads into Git's own directory",
    ),
    "sealed by nothing": (
        {"files": {"m": FILE | {"sealed": SEALED}}},
        "x.json:5:3: 'm' is said to be sealed, and neither compressed nor encrypted",
    ),
    "sealed under a plain name": (
        {"files": {"m": FILE | {"sealed": SEALED | {"recipients": ["age1x"]}}}},
        "x.json:5:3: 'm' is encrypted, so its name must end in .age",
    ),
    "compressed by who knows what": (
        {"files": {"m.zst": FILE | {"sealed": {"compression": "zip", **SEALED}}}},
        "x.json:12:20: 'compression' must be zstd, or be left out",
    ),
    "recipients on several lines": (
        {"files": {"m.age": FILE | {"sealed": {"recipients": ["a\nb"], **SEALED}}}},
        "x.json:12:19: 'recipients' must be a list of words",
    ),
    "negative size": (
        {"files": {"m": FILE | {"size": -1}}},
        "x.json:10:12: 'size' must be a whole number, zero or more",
    ),
    "size that is true": (
        {"files": {"m": FILE | {"size": True}}},
        "x.json:10:12: 'size' must be a whole number, zero or more",
    ),
    "size of half a byte": (
        {"files": {"m": FILE | {"size": 1.5}}},
        "x.json:10:12: 'size' must be a whole number, zero or more",
    ),
    "huge size": (
        {"files": {"m": FILE | {"size": 2**63}}},
        "x.json: 'size' must be a whole number, zero or more",
    ),
    "unknown key": ({"cmd": "rm"}, "x.json:15:2: the key 'cmd' is not known here"),
    "unknown key of a file": (
        {"files": {"m": FILE | {"url": "http://x"}}},
        "x.json:11:4: the key 'url' is not known here",
    ),
    "no file": ({"files": {}}, "x.json:4:11: no file is listed"),
    "files in a list": ({"files": []}, "x.json:4:11: 'files' must be a mapping"),
    "file that is text": ({"files": {"m": "x"}}, "x.json:5:8: a file must be a mapping"),
    "role with spaces": ({"files": {"m": FILE | {"role": "a b"}}}, "x.json:8:12: 'a b' is not one word"),
    "false in_git": ({"files": {"m": FILE | {"in_git": False}}}, "x.json:11:14: 'in_git' must be true, or be left out"),
    "short commit": (
        {"commit": "abc"},
        "x.json:3:12: 'abc' is not a full Git id of 40 or 64 lower-case hexadecimal digits",
    ),
    "version without a name": ({"version": "1.2.0"}, "x.json:14:13: '1.2.0' is not <name>@<version>"),
    "option for a registry": (
        {"registry": "--upload-pack=x"},
        "x.json:13:14: '--upload-pack=x' is no address of a repository",
    ),
    "program for a registry": (
        {"registry": "ext::sh -c x"},
        "x.json:13:14: 'ext::sh -c x' is no address of a repository",
    ),
    "no registry": ({"registry": ""}, "x.json:13:14: '' is no address of a repository"),
    "remote that is no name": ({"remote": "a/b"}, "x.json:15:12: 'a/b' is not the name of a remote"),
    "artifact that is not there": ({"artifact": "other"}, "x.json:2:14: the artifact 'other' is none of the files"),
    "file and directory": (
        {"files": {"M": FILE, "m/x": FILE}},
        "x.json:5:3: 'M' is a file and a directory",
    ),
    "two files that are one": (
        {"files": {"Model": FILE, "model": FILE}},
        "x.json:12:3: 'model' and 'Model' are one file on some systems",
    ),
    "nowhere": (
        {"files": {"m": {key: each for key, each in FILE.items() if key != "md5"}}},
        "x.json:5:8: nothing says where 'm' lies: it has no 'md5'",
    ),
    "in Git and behind a pointer": (
        {"files": {"d/m": FILE | {"in_git": True}}, "directories": {"d": f"{MD5}.dir"}},
        "x.json:5:10: 'd/m' lies in Git, and its directory behind a pointer",
    ),
    "directories in a list": ({"directories": []}, "x.json:15:17: 'directories' must be a mapping"),
    "manifest that is a file": (
        {"directories": {"d": MD5}},
        f"x.json:16:8: '{MD5}' is not the id of a directory's manifest",
    ),
}


@pytest.mark.parametrize("case", CHANGES)
def test_what_does_not_belong_is_named_with_its_place(case: str) -> None:
    changes, message = CHANGES[case]
    assert refusal(written(**changes)) == (message, HINT)


@pytest.mark.parametrize("key", VALUE)
def test_what_is_missing_is_named(key: str) -> None:
    value = {name: each for name, each in VALUE.items() if name != key}
    assert refusal(json.dumps(value).encode()) == (f"x.json:1:1: the key {key!r} is missing", HINT)


def test_a_key_that_stands_twice_is_refused() -> None:
    data = written().replace(b'"commit"', b'"artifact": "model.joblib",\n "commit"')
    assert refusal(data) == ("x.json:3:2: the key 'artifact' stands twice, first on line 2", "keep one of the two")


def test_a_file_that_stands_twice_is_refused() -> None:
    data = b'{"files": {"m": {}, "m": {}}}'
    assert refusal(data) == ("x.json:1:21: the key 'm' stands twice, first on line 1", "keep one of the two")


@pytest.mark.parametrize("data", [b"\xff{}", "{}".encode("utf-16"), b"[" * 100_000, b'{"a": NaN}', b"", b"[]", b"nul"])
def test_what_is_no_mapping_is_refused_with_a_place(data: bytes) -> None:
    assert refusal(data)[0].startswith("x.json:1:")


def test_a_file_that_fills_the_memory_is_not_read() -> None:
    message = f"x.json: the file has {MAX_BYTES + 1:,} bytes, at most {MAX_BYTES:,} are read"
    assert refusal(b" " * (MAX_BYTES + 1)) == (message, "write it anew")


def test_reading_a_delivery_imports_neither_yaml_nor_a_schema_engine_nor_the_reader_of_documents() -> None:
    program = f"""
import sys
from modelyard.documents.delivery import parse
parse({TEXT.encode()!r})
heavy = ("yaml", "jsonschema", "jsonschema_rs", "git", "datetime", "hashlib", "unicodedata", "subprocess")
print(*[name for name in sys.modules if name in heavy or name.startswith("modelyard.")])
"""
    run = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert sorted(run.stdout.split()) == [
        "modelyard.documents",
        "modelyard.documents.delivery",
        "modelyard.documents.plain_json",
        "modelyard.documents.sealed",
        "modelyard.errors",
        "modelyard.names",
        "modelyard.portable",
        "modelyard.values",
    ]
