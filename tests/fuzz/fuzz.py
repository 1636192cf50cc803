"""Coverage-guided fuzzing of the whole gate with atheris: ``make fuzz``, or ``python tests/fuzz/fuzz.py CORPUS``.

An input that crashes the gate, takes two seconds of processor time, or makes it grow by 256 MB ends the run and stays
in ``tests/fuzz/findings``, where the normal tests replay it for ever.
"""

from __future__ import annotations

import resource
import sys
import time
from pathlib import Path

import atheris

HERE = Path(__file__).resolve().parent
sys.path[:0] = [str(HERE.parents[1] / "src"), str(HERE.parent)]

with atheris.instrument_imports(include=["modelyard", "yaml"]):
    from support import fuzzing
    from support.strategies import PIECES

MOST_SECONDS = 2
MOST_MEGABYTES = 256


def one_input(data: bytes) -> None:
    """Check one input, and what it costs."""
    before, started = _megabytes(), time.process_time()
    fuzzing.check_encoded(data)
    took, grown = time.process_time() - started, _megabytes() - before
    assert took < MOST_SECONDS, f"{took:.1f} s"
    assert grown < MOST_MEGABYTES, f"{grown} MB"


def main() -> None:
    """Write the seeds into the directory that is named first, and fuzz from there."""
    corpus = Path(sys.argv[1])
    corpus.mkdir(parents=True, exist_ok=True)
    for number, (place, data) in enumerate(fuzzing.seeds()):
        (corpus / f"seed-{number}").write_bytes(fuzzing.encoded(place, data))
    words = corpus.with_suffix(".dict")
    words.write_text("".join(f'"{_escaped(piece)}"\n' for piece in PIECES if piece), encoding="ascii")
    limits = [f"-dict={words}", "-timeout=60", "-max_len=20000", f"-artifact_prefix={HERE / 'findings'}/"]
    atheris.Setup([sys.argv[0], *limits, *sys.argv[2:], str(corpus)], one_input)
    atheris.Fuzz()


def _megabytes() -> int:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024


def _escaped(piece: str) -> str:
    return "".join(f"\\x{byte:02x}" for byte in piece.encode("utf-8", "surrogatepass"))


if __name__ == "__main__":
    main()
