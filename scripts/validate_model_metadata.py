#!/usr/bin/env python3
"""Validate model versions: ``python scripts/validate_model_metadata.py model_registry/<name>-<version> ...``.

It is ``modelyard validate``, for repositories that call files rather than a command: the same
arguments, output and exit codes. It takes an installed modelyard, else the ``src`` of the checkout
that it lies in, and of other packages only PyYAML and jsonschema.
"""

from __future__ import annotations

import sys
from importlib.util import find_spec
from pathlib import Path

SOURCE = Path(__file__).resolve().parents[1] / "src"
COULD_NOT_FINISH = 3
HINTS = {
    "yaml": "python -m pip install PyYAML",
    "jsonschema": "python -m pip install jsonschema",
    "modelyard": "run this script where it lies in a checkout of modelyard, or install modelyard",
}


def validate(words: list[str]) -> int:
    """Run ``modelyard validate`` with these words, or say what it lacks, and return the exit code."""
    if find_spec("modelyard") is None and SOURCE.is_dir():
        sys.path.insert(0, str(SOURCE))
    for module, hint in HINTS.items():
        if find_spec(module) is None:
            sys.stderr.write(f"modelyard: {module} is not installed\n    hint: {hint}\n")
            return COULD_NOT_FINISH
    from modelyard.cli import main

    return main(["validate", *words])


if __name__ == "__main__":
    sys.exit(validate(sys.argv[1:]))
