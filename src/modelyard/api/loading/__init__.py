"""Loading: from verified files to an object, by its declared format, and what that object predicts.

A module per family of formats says how its files are opened and how its objects are asked
(:class:`~modelyard.api.loading.loader.Loader`); :mod:`~modelyard.api.loading.table` lists them. A library is
imported where its first file is opened.
"""

from modelyard.api.loading.files import load_file
from modelyard.api.loading.loader import Trust
from modelyard.api.loading.pipeline import Pipeline, load_artifact, load_pipeline

__all__ = ["Pipeline", "Trust", "load_artifact", "load_file", "load_pipeline"]
