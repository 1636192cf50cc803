"""Reviews of changes to the valid registry of the golden cases, and one whose every text is hostile."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from modelyard.documents.policy import Gate
from modelyard.documents.yaml_text import render
from modelyard.evaluate.comparison import Comparison, MetricComparison
from modelyard.evaluate.comparison import Verdict as Comparing
from modelyard.evaluate.differences import Difference
from modelyard.evaluate.gates import GateResult, Verdict
from modelyard.evaluate.measurements import Measurement
from modelyard.evaluate.metric_changes import MetricChange, MetricChanges
from modelyard.names import VersionId
from modelyard.reports import review_json, review_markdown, review_text
from modelyard.review.facts import Fact
from modelyard.review.review import Candidate, Review, review
from modelyard.review.signatures import SignatureChange
from modelyard.rules.engine import judge_change, transition_between
from support.cases import KnownPast
from support.judgements import hostile
from support.snapshots import changed_files, snapshot_with

if TYPE_CHECKING:
    from collections.abc import Mapping

    from modelyard.rules.transition import Transition

__all__ = [
    "PRODUCTION",
    "REVIEWS",
    "Changes",
    "formats_of",
    "hostile_review",
    "review_of",
    "reviews",
    "stage",
    "transition_of",
    "version_like",
]

REVIEWS = Path(__file__).parents[1] / "reports" / "reviews"
OLDER, NEWER = VersionId.parse("fraud@1.0.0"), VersionId.parse("fraud@1.1.0")
PRODUCTION = "stages/production/fraud.yaml"
Changes = dict[str, str | None]


def transition_of(
    changes: Mapping[str, str | None], base: Changes | None = None, *, once: KnownPast | None = None
) -> Transition:
    """Return what changes do to the valid registry, which other changes have made the base."""
    head = {**(base or {}), **changes}
    return transition_between(snapshot_with(base), snapshot_with(head), past=once or KnownPast())


def review_of(
    changes: Mapping[str, str | None], base: Changes | None = None, *, once: KnownPast | None = None
) -> Review:
    """Return the review of what :func:`transition_of` returns."""
    transition = transition_of(changes, base, once=once)
    return review(transition, judge_change(transition.base, transition.head, past=transition.past))


def stage(version: str, **more: Any) -> str:
    """Return a stage's document."""
    value: dict[str, Any] = {"schema_version": 1, "version": version, **more}
    return render(value).decode()


def version_like(old: str, new: str, replacing: Mapping[str, tuple[str, str]] | None = None) -> Changes:
    """Return the files of a version of fraud that is as an older one but for some texts, by file name."""
    prefix = f"model_registry/fraud-{old}/"
    files = {
        path.removeprefix(prefix): data.decode() for path, data in changed_files().items() if path.startswith(prefix)
    }
    files["metadata.yaml"] = files["metadata.yaml"].replace(f"version: {old}\n", f"version: {new}\n")
    for name, (before, after) in (replacing or {}).items():
        assert before in files[name], (name, before)
        files[name] = files[name].replace(before, after)
    return {f"fraud-{new}/{name}": text for name, text in files.items()}


def hostile_review(text: str) -> Review:
    """Return a review that says the text wherever one can say what strangers wrote."""
    gate, point = Gate(metric=text, at_least=0.5, split=text), Measurement(0.5, 0.4, 0.6, text)
    told = [
        MetricComparison(text, verdict, 0.5, 0.5, Difference(0, -1, 1, 0.5, text), 1, text) for verdict in Comparing
    ]
    comparison = Comparison(OLDER, NEWER, Comparing.BETTER, tuple(told), 0.95, text)

    def changes(follows: bool) -> list[MetricChange]:
        return [MetricChange(text, point, point, each) if follows else MetricChange(text, point, None) for each in told]

    candidates = [
        Candidate(
            NEWER,
            stage=text if enters else None,
            against=OLDER if follows else None,
            serves_in=text if follows else None,
            description=text,
            gates=tuple(GateResult(gate, verdict, f"{gate}: {text}") for verdict in Verdict),
            metrics=MetricChanges(tuple(changes(follows)), comparison if follows else None),
            facts=(Fact(text, text, f"{text}!" if follows else None), Fact(text, None, text), Fact(text, text, text)),
            signature=(SignatureChange(text, breaks=True),) if follows else None,
            card=(f"+{text}", f" {text}", text),
            reason=text,
        )
        for enters in (True, False)
        for follows in (True, False)
    ]
    # More than a sentence tells, so that they are listed as well.
    return Review((text, f"promotes `{text}`", text, text), tuple(candidates), (text, text), hostile(text))


SERVED = VersionId.parse("fraud@1.2.0")
_SIGNATURE = """\
params: {depth: %s}
signature:
  inputs:
    - {name: amount, type: double}
%s  outputs:
    - {name: score, type: double}
created_at:"""
_GATES = """\
schema_version: 1
stages:
  - name: staging
  - name: production
    gates:
      - {metric: accuracy, at_least: 0.93}
      - {metric: accuracy, no_regression: true, tolerance: 0.01}
"""


def _signed(depth: int, more: str = "") -> tuple[str, str]:
    return "created_at:", _SIGNATURE % (depth, more)


def reviews() -> dict[str, Review]:
    """Return reviews of everyday changes, by name."""
    old = version_like("1.0.0", "1.2.0", {"metadata.yaml": _signed(3)})
    new = version_like("1.1.0", "1.3.0", {"metadata.yaml": _signed(4, "    - {name: hour, type: long}\n")})
    new["fraud-1.3.0/MODEL_CARD.md"] = str(new["fraud-1.3.0/MODEL_CARD.md"]).replace("10,000 EUR", "20,000 EUR")
    base: Changes = {**old, **new, "registry.yaml": _GATES, PRODUCTION: stage("1.2.0")}
    base["stages/staging/fraud.yaml"] = stage("1.3.0")
    without = {path: text for path, text in base.items() if not path.startswith("fraud-1.3.0")}
    without["stages/staging/fraud.yaml"] = stage("1.1.0")
    back = stage("1.2.0", reason="Rejects cards from Malta.", held={"1.3.0": "Rejects cards from Malta."})
    return {
        "promotion": review_of({PRODUCTION: stage("1.3.0", reason="Better on new customers.")}, base),
        "registration": review_of(new, without),
        "first": review_of({PRODUCTION: stage("1.3.0")}, {**base, PRODUCTION: None}),
        "rollback": review_of(
            {PRODUCTION: back},
            {**base, PRODUCTION: stage("1.3.0")},
            once=KnownPast(champions=frozenset({("production", SERVED)}), events=frozenset({("staging", SERVED)})),
        ),
        "nothing": review_of({}),
    }


def formats_of(review: Review) -> dict[str, str]:
    """Return a review in each of its formats, by the suffix of its file."""
    return {
        "txt": review_text.render(review),
        "md": review_markdown.render(review),
        "json": review_json.render(review),
    }
