"""The story of the demo: a model's way from its training to a prediction, chapter by chapter."""

from __future__ import annotations

import json
import re
import shutil
from pathlib import Path
from typing import TYPE_CHECKING

from demonstration.desk import CommandFailed
from demonstration.digits import split_digits

if TYPE_CHECKING:
    from demonstration.world import World

__all__ = ["CHAPTERS"]

MODEL = "digit-reader"
BROUGHT = Path(__file__).parent
POLICY = """\
schema_version: 1
stages:
  - name: staging
  - name: production
    gates:
      - metric: accuracy
        at_least: 0.80
        strict: true    # the low end of the confidence interval must reach it, not the measured figure
"""


def found_a_registry(world: World) -> None:
    """Make an empty repository a registry, with a policy of our own."""
    world.terminal.chapter(
        "A registry is a Git repository",
        "Ada makes one, says where artifacts are stored, and what production demands of a model.",
    )
    world.engineer.show("modelyard", "init", "models", "--remote", str(world.root / "storage"), keep=("registry.yaml",))
    (world.root / "models/model_registry/registry.yaml").write_text(POLICY, encoding="utf-8")
    world.terminal.file(POLICY)
    models = world.models
    models.run("git", "add", "--all")
    models.run("git", "commit", "--quiet", "--message", "Found the model registry")
    models.run("git", "remote", "add", "origin", str(world.root / "origin.git"))
    models.run("git", "push", "--quiet", "--set-upstream", "origin", "main")
    world.reviewer.run("git", "clone", "--quiet", str(world.root / "origin.git"), ".")


def train_the_first_version(world: World) -> None:
    """Put the training code and four fifths of the data into a repository, and train."""
    world.terminal.chapter(
        "A model is trained",
        "Its code lies in a repository of its own. A fifth of the images was put aside before: neither "
        "training nor metrics will ever see them.",
    )
    split_digits(seen=world.root / "training/data/digits.csv", unseen=world.root / "app/unseen.csv")
    for name in ("train.py", "MODEL_CARD.md"):
        shutil.copy(BROUGHT / "training" / name, world.root / "training" / name)
    (world.root / "training/.gitignore").write_text("/out/\n__pycache__/\n", encoding="utf-8")
    training = world.training
    training.run("git", "init", "--quiet")
    training.run("git", "remote", "add", "origin", str(world.root / "training.git"))
    _train(world, code="first", subject="feat: read digits pixel by pixel")


def register_the_first_version(world: World) -> None:
    """Register from the engineer's clone onto a branch, and push it."""
    world.terminal.chapter(
        "It is registered on a branch",
        "One directory holds all of it: metadata, card, metrics, data set, and a pointer to the artifact, which "
        "goes to the storage. What the file itself can tell is read from it, without running it.",
    )
    _register(world, keep=("registered", "artifact", "stored", "committed", "holds"))
    world.models.show("git", "push", "origin", f"register/{MODEL}-1.0.0", keep=("new branch",))


def merge_the_first_version(world: World) -> None:
    """Judge the branch against main as CI does, and merge it."""
    world.terminal.chapter(
        "The gate judges it, and Rui merges it",
        "CI runs the same command on a pull request: it reads commits, and executes nothing of what they hold.",
    )
    _merge(world, f"register/{MODEL}-1.0.0")
    world.reviewer.show("modelyard", "list")


def promote_the_first_version(world: World) -> None:
    """Bring the version into staging and from there into production, each by a merge."""
    world.terminal.chapter(
        "It is promoted through staging to production",
        "A promotion is a file of three lines, on a branch: it has a diff, a reviewer, a gate and an undo.",
    )
    _promote(world, "1.0.0", "staging", reason="the first candidate")
    world.reviewer.show("cat", f"model_registry/stages/staging/{MODEL}.yaml")
    _promote(world, "1.0.0", "production", reason="nothing better yet")


def replace_it_by_a_better_one(world: World) -> None:
    """Train, register and promote a second version."""
    world.terminal.chapter(
        "A better version replaces it",
        "The next version number follows from the commits of the training repository: a feature is a minor version.",
    )
    _train(world, code="better", subject="feat: see how pixels go together")
    _register(world, "--bump", "auto", keep=("registered", "artifact"))
    world.models.run("git", "push", "--quiet", "origin", f"register/{MODEL}-1.1.0")
    _merge(world, f"register/{MODEL}-1.1.0")
    before, now = (_registered_accuracy(world, version) for version in ("1.0.0", "1.1.0"))
    reason = f"accuracy {now:.3f} on the test rows, {before:.3f} before"
    _promote(world, "1.1.0", "staging", reason=reason)
    _promote(world, "1.1.0", "production", reason=reason)
    world.reviewer.show("modelyard", "list")


