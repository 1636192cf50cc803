"""Time commands against yardsticks, in pairs, and write RESULTS.md: ``python benchmarks/run.py [ROUNDS]``.

The two commands of a pair take turns, so that both meet the same machine. A registry is what a fresh
clone is: pointers, and no artifact behind them. Bytecode is cached, as it is after any first run.
"""

from __future__ import annotations

import os
import platform
import shlex
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from statistics import median

from registry import make_registry

RESULTS = Path(__file__).with_name("RESULTS.md")
FEW, MANY = 4, 1000
VERSION = "model_registry/fraud-1.0.0"
IMPORTS = 'python -c "import yaml, jsonschema"'
# The engine that is preferred seems not to be installed.
WITHOUT_RS = (
    "python -c \"import sys; sys.modules['jsonschema_rs'] = None; sys.argv[0] = 'modelyard'; "
    'from modelyard.cli import main; sys.exit(main())"'
)


@dataclass(frozen=True)
class Pair:
    """A command, what it is held against, and how many versions lie where both run.

    :param target: the largest ratio that is fine, None where there is only something to know.
    """

    what: str
    command: str
    yardstick: str
    versions: int
    target: float | None = None


PAIRS = (
    Pair("validate one version, engine `jsonschema`", f"{WITHOUT_RS} validate {VERSION}", IMPORTS, FEW, 1.5),
    Pair("validate one version, engine `jsonschema-rs`", f"modelyard validate {VERSION}", IMPORTS, FEW, 1.0),
    Pair("validate one version of 1,000", f"modelyard validate {VERSION}", IMPORTS, MANY),
    Pair("validate all of 1,000 versions", "modelyard validate", IMPORTS, MANY),
    Pair("list 1,000 versions", "modelyard list", IMPORTS, MANY),
    Pair("list 1,000 versions", "modelyard list", "git ls-tree -r HEAD", MANY),
)


@dataclass(frozen=True)
class Timing:
    """Seconds of both commands of a pair, round by round."""

    command: tuple[float, ...]
    yardstick: tuple[float, ...]

    @property
    def ratio_of_medians(self) -> float:
        return median(self.command) / median(self.yardstick)

    @property
    def median_of_ratios(self) -> float:
        return median(one / other for one, other in zip(self.command, self.yardstick, strict=True))


def measure(pair: Pair, directory: Path, rounds: int) -> Timing:
    """Run both commands in turn; the first round only warms caches."""
    both = [(seconds(pair.command, directory), seconds(pair.yardstick, directory)) for _ in range(rounds + 1)]
    command, yardstick = zip(*both[1:], strict=True)
    return Timing(command, yardstick)


def seconds(command: str, directory: Path) -> float:
    """Return how long a command takes that must succeed."""
    words = shlex.split(command)
    started = time.perf_counter()
    subprocess.run(words, cwd=directory, env=surroundings(), stdout=subprocess.DEVNULL, check=True)
    return time.perf_counter() - started


def surroundings() -> dict[str, str]:
    """Return our environment without what changes how Python starts, and with our own Python first."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("PYTHON", "GIT_"))}
    return {**kept, "PATH": os.pathsep.join([str(Path(sys.executable).parent), kept.get("PATH", os.defpath)])}


def report(timings: dict[Pair, Timing], rounds: int) -> Iterator[str]:
    """Yield the lines of RESULTS.md."""
    yield "# Benchmarks"
    yield ""
    yield f"Written by `make bench`: {rounds} rounds of each pair, in turn, on {machine()}."
    yield "Times are medians of wall time in milliseconds."
    yield ""
    yield "| what | ms | held against | ms | ratio of medians | median of ratios | at most |"
    yield "| --- | ---: | --- | ---: | ---: | ---: | ---: |"
    for pair, timing in timings.items():
        figures = f"{timing.ratio_of_medians:.2f} | {timing.median_of_ratios:.2f} | {pair.target or '-'}"
        own, other = (f"{1000 * median(times):.0f}" for times in (timing.command, timing.yardstick))
        yield f"| {pair.what} | {own} | `{pair.yardstick}` | {other} | {figures} |"
    yield ""
    yield "The commands, in the order of the rows; each in a registry of `benchmarks/registry.py`:"
    yield ""
    yield "```bash"
    for pair in timings:
        yield f"{pair.command}  # of {pair.versions} versions"
    yield "```"


def machine() -> str:
    """Return what the figures were measured on."""
    git = subprocess.run(["git", "--version"], capture_output=True, text=True, check=True).stdout.split()[2]
    return f"{os.cpu_count()} cores ({platform.machine()}), Python {platform.python_version()}, Git {git}"


def main() -> int:
    """Measure every pair, write the results, and return 1 where a target is missed."""
    rounds = int(sys.argv[1]) if len(sys.argv) > 1 else 21
    with tempfile.TemporaryDirectory() as scratch:
        places = {count: make_registry(Path(scratch, str(count)), count) for count in (FEW, MANY)}
        timings = {}
        for pair in PAIRS:
            timings[pair] = timing = measure(pair, places[pair.versions], rounds)
            print(f"{timing.ratio_of_medians:6.2f}  {pair.what}, against {pair.yardstick}", flush=True)
    RESULTS.write_text("\n".join(report(timings, rounds)) + "\n", encoding="utf-8")
    missed = [pair.what for pair, timing in timings.items() if pair.target and timing.ratio_of_medians > pair.target]
    for what in missed:
        print(f"missed: {what}")
    print(f"wrote {RESULTS.name}")
    return 1 if missed else 0


if __name__ == "__main__":
    sys.exit(main())
