"""Bytes of models: DVC's caches and remotes, and transfers in which every byte is verified.

Where an object lies is a hint; what it must be is said by the registry, as sha256 and size. DVC's own
md5 only finds it. Nothing here starts ``dvc`` on a tree of the registry.
"""