def refuse_a_bad_change(world: World) -> None:
    """Edit a metric of a merged version, and see the gate refuse it."""
    world.terminal.chapter(
        "A bad change is refused",
        "Somebody makes a merged version look better than it was measured, and had no hook installed.",
    )
    models, branch, before = world.models, "polish-the-metrics", world.main
    models.run("git", "switch", "--quiet", "--create", branch)
    metrics = world.root / f"models/model_registry/{MODEL}-1.1.0/metrics.json"
    metrics.write_text(json.dumps({"accuracy": 0.9999}, indent=2) + "\n", encoding="utf-8")
    models.show("git", "diff", "--unified=0", keep=("accuracy",))
    models.run("git", "commit", "--quiet", "--all", "--message", "Polish the metrics")
    models.run("git", "push", "--quiet", "origin", branch)
    models.run("git", "switch", "--quiet", "main")
    world.reviewer.run("git", "fetch", "--quiet", "origin")
    refusal = world.reviewer.show("modelyard", "validate", "--base", "main", "--head", f"origin/{branch}", exit_code=1)
    if "MY601" not in refusal or world.main != before:
        raise CommandFailed(f"the change was not refused by MY601:\n{refusal}")
    world.terminal.bad(f"exit code 1: nothing was merged, main is still at {before[:12]}")


def use_it(world: World) -> None:
    """Clone, pull, load and predict, on images that nobody has seen so far."""
    world.terminal.chapter(
        "An application uses what is in production",
        "A fresh clone pulls the artifact. Its SHA-256 is compared with the one that was reviewed before anything is "
        "loaded, and the model reads the images that were put aside.",
    )
    world.application.show("git", "clone", "--quiet", str(world.root / "origin.git"), "models")
    world.application.at(world.root / "app/models").show("modelyard", "pull", f"{MODEL}@production")
    shutil.copy(BROUGHT / "consumer/predict.py", world.root / "app/predict.py")
    world.terminal.file(
        'version = modelyard.Registry("models")["digit-reader@production"]\n'
        "model = version.load()\n"
        "answers = model.predict(unseen_images)"
    )
    world.application.type("python", "predict.py")
    world.terminal.good(world.application.run("python", "predict.py").strip())


def ask_for_the_history(world: World) -> None:
    """Show since when and by whom the version is in production, and what was there before."""
    world.terminal.chapter(
        "Who put it there, and when?",
        "Git knows. Going back is one more promotion, or `git revert` of a merge.",
    )
    reviewer = world.reviewer
    reviewer.show("modelyard", "show", f"{MODEL}@production", keep=(f"{MODEL}@", "stage", "source", "evaluated"))
    stage = f"model_registry/stages/production/{MODEL}.yaml"
    reviewer.show("git", "log", "--first-parent", "--format=%h %an: %s", "--", stage)


CHAPTERS = (
    found_a_registry,
    train_the_first_version,
    register_the_first_version,
    merge_the_first_version,
    promote_the_first_version,
    replace_it_by_a_better_one,
    refuse_a_bad_change,
    use_it,
    ask_for_the_history,
)


def _train(world: World, *, code: str, subject: str) -> None:
    shutil.copy(BROUGHT / "training" / code / "model.py", world.root / "training/model.py")
    training = world.training
    training.run("git", "add", "--all")
    training.show("git", "commit", "--quiet", "--message", subject)
    training.run("git", "push", "--quiet", "origin", "main")
    training.show("python", "train.py")


def _register(world: World, *more: str, keep: tuple[str, ...]) -> None:
    words = ["modelyard", "register", MODEL, "--registry", "../models", "--artifact", "out/model.joblib"]
    words += ["--metrics", "out/metrics.json", "--n", str(_test_rows(world)), "--dataset", "data/digits.csv"]
    words += ["--license", "BSD-3-Clause", "--task", "image-classification", *more, "--branch"]
    world.training.show(*words, keep=keep)


def _test_rows(world: World) -> int:
    card = (world.root / "training/out/MODEL_CARD.md").read_text(encoding="utf-8")
    found = re.search(r"on ([0-9]+) images that the training did not see", card)
    if found is None:
        raise CommandFailed(f"the card does not say how many rows it was tested on:\n{card}")
    return int(found[1])


def _registered_accuracy(world: World, version: str) -> float:
    metrics = world.root / f"models/model_registry/{MODEL}-{version}/metrics.json"
    return float(json.loads(metrics.read_text(encoding="utf-8"))["accuracy"])


def _promote(world: World, version: str, stage: str, *, reason: str) -> None:
    words = ["modelyard", "promote", f"{MODEL}@{version}", "--to", stage, "--reason", reason, "--branch"]
    world.models.show(*words, keep=("promoted",))
    branch = f"promote/{MODEL}-{version}-to-{stage}"
    world.models.run("git", "push", "--quiet", "origin", branch)
    _merge(world, branch)


def _merge(world: World, branch: str) -> None:
    """Let the reviewer judge the branch and merge it, and everybody have it."""
    reviewer = world.reviewer
    reviewer.run("git", "fetch", "--quiet", "origin")
    reviewer.show("modelyard", "validate", "--base", "main", "--head", f"origin/{branch}")
    reviewer.show("git", "merge", "--quiet", "--no-ff", "--no-edit", f"origin/{branch}")
    reviewer.run("git", "push", "--quiet", "origin", "main")
    world.models.run("git", "pull", "--quiet", "--ff-only")
    world.terminal.rest()
