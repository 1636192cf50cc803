"""What holds of resolution whatever the versions are. The order is that of an implementation of SemVer not ours."""

from __future__ import annotations

from typing import TYPE_CHECKING

import semver
from hypothesis import assume, given
from hypothesis import strategies as st

from modelyard.errors import UsageError
from modelyard.refs import Ref
from modelyard.resolve import resolve
from modelyard.snapshot import Snapshot
from support.snapshots import snapshot_of

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

NUMBERS = st.integers(0, 12)
CORES = st.tuples(NUMBERS, NUMBERS, NUMBERS).map(lambda parts: ".".join(map(str, parts)))
IDENTIFIERS = st.one_of(NUMBERS.map(str), st.sampled_from(["alpha", "beta", "rc", "x-1", "a1"]))
PRERELEASES = st.lists(IDENTIFIERS, min_size=1, max_size=3).map(lambda parts: "-" + ".".join(parts))
VERSIONS = st.builds("{}{}".format, CORES, st.one_of(st.just(""), st.just(""), PRERELEASES))
RELEASES = CORES
SETS = st.sets(VERSIONS, min_size=1, max_size=8)
SELECTORS = st.one_of(
    VERSIONS,
    st.sampled_from(["latest", "production", "staging"]),
    st.builds("{}{}".format, st.sampled_from(["^", "~", ">=", "<", "<=", ">"]), VERSIONS),
    st.builds(">={},<{}".format, VERSIONS, VERSIONS),
)


def registry(
    versions: Collection[str], *, yanked: Collection[str] = (), stages: Mapping[str, str] | None = None, more: str = ""
) -> Snapshot:
    files = {f"fraud-{version}/a": b"" for version in versions}
    reasons = "".join(f"  {version}: wrong\n" for version in yanked)
    document = "name: fraud\nowners: [a@example.org]\n" + (f"yanked:\n{reasons}" if yanked else "")
    files["models/fraud.yaml"] = document.encode()
    files |= {
        f"stages/{stage}/fraud.yaml": f"version: {version}\n".encode() for stage, version in (stages or {}).items()
    }
    if more:
        files |= {f"fraud-two-{more}/a": b"", f"fraudulent-{more}/a": b""}
        files["stages/production/fraudulent.yaml"] = f"version: {more}\n".encode()
    return snapshot_of({f"model_registry/{path}": data for path, data in files.items()})


def meant(selector: str, snapshot: Snapshot) -> str | None:
    """Return the version that is meant, None where none is."""
    try:
        return str(resolve(Ref.parse(f"fraud@{selector}"), snapshot).version)
    except UsageError:
        return None


def highest(versions: Collection[str]) -> str | None:
    return max(versions, key=semver.Version.parse, default=None)


@given(SETS, st.data())
def test_latest_is_the_highest_release_that_was_not_yanked(versions: set[str], data: st.DataObject) -> None:
    yanked = data.draw(st.sets(st.sampled_from(sorted(versions))))
    fit = [each for each in versions - yanked if not semver.Version.parse(each).prerelease]
    assert meant("latest", registry(versions, yanked=yanked)) == highest(fit)


@given(SETS, VERSIONS, VERSIONS)
def test_two_bounds_mean_the_highest_between_them(versions: set[str], low: str, high: str) -> None:
    bounds = [semver.Version.parse(low), semver.Version.parse(high)]
    fit = []
    for each in versions:
        version = semver.Version.parse(each)
        asked_for = [bound for bound in bounds if bound.prerelease]
        known = not version.prerelease or any(
            bound.finalize_version() == version.finalize_version() for bound in asked_for
        )
        if bounds[0] <= version < bounds[1] and known:
            fit.append(each)
    assert meant(f">={low},<{high}", registry(versions)) == highest(fit)


@given(SETS, RELEASES)
def test_a_caret_means_what_is_compatible(versions: set[str], low: str) -> None:
    bound = semver.Version.parse(low)
    high = bound.bump_major() if bound.major else bound.bump_minor() if bound.minor else bound.bump_patch()
    assert meant(f"^{low}", registry(versions)) == meant(f">={low},<{high}", registry(versions))


@given(SETS, SELECTORS, RELEASES)
def test_another_model_changes_nothing(versions: set[str], selector: str, more: str) -> None:
    stages = {"production": min(versions)}
    assert meant(selector, registry(versions, stages=stages, more=more)) == meant(
        selector, registry(versions, stages=stages)
    )


@given(SETS, SELECTORS)
def test_the_order_of_files_changes_nothing(versions: set[str], selector: str) -> None:
    stages = {"staging": max(versions)}
    one, other = sorted(versions), sorted(versions, reverse=True)
    assert meant(selector, registry(one, stages=stages)) == meant(selector, registry(other, stages=stages))


@given(SETS, SELECTORS, st.data())
def test_yanking_what_is_not_meant_changes_nothing(versions: set[str], selector: str, data: st.DataObject) -> None:
    stages = {"production": min(versions)}
    found = meant(selector, registry(versions, stages=stages))
    yanked = data.draw(st.sets(st.sampled_from(sorted(versions)))) - {found or ""}
    assert meant(selector, registry(versions, yanked=yanked, stages=stages)) == found


@given(SETS, VERSIONS)
def test_a_lower_version_changes_neither_latest_nor_a_stage(versions: set[str], more: str) -> None:
    top = highest([each for each in versions if not semver.Version.parse(each).prerelease])
    assume(top and semver.Version.parse(more) < semver.Version.parse(top))
    stages = {"production": min(versions)}
    for selector in ("latest", "production"):
        before = meant(selector, registry(versions, stages=stages))
        assert meant(selector, registry({*versions, more}, stages=stages)) == before


@given(SETS)
def test_a_yanked_version_is_meant_by_its_own_name_alone_and_where_that_is_allowed(versions: set[str]) -> None:
    snapshot = registry(versions, yanked=versions, stages={"production": min(versions)})
    for version in versions:
        ref = Ref.parse(f"fraud@{version}")
        assert meant(version, snapshot) is None
        assert str(resolve(ref, snapshot, allow_yanked=True).version) == version
    for selector in ("latest", ">=0.0.0", "production"):
        try:
            found = resolve(Ref.parse(f"fraud@{selector}"), snapshot, allow_yanked=True)
        except UsageError:
            continue
        raise AssertionError(found)
