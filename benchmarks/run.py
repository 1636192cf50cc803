"""Time commands against yardsticks, in pairs, and write RESULTS.md.

``python benchmarks/run.py [--versions N] [--rounds N] [--only WORD] [--huge]``

The two commands of a pair take turns, so that both meet the same machine; a fresh clone has pointers and
no artifact behind them. Bytecode is cached, as it is after any first run. Memory is measured in a run of
its own. RESULTS.md is written where everything was measured at the full size.
"""

from __future__ import annotations

import argparse
import os
import platform
import shlex
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from statistics import median

from application import make_application
from memory import peak
from registry import PROMOTION, TWENTY, make_registry, next_version, promoted_model

ROOT = Path(__file__).resolve().parents[1]
RESULTS = Path(__file__).with_name("RESULTS.md")
FULL, HUGE = 10_000, 100_000
FEW = 4
MOST_MEGABYTES = 300
# Nothing less can parse words, read JSON and digest bytes; whoever asks Git starts a process.
BARE = 'python -c "import argparse, hashlib, json, subprocess"'
IMPORTS = 'python -c "import yaml, jsonschema"'
SQLITE = 'python -c "import sqlite3"'
# What the two do that answer the same by hand; the shell adds a millisecond to the yardstick.
SHOW = "sh -c 'python -c \"import argparse, json, subprocess, yaml\"; git show HEAD:{}'"
LINE = "git log --first-parent --raw HEAD -- model_registry/stages model_registry/models"
# The engine that is preferred seems not to be installed.
WITHOUT_RS = (
    "python -c \"import sys; sys.modules['jsonschema_rs'] = None; sys.argv[0] = 'modelyard'; "
    'from modelyard.cli import main; sys.exit(main())"'
)
ENGINES = {"jsonschema": WITHOUT_RS, "jsonschema-rs": "modelyard"}
SCHEMA = "python -m check_jsonschema --schemafile SCHEMA METADATA"


@dataclass(frozen=True)
class Pair:
    """A command, what it is held against, and how many versions lie where both run.

    :param target: the largest ratio that is fine, None where there is only something to know.
    :param rounds: how often both are run; None for as often as was asked for.
    :param one_by_one: whether each version was registered by a commit of its own.
    """

    what: str
    command: str
    yardstick: str
    versions: int
    target: float | None = None
    rounds: int | None = None
    one_by_one: bool = False

    @property
    def place(self) -> tuple[int, bool]:
        """Which registry both run in."""
        return self.versions, self.one_by_one


def pairs(versions: int, *, huge: bool) -> Iterator[Pair]:
    """Yield what is measured, on a registry of so many versions."""
    many = f"{versions:,}"
    for engine, tool in ENGINES.items():
        yield Pair(f"validate one version of {FEW}, engine `{engine}`", f"{tool} validate ONE", IMPORTS, FEW, 1.5)
        yield Pair(f"hook, one version staged of {many}, `{engine}`", f"{tool} validate --hook", IMPORTS, versions, 2.0)
        change = f"{tool} validate --base main --head {TWENTY}"
        yield Pair(f"change of 20 versions of {many}, `{engine}`", change, f"{tool} validate --hook", versions, 2.0)
    in_place = "modelyard sync --frozen --offline --project APPLICATION"
    yield Pair("sync, one small model in place and pinned", in_place, BARE, FEW, 2.0)
    for engine, faster in (("jsonschema", 8), ("jsonschema-rs", 18)):
        what = f"cold, all rules on all of {many}, `{engine}`, {faster} times as fast"
        yield Pair(what, f"{ENGINES[engine]} validate --head HEAD --no-cache", SCHEMA, versions, 1 / faster, 3)
    warm = "modelyard validate --head HEAD --no-artifacts"
    yield Pair(f"warm, all of {many}", warm, "git ls-tree -r HEAD", versions, 5.0)
    yield Pair(f"list {many} versions", "modelyard list", "git ls-tree -r HEAD", versions, None, 5)
    told = f"modelyard report --base main --head {PROMOTION}"
    resolve = f"modelyard resolve {promoted_model(versions)}@production"
    yield Pair(f"report of one promotion, among {many} versions", told, resolve, versions, 3.0)
    yield promotions(versions)
    yield from pairs_of_history(versions)
    if huge:
        yield Pair(f"hook, one version staged of {HUGE:,}", "modelyard validate --hook", IMPORTS, HUGE)
        yield Pair(f"warm, all of {HUGE:,}", warm, "git ls-tree -r HEAD", HUGE)
        cold = "modelyard validate --head HEAD --no-cache"
        yield Pair(f"cold, all rules on all of {HUGE:,}", cold, "git ls-tree -r HEAD", HUGE, None, 1)


