from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest

from modelyard import templates
from modelyard.documents import yaml
from modelyard.documents.parsed import parse
from modelyard.documents.policy import SCHEMA, Exemption, Gate, Owners, Policy, Retention, RuleSetting, Scores, Stage
from modelyard.documents.policy_scores import Missing
from modelyard.documents.policy_stages import Requirements
from modelyard.names import StageName, VersionId
from modelyard.problems import Severity
from modelyard.values import replace
from support.corpus import CORPUS

STAGING, PRODUCTION = StageName("staging"), StageName("production")
AUC = Gate(metric="auc", at_least=0.9)


def policy(text: str) -> Policy:
    value = parse("model_registry/registry.yaml", text.encode(), SCHEMA, Policy).value
    assert value is not None
    return value


def test_an_empty_policy_is_the_default_one() -> None:
    assert policy("{}") == Policy()
    assert Policy().stages == (Stage(STAGING), Stage(PRODUCTION, STAGING))


def test_the_policy_that_init_writes_is_the_default_one() -> None:
    assert policy(templates.load("registry.yaml")) == Policy()


def test_a_stage_takes_versions_from_the_one_before_it_unless_it_says_otherwise() -> None:
    text = "stages: [{name: qa}, {name: staging}, {name: production, from: qa}]"
    assert [(stage.name, stage.comes_from) for stage in policy(text).stages] == [
        ("qa", None),
        ("staging", "qa"),
        ("production", "qa"),
    ]


def test_no_stages_are_no_stages() -> None:
    assert policy("stages: []").stages == ()
    assert policy("stages: []").stage("staging") is None


@pytest.mark.parametrize(
    ("gate", "text"),
    [
        (Gate(metric="auc", at_least=0.9), "auc >= 0.9"),
        (Gate(metric="mae", at_most=12, split="val"), "val.mae <= 12"),
        (Gate(metric="auc", at_least=0.0), "auc >= 0.0"),
        (Gate(metric="auc", no_regression=True), "auc no worse"),
        (Gate(metric="auc", no_regression=True, tolerance=0.01, split="val"), "val.auc no worse by more than 0.01"),
    ],
)
def test_a_gate_reads_as_a_bound(gate: Gate, text: str) -> None:
    assert str(gate) == text


def test_keys_of_ones_own_are_passed_over_wherever_they_stand() -> None:
    text = """
x-team: risk
stages:
  - name: production
    x-owner: one
    gates: [{metric: auc, at_least: 0.9, x-why: because}]
exemptions:
  - {rule: MY101, path: model_registry/a, reason: old, expires: "2026-06-30", x-ticket: A-1}
card: {required_sections: [Limits], x-a: 1}
"""
    read = policy(text)
    assert read.stages == (Stage(PRODUCTION, None, (Gate(metric="auc", at_least=0.9),)),)
    assert read.exemptions == (Exemption("MY101", "model_registry/a", "old", date(2026, 6, 30)),)
    assert read.card_sections == ("Limits",)


@pytest.mark.parametrize("name", ["everything", "least"])
def test_the_valid_policies_of_the_corpus_have_values(name: str) -> None:
    value: Any = yaml.read((CORPUS / SCHEMA / "valid" / f"{name}.yaml").read_bytes()).value
    assert isinstance(Policy.from_value(value), Policy)


def test_an_exemption_counts_until_its_last_day() -> None:
    ending = Exemption("MY101", "a", "old", date(2026, 6, 30))
    assert [ending.holds_on(date(2026, 6, 30)), ending.holds_on(date(2026, 7, 1)), ending.holds_on(None)] == [
        True,
        False,
        False,
    ]


KEY = "-----BEGIN PGP PUBLIC KEY BLOCK-----\n\nAAAA\n-----END PGP PUBLIC KEY BLOCK-----\n"


def test_rules_owners_sources_and_retention_are_read() -> None:
    read = policy(
        """
sources: {allow: [https://git.example.org/team/]}
rules: {MY302: {severity: warning}, MY304: {since: "2026-12-01", x-why: new}}
owners:
  {policy: [ada], registrars: [grace], variable: CI_USER, groups: {desk: [ada]}, signed: true,
   signers: {ada: [ssh-rsa AAAA]}, openpgp: {eve: ["KEY"]}}
retention: {keep: [fraud@1.0.0]}
stages: [{name: production, owners: ["@desk"]}]
""".replace("KEY", KEY.replace("\n", "\\n"))
    )
    assert read.sources == ("https://git.example.org/team/",)
    assert read.rules == {"MY302": RuleSetting(Severity.WARNING), "MY304": RuleSetting(since=date(2026, 12, 1))}
    assert read.owners == Owners(
        policy=("ada",),
        registrars=("grace",),
        groups={"desk": ("ada",)},
        variable="CI_USER",
        signers={"ada": ("ssh-rsa AAAA",)},
        openpgp={"eve": (KEY,)},
        signed=True,
    )
    assert read.retention.keep == (VersionId.parse("fraud@1.0.0"),)
    assert read.stages[0].owners == ("@desk",)


