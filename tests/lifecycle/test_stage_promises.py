"""What holds of every promotion, roll back and demotion, whatever the stage's document says."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from modelyard.documents import yaml, yaml_text
from modelyard.documents.document import Value
from modelyard.documents.parsed import parse
from modelyard.documents.stage import SCHEMA, Promotion
from modelyard.errors import UsageError
from modelyard.lifecycle.promote import PromotionRequest, promote
from modelyard.lifecycle.rollback import RollbackRequest, roll_back
from modelyard.names import ModelName, StageName, Version, VersionId
from modelyard.snapshot import Snapshot
from modelyard.values import replace
from support.snapshots import snapshot_with
from support.strategies import texts

FRAUD, STAGE = ModelName("fraud"), StageName("production")
PATH = "model_registry/stages/production/fraud.yaml"
VERSIONS = tuple(Version(1, minor, 0) for minor in range(4))
REGISTERED: dict[str, str | None] = {f"fraud-{version}/metadata.yaml": "x: 1\n" for version in VERSIONS}

reasons = texts.filter(bool)
versions = st.sampled_from(VERSIONS)


@st.composite
def documents(draw: st.DrawFn) -> str:
    """A stage's document: the champion, what it holds, and comments between keys in any order."""
    champion = draw(versions)
    parts: dict[str, Value] = {"version": str(champion)}
    held = draw(st.dictionaries(versions.filter(lambda version: version != champion), reasons, max_size=2))
    if held:
        parts["held"] = {str(version): reason for version, reason in held.items()}
    if draw(st.booleans()):
        parts["schema_version"] = 1
    if draw(st.booleans()):
        parts["x-note"] = draw(texts)
    text = ""
    for key in draw(st.permutations(sorted(parts))):
        text += "# about " + key + "\n" if draw(st.booleans()) else ""
        text += yaml_text.render({key: parts[key]}).decode()
    return text


def with_document(document: str | bytes) -> Snapshot:
    text = document if isinstance(document, str) else document.decode()
    return snapshot_with({**REGISTERED, "stages/production/fraud.yaml": text})


def promotion_in(data: bytes | str) -> Promotion:
    parsed = parse(PATH, data if isinstance(data, bytes) else data.encode(), SCHEMA, Promotion)
    assert parsed.value, parsed.first_fault()
    return parsed.value


@given(documents(), versions, reasons, reasons)
def test_a_promotion_and_its_roll_back_leave_the_old_document_up_to_what_is_held(
    document: str, version: Version, why: str, why_not: str
) -> None:
    before = promotion_in(document)
    if version == before.version or before.version in before.held:
        return
    request = PromotionRequest(
        version_ids=(VersionId(FRAUD, version),), stage=STAGE, reason=why, release_hold=version in before.held
    )
    promoted = promote(request, with_document(document)).files[PATH]
    past = (promotion_in(promoted), before)

    asked = RollbackRequest(name=FRAUD, stage=STAGE, reason=why_not)
    back = roll_back(asked, with_document(promoted), past).files[PATH]

    expected = {held: reason for held, reason in before.held.items() if held != version}
    assert promotion_in(back) == replace(before, reason=why_not, held={**expected, version: why_not})
    comments = [line for line in document.splitlines() if line.startswith("# about")]
    kept = [line for line in back.decode().splitlines() if line.startswith("# about")]
    # The comment above what is released goes with it.
    assert kept == comments or (request.release_hold and set(kept) == {*comments} - {"# about held"})
    value = yaml.read(document.encode()).value
    assert isinstance(value, dict)
    written = yaml.read(back).value
    assert isinstance(written, dict)
    assert written.get("x-note") == value.get("x-note")


@given(documents(), versions, st.dictionaries(versions, st.integers(min_value=-5, max_value=120), max_size=4))
def test_shares_of_the_traffic_sum_to_a_hundred_or_are_refused(
    document: str, champion: Version, traffic: dict[Version, int]
) -> None:
    request = PromotionRequest(version_ids=(VersionId(FRAUD, champion),), stage=STAGE, traffic=traffic, reason="x")
    before = promotion_in(document)
    if champion == before.version and set(traffic) <= {champion}:
        return
    try:
        edits = promote(request, with_document(document))
    except UsageError:
        total = sum(traffic.values())
        shares_are_whole = all(1 <= share <= 100 for share in traffic.values())
        assert not shares_are_whole or (total != 100 if champion in traffic else total >= 100)
        return
    after = promotion_in(edits.files[PATH])
    assert after.version == champion
    assert {version: share for version, share in after.traffic.items() if version != champion} == {
        version: share for version, share in traffic.items() if version != champion
    }
    assert not after.traffic or (sum(after.traffic.values()) == 100 and champion in after.traffic)
