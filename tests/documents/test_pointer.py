from __future__ import annotations

import io

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from ruamel.yaml import YAML

from modelyard.documents.document import Document, Value
from modelyard.documents.pointer import InvalidPointer, Pointer, PointerFault, parse, render
from support.dvc import DvcRepository, new_dvc_repository

MD5 = "0123456789abcdef0123456789abcdef"
OUT: dict[str, Value] = {"md5": MD5, "size": 3, "hash": "md5", "path": "model.bin"}
ADD_AGAIN = "write the pointer with `dvc add <file>` or `modelyard register`, and never by hand"
PLAIN_NAME = "move the file beside its pointer, give it a plain name, and run `dvc add <file>` there"

# Names that YAML, DVC or a shell could take for something else.
ODD_NAMES = (
    "a b.bin",
    "ünï.bin",
    "1.bin",
    "no",
    "#x",
    "a #b",
    "it's",
    "'quoted'",
    '"quoted"',
    "a: b",
    "a:",
    "- x",
    "-x",
    "1e5",
    "1_000",
    "0x1f",
    "0o17",
    "null",
    "~",
    "true",
    "yes",
    "2026-01-01",
    "1:30",
    "=",
    "<<",
    "[a]",
    "{a}",
    "&a",
    "*a",
    "!a",
    "%a",
    "@a",
    "`a`",
    "|",
    ">",
    "?",
    " leading",
    "trailing ",
    "---",
    "...x",
    "a\xa0b",
    "模型.bin",
    "😀.bin",
    "one word longer than a line " + "x" * 90,
    "x" * 90,
)


def pointer_of(value: Value) -> Pointer:
    return parse(Document(value, dict))


def faults_of(value: Value) -> list[PointerFault]:
    with pytest.raises(InvalidPointer) as caught:
        pointer_of(value)
    return list(caught.value.faults)


def out_with(**changes: Value) -> dict[str, Value]:
    return {"outs": [{**OUT, **changes}]}


def out_without(key: str) -> dict[str, Value]:
    return {"outs": [{name: value for name, value in OUT.items() if name != key}]}


def as_dvc_dumps(pointer: Pointer) -> bytes:
    """Return what the YAML library inside DVC writes of the same values in the same order."""
    out: dict[str, Value] = {"md5": pointer.md5, "size": pointer.size}
    if pointer.nfiles is not None:
        out["nfiles"] = pointer.nfiles
    yaml = YAML()
    yaml.default_flow_style = False
    stream = io.StringIO()
    yaml.dump({"outs": [{**out, "hash": "md5", "path": pointer.path}]}, stream)
    return stream.getvalue().encode()


def as_dvc_reads(data: bytes) -> Value:
    value: Value = YAML(typ="safe").load(data)
    return value


@pytest.fixture(scope="module")
def added(tmp_path_factory: pytest.TempPathFactory) -> DvcRepository:
    """A repository in which DVC itself added a file of each odd name, a directory, and an executable."""
    repository = new_dvc_repository(tmp_path_factory.mktemp("added"))
    for name in ODD_NAMES:
        (repository.path / name).write_bytes(name.encode())
    directory = repository.path / "directory"
    (directory / "inner").mkdir(parents=True)
    (directory / "a").write_bytes(b"1")
    (directory / "inner" / "b").write_bytes(b"23")
    program = repository.path / "program"
    program.write_bytes(b"#!/bin/sh\n")
    program.chmod(0o755)
    repository.dvc("add", "--quiet", "--", *ODD_NAMES, "directory", "program")
    return repository


@pytest.mark.parametrize("name", [*ODD_NAMES, "directory"])
def test_renders_what_dvc_add_writes_byte_for_byte(added: DvcRepository, name: str) -> None:
    written = (added.path / f"{name}.dvc").read_bytes()

    assert render(pointer_of(as_dvc_reads(written))) == written


def test_tells_a_directory_from_a_file(added: DvcRepository) -> None:
    directory = pointer_of(as_dvc_reads((added.path / "directory.dvc").read_bytes()))
    file = pointer_of(as_dvc_reads((added.path / "1.bin.dvc").read_bytes()))

    assert (directory.is_directory, directory.path, directory.size, directory.nfiles) == (True, "directory", 3, 2)
    assert (file.is_directory, file.path, file.size, file.nfiles) == (False, "1.bin", 5, None)