def promotions(versions: int) -> Pair:
    """Return two promotions there and back, each one commit, against two commits of such a file.

    It comes last of its registry: both sides move the branch.
    """
    model = promoted_model(versions)
    file = f"model_registry/stages/staging/{model}.yaml"
    # One version may follow the other any number of times.
    own = " && ".join(f"modelyard promote {model}@{each} --to staging --commit" for each in ("1.0.0", "1.1.0"))
    written = f"printf 'schema_version: 1\\nversion: %s.0\\nreason: x\\n' $v > {file} && git add {file}"
    other = f"for v in 1.0 1.1; do python -c pass && {written} && git commit --quiet --message x || exit 1; done"
    what = f"promote there and back, among {versions:,} versions"
    return Pair(what, f"sh -c {shlex.quote(own)}", f"sh -c {shlex.quote(other)}", versions, 2.0)


def pairs_of_history(versions: int) -> Iterator[Pair]:
    """Yield what is measured where each version came by a commit of its own, and three of ten were promoted."""
    what = f"of {versions:,} versions, registered one by one"
    name = promoted_model(versions, one_by_one=True)
    resolve = f"modelyard resolve {name}@production"
    show = SHOW.format(f"model_registry/stages/production/{name}.yaml")
    yield Pair(f"resolve, {what}", resolve, show, versions, 2.0, one_by_one=True)
    cold = "modelyard history --no-cache"
    yield Pair(f"history, cold, {what}", cold, LINE, versions, 1.3, 3, one_by_one=True)
    yield Pair(f"history, warm, {what}", "modelyard history", SQLITE, versions, 3.0, one_by_one=True)
    yield Pair(
        f"history of one model, warm, {what}", f"modelyard history {name}", SQLITE, versions, 3.0, one_by_one=True
    )


@dataclass(frozen=True)
class Timing:
    """Seconds of both commands of a pair, round by round, and the memory of the command at its peak, in bytes."""

    command: tuple[float, ...]
    yardstick: tuple[float, ...]
    memory: int

    @property
    def ratio_of_medians(self) -> float:
        return median(self.command) / median(self.yardstick)

    @property
    def median_of_ratios(self) -> float:
        return median(one / other for one, other in zip(self.command, self.yardstick, strict=True))

    @property
    def megabytes(self) -> int:
        return round(self.memory / 1_000_000)


def measure(pair: Pair, directory: Path, rounds: int) -> Timing:
    """Run both commands in turn; the run that measures memory warms caches too."""
    command, yardstick = (words_of(text, directory) for text in (pair.command, pair.yardstick))
    seconds(yardstick, directory)
    memory = peak(command, cwd=directory, env=surroundings())
    count = min(rounds, pair.rounds or rounds)
    both = [(seconds(command, directory), seconds(yardstick, directory)) for _ in range(count)]
    own, other = zip(*both, strict=True)
    return Timing(own, other, memory)


def words_of(command: str, directory: Path) -> list[str]:
    """Return the words of a command, with what they stand for in that registry."""
    words: list[str] = []
    for word in shlex.split(command):
        if word == "METADATA":
            words += sorted(str(path) for path in directory.glob("model_registry/*/metadata.yaml"))
        else:
            stands_for = {
                "APPLICATION": str(_application(directory)),
                "ONE": _first_version(directory),
                "SCHEMA": str(ROOT / "schemas/MODEL_METADATA_SCHEMA.json"),
            }
            words.append(stands_for.get(word, word))
    return words


def _first_version(directory: Path) -> str:
    return str(next(iter(sorted((directory / "model_registry").glob("*-1.0.0"))), directory))


def _application(registry: Path) -> Path:
    return registry.with_name(f"{registry.name}-application")


def seconds(words: list[str], directory: Path) -> float:
    """Return how long a command takes that must succeed."""
    started = time.perf_counter()
    subprocess.run(words, cwd=directory, env=surroundings(), stdout=subprocess.DEVNULL, check=True)
    return time.perf_counter() - started


