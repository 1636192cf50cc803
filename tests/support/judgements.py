"""Judgements to render: an ordinary one, and some whose every text is hostile."""

from __future__ import annotations

from datetime import date

from modelyard.documents.policy import Exemption
from modelyard.names import VersionId
from modelyard.problems import Position, Problem, Severity
from modelyard.rules.judgement import Judgement, Subject

__all__ = ["BOUND", "EVIL", "HOSTILE", "ORDINARY", "PROBES", "hostile", "many", "problem"]

EVIL = "x\r\n::error file=a::b\x1b[31m ##[stop-commands]t \u202etxt\u200b\udcff\n%0A"

# What a text can try on its reader: HTML and scripts, then Markdown, forges, terminals and runners.
PROBES = (
    "<script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    "<svg/onload=alert(1)>",
    "<iframe src=javascript:alert(1)></iframe>",
    "<a href='javascript:alert(1)'>click</a>",
    "<style>*{display:none}</style>",
    "<form action=https://evil.example><input type=submit>",
    "</code><b onmouseover=alert(1)>x</b>",
    "</details></summary><h1>passed</h1>",
    "<!-- marker -->",
    "<![CDATA[<script>alert(1)</script>]]>",
    "<math><mi xlink:href='data:x,<script>alert(1)</script>'>",
    "<details open ontoggle=alert(1)>",
    "<body background=javascript:alert(1)>",
    "<p style='background:url(javascript:alert(1))'>",
    "&lt;script&gt;alert(1)&lt;/script&gt;",
    "[click](javascript:alert(1))",
    "![x](https://evil.example/x.png)",
    "<javascript:alert(1)>",
    "[x]: javascript:alert(1)\n\n[x]",
    "``` \n<script>alert(1)</script>\n```",
    "`` ` <script>alert(1)</script>",
    "`<img src=x onerror=alert(1)>",
    "a | b | c\n--- | --- | ---\n1 | 2 | 3",
    "title\n=====\n# h1\n> quote\n1. one\n- two\n---",
    "@org/team and @someone, (@other)",
    "fixes #1, closes org/repo#2, resolves GH-3, see !4 $5 &6 ~bug %v1 ^alert#7",
    "https://evil.example www.evil.example mailto:a@evil.example",
    "::error file=a::x\n::stop-commands::t\n##[error]x",
    "\x1b[2J\x1b]0;title\x07\x9b31m",
    "line\r\nnext\rlast\u2028sep\u2029par\x85nel\x0c\x00",
    "\u202etxt.exe\u200b\u2066\ufeff\U000e0041\ufffe\uffff\ufdd0",
    "]]>&#x1f;<failure/></system-out>",
    "*bold* _it_ __b__ ~~no~~ :tada: \\* $x^2$ [^1]",
    "\udcff\ud800",
)


def problem(code: str, severity: Severity, message: str = "`a` is wrong", *, line: int | None = None) -> Problem:
    """Return a problem with a place on a line, or none."""
    place = Position(line, 3) if line else None
    return Problem(code, severity, "model_registry/fraud-1.0.0/metadata.yaml", place, message, "write a: 1")


def hostile(text: str) -> Judgement:
    """Return a judgement that says the text wherever a report can say it."""
    # Paths are what Git's bytes decode to.
    path = f"model_registry/{text}".encode("utf-8", "surrogatepass").decode("utf-8", "surrogateescape")
    severities = (Severity.ERROR, Severity.WARNING)
    told = tuple(Problem("MY105", each, path, None, text, f"do `{text}` now") for each in severities)
    exemptions = (Exemption("MY105", path, text, date(2026, 12, 31)),)
    return Judgement(
        told,
        (),
        pre_existing=told,
        healed=told,
        exempted=told,
        exemptions=exemptions,
        commit="1" * 40,
        base="2" * 40,
    )


def many(count: int, severity: Severity = Severity.ERROR) -> tuple[Problem, ...]:
    """Return so many different problems."""
    return tuple(problem("MY207", severity, f"`a` is {number}", line=number + 1) for number in range(count))


ORDINARY = Judgement(
    (problem("MY101", Severity.ERROR), problem("MY207", Severity.WARNING, line=7), problem("MY208", Severity.NOTE)),
    (VersionId.parse("fraud@1.0.0"),),
    pre_existing=(problem("MY301", Severity.ERROR),),
    healed=(problem("MY302", Severity.ERROR), problem("MY303", Severity.ERROR)),
    exempted=(problem("MY304", Severity.ERROR),),
    exemptions=(
        Exemption("MY304", "model_registry/fraud-1.0.0/metadata.yaml", "Agreed with legal.", date(2026, 12, 31)),
    ),
    commit="1" * 40,
    base="2" * 40,
)
HOSTILE = Judgement((Problem("MY105", Severity.ERROR, f"model_registry/{EVIL}", None, EVIL, EVIL),), ())
BOUND = Judgement(
    (),
    (VersionId.parse("fraud@1.0.0"),),
    subject=Subject.COMMIT,
    commit="1" * 40,
    base="2" * 40,
    base_reason="where main was",
)
