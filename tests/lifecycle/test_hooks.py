from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from modelyard.documents import yaml
from modelyard.errors import UsageError
from modelyard.lifecycle.ci import WORKFLOW, CiService
from modelyard.lifecycle.hooks import INSTALLED, ToolSource, block, with_hooks

REPOSITORY = ToolSource.parse("https://git.example.org/modelyard@1.10")


def test_a_source_is_installed_an_address_or_a_path() -> None:
    assert ToolSource.parse("installed") is INSTALLED
    assert ToolSource(url="https://git.example.org/modelyard", revision="1.10") == REPOSITORY
    assert ToolSource.parse("git@git.example.org:modelyard@v1").revision == "v1"
    assert ToolSource.parse("../dist/modelyard.whl") == ToolSource(path="../dist/modelyard.whl")


@pytest.mark.parametrize("text", ["", "a b", 'a"b', "a'b", "$(x)", "a`b", "{a}", "a\nb", "a\x1bb", "a\\b"])
def test_what_cannot_stand_in_a_generated_file(text: str) -> None:
    with pytest.raises(UsageError) as caught:
        ToolSource.parse(text)
    assert caught.value.message == f"{text!r} cannot name where modelyard comes from"


@pytest.mark.parametrize("text", ["https://git.example.org/modelyard", "https://a@b/c", "git@git.example.org:x"])
def test_an_address_needs_a_revision(text: str) -> None:
    with pytest.raises(UsageError) as caught:
        ToolSource.parse(text)
    assert caught.value.message == f"{text!r} names no revision"


@pytest.mark.parametrize("revision", ["1.10", "1e5", "0123456", "true", "v1.0.0", "null"])
def test_a_revision_is_text_whatever_it_looks_like(revision: str) -> None:
    source = ToolSource.parse(f"https://git.example.org/modelyard@{revision}")
    document = yaml.read(f"repos:\n{block(source)}".encode())
    repository: Any = document.value
    repository = repository["repos"][0]
    assert (repository["repo"], repository["rev"]) == ("https://git.example.org/modelyard", revision)


def test_hooks_are_added_below_what_was_there() -> None:
    before = b"# ours\nrepos:\n  - repo: https://git.example.org/other\n    rev: v1\n    hooks:\n      - id: x # y\n"
    after = with_hooks(before, INSTALLED)
    assert after is not None
    assert after.startswith(before)
    assert with_hooks(after, INSTALLED) == after
    assert b"- id: modelyard-validate\n" in after


def test_the_indent_of_the_list_is_kept() -> None:
    before = b"repos:\n- repo: local\n  hooks: []"
    after = with_hooks(before, REPOSITORY)
    assert after is not None
    assert after.startswith(before + b"\n- repo: ")


@pytest.mark.parametrize(
    "text", [b"", b"repos: []\n", b"repos: [\n", b"other:\n  - repo: x\n", b"a: &b 1\nrepos:\n  - repo: *b\n"]
)
def test_what_cannot_be_extended_is_left_alone(text: bytes) -> None:
    assert with_hooks(text, INSTALLED) is None


def test_a_new_configuration_holds_nothing_but_the_hooks() -> None:
    made = with_hooks(None, INSTALLED)
    assert made == f"repos:\n{block(INSTALLED)}".encode()


@given(st.sampled_from([INSTALLED, REPOSITORY, ToolSource(path="../modelyard")]))
def test_what_is_generated_is_strict_yaml(source: ToolSource) -> None:
    """read(block), and read of each file for GitLab, succeed"""
    assert yaml.read(f"repos:\n{block(source)}".encode()).mapping()
    assert all(yaml.read(text.encode()).mapping() for text in CiService.GITLAB.files(source).values())
    # Its `on` is a key that GitHub prescribes, and that no strict reader takes.
    assert CiService.GITHUB.files(source)[WORKFLOW].count("MODELYARD_SOURCE: ") >= 1
