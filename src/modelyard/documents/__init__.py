"""File formats of a registry, one per module: a frozen dataclass, parse and render.

Bytes are read by one of two strict readers, :mod:`modelyard.documents.yaml` and
:mod:`modelyard.documents.json`, into a :class:`~modelyard.documents.document.Document`; a module
per format turns the document into its own type, once, at the edge.
"""
