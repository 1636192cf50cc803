"""Fuzz the gate, guided by coverage: ``python tests/fuzz/run.py [SECONDS] [options of libFuzzer]``.

It takes atheris, which ``make fuzz`` installs. An input that crashes, takes over two seconds or fills the memory
is written to ``tests/fuzz/found/``: mend the cause, then keep the input in ``tests/fuzz/findings/`` and make it a
golden case.
"""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path[:0] = [str(HERE.parents[1] / "src"), str(HERE.parent)]

import atheris  # noqa: E402

with atheris.instrument_imports(include=["modelyard"]):
    from fuzz.target import judge_input

from fuzz.seeds import seeds  # noqa: E402

FOUND = HERE / "found"
# The gate may take 256 MB; the instrumented interpreter takes about as much for itself.
LIMITS = ("-timeout=2", "-rss_limit_mb=512", "-max_len=20000")


def main() -> None:
    """Fuzz until the time is over or something is found."""
    seconds, *options = sys.argv[1:] or ["60"]
    FOUND.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory() as folder:
        for number, seed in enumerate(seeds()):
            Path(folder, f"{number:04}").write_bytes(seed)
        arguments = [sys.argv[0], folder, f"-max_total_time={seconds}", f"-artifact_prefix={FOUND}/", *LIMITS]
        atheris.Setup([*arguments, *options], judge_input)
        atheris.Fuzz()


if __name__ == "__main__":
    main()
