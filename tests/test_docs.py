"""The documents: their commands run, their links lead somewhere, and what is generated is up to date."""

from __future__ import annotations

import re
import shlex
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
import yaml

from modelyard.cli.main import COMMANDS, build_parser, main
from modelyard.documents import schemas
from modelyard.documents.policy import Policy
from modelyard.errors import Refused, UsageError
from modelyard.evaluate.statistics import wilson_interval
from modelyard.rules.engine import judge
from modelyard.snapshot import POLICY
from support import guide
from support.artifacts import estimator
from support.project import ROOT
from support.registry import Scene, copied, founded_scene, merged_scene
from support.snapshots import snapshot_with
from support.tools import requires_tool

if TYPE_CHECKING:
    from collections.abc import Iterator

DOCS = ROOT / "docs"
PAGES = sorted(path.relative_to(ROOT).as_posix() for path in DOCS.rglob("*.md"))
AT_THE_ROOT = ("CHANGELOG.md", "CONTRIBUTING.md", "README.md", "SECURITY.md")
DECISIONS = sorted(path.name for path in (DOCS / "explanation" / "decisions").glob("[0-9]*.md"))
TOOLS = ("bash", "dvc", "git", "modelyard", "pre-commit", "python3")
# Guides whose commands are typed in the clone of a registry with two versions of `fraud`.
RUN_IN_A_REGISTRY = (
    "clean-up.md",
    "compare-versions.md",
    "find-what-was-never-pushed.md",
    "fix-a-hand-made-version.md",
    "hooks-and-ci.md",
    "load-and-smoke-test.md",
    "plain-git-server.md",
    "promote-and-roll-back.md",
    "report-to-other-tools.md",
    "retire.md",
    "review-a-promotion.md",
    "set-gates.md",
    "use-a-lock-file.md",
    "verify-offline.md",
    "verify-the-store.md",
    "who-put-this-in-production.md",
    "write-a-model-card.md",
)
ADDRESS = "https://git.example.org/models.git"
METRICS = """\
{
  "accuracy": 0.93
}"""
LINK = re.compile(r"(?<!!)\[[^\]]*\]\(([^)\s]+)\)")
HEADING = re.compile(r"^#+ (.+)$", re.MULTILINE)
STATUS = re.compile(r"^Status: (accepted|superseded by \[\d{4}\]\(.+\))\. Date: \d{4}-\d{2}-\d{2}\.$", re.MULTILINE)
CODE = re.compile(r"^(`{3,}).*?^\1$", re.MULTILINE | re.DOTALL)


def text(page: str) -> str:
    return (ROOT / page).read_text(encoding="utf-8")


def anchors(page: str) -> set[str]:
    """Return the anchors of a page, as GitHub makes them from its headings."""
    titles = HEADING.findall(CODE.sub("", text(page)))
    return {re.sub(r"[^\w -]", "", title.lower()).replace(" ", "-") for title in titles}


def links(page: str) -> Iterator[tuple[str, str]]:
    """Yield file and anchor of each link that leads into the project."""
    for target in LINK.findall(CODE.sub("", text(page))):
        path, _, anchor = target.partition("#")
        if "://" not in path and not path.startswith("mailto:"):
            yield (path, anchor)


def commands(page: str) -> Iterator[str]:
    """Yield each ``modelyard`` command of a page's code blocks, on one line."""
    for block in guide.blocks(text(page)):
        if block.language in ("bash", "console", "yaml"):
            for line in block.text.replace("\\\n", " ").splitlines():
                found = re.search(r"(?:^|run: |entry: |&& )(modelyard [^#&|]+)", line.strip())
                if found:
                    yield found[1]


@pytest.fixture(scope="module")
def scene(tmp_path_factory: pytest.TempPathFactory) -> Scene:
    scene = founded_scene(tmp_path_factory.mktemp("scene"))
    merged_scene(scene)
    return scene


