"""A month of a team: three models, twelve versions, each change a pull request that is reviewed and merged."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from modelyard.api import publishing
from modelyard.forges import patience
from support.forge import Forge, ForgeError
from support.forge_server import serving
from support.registry import Ran, Scene

if TYPE_CHECKING:
    from collections.abc import Iterator

POLICY = """\
schema_version: 1
stages:
  - name: staging
  - name: production
    from: staging
    gates:
      - {metric: accuracy, at_least: 0.85}
      - {metric: accuracy, no_regression: true, tolerance: 0.05}
metrics: {proportions: [accuracy]}
retention: {newest: 1}
"""


class Team:
    """Who works with one clone and one forge, and what they have merged, as event, model, stage, from and to."""

    def __init__(self, scene: Scene, forge: Forge) -> None:
        self.scene, self.forge = scene, forge
        self.merged: list[tuple[str, str, str | None, str | None, str | None]] = []

    def open(self, *words: str) -> int:
        """Run a command that opens a pull request, and return its number."""
        ran = self.scene.run(*words, "--pr")
        assert ran.code == 0, ran.out + ran.err
        return max(self.forge.pulls)

    def review(self, number: int) -> dict[str, Any]:
        """Return what the report says of a pull request."""
        self.scene.registry.git("fetch", "--quiet", "origin", f"refs/pull/{number}/head")
        ran = self.scene.run("report", "--base", "main", "--head", "FETCH_HEAD", "--format", "json")
        assert ran.code == 0, ran.err
        said: dict[str, Any] = json.loads(ran.out)
        return said

    def judge(self, number: int) -> int:
        """Return how the gate ends on a pull request."""
        self.scene.registry.git("fetch", "--quiet", "origin", f"refs/pull/{number}/head")
        return self.scene.run("validate", "--base", "main", "--head", "FETCH_HEAD").code

    def merge(self, number: int, *sentences: str) -> None:
        """Merge a pull request whose report says what it does, and which the gate lets pass."""
        assert self.review(number)["deeds"] == list(sentences)
        assert self.judge(number) == 0
        self.forge.merge(number)
        self.scene.registry.git("pull", "--quiet", "--ff-only", "origin", "main")

    def close(self, number: int) -> None:
        """Close a pull request, and delete its branch."""
        pull = self.forge.pull(number)
        pull.closed = True
        self.scene.registry.git("branch", "--quiet", "--delete", "--force", pull.branch)
        self.scene.registry.git("push", "--quiet", "origin", "--delete", pull.branch)

    def push_by_hand(self, branch: str, path: str, text: str) -> None:
        """Push a branch on which somebody has edited one file."""
        git = self.scene.registry.git
        git("switch", "--quiet", "--create", branch)
        (self.scene.registry.path / path).write_text(text)
        self.scene.commit("Edit by hand")
        git("push", "--quiet", "origin", branch)
        git("switch", "--quiet", "main")

    def register(self, name: str, version: str, accuracy: float, *deeds: str) -> None:
        words = ("--version", version, "--metrics", f"accuracy={accuracy}", "--n", "1000", "--pr")
        ran = self.scene.register(*words, name=name)
        assert ran.code == 0, ran.out + ran.err
        self.merge(max(self.forge.pulls), *deeds, f"registers `{name}@{version}`")
        self.merged.append(("registered", name, None, None, version))

    def promote(self, name: str, version: str, stage: str, instead_of: str | None = None) -> None:
        number = self.open("promote", f"{name}@{version}", "--to", stage)
        tail = f", replacing `{instead_of}`" if instead_of else ""
        self.merge(number, f"promotes `{name}@{version}` to `{stage}`{tail}")
        self.merged.append(("promoted", name, stage, instead_of, version))


@pytest.fixture
def team(founded: Scene, tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> Iterator[Team]:
    (founded.registry.path / "model_registry/registry.yaml").write_text(POLICY)
    founded.commit("Set what production demands")
    founded.push()
    forge = Forge(tmp_path_factory.mktemp("forge"))
    forge.seed(founded.origin)
    monkeypatch.setenv("GITHUB_TOKEN", "token-of-the-author")
    monkeypatch.setattr(publishing, "Patience", lambda tell: patience.Patience(tell, pause=lambda _seconds: None))
    with serving(forge):
        git = founded.registry.git
        git("remote", "set-url", "origin", forge.clone_url)
        git("config", "modelyard.forge", "github")
        git("config", "modelyard.forgeApi", forge.url)
        yield Team(founded, forge)


def test_a_month_of_a_team(team: Team) -> None:
    for week in (three_models_go_all_the_way, better_ones_come, what_serves_fails, two_want_the_same_stage):
        week(team)

    history = json.loads(team.scene.run("history", "--format", "json").out)
    told = [(each["event"], each["model"], each["stage"], each["from"], each["to"]) for each in history]
    assert told[::-1][-len(team.merged) :] == team.merged
    assert {each["pull_request"] for each in history[: len(team.merged)]} == {
        number for number, pull in team.forge.pulls.items() if pull.merged
    }
    assert counted(team.scene) == {
        "churn": (4, {"production": 1, "staging": 2}, {}),
        "fraud": (4, {"production": 3, "staging": 3}, {"production": 1, "staging": 1}),
        "spam": (3, {"production": 1, "staging": 3}, {}),
    }
    assert team.scene.run("validate") == Ran(0, "passed: no problems, 11 model versions judged\n", "")
    assert [team.scene.run("resolve", f"{name}@production").out for name in ("churn", "fraud", "spam")] == [
        "churn@1.0.0\n",
        "fraud@1.1.0\n",
        "spam@1.0.0\n",
    ]


def counted(scene: Scene) -> dict[str, tuple[int, dict[str, int], dict[str, int]]]:
    """Return how many versions, promotions and roll backs each model has, as the figures of the registry tell it."""
    told = json.loads(scene.run("stats", "--format", "json").out)["models"]
    return {each["model"]: (each["versions"], each["promotions"], each["rollbacks"]) for each in told}


def three_models_go_all_the_way(team: Team) -> None:
    for name in ("churn", "fraud", "spam"):
        team.register(name, "1.0.0", 0.9, f"gives `{name}` the owners `carl@example.org`")
        team.promote(name, "1.0.0", "staging")
        team.promote(name, "1.0.0", "production")


def better_ones_come(team: Team) -> None:
    """One gets in, one is held back by the gate, by whatever way it comes."""
    team.register("fraud", "1.1.0", 0.93)
    team.promote("fraud", "1.1.0", "staging", "1.0.0")
    team.promote("fraud", "1.1.0", "production", "1.0.0")
    team.register("churn", "1.1.0", 0.86)
    team.promote("churn", "1.1.0", "staging", "1.0.0")

    refused = team.scene.run("promote", "churn@1.1.0", "--to", "production", "--pr")
    assert refused.code == 1
    assert [line.split(" ")[2] for line in refused.out.splitlines() if " error " in line] == ["MY610"]

    team.push_by_hand("by-hand", "model_registry/stages/production/churn.yaml", "schema_version: 1\nversion: 1.1.0\n")
    number = team.forge.open_pull("Promote churn", "by-hand", author="eve").number
    said = team.review(number)
    assert said["deeds"] == ["promotes `churn@1.1.0` to `production`, replacing `1.0.0`"]
    assert [each["code"] for each in said["judgement"]["problems"]] == ["MY610", "MY636"]
    assert team.judge(number) == 1
    team.forge.pulls[number].closed = True


def what_serves_fails(team: Team) -> None:
    """The champion goes back within minutes, and nobody chooses it again."""
    for version, accuracy in (("1.2.0", 0.94), ("1.3.0", 0.95), ("1.4.0", 0.95)):
        team.register("fraud", version, accuracy)
    team.promote("fraud", "1.2.0", "staging", "1.1.0")
    team.promote("fraud", "1.2.0", "production", "1.1.0")

    number = team.open("rollback", "fraud", "--stage", "production", "--reason", "rejects cards from Malta")
    back = "rolls `fraud` back in `production` from `1.2.0` to `1.1.0`"
    team.merge(number, back, "holds `fraud@1.2.0` back from `production`")
    team.merged.append(("rolled back", "fraud", "production", "1.2.0", "1.1.0"))
    assert team.scene.run("promote", "fraud@1.2.0", "--to", "production").code == 1

    number = team.open("promote", "fraud@1.1.0", "--to", "staging")
    team.merge(number, "rolls `fraud` back in `staging` from `1.2.0` to `1.1.0`")
    team.merged.append(("rolled back", "fraud", "staging", "1.2.0", "1.1.0"))
    number = team.open("yank", "fraud@1.2.0", "--reason", "trained on leaked labels")
    team.merge(number, "yanks `fraud@1.2.0`")
    team.merged.append(("yanked", "fraud", None, "1.2.0", None))


def two_want_the_same_stage(team: Team) -> None:
    """The second merge conflicts and is proposed again; and what nobody needs goes."""
    for name, version in (("spam", "1.1.0"), ("spam", "1.2.0"), ("churn", "1.2.0"), ("churn", "1.3.0")):
        team.register(name, version, 0.91)
    first = team.open("promote", "spam@1.1.0", "--to", "staging")
    second = team.open("promote", "spam@1.2.0", "--to", "staging")
    team.merge(first, "promotes `spam@1.1.0` to `staging`, replacing `1.0.0`")
    team.merged.append(("promoted", "spam", "staging", "1.0.0", "1.1.0"))
    with pytest.raises(ForgeError, match="not mergeable"):
        team.forge.merge(second)
    team.close(second)
    team.promote("spam", "1.2.0", "staging", "1.1.0")

    number = team.open("retire", "fraud@1.0.0", "--reason", "nobody uses it any more")
    team.merge(number, "retires `fraud@1.0.0`")
    team.merged.append(("retired", "fraud", None, "1.0.0", None))