def surroundings() -> dict[str, str]:
    """Return our environment without what changes how Python starts, and with our own Python first."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("PYTHON", "GIT_"))}
    return {**kept, "PATH": os.pathsep.join([str(Path(sys.executable).parent), kept.get("PATH", os.defpath)])}


def prepare(directory: Path, versions: int, *, one_by_one: bool) -> Path:
    """Make a registry of so many versions, and stage one more."""
    # Of a huge registry nobody needs the files: hooks and commits are judged from Git's objects.
    make_registry(directory, versions, checkout=versions <= FULL and not one_by_one, one_by_one=one_by_one)
    staged, files = next_version(versions)
    for path, text in files.items():
        place = directory / path
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_text(text, encoding="utf-8")
    make_application(_application(directory))
    git = ["git", "-C", str(directory)]
    subprocess.run([*git, "add", "--force", staged], check=True)
    for key, value in (("user.name", "The maintainers"), ("user.email", "maintainers@example.org")):
        subprocess.run([*git, "config", key, value], check=True)
    return directory


def report(timings: dict[Pair, Timing], rounds: int) -> Iterator[str]:
    """Yield the lines of RESULTS.md."""
    yield "# Benchmarks"
    yield ""
    yield f"Written by `make bench`: up to {rounds} rounds of each pair, in turn, on {machine()}."
    yield "Times are medians of wall time in milliseconds."
    yield f"Memory is the peak of the command and all its children; it may reach {MOST_MEGABYTES} MB."
    yield ""
    yield "| what | ms | held against | ms | ratio of medians | median of ratios | at most | kept | MB |"
    yield "| --- | ---: | --- | ---: | ---: | ---: | ---: | --- | ---: |"
    for pair, timing in timings.items():
        figures = f"{timing.ratio_of_medians:.3f} | {timing.median_of_ratios:.3f}"
        target = f"{pair.target:.3f}" if pair.target else "-"
        own, other = (f"{1000 * median(times):.0f}" for times in (timing.command, timing.yardstick))
        against = _plain(pair.yardstick).replace("|", r"\|")
        kept = "-" if pair.target is None else "no" if is_missed(pair, timing) else "yes"
        yield (f"| {pair.what} | {own} | `{against}` | {other} | {figures} | {target} | {kept} | {timing.megabytes} |")
    yield ""
    yield "The commands, in the order of the rows; each in a registry of `benchmarks/registry.py`, where one is staged:"
    yield ""
    yield "```bash"
    for pair in timings:
        yield f"{pair.command}  # of {pair.versions} versions"
    yield "```"


def _plain(command: str) -> str:
    return command.replace(WITHOUT_RS, "modelyard").replace("METADATA", "*/metadata.yaml")


def is_missed(pair: Pair, timing: Timing) -> bool:
    """Whether a row does not keep its target."""
    return bool(pair.target and timing.ratio_of_medians > pair.target) or timing.megabytes > MOST_MEGABYTES


def machine() -> str:
    """Return what the figures were measured on."""
    git = subprocess.run(["git", "--version"], capture_output=True, text=True, check=True).stdout.split()[2]
    return f"{os.cpu_count()} cores ({platform.machine()}), Python {platform.python_version()}, Git {git}"


def main() -> int:
    """Measure every pair, write the results, and return 1 where a target is missed."""
    parser = argparse.ArgumentParser(description="Time modelyard against yardsticks.")
    parser.add_argument("--versions", type=int, default=FULL, help=f"size of the registry (default: {FULL})")
    parser.add_argument("--rounds", type=int, default=21, help="runs of each command (default: 21)")
    parser.add_argument("--only", default="", help="measure only what has this word in it, and write nothing")
    parser.add_argument("--huge", action="store_true", help=f"measure a registry of {HUGE:,} versions too")
    given = parser.parse_args()
    wanted = [pair for pair in pairs(given.versions, huge=given.huge) if given.only in pair.what]
    scratch = tempfile.mkdtemp()
    try:
        places = {
            (count, one_by_one): prepare(Path(scratch, f"{count}-{one_by_one}"), count, one_by_one=one_by_one)
            for count, one_by_one in sorted({each.place for each in wanted})
        }
        timings = {}
        for pair in wanted:
            timings[pair] = timing = measure(pair, places[pair.place], given.rounds)
            print(f"{timing.ratio_of_medians:7.3f}  {timing.megabytes:4} MB  {pair.what}", flush=True)
    finally:
        shutil.rmtree(scratch, ignore_errors=True)
    missed = [pair.what for pair, timing in timings.items() if is_missed(pair, timing)]
    for what in missed:
        print(f"missed: {what}")
    if given.versions == FULL and not given.only:
        RESULTS.write_text("\n".join(report(timings, given.rounds)) + "\n", encoding="utf-8")
        print(f"wrote {RESULTS.name}")
    return 1 if missed else 0


if __name__ == "__main__":
    sys.exit(main())
