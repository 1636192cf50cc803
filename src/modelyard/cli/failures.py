"""Failures at the edge: every exception becomes a sentence and an exit code."""

from __future__ import annotations

import io
import os
import signal
import sys
from contextlib import contextmanager
from typing import TYPE_CHECKING, NoReturn

from modelyard.cli import console
from modelyard.errors import ModelyardError
from modelyard.values import dataclass

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

__all__ = ["Outcome", "reported"]

USAGE = 2
INTERNAL = 3
INTERRUPTED = 130


@dataclass
class Outcome:
    """The exit code of a command, as far as it is known."""

    code: int = INTERNAL


@contextmanager
def reported(words: Sequence[str]) -> Iterator[Outcome]:
    """Turn whatever the body raises into a message on standard error and an exit code."""
    outcome = Outcome()
    _ready_streams()
    try:
        with _terminated_in_order():
            yield outcome
        sys.stdout.flush()
    except ModelyardError as error:
        console.complain(error.message, error.hint)
        outcome.code = error.exit_code
    except SystemExit as error:
        outcome.code = error.code if isinstance(error.code, int) else USAGE
    except KeyboardInterrupt as error:
        console.complain("interrupted; nothing half-made was left behind", str(error) or None)
        outcome.code = INTERRUPTED
    except BrokenPipeError:
        # Whoever read our output has seen enough; a second failure at exit would print a traceback.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        outcome.code = 0
    except MemoryError:
        console.complain("there is not enough memory to go on", "end other programs, or try it on a larger machine")
        outcome.code = INTERNAL
    except OSError as error:
        console.complain(_os_sentence(error), "check the path, its permissions and the free space")
        outcome.code = INTERNAL
    except BaseException as error:
        # What panics in a Rust library is no `Exception`, and its class can be told by name alone.
        if not isinstance(error, Exception) and type(error).__module__ != "pyo3_runtime":
            raise
        console.complain(
            f"internal error: {type(error).__name__}: {error}",
            f"this is a defect of modelyard; please report it with {_written_report(words)}",
        )
        outcome.code = INTERNAL


@contextmanager
def _terminated_in_order() -> Iterator[None]:
    """Let SIGTERM unwind like Ctrl-C, so that processes of ours end with us and what is half-made is taken away."""
    try:
        # Whoever set it to something else, as `nohup` does with other signals, meant it.
        is_ours = signal.getsignal(signal.SIGTERM) is signal.SIG_DFL
        before = signal.signal(signal.SIGTERM, _interrupt) if is_ours else None
    except ValueError:
        # Only the main thread may say what signals do.
        before = None
    try:
        yield
    finally:
        if before is not None:
            signal.signal(signal.SIGTERM, before)


def _interrupt(_number: int, _frame: object) -> NoReturn:
    raise KeyboardInterrupt


def _ready_streams() -> None:
    """See to it that whatever we print can be printed: in any encoding, and where a stream is closed."""
    for name in ("stdout", "stderr"):
        stream = getattr(sys, name)
        if stream is None:
            # Like a standard stream, it stays open to the end of the process.
            descriptor = os.open(os.devnull, os.O_WRONLY)
            setattr(sys, name, os.fdopen(descriptor, "w", encoding="utf-8", closefd=False))
        elif isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")


def _os_sentence(error: OSError) -> str:
    place = f"{os.fsdecode(error.filename)}: " if isinstance(error.filename, (str, bytes)) else ""
    return f"{place}{(error.strerror or str(error)).lower()}"


def _written_report(words: Sequence[str]) -> str:
    """Write what a developer needs into a temporary file and return its path."""
    import platform
    import tempfile
    import traceback

    from modelyard import __version__

    with tempfile.NamedTemporaryFile(
        "w", prefix="modelyard-", suffix=".log", delete=False, encoding="utf-8", errors="backslashreplace"
    ) as report:
        report.write(f"modelyard {__version__}, Python {platform.python_version()}, {platform.platform()}\n")
        report.write(f"arguments: {list(words)!r}\n\n{traceback.format_exc()}")
    return report.name
