"""Coverage-guided fuzzing of the whole gate with atheris: ``make fuzz``, or ``python tests/fuzz/fuzz.py CORPUS``.

An input that crashes the gate, takes it two seconds of processor time, or makes it grow by 256 MB ends the run. It
stays in ``tests/fuzz/findings``, where the normal tests replay it for ever.
"""

from __future__ import annotations

import resource
import sys
import time
from pathlib import Path
from tempfile import TemporaryDirectory

import atheris

HERE = Path(__file__).resolve().parent
sys.path[:0] = [str(HERE.parents[1] / "src"), str(HERE.parent)]

with atheris.instrument_imports(include=["modelyard", "yaml"]):
    from support import fuzzing
    from support.limits import validate_within_limits
    from support.strategies import PIECES

SUSPICIOUS_SECONDS = 2
MOST_MEGABYTES = 256


def one_input(data: bytes) -> None:
    """Check one input, and what it costs."""
    before, started = _megabytes(), time.process_time()
    fuzzing.check_encoded(data)
    if time.process_time() - started > SUSPICIOUS_SECONDS:
        _judge_without_instruments(data)
    grown = _megabytes() - before
    assert grown < MOST_MEGABYTES, f"{grown} MB"


def _judge_without_instruments(data: bytes) -> None:
    """Judge an input that seemed slow as anybody would: what counts branches makes code ten times as slow."""
    place, content = fuzzing.decoded(data)
    with TemporaryDirectory() as name:
        for path, each in fuzzing.files_with(place, content).items():
            file = Path(name, path)
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_bytes(each)
        ran = validate_within_limits(Path(name))
    assert ran.returncode in (0, 1, 2), (ran.returncode, ran.stderr)


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
