"""A registry whose remote is moved from its directory to a real S3 server."""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from support.registry import Scene
    from support.s3 import S3Server

__all__ = ["moved_to_s3"]

_SECRETS = ("access_key_id", "secret_access_key")


def moved_to_s3(scene: Scene, server: S3Server) -> None:
    """Copy the remote into the server's bucket and commit the new address; the key is in the clone's own settings."""
    shutil.copytree(scene.storage, server.bucket / "registry")
    options = server.options()
    config = scene.registry.path / ".dvc" / "config"
    where = "".join(f"    {key} = {value}\n" for key, value in options.items() if key not in _SECRETS)
    config.write_text(
        f"[core]\n    remote = storage\n['remote \"storage\"']\n    url = s3://models/registry\n{where}", "utf-8"
    )
    scene.commit("Keep artifacts in S3")
    secrets = "".join(f"    {key} = {options[key]}\n" for key in _SECRETS)
    (config.parent / "config.local").write_text(f"['remote \"storage\"']\n{secrets}", "utf-8")