def test_refuses_an_executable_as_dvc_add_records_it(added: DvcRepository) -> None:
    assert faults_of(as_dvc_reads((added.path / "program.dvc").read_bytes())) == [
        PointerFault(
            ("outs", 0, "isexec"),
            "key 'isexec' is refused in a pointer: only md5, size, nfiles, hash, path are allowed",
            "run `chmod -x <file>` and `dvc add <file>` again: a model is data, not a program",
            at_key=True,
        )
    ]


def is_pointer_name(name: str) -> bool:
    try:
        Pointer(name, MD5, 3)
    except InvalidPointer:
        return False
    return True


ANY_MD5 = st.text("0123456789abcdef", min_size=32, max_size=32) | st.text("0123456789e", min_size=32, max_size=32)
NAMES = st.text(st.sampled_from("ab01_-+.:?#',\"[]{}&*!|>%@`~= eExonT\xa0é模😀"), min_size=1, max_size=60)


@given(path=NAMES.filter(is_pointer_name), md5=ANY_MD5, size=st.integers(0, 2**63 - 1))
@example(path="no", md5="12345678901234567890123456789012", size=0)
@example(path="_", md5="1234567890123456789012345678901e", size=0)
@example(path="1", md5="123456789012345678901234567890e1", size=0)
def test_renders_short_names_as_the_yaml_library_of_dvc_does(path: str, md5: str, size: int) -> None:
    pointer = Pointer(path, md5, size)

    assert render(pointer) == as_dvc_dumps(pointer)


@given(path=st.text(min_size=1, max_size=120).filter(is_pointer_name), nfiles=st.none() | st.integers(0, 2**63 - 1))
@example(path="x" * 70 + "  " + "y" * 20, nfiles=None)  # DVC folds at the two spaces, and loses them
@example(path="'" + "several words in quotes, " * 6, nfiles=1)
def test_reads_back_what_it_renders(path: str, nfiles: int | None) -> None:
    pointer = Pointer(path, MD5 + (".dir" if nfiles is not None else ""), 3, nfiles)

    assert pointer_of(as_dvc_reads(render(pointer))) == pointer


@pytest.mark.parametrize("value", [None, [], "outs", 3, True, {}])
def test_refuses_what_has_no_output(value: Value) -> None:
    with pytest.raises(InvalidPointer):
        pointer_of(value)


def test_asks_for_a_mapping() -> None:
    assert faults_of([]) == [PointerFault((), "a pointer must be a mapping with the key 'outs'", ADD_AGAIN)]


@pytest.mark.parametrize("outs", [None, [], {}, "model.bin", [OUT, OUT], ["model.bin"]])
def test_asks_for_exactly_one_output(outs: Value) -> None:
    assert faults_of({"outs": outs}) == [
        PointerFault(
            ("outs",),
            "a pointer must name exactly one output in 'outs'",
            "Give each file or directory a pointer of its own: `dvc add <file>`",
        )
    ]


@pytest.mark.parametrize("key", ["deps", "wdir", "cmd", "frozen", "md5", "meta", "desc"])
def test_refuses_every_key_beside_outs(key: str) -> None:
    assert faults_of({key: "x", "outs": [OUT]}) == [
        PointerFault(
            (key,), f"key {key!r} is refused in a pointer: a pointer may hold 'outs' alone", ADD_AGAIN, at_key=True
        )
    ]


@pytest.mark.parametrize("key", ["cache", "persist", "remote", "push", "files", "version_id", "etag", "cloud", "desc"])
def test_refuses_every_other_key_of_the_output(key: str) -> None:
    message = f"key {key!r} is refused in a pointer: only md5, size, nfiles, hash, path are allowed"

    assert faults_of(out_with(**{key: False})) == [PointerFault(("outs", 0, key), message, ADD_AGAIN, at_key=True)]


def test_sends_a_pointer_of_dvc_2_to_its_migration() -> None:
    assert faults_of(out_without("hash")) == [
        PointerFault(
            ("outs", 0),
            "'hash: md5' is missing: this pointer was written by DVC 2 or older",
            "run `dvc cache migrate --dvc-files` with DVC 3, and commit the pointer it writes",
        )
    ]


