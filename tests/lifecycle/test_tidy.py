from __future__ import annotations

import pytest

from modelyard.lifecycle.tidy import tidy_card, tidy_text, tidy_yaml

SCHEMA = "MODEL_METADATA_SCHEMA"


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (b"a\r\nb\rc", b"a\nb\nc\n"),
        (b"\xef\xbb\xbfa\n", b"a\n"),
        ("\ufeffä\n".encode("utf-16-le"), "ä\n".encode()),
        (b"", b""),
        (b"\xff\xfe\xff", b"\xff\xfe\xff"),
        (b"caf\xe9\r\n", b"caf\xe9\r\n"),
        (b"two spaces  \n", b"two spaces  \n"),
    ],
)
def test_text_is_utf8_with_line_feeds(before: bytes, after: bytes) -> None:
    assert tidy_text(before) == after
    assert tidy_text(after) == after


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("name: fraud   \nversion: 1.0.0\t\n", "name: fraud\nversion: 1.0.0\n"),
        ("source:\n\trepo: .\n\tcommit: abc\n", "source:\n  repo: .\n  commit: abc\n"),
        ("created_at: 2025-03-14 # then\n", 'created_at: "2025-03-14" # then\n'),
        ("tags: [no, 1.10, 12:30, plain]\n", 'tags: ["no", "1.10", "12:30", plain]\n'),
        ("version: 1.10\n", 'version: "1.10"\n'),
        ("description: 2025\n", 'description: "2025"\n'),
        ("training:\n  rows: 1_000\n", "training:\n  rows: 1_000\n"),
        ("description: |\n  a  \n  b\n", "description: |\n  a  \n  b\n"),
        ("license: MIT\nname: fraud\n", "name: fraud\nlicense: MIT\n"),
        ("name: [fraud\n", "name: [fraud\n"),
        ("name: a\nname: b\n", "name: a\nname: b\n"),
    ],
)
def test_yaml_says_what_it_said(before: str, after: str) -> None:
    assert tidy_yaml(before.encode(), SCHEMA).decode() == after
    assert tidy_yaml(after.encode(), SCHEMA).decode() == after


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("---\r\nversion: 1.10\r\nlicense: mit\r\n---\r\n# A\r\n", '---\nversion: "1.10.0"\nlicense: mit\n---\n# A\n'),
        ("---\nname: Fraud # short\n---\n", "---\nname: Fraud # short\n---\n"),
        ("---\nlicense: mit\nname: old # short\n---\n", "---\nlicense: mit\nname: fraud # short\n---\n"),
        ("# A\n\nname: old", "# A\n\nname: old\n"),
        ("---\nname: [\n---\n", "---\nname: [\n---\n"),
    ],
)
def test_a_card_says_which_version_it_is_of(before: str, after: str) -> None:
    stated = {"name": "fraud", "version": "1.10.0"}
    assert tidy_card(before.encode(), stated).decode() == after
    assert tidy_card(after.encode(), stated).decode() == after
