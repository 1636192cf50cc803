"""What `modelyard show` prints for people."""

from __future__ import annotations

import re

from modelyard.cli.amounts import amount
from support.registry import Scene

FILES = ("model.joblib", "scaler.joblib")


def test_figures_and_files_stand_in_columns(merged: Scene) -> None:
    metrics = ("--metrics", "auc=0.97", "accuracy=0.93", "log_loss=0.125")
    scaler = f"preprocessor={merged.training.path / 'scaler.joblib'}"
    assert merged.register(*metrics, "--file", scaler, "--version", "2.0.0", "--branch").code == 0
    merged.merge("register/fraud-2.0.0")

    ran = merged.run("show", "fraud@2.0.0")

    assert (ran.code, ran.err) == (0, "")
    shown = re.sub(r"sha256 [0-9a-f]{16}…", "sha256 …", ran.out.partition("\nmetrics\n")[2])
    sizes = {name: amount((merged.training.path / name).stat().st_size) for name in FILES}
    wide = max(map(len, sizes.values()))
    assert shown == (
        "  auc       0.97\n"
        "  accuracy  0.93\n"
        "  log_loss  0.125\n"
        "\n"
        "files\n"
        f"  model.joblib   model         joblib  {sizes['model.joblib']:<{wide}}  sha256 …\n"
        f"  scaler.joblib  preprocessor  joblib  {sizes['scaler.joblib']:<{wide}}  sha256 …\n"
    )
