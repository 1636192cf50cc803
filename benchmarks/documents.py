"""The texts of the documents that the benchmarks' registry is made of, and the words that vary them."""

from __future__ import annotations

from random import Random
from typing import NamedTuple

__all__ = ["CARD", "MANIFEST", "METADATA", "MODEL", "POINTER", "POLICY", "STAGE", "TALK", "WORDS", "sentence"]


class _Words(NamedTuple):
    models: tuple[str, ...]
    places: tuple[str, ...]
    people: tuple[str, ...]
    licenses: tuple[str, ...]
    types: tuple[str, ...]
    tags: tuple[str, ...]
    features: tuple[str, ...]
    params: tuple[str, ...]
    subjects: tuple[str, ...]
    verbs: tuple[str, ...]
    objects: tuple[str, ...]


def _split(text: str) -> tuple[str, ...]:
    return tuple(text.split())


WORDS = _Words(
    models=_split(
        "fraud churn spam ranking demand credit triage claims returns pricing routing intent toxicity upsell dropout "
        "defects delays outages leads sentiment captions readmission turnover yields moisture"
    ),
    places=_split("cards de fr uk us mobile web desk north south retail wholesale night depot rail air sea pilot b2b"),
    people=_split("ada@example.org grace@example.org alan@example.org barbara@example.org edsger@example.org"),
    licenses=_split("MIT Apache-2.0 BSD-3-Clause CC-BY-4.0 MPL-2.0"),
    types=_split("classifier regressor ranker forecaster embedder"),
    tags=_split("tabular weekly nightly audited shadow baseline quarterly regional seasonal imbalanced"),
    features=_split(
        "amount hour country merchant age tenure visits clicks basket weekday device channel region price stock rating "
        "distance duration weather holiday"
    ),
    params=_split("depth leaves epochs batch_size warmup patience width heads layers max_iter n_estimators min_child"),
    subjects=_split("Analysts Reviewers Dispatchers Buyers Editors Nurses Planners Auditors Drivers Clerks"),
    verbs=_split("compare sort question check forward postpone confirm reject weigh count"),
    objects=_split("payments orders letters invoices patients parcels contracts shifts reports samples"),
)
TALK = ("summary", "described", "intended", "limited", "trained", "measured", "legal")


def sentence(chance: Random) -> str:
    """Return two sentences that make some sense, hardly ever the same."""
    pick = chance.choice
    return (
        f"{pick(WORDS.subjects)} {pick(WORDS.verbs)} {chance.randrange(2, 900)} {pick(WORDS.objects)} from "
        f"{pick(WORDS.places)} by {pick(WORDS.features)} and {pick(WORDS.features)}. "
        f"{pick(WORDS.subjects)} {pick(WORDS.verbs)} {pick(WORDS.objects)} after {chance.randrange(2, 90)} days."
    )


METADATA = """\
schema_version: 1
name: {name}
version: {version}
description: {summary}
source:
  repo: https://git.example.org/training.git
  commit: {commit}
dataset_manifest: dataset-manifest.yaml
training_hash: git:{commit}
license: {license}
artifact: model.joblib
files:
  model.joblib:
    sha256: {sha256}
    size: {size}
    role: model
    format: joblib
created_at: '{day}'
model_type: {model_type}
framework:
  name: scikit-learn
  version: 1.5.0
tags:
{tags}params:
{params}feature_names:
{features}{parents}training:
  rows: {rows}
evaluation:
  test:
    n: 1000
"""
CARD = """\
---
license: {license}
tags:
{tags}---

# {name}

{summary}

## Model description

{described}

A {model_type}, trained on {rows} rows.

## Intended use

{intended}

## Limitations

{limited}

There are no bytes behind its pointer.

## Dataset sources

{trained} See [the manifest](dataset-manifest.yaml).

## Evaluation metrics

{measured} Accuracy on 1000 rows is {accuracy}.

## License

{legal} {license}.

## Contact

{owner}
"""
MANIFEST = """\
schema_version: 1
name: rows
description: {trained}
files:
  - path: rows.csv
    sha256: {sha256}
    size: 100
    rows: {rows}
"""
POINTER = """\
outs:
- md5: {md5}
  size: {size}
  hash: md5
  path: model.joblib
"""
MODEL = "schema_version: 1\nname: {name}\nowners:\n  - {owner}\n"
STAGE = "schema_version: 1\nversion: {version}\n"
POLICY = "schema_version: 1\nstages:\n  - name: staging\n  - name: production\n"