@pytest.mark.parametrize(
    ("actor", "owners", "covered"),
    [
        ("ada", ("ada",), True),
        ("Ada", ("@ada",), True),
        ("grace", ("@example/desk",), True),
        ("grace", ("example/Desk",), True),
        ("eve", ("@example/desk", "ada"), False),
        ("linus", ("@example/desk",), False),
        ("ada", (), False),
    ],
)
def test_owners_are_people_and_the_members_of_groups(actor: str, owners: tuple[str, ...], covered: bool) -> None:
    groups = {"@example/desk": ("@ada", "grace", "@example/others"), "@example/others": ("linus",)}
    assert Owners(groups=groups).cover(actor, owners) is covered


def test_what_it_takes_to_enter_a_stage_is_read() -> None:
    read = policy("""
stages:
  - name: production
    soak: 36h
    checks: [smoke]
    reviewers: ["@example/risk"]
    separate_duties: true
    gates: [{metric: auc, split: test, no_regression: true, tolerance: 0.01}]
    require:
      {metadata: [signature], card_sections: [Bias], licenses: [MIT], formats: [onnx], compatible_signature: true}
""")
    assert read.stages == (
        Stage(
            PRODUCTION,
            gates=(Gate(metric="auc", split="test", no_regression=True, tolerance=0.01),),
            soak=timedelta(hours=36),
            checks=("smoke",),
            reviewers=("@example/risk",),
            separate_duties=True,
            require=Requirements(
                metadata=("signature",),
                card_sections=("Bias",),
                licenses=("MIT",),
                formats=("onnx",),
                compatible_signature=True,
            ),
        ),
    )


def test_scores_and_their_directions_are_read() -> None:
    read = policy("""
metrics: {lower_is_better: [loss]}
scores:
  weights: {accuracy: 2, loss: 0.5}
  split: test
  normalise: {loss: [0, 1.5]}
  bonus: {ensemble: 1.05}
  missing: skip
""")
    assert read.lower_is_better == ("loss",)
    assert read.scores == Scores(
        weights={"accuracy": 2, "loss": 0.5},
        split="test",
        normalise={"loss": (0, 1.5)},
        bonus={"ensemble": 1.05},
        missing=Missing.SKIP,
    )


def test_a_gate_on_slices_is_one_gate_for_each() -> None:
    gate = Gate(metric="accuracy", at_least=0.8, slices=("women", "men"))
    assert [str(each) for each in gate.by_slice()] == ["women.accuracy >= 0.8", "men.accuracy >= 0.8"]
    assert [str(each) for each in replace(gate, split="val").by_slice()] == [
        "val.women.accuracy >= 0.8",
        "val.men.accuracy >= 0.8",
    ]
    assert AUC.by_slice() == (AUC,)


OVERRIDDEN = """
stages:
  - {name: staging}
  - name: production
    soak: 7d
    gates: [{metric: auc, at_least: 0.9}]
scores: {weights: {auc: 1}, missing: zero}
retention: {keep: [fraud-eu@1.0.0], newest: 5}
overrides:
  - models: "fraud-*"
    stages: [{name: production, soak: 14d}, {name: prod, soak: 1h}]
    scores: {weights: {loss: 1}}
    retention: {newest: 20}
  - models: "*"
    stages: [{name: production, gates: []}]
"""


def test_an_override_replaces_the_keys_that_it_names_and_leaves_the_others() -> None:
    read = policy(OVERRIDDEN).for_model("fraud-eu")
    assert read.stages == (
        Stage(STAGING),
        Stage(PRODUCTION, STAGING, (AUC,), soak=timedelta(days=14)),
    )
    assert read.scores == Scores(weights={"loss": 1}, missing=Missing.ZERO)
    assert read.retention == Retention(keep=(VersionId.parse("fraud-eu@1.0.0"),), newest=20)


def test_the_first_override_that_matches_counts_and_no_other() -> None:
    read = policy(OVERRIDDEN)
    assert read.for_model("fraud-eu").stage("production") != read.for_model("churn").stage("production")
    assert read.for_model("churn").stage("production") == Stage(PRODUCTION, STAGING, soak=timedelta(days=7))


def test_a_policy_without_overrides_holds_for_every_model() -> None:
    read = policy("{}")
    assert read.for_model("fraud") is read


def test_an_override_of_the_default_stages_keeps_their_order() -> None:
    read = policy("overrides: [{models: fraud, stages: [{name: production, soak: 0d}]}]").for_model("fraud")
    assert read.stages == (Stage(STAGING), Stage(PRODUCTION, STAGING, soak=timedelta(0)))
