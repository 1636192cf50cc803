"""MY309, against what a renderer makes of a card and what a browser then finds in it."""

from __future__ import annotations

from html.parser import HTMLParser

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from modelyard.documents.markdown.urls import runs
from modelyard.rules.card_html import active_html
from support.snapshots import snapshot_with

RUNNING = {"script", "style", "iframe", "object", "embed", "form", "input", "svg", "math", "base", "meta", "link"}

# Case 45: each of them runs in a page that shows a card as it is written.
PROBES = (
    "<script>alert(1)</script>",
    "<SCRIPT SRC=//example.org/x.js></SCRIPT>",
    "a <script\n>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    '<img src="x"\n OnError="alert(1)">',
    '<img src="x"onerror=alert(1)>',
    "<svg onload=alert(1)>",
    "<svg/onload=alert(1)>",
    "<b onmouseover=alert(1)>a</b>",
    "<details open ontoggle=alert(1)>",
    '<iframe src="https://example.org"></iframe>',
    "<object data=x></object>",
    "<embed src=x>",
    '<form action="https://example.org"><input></form>',
    '<base href="//example.org/">',
    '<meta http-equiv="refresh" content="0;url=//example.org">',
    "<link rel=stylesheet href=//example.org>",
    "<style>@import '//example.org';</style>",
    '<a href="javascript:alert(1)">a</a>',
    '<a href="java&#x73;cript:alert(1)">a</a>',
    '<a href=" &#14; javascript:alert(1)">a</a>',
    "[a](javascript:alert(1))",
    "[a](JaVaScRiPt&colon;alert(1))",
    "[a](<java&Tab;script:alert(1)>)",
    "[a][b]\n\n[b]: javascript:alert(1)",
    "[^a]\n\n[^a]: javascript:alert(1)",
    "![a](data:text/html;base64,PHNjcmlwdD4=)",
    "<javascript:alert(1)>",
    "- a\n  ```\n- <script>alert(1)</script>",
    "> ```\n<script>alert(1)</script>",
    "<div>\n```\n<script>alert(1)</script>\n```",
    "<!--> <script>alert(1)</script> -->",
    "a <!-- --!> ` <img src=x onerror=alert(1)> ` -->",
    "a <![CDATA[ > ` <img src=x onerror=alert(1)> ` ]]>",
    "<?php > \n` <img src=x onerror=alert(1)> ` ?>",
    "| a |\n|---|\n| ` | <img src=x onerror=alert(1)> | ` |",
    '<div title="\n\n[a](b "onclick=alert(1) ")',
    '<div style="background:u\\rl(//example.org)">a</div>',
    "```\n<b>\n~~~\n````\n<script>alert(1)</script>",
    "1. a\n\n       <b>\n\n   <script>alert(1)</script>",
)
HARMLESS = (
    "A line<br>and H<sub>2</sub>O, <kbd>Enter</kbd>, 3 < 4 and a<b.",
    "<details>\n<summary>More</summary>\n\nText.\n\n</details>",
    '<p align="center"><img src="https://example.org/curve.png" width="300" alt="a curve"></p>',
    '<div style="text-align: center">text</div>',
    "`<script>alert(1)</script>` and ``<img onerror=`x`>``",
    "```html\n<script>alert(1)</script>\n```",
    "    <script>alert(1)</script>",
    "- a\n\n  ```html\n  <script>alert(1)</script>\n  ```",
    "> ~~~\n> <script>alert(1)</script>\n> ~~~",
    "<!-- say where it fails -->",
    "![a](data:image/png;base64,iVBORw0KGgo=)",
    r"\<script>alert(1)\</script>",
    "[a](https://example.org/javascript:x) and <https://example.org> and <desk@example.org>",
    "The tokens <s>, <unk> and <think> open a turn.",
    "[JavaScript: the good parts](https://example.org)",
)


class Found(HTMLParser):
    """What runs in a page."""

    def __init__(self) -> None:
        super().__init__()
        self.running: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in RUNNING:
            self.running.append(tag)
        self.running += [name for name, _ in attrs if name.startswith("on")]
        self.running += [value for name, value in attrs if name in ("href", "src") and value and runs(value)]

    def parse_marked_section(self, i: int, report: bool = True) -> int:
        """Take ``<![…`` for a bogus comment, as the HTML standard does, where the library gives up."""
        return self.parse_bogus_comment(i, report)


def rendered(text: str, *, tables: bool) -> list[str]:
    """Return what runs in a page that a renderer makes which lets everything through."""
    renderer = MarkdownIt("commonmark", {"html": True})
    if tables:
        renderer.enable("table")
    vars(renderer)["validateLink"] = lambda _url: True
    page = Found()
    page.feed(renderer.render(text))
    page.close()
    return page.running


def told(text: str) -> list[str]:
    snapshot = snapshot_with({"fraud-1.1.0/MODEL_CARD.md": text})
    version = snapshot.version(snapshot.version_ids[-1])
    return [finding.message for finding in active_html(version, snapshot.policy)]


@pytest.mark.parametrize("probe", PROBES)
@pytest.mark.parametrize("around", ["{}", "# Card\n\ntext\n\n{}\n\ntext\n", "text\n{}"])
def test_case_45_what_runs_is_refused(probe: str, around: str) -> None:
    assert told(around.format(probe)) != []


@pytest.mark.parametrize("text", HARMLESS)
def test_what_does_not_run_is_left_alone(text: str) -> None:
    assert told(text) == []
    assert rendered(text, tables=True) == []


PIECES = st.sampled_from(
    (
        *(
            "text",
            "",
            "    ",
            "  ",
            " ",
            "\t",
            "> ",
            "- ",
            "1. ",
            "2) ",
            "```",
            "~~~",
            "````",
            "`",
            "``",
            "\\",
            "---",
            "===",
        ),
        *(
            "<div>",
            "<div",
            "</div>",
            "<!--",
            "-->",
            "--!>",
            "<!",
            "<?",
            "?>",
            ">",
            "<",
            "<![CDATA[",
            "]]>",
            "<pre>",
            "<b>",
        ),
        *("<script>x</script>", "<img src=x onerror=y>", "<b onclick=x>", "[a](javascript:x)", "[a]: javascript:x"),
        *("[", "]", "(", ")", '"', "'", "|", "|---|", "[a]", "# ", "<b title='", '<b title="', "</b>", "<a", "href="),
    )
)


@example("<div><![a]")
@given(st.lists(st.one_of(PIECES, st.just("\n")), max_size=24).map("".join))
@example("<b title=' `\n\n<img src=x onerror=y> `'")
@example("- ```\n\n- \n<script>x</script>")
def test_case_45_what_is_called_harmless_is_harmless_in_a_page(text: str) -> None:
    """where the gate finds nothing that runs, a renderer that lets everything through makes nothing that runs"""
    text = f"\n{text}"  # so that it begins no front matter
    if not told(text):
        assert rendered(text, tables=False) == []
        assert rendered(text, tables=True) == []
