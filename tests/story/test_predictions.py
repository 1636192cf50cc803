"""Predictions that lie in Git beside versions."""

from __future__ import annotations

from support.registry import Scene


def predictions(right: int) -> str:
    rows = "".join(f"test,{row},yes,{'yes' if row < right else 'no'}\n" for row in range(1000))
    return f"split,row,truth,prediction\n{rows}"


def commit(scene: Scene, older: str, newer: str) -> None:
    for version, text in (("1.0.0", older), ("1.1.0", newer)):
        (scene.version(f"fraud-{version}") / "predictions.csv").write_text(text, encoding="utf-8")
    scene.registry.git("add", "model_registry")
    scene.registry.git("commit", "--quiet", "--no-verify", "--message", "Say what each version said")


def test_versions_with_predictions_are_compared_row_by_row(merged: Scene) -> None:
    commit(merged, predictions(900), predictions(930))
    ran = merged.run("compare", "fraud@1.0.0", "fraud@1.1.0")
    assert ran.out.splitlines()[-1].endswith("better (McNemar mid-p, p = 9.3e-10)")
    assert (ran.code, ran.err) == (0, "")


def test_predictions_that_cannot_be_read_are_left_aside_and_named(merged: Scene) -> None:
    commit(merged, "a,b\n", predictions(930))
    ran = merged.run("compare", "fraud@1.0.0", "fraud@1.1.0", "--format", "json")
    assert '"method": "Newcombe"' in ran.out
    assert ran.err == (
        "model_registry/fraud-1.0.0/predictions.csv is left aside: "
        "line 1: the header is not split,row,truth,prediction\n"
    )
