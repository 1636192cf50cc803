from __future__ import annotations

from typing import Any

import pytest
import yaml

from modelyard.documents.metadata import YAML_FILE
from modelyard.documents.metadata_parts import Signature, Tensor
from modelyard.documents.yaml_text import render
from modelyard.names import VersionId
from modelyard.review.cards import MOST_LINES, card_changes
from modelyard.review.facts import Fact, facts_of
from modelyard.review.signatures import SignatureChange, signature_changes
from support.reviews import Changes, version_like
from support.snapshots import changed_files, snapshot_with

AMOUNT, SCORE = Tensor("amount", "double"), Tensor("score", "double")
RUN = "7" * 31 + "a"
PLAIN = Signature((AMOUNT,), (SCORE,))


@pytest.mark.parametrize(
    ("newer", "older", "changes"),
    [
        (None, None, None),
        (PLAIN, None, [("the signature is new", False)]),
        (None, PLAIN, [("the signature is gone", True)]),
        (PLAIN, PLAIN, []),
        (
            Signature((AMOUNT, Tensor("hour", "long")), (SCORE, Tensor("why", "string"))),
            PLAIN,
            [("input 'hour' is new and demanded", True), ("output 'why' is new", False)],
        ),
        (
            Signature((AMOUNT, Tensor("hour", "long", optional=True)), (SCORE,)),
            PLAIN,
            [("input 'hour' may be given", False)],
        ),
    ],
)
def test_what_became_of_a_signature(
    newer: Signature | None, older: Signature | None, changes: list[tuple[str, bool]] | None
) -> None:
    expected = None if changes is None else tuple(SignatureChange(message, breaks=each) for message, each in changes)
    assert signature_changes(newer, older) == expected


def card_told(newer: str, older: str | None) -> tuple[str, ...]:
    changes: Changes = {"fraud-1.1.0/MODEL_CARD.md": newer, "fraud-1.0.0/MODEL_CARD.md": older}
    snapshot = snapshot_with(changes)
    ours, theirs = (snapshot.version(VersionId.parse(f"fraud@{each}")) for each in ("1.1.0", "1.0.0"))
    return card_changes(ours, theirs)


@pytest.mark.parametrize(
    ("newer", "older", "told"),
    [
        ("a\nb\nc", "a\nb\nc", ()),
        ("a\r\nb", "a\nb", ()),
        ("a\nB\nc\nd\ne\nF", "a\nb\nc\nd\ne\nf", (" a", "-b", "+B", " c", "…", " e", "-f", "+F")),
        ("a", None, ("+a",)),
    ],
)
def test_what_became_of_a_card(newer: str, older: str | None, told: tuple[str, ...]) -> None:
    assert card_told(newer, older) == told


def test_a_long_difference_is_cut_and_counted() -> None:
    told = card_told("\n".join(map(str, range(500))), "")
    assert len(told) == MOST_LINES + 1
    assert told[-1] == f"… {501 - MOST_LINES} more lines"


def test_a_card_that_takes_too_long_to_compare_is_not_compared() -> None:
    assert card_told("a\n" * 3000, "b") == ("… the card is no text, or too long to be compared here",)
    assert len(card_told("a\n" * 1000 + "b\na\n" * 400, "a\n" * 1900)) <= MOST_LINES + 1


def test_facts_that_differ_and_those_that_always_count() -> None:
    more = f'params: {{depth: 4, rate: 0.1}}\nparents: ["fraud@1.0.0"]\nmlflow: {{run_id: {RUN}}}\ncreated_at'
    less = "params: {depth: 3, rate: 0.1}\ncreated_at"
    changes = {
        **version_like("1.1.0", "1.3.0", {"metadata.yaml": ("created_at", more)}),
        **version_like("1.0.0", "1.2.0", {"metadata.yaml": ("created_at", less)}),
    }
    snapshot = snapshot_with(changes)
    newer, older = (snapshot.version(VersionId.parse(f"fraud@{each}")) for each in ("1.3.0", "1.2.0"))
    facts = {fact.what: fact for fact in facts_of(newer, older)}
    assert facts["parameter depth"] == Fact("parameter depth", "4", "3")
    assert "parameter rate" not in facts
    assert "data file payments.parquet" not in facts
    assert facts["parents"] == Fact("parents", "fraud@1.0.0", None)
    assert facts["MLflow run"] == Fact("MLflow run", RUN, None)
    assert not facts["licence"].differs
    assert {"parameter rate", "data file payments.parquet"} <= {fact.what for fact in facts_of(newer, None)}


def test_a_version_that_cannot_be_read_states_nothing() -> None:
    snapshot = snapshot_with({"fraud-1.1.0/metadata.yaml": "["})
    newer, older = (snapshot.version(VersionId.parse(f"fraud@{each}")) for each in ("1.1.0", "1.0.0"))
    assert facts_of(newer, older) == ()


def test_what_is_rarely_of_interest_is_told_where_it_differs() -> None:
    newer = {
        "model_type": "forest",
        "task": "tabular-classification",
        "tags": ["cards", "eu"],
        "feature_names": ["amount", "hour"],
        "training_hash": f"git:{'1' * 40}",
        "smoke_test": {"input": "smoke-in.json", "expected": "smoke-out.json", "tolerance": 0.01},
        "dvc": {"remote": "cold"},
        "data_quality": {"missing": 0.2},
        "evaluation": {"test": {"n": 1200, "dataset": "holdout.csv"}},
    }
    found = {fact.what: (fact.newer, fact.older) for fact in facts_with(newer) if fact.differs}
    assert found == {
        "task": ("tabular-classification", None),
        "model type": ("forest", None),
        "tags": ("cards, eu", None),
        "features": ("amount, hour", None),
        "training hash": (f"git:{'1' * 40}", f"git:{'0' * 40}"),
        "smoke test": ("smoke-out.json of smoke-in.json, within 0.01", None),
        "DVC remote": ("cold", None),
        "data quality missing": ("0.2", None),
        "evaluated on test": ("1,200 rows", None),
        "evaluation data of test": ("holdout.csv", None),
    }
    assert not [fact.what for fact in facts_with({}) if fact.what in found.keys() - {"evaluated on test"}]


def facts_with(newer: dict[str, Any]) -> tuple[Fact, ...]:
    """Return the facts of a version that states more than its older one does."""
    path = f"model_registry/{{}}/{YAML_FILE}"
    older = yaml.safe_load(changed_files()[path.format("fraud-1.0.0")])
    for key in newer:
        older.pop(key, None)
    older["training_hash"] = f"git:{'0' * 40}"
    changes = {
        f"fraud-{version}/{YAML_FILE}": render({**older, "version": version, **more}).decode()
        for version, more in (("1.0.0", {}), ("1.1.0", newer))
    }
    snapshot = snapshot_with(changes)
    ours, theirs = (snapshot.version(VersionId.parse(f"fraud@{each}")) for each in ("1.1.0", "1.0.0"))
    return facts_of(ours, theirs)
