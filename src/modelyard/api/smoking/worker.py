"""The confined process: it reads a task, loads the model, asks it, and answers in JSON."""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path
from typing import Any

from modelyard.errors import ModelyardError

__all__ = ["main"]


def main() -> None:
    """Carry out the task on standard input; what a model prints goes to standard error."""
    task = json.load(sys.stdin)
    answer = os.fdopen(os.dup(1), "w", encoding="utf-8")
    os.dup2(2, 1)
    _limit(task["memory"])
    with answer:
        json.dump(_answered(task), answer)


def _limit(memory: int) -> None:
    import resource

    for kind, most in ((resource.RLIMIT_AS, memory), (resource.RLIMIT_FSIZE, memory), (resource.RLIMIT_CORE, 0)):
        _, hard = resource.getrlimit(kind)
        least = most if hard == resource.RLIM_INFINITY else min(most, hard)
        resource.setrlimit(kind, (least, least))


def _answered(task: dict[str, Any]) -> dict[str, Any]:
    step = "loaded"
    try:
        from modelyard.api.loading import Trust, load_pipeline
        from modelyard.api.smoking.plain import plain
        from modelyard.documents.metadata import Metadata

        trust = Trust(safe=task["safe"], types=tuple(task["trusted"]))
        pipeline = load_pipeline(Path(task["directory"]), Metadata.from_value(task["metadata"]), trust)
        if "input" not in task:
            return {"outputs": {}}
        step = "asked"
        found = pipeline.predict(task["input"], task["outputs"])
        return {"outputs": {name: plain(value) for name, value in found.items()}}
    except ModelyardError as error:
        return {"refused": {"code": error.exit_code, "message": error.message, "hint": error.hint}}
    except MemoryError:
        return {"memory": step}
    except Exception as error:  # noqa: BLE001 - whatever a stranger's model raises is the outcome of the test
        return {"failed": f"it cannot be {step}: {type(error).__name__}: {error}"}


if __name__ == "__main__":
    main()
