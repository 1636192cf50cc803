"""An application whose one model is in place: what starts with a container, or with each job."""

from __future__ import annotations

import hashlib
from pathlib import Path

from modelyard.documents.delivery import DeliveredFile, Delivery
from modelyard.documents.lockfile import Lock, Locked
from modelyard.names import VersionId
from modelyard.refs import Ref

__all__ = ["make_application"]

REGISTRY = "https://git.example.org/models.git"
BYTES = bytes(range(256)) * 40


def make_application(directory: Path) -> Path:
    """Write a list of one model of 10 kB, its lock, and the model, and return the directory."""
    model = directory / "models" / "fraud" / "model.bin"
    model.parent.mkdir(parents=True)
    model.write_bytes(BYTES)
    digests = hashlib.sha256(BYTES).hexdigest(), hashlib.md5(BYTES, usedforsecurity=False).hexdigest()
    file = DeliveredFile(digests[0], len(BYTES), "model", "other", digests[1])
    delivery = Delivery(REGISTRY, "0" * 40, VersionId.parse("fraud@1.2.0"), "model.bin", {"model.bin": file})
    lock = Lock({"fraud": Locked(Ref.parse("fraud@production"), delivery)})
    (directory / "models.lock").write_bytes(lock.render())
    text = f'registry = "{REGISTRY}"\n\n[models]\nfraud = "production"\n'
    (directory / "modelyard.toml").write_text(text, encoding="utf-8")
    return directory