def test_refuses_another_hash() -> None:
    assert faults_of(out_with(hash="sha256")) == [
        PointerFault(("outs", 0, "hash"), "'hash' is 'sha256' and must be md5", ADD_AGAIN)
    ]


@pytest.mark.parametrize("md5", ["", MD5[:-1], MD5 + "0", MD5.upper(), MD5 + "\n", MD5 + ".DIR", "é" * 32, "../" + MD5])
def test_refuses_a_malformed_md5(md5: str) -> None:
    (fault,) = faults_of(out_with(md5=md5))

    assert fault.path == ("outs", 0, "md5")
    assert "is not an MD5 of 32 lower-case hexadecimal digits, with '.dir' after it for a directory" in fault.message


@pytest.mark.parametrize("md5", [None, 12345678901234567890123456789012, True, [MD5]])
def test_refuses_an_md5_that_is_no_text(md5: Value) -> None:
    assert faults_of(out_with(md5=md5)) == [PointerFault(("outs", 0, "md5"), "'md5' must be text", ADD_AGAIN)]


@pytest.mark.parametrize(
    ("path", "message"),
    [
        ("", "'path': the path is empty"),
        (".", "'path': path '.' has an empty part"),
        ("..", "'path': path '..' leads out of its directory by '..'"),
        ("a/b", "'path': 'a/b' is not one plain file name"),
        ("/etc/passwd", "'path': '/etc/passwd' is not one plain file name"),
        ("../y-1.0.0/model.bin", "'path': '../y-1.0.0/model.bin' is not one plain file name"),
        ("a\\b", "'path': path 'a\\\\b' holds a backslash"),
        ("a\nb", "'path': path 'a\\nb' holds a control or invisible character"),
        ("a\u2028b", "'path': path 'a\\u2028b' holds a control or invisible character"),
        (".git", "'path': path '.git' leads into Git's own directory"),
        (".gitattributes", "'path': '.gitattributes' is a file of Git's or DVC's own"),
        (".DVCignore", "'path': '.DVCignore' is a file of Git's or DVC's own"),
        ("模" * 86, "'path' is longer than 255 bytes"),
    ],
)
def test_refuses_a_path_that_is_no_plain_name(path: str, message: str) -> None:
    assert faults_of(out_with(path=path)) == [PointerFault(("outs", 0, "path"), message, PLAIN_NAME)]


def test_refuses_a_path_that_is_no_text() -> None:
    assert faults_of(out_with(path=1)) == [PointerFault(("outs", 0, "path"), "'path' must be text", ADD_AGAIN)]


@pytest.mark.parametrize("size", [None, "3", 3.0, True, -1, 2**63, [3]])
def test_refuses_a_size_that_is_no_count(size: Value) -> None:
    message = "'size' must be a whole number, zero or more"

    assert faults_of(out_with(size=size)) == [PointerFault(("outs", 0, "size"), message, ADD_AGAIN)]


def test_refuses_a_count_of_files_beside_the_md5_of_a_file() -> None:
    message = "'nfiles' stands beside an md5 that is not a directory's"

    assert faults_of(out_with(nfiles=1)) == [PointerFault(("outs", 0, "nfiles"), message, ADD_AGAIN)]


def test_asks_for_the_count_of_files_of_a_directory() -> None:
    message = "'nfiles' must be a whole number, zero or more"

    assert faults_of(out_with(md5=MD5 + ".dir")) == [PointerFault(("outs", 0, "nfiles"), message, ADD_AGAIN)]


def test_refuses_a_count_of_files_without_a_value() -> None:
    message = "'nfiles' has no value"

    assert faults_of(out_with(nfiles=None)) == [PointerFault(("outs", 0, "nfiles"), message, ADD_AGAIN)]


def test_collects_every_fault_in_one_pass() -> None:
    faults = faults_of({"cmd": "rm -rf .", "outs": [{"md5": "x", "size": -1, "path": "..", "cache": False}]})

    assert [fault.path for fault in faults] == [
        ("cmd",),
        ("outs", 0, "cache"),
        ("outs", 0),
        ("outs", 0, "path"),
        ("outs", 0, "md5"),
        ("outs", 0, "size"),
    ]


def test_holds_its_own_constructor_to_the_same_rules() -> None:
    with pytest.raises(InvalidPointer, match="leads out of its directory"):
        Pointer("..", MD5, 3)
