from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from modelyard.errors import UsageError
from modelyard.lifecycle.retention import beyond_newest, plan_retention
from modelyard.names import ModelName, VersionId
from modelyard.snapshot import Snapshot
from support.snapshots import snapshot_with

FRAUD = ModelName("fraud")
METADATA = snapshot_with().tree.read("model_registry/fraud-1.1.0/metadata.yaml").decode()
NEWEST_TWO = "schema_version: 1\nretention:\n  newest: 2\n  keep: [fraud@1.1.0]\n"


def registry(
    *versions: str, policy: str = NEWEST_TWO, parents: dict[str, str] | None = None, **documents: str
) -> Snapshot:
    """Return a registry of fraud in these versions alone; documents are named with ``__`` for a slash."""
    changes: dict[str, str | None] = {"fraud-1.0.0": None, "fraud-1.1.0": None, "stages": None, "registry.yaml": policy}
    for version in versions:
        parent = (parents or {}).get(version)
        made_from = f"parents: [fraud@{parent}]\n" if parent else ""
        changes[f"fraud-{version}/metadata.yaml"] = (
            METADATA.replace("version: 1.1.0", f"version: {version}") + made_from
        )
    changes.update({f"{path.replace('__', '/')}.yaml": text for path, text in documents.items()})
    return snapshot_with(changes)


def beyond(snapshot: Snapshot) -> list[str]:
    return [str(each.version) for each in beyond_newest([FRAUD], snapshot)]


def plan(snapshot: Snapshot, **ways_back: str) -> tuple[list[str], dict[str, str]]:
    back = {VersionId.parse(f"fraud@{each.replace('_', '.').lstrip('v')}"): stage for each, stage in ways_back.items()}
    found = plan_retention(beyond_newest([FRAUD], snapshot), snapshot, ways_back=back)
    return [str(each.version) for each in found.going], {str(each.version): why for each, why in found.staying.items()}


def test_the_newest_are_so_by_their_numbers() -> None:
    assert beyond(registry("1.9.0", "1.10.0", "2.0.0-rc.1", "1.2.0")) == ["1.2.0", "1.9.0"]
    assert beyond(registry("1.0.0", "1.1.0")) == []


def test_yanked_versions_are_not_counted() -> None:
    document = "name: fraud\nowners: [a]\nyanked: {1.3.0: leaks, 1.2.0: leaks}\n"
    snapshot = registry("1.0.0", "1.1.0", "1.2.0", "1.3.0", "1.4.0", models__fraud=document)
    assert beyond(snapshot) == ["1.0.0"]
    assert beyond(registry("1.2.0", "1.3.0", "1.4.0", models__fraud=document)) == []


def test_an_override_has_its_own_number() -> None:
    policy = f"{NEWEST_TWO}overrides:\n  - models: 'fra*'\n    retention: {{newest: 1}}\n"
    assert beyond(registry("1.0.0", "1.1.0", policy=policy)) == ["1.0.0"]


def test_a_policy_without_a_number_retires_nothing() -> None:
    with pytest.raises(UsageError) as caught:
        beyond(registry("1.0.0", policy="schema_version: 1\n"))
    assert (caught.value.message, caught.value.hint) == (
        "the policy does not say how many versions of a model stay",
        "write `retention: {newest: 5}` into model_registry/registry.yaml",
    )


def test_what_is_needed_stays() -> None:
    snapshot = registry(
        *(f"1.{minor}.0" for minor in range(9)),
        parents={"1.8.0": "1.5.0", "1.5.0": "1.4.0", "1.0.0": "1.6.0"},
        stages__production__fraud="version: 1.2.0\ntraffic: {1.2.0: 90, 1.3.0: 10}\nheld: {1.0.0: slow}\n",
        stages__staging__fraud="version: 1.8.0\n",
    )
    going, staying = plan(snapshot)
    assert going == []
    assert staying == {
        "1.0.0": "production holds it back",
        "1.1.0": "the policy keeps it",
        "1.2.0": "it serves in production",
        "1.3.0": "it serves in production",
        "1.4.0": "fraud@1.5.0 was made from it",
        "1.5.0": "fraud@1.8.0 was made from it",
        "1.6.0": "fraud@1.0.0 was made from it",
    }


def test_what_a_roll_back_would_go_to_stays() -> None:
    snapshot = registry("1.0.0", "1.2.0", "1.3.0", "1.4.0")
    assert plan(snapshot, v1_0_0="production") == (["1.2.0"], {"1.0.0": "a roll back of production would go to it"})


def test_a_family_that_nothing_needs_goes_together() -> None:
    snapshot = registry("1.0.0", "1.2.0", "1.3.0", "1.4.0", parents={"1.2.0": "1.0.0"})
    assert plan(snapshot) == (["1.0.0", "1.2.0"], {})


@given(
    st.lists(st.integers(0, 9), unique=True, min_size=1).map(sorted),
    st.dictionaries(st.integers(0, 9), st.integers(0, 9), max_size=6),
    st.integers(0, 9),
)
def test_nothing_goes_that_somebody_who_stays_needs(minors: list[int], family: dict[int, int], champion: int) -> None:
    versions = [f"1.{minor}.0" for minor in minors]
    parents = {f"1.{child}.0": f"1.{parent}.0" for child, parent in family.items() if parent < child}
    snapshot = registry(*versions, parents=parents, stages__production__fraud=f"version: 1.{champion}.0\n")
    going, _staying = plan(snapshot)
    stay = set(versions) - set(going)
    assert stay >= set(versions[-2:])
    assert f"1.{champion}.0" not in going
    assert "1.1.0" not in going
    assert not {parents[child] for child in stay if child in parents} & set(going)
