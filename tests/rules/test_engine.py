from __future__ import annotations

from datetime import datetime, timedelta, timezone
from typing import TYPE_CHECKING

import pytest

from modelyard.errors import UsageError
from modelyard.names import VersionId
from modelyard.rules.engine import judge, judge_change
from modelyard.rules.transition import Maker
from modelyard.snapshot import Snapshot
from support.cases import KnownPast
from support.snapshots import RecordingTree, changed_files, snapshot_of, snapshot_with

if TYPE_CHECKING:
    from modelyard.problems import Problem
    from modelyard.rules.judgement import Judgement

CARD = "fraud-1.1.0/MODEL_CARD.md"
LAST_DAY = datetime(2026, 6, 30, 23, 59, tzinfo=timezone.utc)
PROMOTED: dict[str, str | None] = {"stages/production/fraud.yaml": "version: 1.1.0\n"}
POLICY = "stages:\n  - name: staging\n  - name: production\n"
EXEMPTED = """
exemptions:
  - rule: MY103
    path: model_registry/fraud-2.0.0/MODEL_CARD.md
    reason: written before cards were asked for
    expires: "2026-06-30"
"""


def judged(base: dict[str, str | None], head: dict[str, str | None], *, moment: datetime | None = None) -> Judgement:
    return judge_change(snapshot_with(base), snapshot_with(head), past=KnownPast(), moment=moment)


def told(problems: tuple[Problem, ...]) -> list[str]:
    return [f"{problem.code} {problem.path.removeprefix('model_registry/')}" for problem in problems]


def new_version(changes: dict[str, str | None] | None = None) -> dict[str, str | None]:
    """Return the files of fraud 2.0.0, a copy of 1.1.0, with changes by name in its directory."""
    prefix = "model_registry/fraud-1.1.0/"
    copied = {path: data.decode() for path, data in changed_files().items() if path.startswith(prefix)}
    files: dict[str, str | None] = {path.replace(prefix, "fraud-2.0.0/"): text for path, text in copied.items()}
    metadata = copied[f"{prefix}metadata.yaml"].replace("version: 1.1.0", "version: 2.0.0")
    renamed = {f"fraud-2.0.0/{name}": text for name, text in (changes or {}).items()}
    return {**files, "fraud-2.0.0/metadata.yaml": metadata, **renamed}


def test_a_sound_registration_passes() -> None:
    judgement = judged({}, new_version())
    assert judgement.problems == ()
    assert judgement.versions == (VersionId.parse("fraud@2.0.0"),)
    assert not judgement.refused
    assert judgement.changes_seen


def test_a_registration_reads_no_other_versions_documents() -> None:
    base, head = RecordingTree(changed_files()), RecordingTree(changed_files(new_version()))
    judge_change(Snapshot(base), Snapshot(head), past=KnownPast())
    read = base.read_paths | head.read_paths
    assert {path for path in read if not path.startswith("model_registry/fraud-2.0.0/")} == {
        "model_registry/models/fraud.yaml",
        "model_registry/registry.yaml",
    }


def test_what_the_base_has_as_well_is_not_the_changes_fault() -> None:
    broken: dict[str, str | None] = {"stages/staging/fraud.yaml": "version: 9.9.9\n"}
    judgement = judged(broken, {**broken, **PROMOTED})
    assert told(judgement.pre_existing) == ["MY604 stages/staging/fraud.yaml"]
    assert told(judgement.problems) == ["MY609 stages/production/fraud.yaml"]
    assert judgement.healed == ()


def test_what_the_head_has_no_more_is_healed() -> None:
    judgement = judged({"stages/staging/fraud.yaml": "version: 9.9.9\n"}, {})
    assert told(judgement.healed) == ["MY604 stages/staging/fraud.yaml"]
    assert judgement.problems == judgement.pre_existing == ()


