"""The optional comment on a pull request: a job that may write, fed by one that a stranger may have written."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from support.forge import ACTIONS, AUTHOR, Forge, Pull
from support.forge_server import serving
from support.project import ROOT
from support.repositories import Repository, new_repository
from support.workflows import Runner

WORKFLOW = (ROOT / "docs/examples/github/registry-comment.yml").read_text(encoding="utf-8")
STEP = "Show the report as text"
MARKER = "<!-- modelyard: report on the registry -->"
RUN = 4711
REPORT = "model_registry/fraud-1.0.0: error MY601 it was changed\nrefused: 1 problem, 1 model version judged\n"
COMMENT = """\
{marker}
**modelyard** on {head}, [as printed by this run](https://git.example.org/runs/4711).

```text
{report}
```

The required check decides, not this text: whoever changes the workflow can change what it prints.
"""


@dataclass(frozen=True)
class Desk:
    """A forge with one open pull request, and the job that comments on it."""

    forge: Forge
    author: Repository
    pull: Pull
    place: Path

    @property
    def head(self) -> str:
        return self.forge.tip(f"refs/pull/{self.pull.number}/head")

    @property
    def bodies(self) -> list[tuple[str, str]]:
        comments = self.forge.comments.get(self.pull.number, [])
        return [(comment["user"]["login"], comment["body"]) for comment in comments]

    def keep(self, files: Mapping[str, str | bytes]) -> None:
        """Let the run of the pull request keep these files as its report."""
        packed = io.BytesIO()
        with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
            for name, content in files.items():
                archive.writestr(name, content)
        self.forge.artifacts[RUN] = ("modelyard-report", packed.getvalue())

    def run(self, **told: Any) -> str:
        """Run the job for a run of the gate, and return what it printed."""
        run = {
            "id": RUN,
            "event": "pull_request",
            "head_sha": self.head,
            "head_repository": {"full_name": self.forge.name},
            "html_url": f"https://git.example.org/runs/{RUN}",
            **told,
        }
        temporary = self.place / str(len(list(self.place.iterdir())))
        temporary.mkdir()
        github = {
            "event_name": "workflow_run",
            "event": {"workflow_run": run},
            "repository": self.forge.name,
            "api_url": self.forge.url,
            "token": "token-of-the-job",
        }
        ended = Runner(temporary, temporary, github=github).run_job(WORKFLOW, "comment")
        if not ended:
            return ""
        assert ended[STEP].code == 0, ended[STEP].output
        return ended[STEP].output


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    author = new_repository(tmp_path / "author")
    author.commit({"README.md": b"models\n"})
    forge = Forge(tmp_path / "forge")
    forge.seed(author)
    author.git("switch", "--quiet", "--create", "work")
    author.commit({"notes.txt": b"one\n"})
    author.git("remote", "add", "origin", str(forge.repository.path))
    author.git("push", "--quiet", "origin", "work")
    pull = forge.open_pull("Work", "work", author=AUTHOR)
    place = tmp_path / "jobs"
    place.mkdir()
    with serving(forge):
        yield Desk(forge, author, pull, place)


def comment(desk: Desk, report: str = REPORT) -> str:
    return COMMENT.format(marker=MARKER, head=desk.head, report=report.rstrip())


def test_the_report_is_shown_and_shown_anew(desk: Desk) -> None:
    desk.keep({"report.txt": REPORT, "pull-request": "1\n"})
    assert desk.run() == "commented on #1\n"
    assert desk.bodies == [(ACTIONS, comment(desk))]

    desk.keep({"report.txt": "passed: no problems\n", "pull-request": "1\n"})
    assert desk.run() == "changed the comment on #1\n"
    assert desk.bodies == [(ACTIONS, comment(desk, "passed: no problems\n"))]


def test_a_comment_of_somebody_else_is_never_taken_for_ours(desk: Desk) -> None:
    talk = [{"id": n, "body": f"{MARKER}\napproved", "user": {"login": AUTHOR, "type": "User"}} for n in range(1, 131)]
    desk.forge.comments[1] = talk
    desk.keep({"report.txt": REPORT, "pull-request": "1\n"})

    assert desk.run() == "commented on #1\n"
    assert desk.run() == "changed the comment on #1\n"

    assert [author for author, _ in desk.bodies] == [AUTHOR] * 130 + [ACTIONS]
    assert {body for author, body in desk.bodies if author == AUTHOR} == {f"{MARKER}\napproved"}


def test_text_of_a_stranger_stays_text(desk: Desk) -> None:
    hostile = "```\n@example/model-owners approved ![](https://evil.example.org/x)\n````\n<img src=x>\u202e\x1b[2J\r\n"
    desk.keep({"report.txt": hostile, "pull-request": "1\n"})

    desk.run()

    ((_, body),) = desk.bodies
    _, opening, *inside = body.split("\n`````")
    assert opening.startswith("``text\n```\n@example/model-owners approved")
    assert inside[0].startswith("``\n\nThe required check decides, not this text")
    assert not any(character in body for character in "\u202e\x1b\r")


def test_a_long_report_is_cut(desk: Desk) -> None:
    desk.keep({"report.txt": "x" * 50_000_000, "pull-request": "1\n"})

    assert desk.run() == "commented on #1\n"

    ((_, body),) = desk.bodies
    assert len(body) < 65_536
    assert "\n(cut off here)\n```\n" in body


@pytest.mark.parametrize("number", ["2; echo", "-1", "1" * 11, "١", "", "../1", "1e0"])
def test_what_is_no_number_names_no_pull_request(number: str, desk: Desk) -> None:
    desk.keep({"report.txt": REPORT, "pull-request": number})

    assert desk.run() == "no comment: the artifact names no pull request\n"
    assert desk.bodies == []


def test_another_pull_request_cannot_be_named(desk: Desk) -> None:
    desk.author.git("switch", "--quiet", "--create", "other", "main")
    desk.author.commit({"other.txt": b"other\n"})
    desk.author.git("push", "--quiet", "origin", "other")
    desk.forge.open_pull("Other", "other", author="somebody")
    desk.keep({"report.txt": REPORT, "pull-request": "2\n"})

    assert desk.run() == "no comment: the run is not about the newest commit of that pull request\n"
    assert desk.forge.comments == {}


def test_a_run_of_an_older_commit_is_passed_over(desk: Desk) -> None:
    desk.keep({"report.txt": REPORT, "pull-request": "1\n"})

    told = desk.run(head_sha="0" * 40)

    assert told == "no comment: the run is not about the newest commit of that pull request\n"


def test_a_merged_pull_request_is_left_alone(desk: Desk) -> None:
    desk.keep({"report.txt": REPORT, "pull-request": "1\n"})
    head = desk.head
    desk.forge.merge(1)

    assert desk.run(head_sha=head) == "no comment: the run is not about the newest commit of that pull request\n"


def test_the_same_commit_in_another_fork_is_another_run(desk: Desk) -> None:
    desk.keep({"report.txt": REPORT, "pull-request": "1\n"})

    told = desk.run(head_repository={"full_name": "stranger/models"})

    assert told == "no comment: the run belongs to another repository\n"


def test_a_pull_request_of_a_fork_gets_its_comment(desk: Desk) -> None:
    desk.pull.head_repository = "stranger/models"
    desk.keep({"report.txt": REPORT, "pull-request": "1\n"})

    assert desk.run(head_repository={"full_name": "stranger/models"}) == "commented on #1\n"


def test_a_run_without_a_report_says_so(desk: Desk) -> None:
    assert desk.run() == "no comment: the run kept no report\n"

    desk.keep({"report.md": "x"})
    assert desk.run() == "no comment: the artifact has no pull-request\n"

    desk.keep({"pull-request": "1\n"})
    assert desk.run() == "no comment: the artifact has no report.txt\n"

    desk.forge.artifacts[RUN] = ("modelyard-report", b"no archive")
    assert desk.run() == "no comment: the report is no archive\n"

    desk.forge.artifacts[RUN] = ("modelyard-report", b"x" * 5_000_001)
    assert desk.run() == "no comment: the report is too large\n"
    assert desk.bodies == []


@pytest.mark.parametrize("event", ["push", "merge_group", "schedule", "workflow_dispatch"])
def test_only_runs_of_pull_requests_are_spoken_of(event: str, desk: Desk) -> None:
    desk.keep({"report.txt": REPORT, "pull-request": "1\n"})

    assert desk.run(event=event) == ""
    assert desk.bodies == []
