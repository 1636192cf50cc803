"""A registry whose objects lie behind an address, and a consumer with a cache of his own."""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass
from pathlib import Path

from modelyard.storage.layout import object_path
from support.objects import files_below
from support.registry import Ran, Scene

__all__ = ["FILES", "Consumer", "keep_models_at", "place_of"]

FILES = ("model.joblib", "scaler.joblib")
_MD5 = re.compile(r"md5: ([0-9a-f]{32}(?:\.dir)?)")


@dataclass(frozen=True)
class Consumer:
    """Somebody who pulls fraud@1.0.0 with nothing but the command, beside the scene.

    :param cache: ``$MODELYARD_CACHE``, which the test has set.
    """

    scene: Scene
    cache: Path

    @property
    def out(self) -> Path:
        """Where the files go."""
        return self.scene.path / "out"

    def pull(self, *words: str | Path, ref: str = "fraud@1.0.0") -> Ran:
        """Run the command in this process."""
        return self.scene.run("pull", ref, "--repo", self.scene.origin.path, "--out", self.out, *words)

    def right(self) -> dict[str, str]:
        """Return the digests of what was registered."""
        return {name: _sha256(self.scene.training.path / name) for name in FILES}

    def found(self) -> dict[str, str]:
        """Return the digests of what lies in the target now."""
        return {name: _sha256(self.out / name) for name in files_below(self.out)}

    def leftovers(self) -> set[str]:
        """Return what a pull has left unfinished, in the cache or beside its files."""
        return {name for root in (self.cache, self.out) for name in files_below(root) if name.endswith(".part")}


def keep_models_at(scene: Scene, url: str, **options: str) -> None:
    """Let the registry's remote be at that address, with DVC's settings for it, on the default branch."""
    config = scene.registry.path / ".dvc" / "config"
    lines = [f"    url = {url}", *(f"    {key} = {value}" for key, value in options.items())]
    config.write_text(re.sub(r"(?m)^    url = .*$", "\n".join(lines), config.read_text("utf-8")), encoding="utf-8")
    scene.commit("Keep models elsewhere")
    scene.push()


def place_of(scene: Scene, pointer: str = "fraud-1.0.0/model.joblib") -> str:
    """Return the path, below a remote or a cache, of what a pointer of the registry stands for."""
    text = (scene.registry.path / "model_registry" / f"{pointer}.dvc").read_text("utf-8")
    (oid,) = _MD5.findall(text)
    return object_path(oid)


def _sha256(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()