def test_a_stray_that_goes_is_healed() -> None:
    assert told(judged({"notes.txt": "x"}, {}).healed) == ["MY101 notes.txt"]


def test_a_problem_that_moves_to_another_line_is_the_same() -> None:
    base: dict[str, str | None] = {"stages/staging/fraud.yaml": "version: 9.9.9\n"}
    judgement = judged(base, {"stages/staging/fraud.yaml": "# why\nversion: 9.9.9\n"})
    assert told(judgement.pre_existing) == ["MY604 stages/staging/fraud.yaml"]
    assert judgement.problems == ()


def test_problems_of_versions_that_nobody_touched_are_not_looked_for() -> None:
    broken: dict[str, str | None] = {"fraud-1.0.0/MODEL_CARD.md": None}
    assert judged(broken, {**broken, **new_version()}).problems == ()


def test_a_change_cannot_relax_its_own_gate() -> None:
    head: dict[str, str | None] = {**new_version({"MODEL_CARD.md": None}), "registry.yaml": POLICY + EXEMPTED}
    judgement = judged({}, head, moment=LAST_DAY)
    assert told(judgement.problems) == ["MY103 fraud-2.0.0/MODEL_CARD.md", "MY616 registry.yaml"]
    assert judgement.exempted == ()


def test_an_exemption_of_the_base_covers_exactly_its_rule_and_path() -> None:
    policy: dict[str, str | None] = {"registry.yaml": POLICY + EXEMPTED}
    judgement = judged(policy, {**policy, **new_version({"MODEL_CARD.md": None, "x.csv": ""})}, moment=LAST_DAY)
    assert told(judgement.exempted) == ["MY103 fraud-2.0.0/MODEL_CARD.md"]
    assert told(judgement.problems) == ["MY105 fraud-2.0.0/x.csv"]


@pytest.mark.parametrize(
    ("moment", "holds"),
    [
        (LAST_DAY, True),
        (LAST_DAY + timedelta(minutes=1), False),
        (None, False),
    ],
    ids=str,
)
def test_an_exemption_counts_until_its_last_day(moment: datetime | None, holds: bool) -> None:
    policy: dict[str, str | None] = {"registry.yaml": f"{POLICY}{EXEMPTED}"}
    head = {**policy, **new_version({"MODEL_CARD.md": None})}
    assert judged(policy, head, moment=moment).refused is not holds
    snapshot = snapshot_with(head)
    assert judge(snapshot, snapshot.version_ids, moment=moment).refused is not holds


def test_a_change_that_founds_a_registry_is_judged_by_its_own_policy() -> None:
    empty = snapshot_of({"README.md": b""})
    judgement = judge_change(empty, snapshot_with(), past=KnownPast())
    assert judgement.founded
    assert told(judgement.problems) == ["MY609 stages/production/fraud.yaml"]


BROKEN: dict[str, str | None] = {"registry.yaml": "stages: none\n"}


def test_a_broken_policy_of_the_base_is_mended_by_a_change_of_its_own() -> None:
    mended = judged(BROKEN, {})
    assert told(mended.problems) == ["MY629 registry.yaml"]
    assert not mended.refused
    assert told(judged(BROKEN, {**BROKEN, **new_version()}).problems) == ["MY628 registry.yaml"]
    assert told(judged(BROKEN, {"registry.yaml": "card: [\n"}).problems) == [
        "MY628 registry.yaml",
        "MY201 registry.yaml",
    ]
    assert told(judged(BROKEN, {"registry.yaml": None}).problems) == ["MY628 registry.yaml"]


def test_a_broken_policy_of_the_base_does_not_stop_what_has_nothing_to_do_with_the_registry() -> None:
    assert judged(BROKEN, BROKEN).problems == ()


def test_a_broken_policy_judges_no_registry_that_lies_still() -> None:
    snapshot = snapshot_with(BROKEN)
    with pytest.raises(UsageError) as caught:
        judge(snapshot, snapshot.version_ids)
    assert caught.value.message == (
        "the policy is broken: model_registry/registry.yaml:1:9: `stages` must be a list, not 'none'"
    )


