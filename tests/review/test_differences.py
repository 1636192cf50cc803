from __future__ import annotations

import pytest

from modelyard.documents.metadata_parts import Signature, Tensor
from modelyard.names import VersionId
from modelyard.review.cards import MOST_LINES, card_changes
from modelyard.review.facts import Fact, facts_of
from modelyard.review.signatures import SignatureChange, signature_changes
from support.reviews import Changes, version_like
from support.snapshots import snapshot_with

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
