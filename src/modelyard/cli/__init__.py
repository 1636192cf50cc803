"""The command line: parse arguments, call one function, render, return an exit code."""

from __future__ import annotations

from modelyard.cli.main import main

__all__ = ["main"]
