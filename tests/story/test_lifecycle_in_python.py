"""The commands of a version's life, from Python: they answer with what was done, as data."""

from __future__ import annotations

import pytest

import modelyard
from modelyard.lifecycle.deeds import Action
from support.registry import Scene, unchanged


def test_a_promotion_and_its_roll_back(merged: Scene) -> None:
    registry = modelyard.Registry()
    for stage in ("staging", "production"):
        assert registry.promote("fraud@1.1.0", to=stage, branch="").branch == f"promote/fraud-1.1.0-to-{stage}"
        merged.merge(f"promote/fraud-1.1.0-to-{stage}")

    with unchanged(merged.registry):
        plan = registry.rollback("fraud", stage="production", reason="slow", dry_run=True)
    assert not plan.written
    (deed,) = plan.edits.deeds
    assert (deed.action, deed.stage, str(deed.version), str(deed.replaced)) == (
        Action.ROLL_BACK,
        "production",
        "1.0.0",
        "1.1.0",
    )

    registry.rollback("fraud", stage="production", reason="slow", hold=False, branch="back")
    merged.merge("back")
    assert registry["fraud@production"].version == "1.0.0"
    registry.demote("fraud", stage="production", branch="out")
    merged.merge("out")
    with pytest.raises(modelyard.UsageError):
        registry["fraud@production"]


def test_a_share_of_the_traffic(merged: Scene) -> None:
    registry = modelyard.Registry()
    registry.promote("fraud@1.1.0", to="staging")
    merged.commit()
    proposed = registry.promote("fraud@1.0.0", to="production", traffic={"1.1.0": 5}, reason="canary")
    assert proposed.edits.title == "Promote fraud@1.0.0 to production, 1.1.0 with 5%"