def test_a_broken_policy_on_the_head_is_a_problem_of_the_change() -> None:
    assert told(judged({}, {"registry.yaml": "card: [\n"}).problems) == ["MY201 registry.yaml"]


def test_judging_one_version_tells_nothing_of_others() -> None:
    snapshot = snapshot_with({"fraud-1.0.0/x.csv": "", "fraud-1.1.0/y.csv": "", "notes.txt": "", "models/README": ""})
    one = VersionId.parse("fraud@1.1.0")
    alone = judge(snapshot, [one], within=("model_registry/fraud-1.1.0",))
    assert told(alone.problems) == ["MY105 fraud-1.1.0/y.csv"]
    everything = judge(snapshot, snapshot.version_ids)
    assert told(everything.problems) == [
        "MY105 fraud-1.0.0/x.csv",
        "MY105 fraud-1.1.0/y.csv",
        "MY108 models/README",
        "MY101 notes.txt",
    ]


def test_a_change_of_nothing_has_seen_nothing() -> None:
    judgement = judged({}, {})
    assert not judgement.changes_seen
    assert judgement.versions == ()


def test_a_removed_parent_with_a_tombstone_stays_a_parent() -> None:
    child = changed_files()["model_registry/fraud-1.1.0/metadata.yaml"].decode() + "parents: [fraud@1.0.0]\n"
    tree = snapshot_with().version(VersionId.parse("fraud@1.0.0")).tree_id
    model = f"name: fraud\nowners: [a@example.org]\nretired:\n  1.0.0:\n    reason: too old\n    tree: {tree}\n"
    snapshot = snapshot_with(
        {
            "fraud-1.1.0/metadata.yaml": child,
            "stages/production": None,
            "fraud-1.0.0": None,
            "models/fraud.yaml": model,
        }
    )
    assert judge(snapshot, snapshot.version_ids).problems == ()


def test_nobody_is_held_against_owners_where_nobody_is_named() -> None:
    nobody = judged({}, PROMOTED)
    assert (nobody.actor, nobody.owners_judged) == (None, False)
    somebody = judge_change(
        snapshot_with(), snapshot_with(PROMOTED), past=KnownPast(), maker=Maker("fraud-desk@example.org")
    )
    assert (somebody.actor, somebody.owners_judged) == ("fraud-desk@example.org", True)
    assert "MY623" not in " ".join(told(somebody.problems))


def test_owners_are_not_judged_where_the_change_founds_the_registry() -> None:
    founding = judge_change(snapshot_of({}), snapshot_with(), past=KnownPast(), maker=Maker("eve"))
    assert (founding.actor, founding.owners_judged) == ("eve", False)
    assert "MY623" not in " ".join(told(founding.problems))


def test_no_exemption_lets_a_merged_version_be_edited() -> None:
    exempted = EXEMPTED.replace("MY103", "MY601").replace("fraud-2.0.0/MODEL_CARD.md", "fraud-1.1.0/metrics.json")
    policy: dict[str, str | None] = {"registry.yaml": POLICY + exempted}
    head = {**policy, "fraud-1.1.0/metrics.json": '{"test": {"accuracy": 0.99}}\n'}
    assert told(judged(policy, head, moment=LAST_DAY).problems) == ["MY601 fraud-1.1.0/metrics.json"]


def test_no_policy_lowers_what_everything_rests_on() -> None:
    policy: dict[str, str | None] = {"registry.yaml": POLICY + "rules:\n  MY601: {severity: note}\n"}
    head = {**policy, "fraud-1.1.0/metrics.json": '{"test": {"accuracy": 0.99}}\n'}
    judgement = judged(policy, head)
    assert told(judgement.problems) == ["MY601 fraud-1.1.0/metrics.json"]
    assert judgement.refused
