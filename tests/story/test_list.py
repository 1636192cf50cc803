"""What ``list`` counts as a version that waits for its commit."""

from __future__ import annotations

from support.registry import Ran, Scene


def test_an_artifact_that_a_switch_left_behind_is_no_version(merged: Scene) -> None:
    listed = merged.run("list")
    assert merged.run("pull", "fraud@1.1.0").code == 0
    merged.registry.git("rm", "-r", "--quiet", "model_registry/fraud-1.1.0")
    merged.registry.git("commit", "--quiet", "--no-verify", "--message", "Take fraud@1.1.0 back")
    left = {path.name for path in merged.version("fraud-1.1.0").iterdir()}
    assert left == {"model.joblib", "scaler.joblib"}

    ran = merged.run("list")

    # Neither as a version, nor as one that waits for its commit.
    assert ran == Ran(0, "".join(line for line in listed.out.splitlines(True) if "1.1.0" not in line), "")
