"""What a request says to its reviewers, and what strangers' text cannot make of it."""

from __future__ import annotations

from modelyard.forges.describing import draft_request
from modelyard.lifecycle.deeds import Action, Deed
from modelyard.lifecycle.edits import Edits
from modelyard.names import Version, VersionId, parse_model_name
from modelyard.problems import Position, Problem, Severity

FRAUD, SPAM = parse_model_name("fraud"), parse_model_name("spam")


def promoted(name: str, version: str) -> Deed:
    version_id = VersionId.parse(f"{name}@{version}")
    return Deed(Action.PROMOTE, f"{version_id} to staging", version_id.name, version_id.version, "staging")


def drafted(*deeds: Deed, body: str = "", problems: tuple[Problem, ...] = (), paths: int = 1) -> tuple[str, ...]:
    files = {f"model_registry/stages/staging/m{number:02}.yaml": b"" for number in range(paths)}
    edits = Edits(files, "A title", "a-branch", body=body, deeds=deeds)
    draft = draft_request(edits, problems, branch="a-branch", commit="0" * 40)
    assert (draft.title, draft.branch, draft.commit) == ("A title", "a-branch", "0" * 40)
    assert draft.body.endswith("\n")
    return (*draft.labels, *draft.body.splitlines())


def test_several_promotions_are_listed_and_labelled_once() -> None:
    deeds = (promoted("fraud", "1.0.0"), promoted("spam", "2.0.0"))
    body = "monthly round\n\n- fraud@1.0.0 to staging\n- spam@2.0.0 to staging"
    assert drafted(*deeds, body=body) == (
        "promotion",
        "staging",
        "- Promote <code>fraud&#64;1.0.0</code> to staging",
        "- Promote <code>spam&#64;2.0.0</code> to staging",
        "",
        "> monthly round",
        "",
        "The gate let it pass where it was proposed; the checks of this request judge it again.",
        "",
        "- <code>model&#95;registry/stages/staging/m00.yaml</code>",
    )


def test_a_reason_stays_one_line_in_which_nothing_is_obeyed() -> None:
    lines = drafted(promoted("fraud", "1.0.0"), body="fine\n# heading\n- [x] <script>\n/approve\n@team `code`")
    assert lines[4] == (
        "> fine<br><code>&#35;</code> heading<br>- <code>&#91;x&#93;</code> <code>&#60;script&#62;</code><br>"
        "<code>/approve</code><br><code>&#64;team</code> <code>code</code>"
    )
    assert all(line[:2] in ("", "- ", "> ", "Th") for line in lines[2:])


def test_warnings_of_the_gate_are_told_and_long_lists_cut() -> None:
    problem = Problem("MY611", Severity.WARNING, "a_b.yaml", Position(3, 5), "unsure of `x`", "measure")
    lines = drafted(promoted("fraud", "1.0.0"), problems=(problem,) * 22, paths=60)
    assert lines[6] == "- warning MY611 <code>a&#95;b.yaml&#58;3&#58;5</code>: unsure of <code>x</code>"
    assert lines[26] == "- and 2 more: `modelyard validate --base auto`"
    assert lines[-1] == "- and 10 more files"


def test_what_is_done_has_a_label_each() -> None:
    deeds = [Deed(action, "fraud@1.0.0", FRAUD, Version.parse("1.0.0")) for action in Action]
    assert [line for line in drafted(*deeds) if line.isalpha()] == [
        "registration",
        "promotion",
        "demotion",
        "rollback",
        "yank",
        "deprecation",
        "retirement",
        "transfer",
        "codeowners",
    ]