def run_guide(page: str, directory: Path) -> list[str]:
    """Run the commands of a page, and return each promise that what they print does not keep."""
    for tool in TOOLS:
        requires_tool(tool)
    steps = guide.steps(text(page))
    return [
        f"{page}:{step.line}: no line {line!r} in\n{output}"
        for step, output in zip(steps, guide.run(steps, directory), strict=True)
        for line in guide.missing_lines(step.promised, output)
    ]


def test_each_command_of_the_tutorial_does_what_it_says(tmp_path: Path) -> None:
    assert run_guide("docs/tutorial.md", tmp_path) == []


@pytest.mark.parametrize("page", RUN_IN_A_REGISTRY)
def test_each_command_of_a_guide_does_what_the_guide_says(page: str, scene: Scene, tmp_path: Path) -> None:
    here = copied(scene, tmp_path / "scene").registry.path
    assert run_guide(f"docs/how-to/{page}", here) == []


def python_of(page: str) -> str:
    return "\n".join(block.text for block in guide.blocks(text(page)) if block.language == "python")


def test_an_application_can_do_as_the_guide_says(
    scene: Scene, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    page, clone = "docs/how-to/consume-from-an-application.md", str(scene.registry.path)
    monkeypatch.chdir(tmp_path)
    for command in commands(page):
        assert main(shlex.split(command.replace(ADDRESS, clone))[1:]) == 0, capsys.readouterr().err
    assert sorted(path.name for path in (tmp_path / "models" / "fraud").iterdir()) == ["model.joblib", "scaler.joblib"]

    names: dict[str, Any] = {}
    exec(python_of(page).replace(ADDRESS, clone), names)

    assert str(names["version"].id) == "fraud@1.0.0"
    assert names["path"].name == "model.joblib"
    assert hasattr(names["model"], "predict")
    assert hasattr(names["scaler"], "transform")


def test_a_model_is_loaded_as_the_guide_says(scene: Scene, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(copied(scene, tmp_path / "scene").registry.path)
    python = python_of("docs/how-to/load-and-smoke-test.md")
    refused = "model = version.load(safe=True)\n"
    assert refused in python
    names: dict[str, Any] = {}
    exec(python.replace(refused, ""), names)
    assert names["answer"].shape == (1, 2)
    with pytest.raises(Refused):
        exec(refused, names)


def test_a_program_can_register_as_the_guide_says(
    scene: Scene, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    here = copied(scene, tmp_path / "scene")
    monkeypatch.chdir(here.training.path)
    objects = {"pipeline": estimator("pipeline"), "scaler": estimator("pipeline")[0]}

    exec(python_of("docs/how-to/register-from-ci.md").replace('"registry"', repr(str(here.registry.path))), objects)

    assert here.registry.git("show", "register/fraud:model_registry/fraud-1.1.1/metrics.json") == METRICS


@pytest.mark.parametrize("page", PAGES)
def test_each_command_in_the_documents_has_arguments_that_are_there(page: str) -> None:
    for command in commands(page):
        words = shlex.split(command)[1:]
        words = words[: words.index(">")] if ">" in words else words
        if "--help" in words:
            continue
        try:
            build_parser(list(COMMANDS)).parse_args(words)
        except UsageError:
            pytest.fail(f"{page}: {command}")


@pytest.mark.parametrize("page", [*PAGES, *AT_THE_ROOT])
def test_each_link_leads_to_a_file_and_a_heading_of_it(page: str) -> None:
    for path, anchor in links(page):
        target = ((ROOT / page).parent / path).resolve() if path else ROOT / page
        assert target.exists(), f"{page} links to {path}"
        if anchor:
            assert anchor in anchors(target.relative_to(ROOT).as_posix()), f"{page} links to {path}#{anchor}"


def test_each_page_can_be_reached_from_the_map() -> None:
    reached, waiting = set(), ["docs/index.md"]
    while waiting:
        page = waiting.pop()
        if page not in reached and page.endswith(".md"):
            reached.add(page)
            targets = [((ROOT / page).parent / path).resolve() for path, _ in links(page) if path]
            waiting += [target.relative_to(ROOT).as_posix() for target in targets if target.is_relative_to(DOCS)]
    assert sorted(set(PAGES) - reached - {"docs/model_card_template.md"}) == []


def test_the_generated_pages_are_what_the_code_says_now() -> None:
    command = [sys.executable, "scripts/generate_reference.py", "--check"]
    check = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert (check.returncode, check.stdout, check.stderr) == (0, "", "")


@pytest.mark.parametrize("command", COMMANDS)
def test_help_describes_a_command_as_the_reference_does(command: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main([command, "--help"]) == 0
    sentence = f"\n{COMMANDS[command][0].upper()}{COMMANDS[command][1:]}.\n"
    assert sentence in capsys.readouterr().out
    assert sentence in text("docs/reference/cli.md")


def keys(schema: dict[str, Any], prefix: str = "") -> Iterator[str]:
    """Yield the dotted names of all fields of a schema; what an override may change is told of where it stands."""
    for key, field in schema.get("properties", {}).items():
        yield prefix + key
        if prefix == "overrides[].":
            continue
        yield from keys(field, f"{prefix}{key}.")
        yield from keys(field.get("items", {}), f"{prefix}{key}[].")


def test_the_page_on_policy_tells_of_every_key_and_no_other() -> None:
    told = re.findall(r"^\| `([a-z_.\[\]]+)` \|", text("docs/reference/policy.md"), re.MULTILINE)
    assert sorted(told) == sorted(set(keys(schemas.prepared("POLICY_SCHEMA"))))


def test_the_page_on_policy_shows_the_defaults() -> None:
    shown = next(block for block in guide.blocks(text("docs/reference/policy.md")) if block.language == "yaml")
    assert Policy.from_value(yaml.safe_load(shown.text)) == Policy()


@pytest.mark.parametrize("page", ["docs/reference/policy.md", "docs/how-to/set-gates.md"])
def test_a_policy_that_a_page_shows_says_something_in_each_part(page: str) -> None:
    known = schemas.prepared("POLICY_SCHEMA")["properties"]
    shown = [block.text for block in guide.blocks(text(page)) if block.language == "yaml"]
    policies = [each for each in shown if set(yaml.safe_load(each)) <= set(known)]
    assert policies
    for each in policies:
        stated = each if "schema_version" in each else f"schema_version: 1\n{each}"
        judgement = judge(snapshot_with({"registry.yaml": stated}), [])
        assert [problem for problem in judgement.problems if problem.path == POLICY] == []


def test_the_list_of_decisions_names_each_by_its_title() -> None:
    listed = re.findall(
        r"^- \[(\d{4})\]\((\d{4}-[a-z-]+\.md)\): (.+)$", text("docs/explanation/decisions/README.md"), re.MULTILINE
    )
    assert [name for _number, name, _title in listed] == DECISIONS
    for number, name, title in listed:
        assert text(f"docs/explanation/decisions/{name}").startswith(f"# {number}. {title}\n")


@pytest.mark.parametrize("name", DECISIONS)
def test_a_decision_has_a_status_a_date_and_its_three_parts(name: str) -> None:
    decision = text(f"docs/explanation/decisions/{name}")
    assert re.search(
        r"^Status: (accepted|superseded by \[\d{4}\]\(.+\))\. Date: \d{4}-\d{2}-\d{2}\.$", decision, re.MULTILINE
    )
    assert HEADING.findall(decision)[1:] == ["Context", "Decision", "Consequences"]


def test_the_page_on_statistics_states_what_is_computed() -> None:
    page = text("docs/explanation/statistics.md")
    stated = {
        int(rows.replace(",", "")): low for rows, low in re.findall(r"^\| ([\d,]+) \| (0\.\d+) \|$", page, re.MULTILINE)
    }
    assert stated == {rows: f"{wilson_interval(0.86, rows)[0]:.3f}" for rows in stated}
    assert len(stated) == 8
    needed = next(rows for rows in range(200, 10_000) if wilson_interval(0.86, rows)[0] >= 0.85)
    assert f"takes {needed:,} rows" in page
