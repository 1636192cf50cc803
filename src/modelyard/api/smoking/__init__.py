"""Smoke tests: a version is loaded and asked in a process of its own, that has no network and little else.

What is expected never enters that process: it answers, and the answer is compared here.
"""

from modelyard.api.smoking.confinement import Limits
from modelyard.api.smoking.smoke import Smoked, smoke, smoke_directory

__all__ = ["Limits", "Smoked", "smoke", "smoke_directory"]
