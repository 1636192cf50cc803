"""What other registries call a model and a version: MLflow, SageMaker, Vertex AI and Weights & Biases.

None of them takes every name of ours, so a mirror has to spell some of them differently; what is
spelt alike there cannot be told apart there.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from modelyard.names import ModelName, Version

__all__ = ["MAX_NAME", "alias_of", "exported_name", "label_of"]

MAX_NAME = 63
"""Characters of a model package group of SageMaker, a model id of Vertex AI, and a label there."""

_NOT_OF_AN_ALIAS = str.maketrans(".+", "--")


def exported_name(name: ModelName) -> str:
    """Return a model's name there: SageMaker takes no ``_``, and Vertex AI wants a letter first.

    The other two take every name of ours as it is.
    """
    text = name.replace("_", "-")
    return f"m-{text}" if text[0].isdigit() else text


def label_of(version: Version) -> str:
    """Return what a version is to labels of Vertex AI, which hold lower-case letters, digits and ``-``."""
    text = str(version).translate(_NOT_OF_AN_ALIAS).lower()
    # An alias cannot end with a dash, which SemVer allows.
    return f"{text}x" if text.endswith("-") else text


def alias_of(version: Version) -> str:
    """Return a version's alias in MLflow and Vertex AI: ``v1-2-0-rc-1`` for ``1.2.0-rc.1``.

    MLflow takes no dot in an alias; Vertex AI takes ``[a-z][a-zA-Z0-9-]{0,126}[a-z0-9]``.
    """
    return f"v{label_of(version)}"
