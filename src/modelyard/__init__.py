"""A Git repository that is a model registry: reviewed, immutable, verified."""

__version__ = "0.1.0"
