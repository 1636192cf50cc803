"""Cards of one megabyte that would keep a careless reader busy for hours, judged in a process with little time."""

from __future__ import annotations

import resource
import subprocess
import sys
from pathlib import Path

import pytest

from modelyard.documents.card import Card
from modelyard.documents.document import Unreadable

# Seconds of processor time and bytes of memory. The gate itself stays far below; a loop over all pairs does not.
SECONDS = 10
BYTES = 1 << 30
SIZE = (1 << 20) - 200
MARKS, LINES = 50_000, 9_990
JUDGE = """\
import sys
from modelyard.rules.catalogue import RULES
from support.snapshots import snapshot_with

start, part = sys.argv[1].encode().decode("unicode_escape"), sys.argv[2].encode().decode("unicode_escape")
text = start + part * int(sys.argv[3])
snapshot = snapshot_with({"fraud-1.1.0/MODEL_CARD.md": text})
version = snapshot.version(snapshot.version_ids[-1])
for rule in RULES:
    if rule.code.startswith("MY3"):
        print(rule.code, len(list(rule.check(version, snapshot.policy))))
"""
SHAPES = (
    *(("", part) for part in ("`", "` ", "`a``", "[", "[a](", "](", "[a]( ", "[a](<", '[a](b "', "[a](b '", "[a](b (")),
    *(
        ("", part)
        for part in ("<", "<a ", "<a b='", '<a b="c', "<b>", "<!--", "<!-- ", "<![CDATA[", "<?", "&", "\\", "!")
    ),
    *(
        ("", part)
        for part in ("> ", ">\n", "- ", "- a\n", "1. a\n", "#", "# a\n", "## a\n### b\n", "a\n-\n", "| ", "|a")
    ),
    *(
        ("", part)
        for part in ("{{ a ", "{%", "[your ", "<fill in ", "TODO ", "more information ", "~~~\n", "    a\n", "\t")
    ),
    ("# ", "# "),
    ("# ", "\\t"),
    ("[a]: ", "["),
    ("[a]:", " "),
    ("[a]: b", " "),
    ("", "[a]: b\n"),
    ("", "[a](#b) "),
    ("", "[a](b) "),
    ("<div>\n", "<a "),
    ("<div>\n", "<a b='"),
    ("<div>\n", "<!--"),
    ("<div>\n", "<b onclick=x>\n"),
    ("<b", " a"),
    ("<b a", " "),
    ("<b a=", " "),
    ("- " * 30 + "a\n", "  " * 30 + "- a\n"),
    ("| accuracy |\n|---|\n", "| 0.5 |\n"),
    ("| a | b |\n|---|---|\n", "| accuracy | 0.5 |\n"),
    ("| a |\n", "| - "),
    ("|-", " "),
    ("| test |\n|---|\n", "| 1,000"),
    ("a\n", "| a |\n|---|---|\n"),
)


def confined() -> None:
    resource.setrlimit(resource.RLIMIT_CPU, (SECONDS, SECONDS))
    resource.setrlimit(resource.RLIMIT_AS, (BYTES, BYTES))


@pytest.mark.parametrize(("start", "part"), SHAPES)
def test_case_45_a_card_of_one_megabyte_is_judged(start: str, part: str) -> None:
    here = Path(__file__).parents[1]
    marks = sum(map(part.count, "<[|`\\\\"))
    count = min(
        SIZE // len(part), MARKS // marks if marks else SIZE, LINES // part.count("\n") if "\n" in part else SIZE
    )
    written = [text.encode("unicode_escape").decode() for text in (start, part)]
    command = [sys.executable, "-c", JUDGE, *written, str(count)]
    ran = subprocess.run(
        command,
        cwd=here,
        env={"PYTHONPATH": str(here)},
        preexec_fn=confined,
        capture_output=True,
        text=True,
        check=False,
    )
    assert (ran.returncode, ran.stderr) == (0, "")
    assert "MY309" in ran.stdout


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("a\n" * 10_001, "the card has more than 10,000 lines"),
        ("- " * 40 + "a\n", "the nesting is deeper than 32 levels"),
        ("> " * 40 + "a\n", "the nesting is deeper than 32 levels"),
        ("<" * 50_001, "the card has more than 50,000 brackets, bars and backticks"),
    ],
)
def test_a_card_beyond_the_limits_is_refused(text: str, message: str) -> None:
    with pytest.raises(Unreadable) as caught:
        Card.parse(text.encode())
    assert [fault.message for fault in caught.value.faults] == [message]
