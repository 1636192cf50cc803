"""What a model artifact is, read from its own bytes and never by loading it.

A module per family of formats recognises it or says None; :mod:`modelyard.formats.inspection` asks
them in order. Pickles are read as opcodes (:mod:`~modelyard.formats.opcodes`) by a machine that knows
only symbols (:mod:`~modelyard.formats.machine`).
"""

from modelyard.formats.facts import FORMATS, RUNS_CODE, ArtifactFacts
from modelyard.formats.frameworks import Framework
from modelyard.formats.inspection import inspect

__all__ = ["FORMATS", "RUNS_CODE", "ArtifactFacts", "Framework", "inspect"]
